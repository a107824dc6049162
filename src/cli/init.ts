import { existsSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { readReport } from './data.ts'
import type { DataReport } from './data-report.ts'
import { shellWord, UsageError } from './failure.ts'
import { addHelpBelow } from './help.ts'
import { isQuery } from './open-data.ts'
import { addColorOption, addDataOptions, columnsText, type DataOptions } from './options.ts'
import { counted, timeFormatter } from './people.ts'
import { openTerminal, type Terminal } from './terminal.ts'
import { visible } from './visible.ts'
import { wrapBehind, wrapCommand } from './wrap.ts'

const EXAMPLES = `
Examples:
  A folder that scans your candles:
  $ millrace init my-scan --data prices.csv

  The same with made-up candles, to try things out:
  $ millrace init my-scan

It writes pullback.formula, a condition to start from, scan.mjs, the scan as a script with the data as it was \
understood, and package.json where millrace is not installed. Files that are there are never overwritten.`

const FORMULA = 'pullback.formula'
const SCRIPT = 'scan.mjs'
const CANDLES = 'candles.csv'
const PACKAGE = 'package.json'

type InitOptions = DataOptions & { color?: boolean }

export function defineInit(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
    .command('init')
    .summary('write a formula and a script that scan your candles')
    .description('Writes a formula and a script that scan your candles into a folder.')
    .argument('[folder]', 'where to; made where it is not there', '.')
  addDataOptions(command)
  command.optionsGroup('Output:')
  addHelpBelow(addColorOption(command), EXAMPLES)
  command.action((folder: string, options: InitOptions) => init(folder, options, signal))
}

async function init(folder: string, options: InitOptions, signal: AbortSignal) {
  const terminal = openTerminal(options)
  const { candlesCsv, formulaText, packageText, scriptText } = await import('./init-files.ts')
  const madeUp = options.data === undefined ? { [CANDLES]: candlesCsv() } : {}
  checkFree(folder, [FORMULA, SCRIPT, ...Object.keys(madeUp)])
  if (options.data === undefined) await writeFiles(folder, madeUp)
  const data = { ...options, data: options.data ?? join(folder, CANDLES) }
  if (isQuery(data.data)) {
    throw new UsageError("init takes a file, a pattern or a folder; in a script a query is data: { sql: 'select …' }")
  }
  const { report } = await readReport(data, terminal, signal)
  if (report.candles === 0) throw nothingRead(data.data, report)
  const opened = { ...data, data: fromFolder(folder, data.data) }
  const isInstalled = findsMillrace(folder)
  const hasPackage = existsSync(join(folder, PACKAGE))
  const files = {
    [FORMULA]: formulaText(report),
    [SCRIPT]: scriptText(FORMULA, opened, report),
    ...(!isInstalled && !hasPackage && { [PACKAGE]: packageText() }),
  }
  await writeFiles(folder, files)
  const install = isInstalled ? [] : [hasPackage ? 'npm install millrace' : 'npm install']
  const written = Object.keys({ ...madeUp, ...files })
  await terminal.write(screen({ folder, written, install, opened, report }, terminal), signal)
}

/** A path of the working directory as it is from the folder; one that begins at the root stays. */
function fromFolder(folder: string, data: string): string {
  const from = existsSync(folder) ? realpathSync(folder) : resolve(folder)
  return isAbsolute(data) ? data : relative(from, resolve(data)).replaceAll('\\', '/') || '.'
}

/** @throws UsageError that names files which are there already: nothing is written then. */
function checkFree(folder: string, names: readonly string[]) {
  const there = names.filter((name) => existsSync(join(folder, name)))
  if (there.length === 0) return
  const where = resolve(folder) === process.cwd() ? 'here' : `in ${folder}`
  const candles = there.includes(CANDLES) ? `, or take those candles: --data ${shellWord(join(folder, CANDLES))}` : ''
  throw new UsageError(
    `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} ${where} already, and nothing is overwritten: name another folder${candles}`,
  )
}

function nothingRead(data: string, { errors }: DataReport): UsageError {
  const why = errors[0] === undefined ? '' : `: ${errors[0].message}`
  return new UsageError(`no candle of ${data} can be read${why}`, `millrace data ${shellWord(data)} shows more`)
}

/** @throws UsageError where the folder cannot be written to, or a file has come there meanwhile. */
async function writeFiles(folder: string, files: Readonly<Record<string, string>>) {
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { flag: 'wx' })
  } catch (cause) {
    throw new UsageError(`cannot write to ${folder}: ${(cause as Error).message}`)
  }
}

/** Whether a script in the folder can import millrace. */
function findsMillrace(folder: string): boolean {
  try {
    createRequire(join(resolve(folder), SCRIPT)).resolve('millrace/package.json')
    return true
  } catch {
    return false
  }
}

interface Done {
  folder: string
  written: readonly string[]
  /** What makes the script find millrace. */
  install: readonly string[]
  /** How the data is opened in the folder. */
  opened: DataOptions
  report: DataReport
}

const ABOUT: Readonly<Record<string, string>> = {
  [FORMULA]: 'a condition to start from',
  [SCRIPT]: 'the scan as a script',
  [CANDLES]: 'made-up candles, until you have your own',
  [PACKAGE]: 'what the script needs',
}

/** What was read and written, and what to type next. */
function* screen({ folder, written, install, opened, report }: Done, { colors, width }: Terminal): Generator<string> {
  const { symbols, timeframe, candles, first, last, notes } = report
  const date = timeFormatter(timeframe)
  const found = `${counted(symbols.length, 'symbol')}, ${counted(candles, 'candle')} of ${timeframe}`
  yield '\n'
  for (const line of wrapBehind(' ', `${found}, ${date(first!)} to ${date(last!)}`, width)) yield `${line}\n`
  const lines = notes.flatMap((note) => wrapBehind(' ', visible(note), width))
  for (const line of lines) yield `${colors.dim(line)}\n`
  const isHere = resolve(folder) === process.cwd()
  yield `\n ${colors.bold(isHere ? 'Written here' : visible(`Written to ${folder}`))}\n`
  const widest = Math.max(...written.map((name) => name.length))
  for (const name of written) {
    const lines = wrapBehind(`   ${colors.cyan(name.padEnd(widest))}  `, ABOUT[name]!, width)
    for (const line of lines) yield `${line}\n`
  }
  const next = [
    ...(isHere ? [] : [`cd ${shellWord(folder)}`]),
    ...install,
    `node ${SCRIPT}`,
    `npx millrace scan @${FORMULA} ${dataWords(opened).join(' ')}`,
  ]
  yield `\n ${colors.bold('Next')}\n`
  for (const line of next.flatMap((each) => wrapCommand('   ', visible(each), width))) yield `${colors.cyan(line)}\n`
}

/** The options that name the data, as they are typed. */
function dataWords({ data, columns, ...others }: DataOptions): string[] {
  const { table, oneSymbol, dateFormat, decimal, timeframe, defects } = others
  const words = [
    ['-d', data],
    ['--table', table],
    ['--columns', columns && columnsText(columns)],
    ['--date-format', dateFormat],
    ['--decimal', decimal],
    ['--one-symbol', oneSymbol],
    ['--timeframe', timeframe],
    ['--defects', defects],
  ] as const
  return words.flatMap(([name, value]) => (value === undefined ? [] : [name, shellWord(value)]))
}
