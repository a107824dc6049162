import type { DuckdbConnection } from './library.ts'
import { fileList, literals } from './sql.ts'
import { type WideFile, wideFile, wideRows } from './wide.ts'

/** How files of text are read; everything as text. */
export interface TextReader {
  /** What the files are called, where they are of a kind that people know. */
  format?: string
  /** Where `of` has the symbol from, where no column of the files names it. */
  symbol?: string
  /** SQL behind FROM for some of the files. @param isLenient Leaves out lines that cannot be taken apart. */
  of(files: readonly string[], isLenient?: boolean): string
}

// Everything as text: DuckDB's guesses would read the symbol 005930 as the number 5930, and one "n/a" among a million
// prices would end the reading.
/** @param more Other options than all files have together. */
export function csvOf(files: readonly string[], isLenient = false, more?: string): string {
  return `read_csv(${fileList(files)}, header = true, ${csvOptions(isLenient, more)})`
}

function csvOptions(isLenient: boolean, more?: string): string {
  const several = isLenient ? 'union_by_name = true, ignore_errors = true' : 'union_by_name = true'
  return `all_varchar = true, filename = true, ${more ?? several}`
}

/** The columns of Binance's kline dumps, which only some of the files name. */
const KLINES: readonly string[] = [
  ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time', 'quote_volume', 'count'],
  ...['taker_buy_volume', 'taker_buy_quote_volume', 'ignore'],
]

/** Tells by the first lines what CSV files are; of the first file that can be read. */
export async function csvReader(connection: DuckdbConnection, files: readonly string[]): Promise<TextReader> {
  for (const file of files) {
    const lines = await firstLines(connection, file)
    if (lines.length === 0) continue
    if (areKlines(lines[0] as string[])) return KLINE_READER
    return wideFile(lines) ? wideReader(connection, files) : { of: csvOf }
  }
  return { of: csvOf }
}

/** None where the file cannot be read: that shows when it is. */
async function firstLines(connection: DuckdbConnection, file: string): Promise<string[][]> {
  const reading = `select * from read_csv(${fileList([file])}, header = false, all_varchar = true) limit 3`
  const rows = await connection.rows(reading).catch(() => [])
  return rows.map((row) => row.map((text) => `${text ?? ''}`))
}

async function wideReader(connection: DuckdbConnection, files: readonly string[]): Promise<TextReader> {
  const known = new Map<string, WideFile>()
  for (const file of files) {
    const wide = wideFile(await firstLines(connection, file))
    if (wide) known.set(file, wide)
  }
  const rowsOf = (file: string) => {
    const wide = known.get(file)
    return wide ? wideRows(file, wide) : `select * from ${csvOf([file])}`
  }
  const of: TextReader['of'] = (some) => `(${some.map(rowsOf).join(' union all by name ')})`
  return { format: "yfinance's table", symbol: 'the lines of headers', of }
}

function areKlines(line: readonly string[]): boolean {
  if (line.length !== KLINES.length) return false
  const isEpoch = (text: string | undefined) => /^\d{13}(\d{3})?$/.test(text as string)
  const isData = isEpoch(line[0]) && isEpoch(line[6]) && line.every((text) => Number.isFinite(Number(text)))
  return isData || (line[0] === 'open_time' && line[9] === 'taker_buy_volume')
}

const KLINE_READER: TextReader = {
  format: 'Binance klines',
  symbol: 'the name of the file before the first -',
  of: klinesOf,
}

/** Times are milliseconds up to 2024 and microseconds since, in files that lie side by side: 13 digits are both. */
function klinesOf(files: readonly string[], isLenient = false): string {
  const read = `read_csv(${fileList(files)}, header = false, names = ${literals(KLINES)}, ${csvOptions(isLenient)})`
  return `(select regexp_extract(parse_filename(filename), '^[^-.]+') as symbol, left(open_time, 13) as open_time,
    * exclude (open_time) from ${read} where open_time is distinct from 'open_time')`
}

/** Rows as objects, or as arrays of time, open, high, low, close and volume as ccxt hands them out. */
export async function jsonReader(connection: DuckdbConnection, files: readonly string[]): Promise<TextReader> {
  for (const file of files) {
    const describing = `select column_name, column_type from (describe select * from ${jsonOf([file])})`
    const described = await connection.rows(describing).catch(() => [])
    if (described.some(([name, type]) => name === 'json' && type === 'JSON[]')) {
      return { format: 'arrays of ccxt', of: arraysOf }
    }
    if (described.length > 0) break
  }
  return { of: objectsOf }
}

function objectsOf(files: readonly string[]): string {
  return `(select columns(* exclude (filename)) ->> '$', filename from ${jsonOf(files)})`
}

function arraysOf(files: readonly string[]): string {
  const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume']
  const values = names.map((name, at) => `json[${at + 1}] ->> '$' as ${name}`)
  return `(select ${values.join(', ')}, filename from ${jsonOf(files)})`
}

function jsonOf(files: readonly string[]): string {
  return `read_json(${fileList(files)}, maximum_depth = 1, union_by_name = true, filename = true)`
}
