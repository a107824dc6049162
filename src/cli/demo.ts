import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { TimedRepository } from './open-data.ts'
import { addColorOption, addEngineOptions, type EngineChoice, wholeNumber } from './options.ts'
import { scan } from './scan.ts'
import { openTerminal } from './terminal.ts'
import { wrap, wrapBehind } from './wrap.ts'

/** In the repository only: the npm package comes without candles, and makes some up. */
const DATA = fileURLToPath(new URL('../../test/data/us_daily_2500.parquet', import.meta.url))

const MADE_UP_SYMBOLS = 2_500
const WHAT = 'scanned for strong ones that end a pullback:'
const REAL = `A year of daily candles of 2,500 US stocks, ${WHAT}`
const MADE_UP = `Daily candles of 2,500 stocks that do not exist, made up on the spot, ${WHAT}`

export const DEMO_FORMULA = `// a pullback in an uptrend ends: back over the short average, on volume
ema10   = ema(close, 10)
sma50   = sma(close, 50)
sma200  = sma(close, 200)
dip     = lowest(rsi(14), 10)
surge   = volume / sma(volume, 20)
uptrend = close > sma200 and sma50 > sma200
liquid  = close * volume > 5000000
uptrend and dip < 35 and surge > 1.5 and crossover(close, ema10) and liquid`

type DemoOptions = EngineChoice & { limit: number; color?: boolean }

export function defineDemo(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
    .command('demo')
    .summary('scan candles of 2,500 stocks, without any of your own')
    .description(
      'Scans 2,500 stocks for pullbacks that end: a year of US stocks in the repository, made-up ones in the npm package.',
    )
  addEngineOptions(command)
  command.optionsGroup('Output:').option('-n, --limit <count>', 'matches, the latest ones', wholeNumber, 12)
  addColorOption(command).action((options: DemoOptions) => demo(options, signal))
}

async function demo(options: DemoOptions, signal: AbortSignal) {
  const isReal = existsSync(DATA)
  const terminal = openTerminal(options)
  const { bold, cyan, dim } = terminal.colors
  const introduction = wrap(isReal ? REAL : MADE_UP, terminal.width - 1).map((line) => ` ${bold(line)}\n`)
  const formula = DEMO_FORMULA.split('\n').flatMap((line) => {
    const paint = line.startsWith('//') ? dim : cyan
    const lines = line.length + 3 > terminal.width ? wrapBehind('   ', line, terminal.width, 5) : [`   ${line}`]
    return lines.map((each) => `${paint(each)}\n`)
  })
  await terminal.write(['\n', ...introduction, '\n', ...formula, '\n'], signal)
  const repository = isReal ? undefined : await madeUpRepository()
  const scanOptions = { ...options, format: 'table' as const, ...(isReal && { data: DATA }) }
  await scan({ text: DEMO_FORMULA }, scanOptions, terminal, signal, repository)
  terminal.note({ text: '' })
  terminal.note({
    text: ' Next: npx millrace init my-scan --data FILE for your own candles, npx millrace scan --help for your own formulas',
  })
}

async function madeUpRepository(): Promise<TimedRepository> {
  const [{ madeUpCandles }, { memoryRepository }] = await Promise.all([
    import('./demo-candles.ts'),
    import('../storage/memory.ts'),
  ])
  return Object.assign(memoryRepository(madeUpCandles(MADE_UP_SYMBOLS)), { timeframe: async () => '1d' as const })
}
