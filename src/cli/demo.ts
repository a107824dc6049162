import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import { addColorOption, addEngineOptions, type EngineChoice, wholeNumber } from './options.ts'
import { scan } from './scan.ts'
import { openTerminal } from './terminal.ts'

/** In the repository only: the npm package comes without candles. */
const DATA = fileURLToPath(new URL('../../test/data/us_daily_2500.parquet', import.meta.url))

const INTRODUCTION = 'A year of daily candles of 2,500 US stocks, scanned for strong ones that end a pullback:'

export const DEMO_FORMULA = `// a pullback in an uptrend ends: the price is back over its short average, on volume
ema10   = ema(close, 10)
sma50   = sma(close, 50)
sma200  = sma(close, 200)
dip     = lowest(rsi(14), 10)
surge   = volume / sma(volume, 20)
uptrend = close > sma200 and sma50 > sma200
uptrend and dip < 35 and surge > 1.5 and crossover(close, ema10) and close * volume > 5000000`

type DemoOptions = EngineChoice & { limit: number; color?: boolean }

export function defineDemo(program: Command, signal: AbortSignal): void {
  const command = program
    .command('demo')
    .summary('scan the candles that come with the repository')
    .description('Scans a year of 2,500 US stocks, which the repository has with it, for pullbacks that end.')
  addEngineOptions(command)
  command.optionsGroup('Output:').option('-n, --limit <count>', 'matches, the latest ones', wholeNumber, 12)
  addColorOption(command).action((options: DemoOptions) => demo(options, signal))
}

async function demo(options: DemoOptions, signal: AbortSignal) {
  if (!existsSync(DATA)) {
    throw new UsageError(
      'the candles of the demo are in the repository, not in the npm package; with your own:',
      'millrace scan "crossover(ema(close, 12), ema(close, 26))" --data FILE',
    )
  }
  const terminal = openTerminal(options)
  const { bold, cyan, dim } = terminal.colors
  const formula = DEMO_FORMULA.split('\n').map((line) => `   ${line.startsWith('//') ? dim(line) : cyan(line)}\n`)
  await terminal.write([`\n ${bold(INTRODUCTION)}\n\n`, ...formula, '\n'], signal)
  await scan({ text: DEMO_FORMULA }, { ...options, data: DATA, format: 'table' }, terminal, signal)
  terminal.note({ text: '' })
  terminal.note({ text: ' Next: npx millrace scan --help for your own candles and formulas' })
}
