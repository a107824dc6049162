import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFECT_POLICIES, type DefectPolicy } from '../domain/candle.ts'
import { isTimezone } from '../domain/local-time.ts'
import { TIME_UNITS, TIMEFRAMES, type Timeframe, type TimeUnit } from '../domain/timeframe.ts'
import { isReadable, isUserColumn } from '../domain/user-columns.ts'

/** Where the candles are and how they are read. */
export interface DataOptions {
  data?: string
  table?: string
  columns?: ColumnNames
  oneSymbol?: string
  dateFormat?: string
  decimal?: '.' | ','
  timeframe?: Timeframe
  defects?: DefectPolicy
  /** The folder of mirrors; true for that of the system. */
  mirror?: string | true
}

/** Which symbols and bars. */
export interface SelectionOptions {
  symbols?: string
  from?: string
  to?: string
  history?: number
  last?: number
}

export interface FormulaOptions {
  param?: Readonly<Record<string, number>>
  timezone?: string
}

export interface EngineChoice {
  workers?: number
  executor?: 'auto' | 'inline' | 'pool'
}

export type TextFormat = 'table' | 'json' | 'ndjson' | 'csv'

/** Tables of typed columns: bytes, which go to a file and to no terminal. */
const FRAME_FORMATS = ['parquet', 'arrow'] as const

export type FrameFormat = (typeof FRAME_FORMATS)[number]

export type Format = TextFormat | FrameFormat

export interface OutputOptions {
  format: Format
  output?: string
  limit?: number
  quiet?: boolean
  strict?: boolean
  raw?: boolean
  color?: boolean
}

export type JobOptions = DataOptions & SelectionOptions & FormulaOptions & EngineChoice & OutputOptions

const TIMEZONE = '--timezone <zone>'

/** Names of columns by their role, and what a column of times counts. */
type ColumnNames = Record<string, string> & { timeUnit?: TimeUnit }

const COLUMN_ROLES = ['symbol', 'time', 'open', 'high', 'low', 'close', 'volume', 'timeframe'] as const

/** `--data` and what describes it. */
export function addDataOptions(command: Command): Command {
  const source = 'Parquet, CSV or JSON file, pattern, folder, .duckdb file, or SQL (SELECT …)'
  return command
    .optionsGroup('Data:')
    .addOption(new Option('-d, --data <source>', source).env('MILLRACE_DATA'))
    .option('--table <name>', 'table of a .duckdb file')
    .option(
      '--columns <role=name,…>',
      `columns not found by themselves: ${COLUMN_ROLES.join(', ')} (time:ms=name), and names for others: col.marketcap=name`,
      parseColumns,
    )
    .option('--date-format <format>', 'how dates in text are written: %d/%m/%Y')
    .addOption(
      new Option('--decimal <sign>', 'before the decimals of prices in text (default: told from them)').choices([
        '.',
        ',',
      ]),
    )
    .option('--one-symbol <name>', 'the data is of this symbol and does not name it')
    .addOption(new Option('--timeframe <tf>', 'length of the candles (default: what the data has)').choices(TIMEFRAMES))
    .addOption(new Option('--defects <policy>', 'candles that cannot be true (default: drop)').choices(DEFECT_POLICIES))
    .option(
      '--mirror [folder]',
      "keep the candles there as well, and read those while the data has not changed (default: millrace in the user's cache folder)",
    )
}

/** Which symbols and bars count. */
export function addSelectionOptions(command: Command, what: string): Command {
  return command
    .optionsGroup('Selection:')
    .option('-s, --symbols <list>', 'a,b,c or @file, with # comments; NASDAQ:AAPL is AAPL (default: all)')
    .option('--from <date>', `first date: 2024-12-31 or 2024-12-31T09:00Z`)
    .option('--to <date>', 'last date, inclusive')
    .option('--history <bars>', 'bars to read in front of --from (default: all, so that values are exact)', wholeNumber)
    .option('--last <bars>', `only ${what} on the last bars of each symbol`, wholeNumber)
}

/** What goes into the formula. */
export function addFormulaOptions(command: Command): Command {
  return command
    .optionsGroup('Formula:')
    .option('-p, --param <name=value>', 'value for a `param` of the formula; repeatable', addParameter)
    .option(TIMEZONE, 'zone of hour, weekday … and of the dates of daily candles (default: UTC)')
}

/** The zone of what is shown, where no formula is run. */
export function addTimezoneOption(command: Command): Command {
  return command.option(TIMEZONE, 'zone of the times, and of the dates of daily candles (default: UTC)', timezone)
}

/** How it runs. */
export function addEngineOptions(command: Command): Command {
  return command
    .optionsGroup('Running:')
    .option('--workers <count>', 'worker threads (default: cores)', wholeNumber)
    .addOption(new Option('--executor <name>', 'where it runs (default: auto)').choices(['auto', 'inline', 'pool']))
}

/** What is printed, and the exit code. */
export function addOutputOptions(command: Command, limit: string): Command {
  command
    .optionsGroup('Output:')
    .addOption(textFormatOption())
    .option(
      '-o, --output <file>',
      'write the results there, in the format of its ending: .csv, .json, .ndjson, .parquet, .arrow',
    )
    .option('-n, --limit <count>', limit, wholeNumber)
    .option('-q, --quiet', 'results only: no progress, no notes')
    .option('--strict', 'exit code 1 when a symbol failed')
    .option('--raw', 'CSV: no apostrophe before text that a spreadsheet would run (= + - @)')
  return addColorOption(command)
}

/** `--format` where there is `--output` as well, which some formats need. */
function textFormatOption(): Option {
  const option = formatOption(['table', 'json', 'ndjson', 'csv'])
  const choose = option.parseArg!
  return option.argParser((text, previous) => {
    if (isFrameFormat(text)) throw new InvalidArgumentError(`It needs a file: -o results.${text} instead.`)
    return choose(text, previous)
  })
}

export function formatOption(formats: readonly TextFormat[]): Option {
  return new Option('-f, --format <format>', 'of the results').choices(formats).default('table')
}

export function isFrameFormat(format: string): format is FrameFormat {
  return (FRAME_FORMATS as readonly string[]).includes(format)
}

export function addColorOption(command: Command): Command {
  return command.option('--no-color', 'no colors (also: the variable NO_COLOR)')
}

/** `2`, `14`: at least 1. */
export function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.')
  return number
}

function timezone(text: string): string {
  if (!isTimezone(text)) throw new InvalidArgumentError("It must be a zone this machine knows, like 'Asia/Seoul'.")
  return text
}

function addParameter(text: string, known: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [name, value] = pair(text, 'len=14')
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) {
    throw new InvalidArgumentError(`The value of ${name} must be a number, got "${value}".`)
  }
  return { ...known, [name]: number }
}

function parseColumns(text: string, known: ColumnNames = {}): ColumnNames {
  const columns: ColumnNames = { ...known }
  for (const part of text.split(',')) {
    const [asked, name] = pair(part, 'time=date')
    const [role, unit] = asked.split(':') as [string, string | undefined]
    if (unit !== undefined) columns.timeUnit = timeUnit(role, unit)
    if (!(COLUMN_ROLES as readonly string[]).includes(role) && !(isUserColumn(role) && isReadable(role))) {
      throw new InvalidArgumentError(`"${role}" is none of ${COLUMN_ROLES.join(', ')}, and no name like col.marketcap.`)
    }
    columns[role] = name
  }
  return columns
}

/** The same as it is typed behind `--columns`. */
export function columnsText({ timeUnit, ...names }: ColumnNames): string {
  const typed = ([role, name]: [string, string]) =>
    `${role}${role === 'time' && timeUnit ? `:${timeUnit}` : ''}=${name}`
  return Object.entries(names).map(typed).join(',')
}

function timeUnit(role: string, unit: string): TimeUnit {
  const found = TIME_UNITS.find((one) => one === unit)
  if (role === 'time' && found !== undefined) return found
  throw new InvalidArgumentError(`Only times have a unit: write time:${TIME_UNITS.join('=…, time:')}=… .`)
}

function pair(text: string, example: string): [name: string, value: string] {
  const at = text.indexOf('=')
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1)]
  if (at < 0 || name === '') throw new InvalidArgumentError(`Write it like ${example}.`)
  return [name, value]
}
