import { CANDLE_COLUMNS, type CandleColumn } from '../domain/candle.ts'
import { DataError } from '../domain/errors.ts'
import {
  type ColumnNames,
  type ColumnRole,
  columnsMissing,
  type FoundColumns,
  guessColumn,
} from './duckdb-column-names.ts'
import type { DuckdbConnection } from './duckdb-library.ts'
import { FILE_STEM, fileStem, type Source } from './duckdb-source.ts'
import { identifier, literal } from './duckdb-sql.ts'
import { findTime, type TimeOptions, type TimeReader } from './duckdb-time.ts'
import { ROW } from './row-flags.ts'

/** How the columns of a source are read as candles; all fields are SQL. */
export interface CandleColumns {
  /** The symbol as VARCHAR. */
  symbol: string
  /** True for the rows of one symbol; undefined when no row can be. */
  isSymbol(symbol: string): string | undefined
  /** Whether the name of the file is the symbol. */
  isSymbolOfFile?: boolean
  time: TimeReader
  /** The columns as DOUBLE, null or NaN where unknown; no volume where the source has none. */
  values: Record<Exclude<CandleColumn, 'volume'>, string> & { volume?: string }
  /** One byte of `ROW` bits. Without the bit of the volume where the source has none. */
  flags: string
  /** The length of the candles as VARCHAR, where rows of several lengths are mixed. */
  timeframe?: string
}

/** Rows looked at to see whether prices that are text are numbers. */
const SAMPLE = 1000

/** Columns that DuckDB adds by itself. */
const ADDED = ['filename']

/** What is known of the columns. */
export interface ColumnOptions extends TimeOptions {
  /** Names of those that are not found by themselves. */
  columns?: ColumnNames | undefined
  /** The symbol, where the data is of one and does not name it. */
  symbol?: string | undefined
  /** What stands before the decimals of numbers that are text. */
  decimal?: '.' | ',' | undefined
}

/** Finds the columns of a source: those named in the options, the others by their usual names. */
export async function findColumns(
  connection: DuckdbConnection,
  source: Source,
  { columns: wanted = {}, symbol, decimal = '.', ...times }: ColumnOptions,
): Promise<CandleColumns> {
  const described = await connection.rows(
    `select column_name, column_type from (describe select * from ${source.from})`,
  )
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]))
  const names = [...types.keys()].filter((name) => !ADDED.includes(name))
  const { found, missing } = findNames(names, types, wanted, symbol !== undefined || source.files.length > 1)
  if (missing.length > 0) throw columnsMissing({ found, missing }, wanted, names, source)
  const number = (name: string) => asDouble(name, types.get(name) as string, decimal)

  const { open, high, low, close, time } = found as Required<ColumnNames>
  const prices = [open, high, low, close]
  const values: CandleColumns['values'] = {
    open: number(open),
    high: number(high),
    low: number(low),
    close: number(close),
    ...(found.volume === undefined ? {} : { volume: number(found.volume) }),
  }
  const texts = prices.filter((name) => types.get(name) === 'VARCHAR')
  const sample = await sampleOf(connection, source)
  await checkNumbers(
    connection,
    sample,
    texts.map((name) => [name, number(name)]),
  )
  return {
    ...symbolReader(symbol, found.symbol, types, source),
    time: await findTime(connection, { all: source.from, sample }, identifier(time), types.get(time) as string, times),
    values,
    flags: flagsOf(values),
    ...(found.timeframe === undefined ? {} : { timeframe: `${identifier(found.timeframe)}::varchar` }),
  }
}

const NEEDED: readonly ColumnRole[] = ['symbol', 'time', 'open', 'high', 'low', 'close']
const OPTIONAL: readonly ColumnRole[] = ['volume', 'timeframe']

/** @param isSymbolKnown Whether the symbol need not stand in a column. */
function findNames(
  names: readonly string[],
  types: ReadonlyMap<string, string>,
  wanted: ColumnNames,
  isSymbolKnown: boolean,
): FoundColumns {
  const found: ColumnNames = {}
  const missing: ColumnRole[] = []
  for (const role of [...NEEDED, ...OPTIONAL]) {
    // A time of day beside a date is no time.
    const isUsable = (name: string) => role !== 'time' || !/^TIME( WITH.*)?$/.test(types.get(name) as string)
    const asked = wanted[role]
    const name = asked === undefined ? guessColumn(names, role, isUsable) : types.has(asked) ? asked : undefined
    if (name !== undefined) found[role] = name
    else if (asked !== undefined || (role === 'symbol' ? !isSymbolKnown : NEEDED.includes(role))) missing.push(role)
  }
  return { found, missing }
}

function symbolReader(
  symbol: string | undefined,
  column: string | undefined,
  types: ReadonlyMap<string, string>,
  source: Source,
): Pick<CandleColumns, 'symbol' | 'isSymbol' | 'isSymbolOfFile'> {
  if (symbol !== undefined) {
    return { symbol: literal(symbol), isSymbol: (wanted) => (wanted === symbol ? 'true' : undefined) }
  }
  if (column === undefined) {
    const stems = new Set(source.files.map(fileStem))
    const isStem = (wanted: string) => (stems.has(wanted) ? `${FILE_STEM} = ${literal(wanted)}` : undefined)
    return { symbol: FILE_STEM, isSymbol: isStem, isSymbolOfFile: true }
  }
  const name = identifier(column)
  const type = types.get(column) as string
  if (type === 'VARCHAR') return { symbol: name, isSymbol: (wanted) => `${name} = ${literal(wanted)}` }
  // The bare number lets DuckDB skip row groups; 005930 is not how the number 5930 reads.
  const isNumber = (wanted: string) => (/^(0|-?[1-9]\d*)$/.test(wanted) ? `${name} = ${wanted}` : undefined)
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type)) return { symbol: `${name}::varchar`, isSymbol: isNumber }
  return { symbol: `${name}::varchar`, isSymbol: (wanted) => `${name}::varchar = ${literal(wanted)}` }
}

function asDouble(name: string, type: string, decimal: '.' | ','): string {
  const column = identifier(name)
  if (type === 'DOUBLE') return column
  if (type !== 'VARCHAR') return `${column}::double`
  // 1.234,5 and 1 234,5: what groups thousands goes.
  const text = decimal === '.' ? column : `replace(regexp_replace(${column}, '[. \u00a0\u202f]', '', 'g'), ',', '.')`
  return `try_cast(${text} as double)`
}

/** Where to look at some rows. CSV is copied for that: with many files every query opens all of them. */
async function sampleOf(connection: DuckdbConnection, { kind, from }: Source): Promise<string> {
  if (kind !== 'csv') return from
  await connection.query(`create or replace temp table sample_rows as select * from ${from} limit ${SAMPLE}`)
  return 'sample_rows'
}

/** Prices as text of which hardly one is a number are written in another way than they are read. */
async function checkNumbers(
  connection: DuckdbConnection,
  from: string,
  prices: readonly (readonly [name: string, number: string])[],
): Promise<void> {
  if (prices.length === 0) return
  const counts = prices.map(([name, number]) => {
    const isWritten = `trim(${identifier(name)}) <> ''`
    const example = `any_value(${identifier(name)}) filter (${isWritten} and ${number} is null)`
    return `(count(*) filter (${isWritten}))::double, count(${number})::double, ${example}`
  })
  const [row = []] = await connection.rows(`select ${counts.join(', ')} from (select * from ${from} limit ${SAMPLE})`)
  prices.forEach(([name], at) => {
    const [written, numbers, example] = row.slice(3 * at)
    if (Number(numbers) * 2 >= Number(written)) return
    const message =
      `column ${identifier(name)} (for example ${example}) cannot be read as prices: set the option decimal to the comma ` +
      'where 12,5 means twelve and a half (on the command line --decimal ,), or columns to other columns'
    throw new DataError('DATA_SHAPE', message, { column: name, example })
  })
}

/** The same judgement as `judgeRows`. NaN is larger than infinity in SQL, and null is not true. */
function flagsOf({ open, high, low, close, volume }: CandleColumns['values']): string {
  const prices = [open, high, low, close]
  const infinity = `'infinity'::double`
  const every = (conditions: string[]) => conditions.join(' and ')
  const isKnownVolume = volume === undefined ? 'true' : `${volume} >= 0 and ${volume} < ${infinity}`
  const isFine = [
    ...[`${low} > 0`, `${high} < ${infinity}`, `${high} >= ${open}`, `${high} >= ${close}`],
    ...[`${low} <= ${open}`, `${low} <= ${close}`, isKnownVolume],
  ]
  return `case when ${every(isFine)} then 0::utinyint else (case
    when not coalesce(${every(prices.map((price) => `isfinite(${price})`))}, false) then ${ROW.notFinite}
    when ${every([open, high, low].map((price) => `${price} = 0`))} and ${close} > 0 then ${ROW.halt}
    when not (${every(prices.map((price) => `${price} > 0`))}) then ${ROW.notPositive}
    when ${high} < ${low} then ${ROW.highBelowLow}
    when not (${every(isFine.slice(2, 6))}) then ${ROW.inconsistent}
    else 0 end + case when coalesce(${isKnownVolume}, false) then 0 else ${ROW.unknownVolume} end)::utinyint end`
}

/** The columns of a source that is in millrace's own form already; `CANDLE_COLUMNS` are its names. */
export function plainColumns(hasVolume: boolean, hasTimeframe: boolean): CandleColumns {
  const [open, high, low, close, volume] = CANDLE_COLUMNS
  const values = hasVolume ? { open, high, low, close, volume } : { open, high, low, close }
  return {
    symbol: 'symbol',
    isSymbol: (wanted) => `symbol = ${literal(wanted)}`,
    time: { milliseconds: 'time', from: (ms) => `time >= ${ms}`, to: (ms) => `time <= ${ms}` },
    values,
    flags: flagsOf(values),
    ...(hasTimeframe ? { timeframe: 'timeframe' } : {}),
  }
}
