import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCommandLine } from '../../src/cli/command-line.ts'
import { shellWord } from '../../src/cli/failure.ts'
import { displayWidth } from '../../src/domain/display-width.ts'
import { candles, run, US_DAILY, unbroken } from './support.ts'

/*
 * What people see, kept as pictures of text in screens/: each file is what some commands draw in a terminal so many
 * columns wide, and below it what is painted how. After a change that is meant, draw them anew, and look at them:
 *
 *   npx vitest run test/cli/screens -u
 */
const FAKE_TERMINAL = new URL('./fake-terminal.mjs', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'millrace-screens-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const days = Array.from({ length: 28 }, (_, at) => 10 + at)
const KRX = withDefect(candles({ 삼성전자: days, 현대차: days, AAPL: days }))

/** The working directory of the commands in terminals of a width: some of them write there. */
function folderOf(columns: number): string {
  const path = join(folder, `${columns}`)
  if (!existsSync(path)) {
    mkdirSync(path)
    writeFileSync(join(path, 'krx.csv'), KRX)
    writeFileSync(join(path, 'notes.csv'), 'who,when,what\nme,today,bought\n')
  }
  return path
}

/** The last row but one, of AAPL, has a high below its low. */
function withDefect(csv: string): string {
  const lines = csv.split('\n')
  lines[lines.length - 3] = lines.at(-3)!.replace(/^(\w+,[\d-]+,\d+),\d+/, '$1,1')
  return lines.join('\n')
}

const CROSS = 'crossover(ema(close, 12), ema(close, 26))'

/** The words of a command that is given a formula. */
function asked(command: string, formula: string, options = ''): string[] {
  return [command, formula, ...options.split(' ').filter((word) => word !== '')]
}

/** By the name of the file: the commands that it shows. */
const SCREENS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  help: [['--help']],
  'help-scan': [['scan', '--help']],
  demo: [['demo', '--limit', '3']],
  scan: [
    asked('scan', `${CROSS} and crossover(close, close)`, '--symbols AAPL,AAPPL --why'),
    asked('scan', 'close > sma(close, 200) and rsi(14) < 5', '--last 1 --why'),
    asked('scan', 'entry = crossover(close, sma(close, 20))\nexit = crossunder(close, sma(close, 20))', '-s AAPL -n 4'),
  ],
  data: [
    ['data', 'krx.csv'],
    asked('scan', 'close > open', '-d krx.csv --limit 4'),
    ['series', ...asked('-e', 'sma = sma(close, 5)'), ...asked('-e', 'macd(close, 12, 26, 9)', '-n 3 -d krx.csv')],
    ['init', 'my-scan', '--data', 'krx.csv'],
  ],
  explain: [
    asked('explain', `trend = close > sma(close, 50)\ntrend and ${CROSS} and not (rsi(14) > 70)`, '--symbol AAPL'),
  ],
  indicators: [
    ['indicators', 'momentum'],
    ['indicators', 'macd'],
  ],
  errors: [
    asked('scan', 'crossover(ema(close, 12), emma(close, 26)) and close > sma(close, 200)'),
    asked('scan', 'close > 1', '--symbols AAPPL'),
    asked('scan', 'close > 1', '-d notes.csv'),
    asked('scan', 'close > 1', '--histroy 200'),
    asked('scna', 'close > 1'),
    ['indicators', 'rsj'],
  ],
}
const WIDTHS = [80, 40]

/** All that a command writes to a terminal. */
async function written(args: readonly string[], columns: number, more: Record<string, string> = {}): Promise<string> {
  const terminal = { NODE_OPTIONS: `--import=${FAKE_TERMINAL}`, COLUMNS: `${columns}`, FORCE_COLOR: '1', TERM: 'xterm' }
  const env = { ...terminal, MILLRACE_DATA: US_DAILY, ...more }
  const { stdout } = await run(args, { env, cwd: folderOf(columns) })
  return stdout
}

const drawn = new Map<string, Promise<string>>()

/** The same, once for each test that asks. */
function shown(args: readonly string[], columns: number): Promise<string> {
  const key = JSON.stringify([args, columns])
  if (!drawn.has(key)) drawn.set(key, written(args, columns))
  return drawn.get(key)!
}

const ESCAPE = '\u001b'
/** Where a line begins anew: what stood there is wiped, or drawn over. */
const AGAIN = new RegExp(`\r|${ESCAPE}\\[(?:1G|\\d*K)`)
const SETTINGS = new RegExp(`${ESCAPE}(?:\\[\\?\\d+[hl]|[78])`, 'g')
const PAINT = new RegExp(`${ESCAPE}\\[(\\d+)m`, 'g')

const TIMES = new RegExp(`(?<=^|\n)(?:${ESCAPE}\\[2m)? [\\d,]+ symbols?, [\\d,]+ bars? in [\\s\\S]*?(?=\n\n|\n?$)`, 'g')

/** What stays on the screen. */
function screenOf(text: string): string {
  const lines = text.replaceAll(SETTINGS, '').split('\n')
  return lines.map((line) => line.split(AGAIN).at(-1)).join('\n')
}

/** Without what differs from run to run: how long it took, and how the lines about that are broken. */
function withoutTimes(screen: string): string {
  return screen.replaceAll(TIMES, ' (how long it took)')
}

const STYLES: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  31: 'red',
  32: 'green',
  35: 'magenta',
  36: 'cyan',
}
const ENDS: Readonly<Record<number, readonly number[]>> = { 22: [1, 2], 39: [31, 32, 35, 36] }
const NAMED = 5

/** What is painted how, in the order of the screen: each text once, the first ones by name. */
function paintsOf(screen: string): string[] {
  const texts = new Map<string, Set<string>>()
  let on: number[] = []
  const pieces = screen.split(PAINT)
  pieces.forEach((piece, at) => {
    if (at % 2 === 1) {
      const ends = ENDS[Number(piece)]
      on = ends === undefined ? [...on, Number(piece)] : on.filter((code) => !ends.includes(code))
      return
    }
    const style = on.map((code) => STYLES[code]).join(' ')
    const text = piece.trim().replaceAll(/\s+/g, ' ')
    if (style !== '' && /[^─\s]/.test(text)) texts.set(style, (texts.get(style) ?? new Set()).add(text))
  })
  return [...texts].map(([style, each]) => {
    const more = each.size > NAMED ? ` | … ${each.size - NAMED} more` : ''
    return `${style}: ${[...each].slice(0, NAMED).join(' | ')}${more}`
  })
}

async function picture(commands: readonly (readonly string[])[], columns: number): Promise<string> {
  const parts: string[] = []
  let painted = ''
  for (const args of commands) {
    const screen = withoutTimes(screenOf(await shown(args, columns)))
    parts.push(`$ millrace ${args.map(shellWord).join(' ')}`, stripVTControlCharacters(screen))
    painted += screen
  }
  return `${[...parts, '─'.repeat(columns), ...paintsOf(painted)].join('\n')}\n`
}

const NAMES = ['', ...makeCommandLine(new AbortController().signal).commands.map((command) => command.name())]
const HELPS = NAMES.filter((name) => name !== 'complete').map((name) => [...(name === '' ? [] : [name]), '--help'])
const ALL = [[], ...HELPS, ...Object.values(SCREENS).flat()]

/** Lines as they are written, those included that are drawn over. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(SETTINGS, '')
    .split('\n')
    .flatMap((line) => line.split(AGAIN))
}

describe.each(WIDTHS)('in a terminal of %d columns', (columns) => {
  it.each(Object.keys(SCREENS))('%s looks as expected', async (name) => {
    await expect(await picture(SCREENS[name]!, columns)).toMatchFileSnapshot(`screens/${name}-${columns}.txt`)
  })
})

describe('whatever is drawn', () => {
  it.each([...WIDTHS, 60])('fits the %d columns of a terminal, progress included', async (columns) => {
    for (const args of WIDTHS.includes(columns) ? ALL : HELPS) expect(await tooWide(args, columns)).toEqual([])
  })

  it('has no line of a help wider than 80 columns where it goes to a file', async () => {
    for (const args of HELPS) {
      const { stdout } = await run(args)
      expect(stdout.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([])
    }
  })

  // A terminal has its own colors for these, a light one others than a dark one. White and black are the background of
  // one of them, the bright ones and yellow are hardly seen on white; src/cli/terminal.ts has the measured contrasts.
  it('is painted bold, dim, red, green, magenta and cyan, and nothing else', async () => {
    const codes = new Set<string>()
    for (const args of ALL) for (const [, code] of (await shown(args, 80)).matchAll(PAINT)) codes.add(code!)
    expect([...codes].map(Number).sort((a, b) => a - b)).toEqual([1, 2, 22, 31, 32, 35, 36, 39])
  })

  it('says the same without colors', async () => {
    for (const args of [...SCREENS.scan!, ...SCREENS.explain!, ...SCREENS.errors!]) {
      const plain = await written(args, 40, { NO_COLOR: '1' })
      expect(plain).not.toMatch(PAINT)
      expect(withoutTimes(screenOf(plain))).toBe(
        withoutTimes(stripVTControlCharacters(screenOf(await shown(args, 40)))),
      )
    }
  })
})

it('has the same commands to copy in its helps, however narrow the terminal is', async () => {
  const commands = (text: string) => unbroken(text).match(/\$ .*/g) ?? []
  let count = 0
  for (const args of HELPS) {
    const [wide, narrow] = [await written(args, 1000), await shown(args, 40)].map(stripVTControlCharacters) as [
      string,
      string,
    ]
    expect(commands(narrow)).toEqual(commands(wide))
    count += commands(wide).length
  }
  expect(count).toBeGreaterThan(25)
})

/** One word, or an option with its value: the rest of a command or text is on lines of its own. */
const ONE_PIECE = /^ *(?:\S+ +)?(?:\$ )?(?:-\S+ )?(?:"[^"]*"|'[^']*'|\S)+(?: \\)?$/

/** Lines of a command wider than the terminal; in a narrow one those that could have been broken. */
async function tooWide(args: readonly string[], columns: number): Promise<string[]> {
  const lines = linesOf(await shown(args, columns)).map((line) => stripVTControlCharacters(line))
  return lines.filter((line) => displayWidth(line) > columns && (columns >= 80 || !ONE_PIECE.test(line)))
}
