import { CANDLE_COLUMNS, type CandleColumn } from '../../domain/candle.ts'
import { ROW } from '../row-flags.ts'
import { type ColumnNames, type ColumnRole, type FoundColumns, guessColumn } from './column-names.ts'
import { columnsMissing } from './columns-missing.ts'
import type { DuckdbConnection } from './library.ts'
import { type Decimal, findNumbers } from './numbers.ts'
import { readAs } from './read-as.ts'
import { FILE_STEM, fileStem, type Source } from './source.ts'
import { identifier, literal, where } from './sql.ts'
import { findTime, type TimeOptions, type TimeReader } from './time.ts'
import { findTimeColumn } from './time-column.ts'
import { findUserColumns, type UserColumn } from './user-columns.ts'

/** How the columns of a source are read as candles; all fields but names and notes are SQL. */
export interface CandleColumns {
  /** What has to be there, as the source calls it. */
  names: readonly string[]
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
  /** Columns that are none of the candle's. */
  userColumns: readonly UserColumn[]
  /** Where to look at some rows. */
  sample: string
  /** How columns were understood, and what was guessed, as sentences. */
  notes: readonly string[]
  /** The length of the candles as VARCHAR, where rows of several lengths are mixed. */
  timeframe?: string
}

/** Rows looked at to see how text is written. */
const SAMPLE = 1000

/** Columns that DuckDB adds by itself. */
const ADDED = ['filename']

/** What is known of the columns. */
export interface ColumnOptions extends TimeOptions {
  /** Names of those that are not found by themselves. */
  columns?: ColumnNames | undefined
  /** The symbol, where the data is of one and does not name it. */
  symbol?: string | undefined
  /** Of numbers that are text; told from them where absent. */
  decimal?: Decimal | undefined
}

/** Finds the columns of a source: those named in the options, the others by their usual names. */
export async function findColumns(
  connection: DuckdbConnection,
  source: Source,
  { columns: wanted = {}, symbol, decimal, ...times }: ColumnOptions,
): Promise<CandleColumns> {
  const described = await connection.rows(
    `select column_name, column_type from (describe select * from ${source.from})`,
  )
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]))
  const own = new Map([...types].filter(([name]) => !ADDED.includes(name)))
  const names = [...own.keys()]
  const fileCount = source.of ? source.files.length : 0
  const symbolIs = symbol !== undefined ? 'known' : fileCount > 1 ? 'in a column or the name of a file' : 'in a column'
  const { found, missing } = findNames(names, types, wanted, symbolIs)
  // The symbol of a single file may stand in its name. Where more is missing its columns are called in another way.
  const isOneSymbol = fileCount === 1 && wanted.symbol === undefined && `${missing}` === 'symbol'
  if (missing.length > 0 && !isOneSymbol)
    throw await columnsMissing(connection, source, { found, missing }, wanted, names)
  const sample = await sampleOf(
    connection,
    source,
    [found.time, found.close].map((name) => identifier(name as string)),
  )
  // A list of symbols beside the candles names its own column only.
  const isGuess = fileCount > 1 && sample !== source.from && wanted.symbol === undefined
  if (isGuess && found.symbol !== undefined && (await isEmpty(connection, sample, found.symbol))) delete found.symbol
  const { values, number } = await valuesOf(connection, sample, found, types, decimal)
  const time = await findTimeColumn(connection, { all: source.from, sample }, found.time as string, {
    names,
    types,
    wanted,
  })
  const reader = await findTime(connection, { all: source.from, sample }, time, times)
  if (isOneSymbol && (await repeats(connection, source, reader))) {
    throw await columnsMissing(connection, source, { found, missing }, wanted, names)
  }
  const symbolOfFile = isOneSymbol ? 'the name of the file' : symbol === undefined ? source.symbol : undefined
  const note = readAs({ ...found, time: time.name }, wanted, names, { format: source.format, symbol: symbolOfFile })
  return {
    ...symbolReader(symbol, found.symbol, types, source),
    time: reader,
    values,
    flags: flagsOf(values),
    userColumns: findUserColumns(own, wanted, new Set(Object.values(found)), number),
    sample: `select * from ${sample} limit ${SAMPLE}`,
    names: [found.symbol, found.time, found.open, found.high, found.low, found.close].filter(
      (name) => name !== undefined,
    ),
    notes: [note, reader.note].filter((sentence) => sentence !== undefined),
    ...(found.timeframe === undefined ? {} : { timeframe: `${identifier(found.timeframe)}::varchar` }),
  }
}

async function isEmpty(connection: DuckdbConnection, sample: string, column: string): Promise<boolean> {
  const [row] = await connection.rows(`select count(${identifier(column)})::double from ${sample}`)
  return row?.[0] === 0
}

/** Whether most times come more than once: rows of several symbols, which nothing tells apart. */
async function repeats(connection: DuckdbConnection, { from }: Source, time: TimeReader): Promise<boolean> {
  const [row = []] = await connection.rows(
    `select count(ms)::double, count(distinct ms)::double from (select ${time.milliseconds} as ms from ${from})`,
  )
  return Number(row[1]) * 2 < Number(row[0])
}

/** The columns of numbers as DOUBLE. */
async function valuesOf(
  connection: DuckdbConnection,
  sample: string,
  found: ColumnNames,
  types: ReadonlyMap<string, string>,
  decimal: Decimal | undefined,
): Promise<{ values: CandleColumns['values']; number: (name: string) => string }> {
  const { open, high, low, close } = found as Required<ColumnNames>
  const isText = (name: string | undefined): name is string => name !== undefined && types.get(name) === 'VARCHAR'
  const texts = { prices: [open, high, low, close].filter(isText), volumes: [found.volume].filter(isText) }
  const written = await findNumbers(connection, sample, texts, decimal)
  const number = (name: string) => {
    if (isText(name)) return written(name)
    return types.get(name) === 'DOUBLE' ? identifier(name) : `${identifier(name)}::double`
  }
  const prices = { open: number(open), high: number(high), low: number(low), close: number(close) }
  return { values: { ...prices, ...(found.volume === undefined ? {} : { volume: number(found.volume) }) }, number }
}

const NEEDED: readonly ColumnRole[] = ['time', 'open', 'high', 'low', 'close']
const OPTIONAL: readonly ColumnRole[] = ['volume', 'timeframe']

function findNames(
  names: readonly string[],
  types: ReadonlyMap<string, string>,
  wanted: ColumnNames,
  symbolIs: 'known' | 'in a column' | 'in a column or the name of a file',
): FoundColumns {
  const found: ColumnNames = {}
  const missing: ColumnRole[] = []
  const needed: readonly ColumnRole[] = symbolIs === 'in a column' ? ['symbol', ...NEEDED] : NEEDED
  const symbol: readonly ColumnRole[] = symbolIs === 'known' ? [] : ['symbol']
  for (const role of [...symbol, ...NEEDED, ...OPTIONAL]) {
    // A time of day beside a date is no time.
    const isUsable = (name: string) => role !== 'time' || !/^TIME( WITH.*)?$/.test(types.get(name) as string)
    const asked = wanted[role]
    const name = asked === undefined ? guessColumn(names, role, isUsable) : types.has(asked) ? asked : undefined
    if (name !== undefined) found[role] = name
    else if (asked !== undefined || needed.includes(role)) missing.push(role)
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

/**
 * Where to look at some rows. Text is copied for that: with many files every query opens all of them.
 *
 * @param known Columns that say something in these rows: the first file may lack them.
 */
async function sampleOf(
  connection: DuckdbConnection,
  { kind, from }: Source,
  known: readonly string[],
): Promise<string> {
  if (kind !== 'csv' && kind !== 'json') return from
  const rows = `from ${from}${where(...known.map((name) => `${name} is not null`))} limit ${SAMPLE}`
  await connection.query(`create or replace temp table sample_rows as select * ${rows}`)
  return 'sample_rows'
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
export function plainColumns(
  hasVolume: boolean,
  hasTimeframe: boolean,
  userColumns: readonly UserColumn[],
): CandleColumns {
  const [open, high, low, close, volume] = CANDLE_COLUMNS
  const values = hasVolume ? { open, high, low, close, volume } : { open, high, low, close }
  return {
    symbol: 'symbol',
    isSymbol: (wanted) => `symbol = ${literal(wanted)}`,
    time: { milliseconds: 'time', from: (ms) => `time >= ${ms}`, to: (ms) => `time <= ${ms}` },
    values,
    flags: flagsOf(values),
    userColumns,
    sample: '',
    names: [],
    notes: [],
    ...(hasTimeframe ? { timeframe: 'timeframe' } : {}),
  }
}
