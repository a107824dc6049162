import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, sep } from 'node:path'
import { DataError } from '../../domain/errors.ts'
import type { DuckdbConnection, Reach } from './library.ts'
import { queryFrom } from './query.ts'
import { fileList, identifier, literal, plainPath } from './sql.ts'
import { csvReader, jsonReader, type TextReader } from './text-files.ts'

/** The rows DuckDB reads, before anybody knows what their columns mean. */
export interface Source {
  kind: 'parquet' | 'csv' | 'json' | 'table' | 'sql'
  /** What the files are called, where they are of a kind that people know. */
  format?: string
  /** Where `from` has the symbol from, where no column of the files names it. */
  symbol?: string
  /** What stands behind FROM. */
  from: string
  /** The files behind it, in the order they are read; empty for SQL. */
  files: readonly string[]
  /**
   * SQL that reads some of the files as `from` reads all; absent where there are none to choose from.
   *
   * @param isLenient Leaves out lines that cannot be taken apart.
   */
  of?: (files: readonly string[], isLenient?: boolean) => string
  /** The column that numbers the rows of one file or table; absent where rows cannot be found again by number. */
  rowNumber?: string
  /** Whether numbers may be missing between rows, as where rows of a table were deleted. */
  hasHoles?: boolean
  /** Lines of CSV that cannot be taken apart, and are left out. */
  skippedLines?: number
}

const DATABASE_NAME = 'source'
const CSV_FILE = /\.(csv|tsv|txt)(\.gz|\.zst)?$/i
const JSON_FILE = /\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i
const DATABASE_FILE = /\.(duckdb|ddb|db)$/i
const EXTENSION = '\\.(csv|tsv|txt|json|jsonl|ndjson|parquet|pq)(\\.gz|\\.zst)?$'
const PARQUET_FILE = /\.(parquet|pq)$/i

/** A file, a pattern or folder of files, or a query. */
export type CandleData = string | { sql: string }

/** The data in messages. */
export function nameOf(data: CandleData): string {
  return typeof data === 'string' ? data : 'the SQL'
}

/** What of the machine's files a connection has to reach to read the data. The files of a query are those it names. */
export function reachOf(data: CandleData): Reach {
  if (typeof data !== 'string') return 'any file'
  if (DATABASE_FILE.test(data)) return { files: [data, `${data}.wal`], folders: [] }
  if (isDirectory(data)) return { files: [], folders: [data, plainPath(data)] }
  if (existsSync(data)) return { files: [data, plainPath(data)], folders: [] }
  return { files: [data], folders: [fixedFolder(data) || '.'] }
}

/** The folder in front of the first sign of a pattern, as it is written: empty where there is none. */
export function fixedFolder(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(/[[*?]|$/))
  return fixed.slice(0, 1 + Math.max(fixed.lastIndexOf('/'), fixed.lastIndexOf(sep)))
}

/** Whether a file is read where it lies in a folder that is the data. */
export function isCandleFile(file: string): boolean {
  return [PARQUET_FILE, CSV_FILE, JSON_FILE].some((kind) => kind.test(file))
}

export function isDatabase(data: string): boolean {
  return DATABASE_FILE.test(data)
}

/** Whether a worker thread may open the data as well: SQL and text are too dear to be read more than once. */
export function isReadInWorkers(data: CandleData): boolean {
  if (typeof data !== 'string') return false
  return !CSV_FILE.test(data) && !JSON_FILE.test(data) && !(isDirectory(data) && !holds(data, PARQUET_FILE))
}

/**
 * Finds out what `data` is and makes it readable.
 *
 * @throws DataError `DATA_UNREADABLE` when there is no such file, `DATA_OPTION` when a database has more than one table
 * and none was chosen.
 */
export async function openSource(connection: DuckdbConnection, data: CandleData, table?: string): Promise<Source> {
  if (typeof data !== 'string') return { kind: 'sql', from: await queryFrom(connection, data.sql), files: [] }
  if (DATABASE_FILE.test(data)) return openDatabase(connection, data, table)
  const files = await filesOf(connection, data)
  const [first] = files as [string]
  checkEnding(first)
  if (JSON_FILE.test(first)) return textSource('json', files, await jsonReader(connection, files))
  if (CSV_FILE.test(first)) return textSource('csv', files, await csvReader(connection, files))
  return { kind: 'parquet', from: parquetOf(files), files, of: parquetOf, rowNumber: 'file_row_number' }
}

function textSource(kind: 'csv' | 'json', files: readonly string[], reader: TextReader): Source {
  return { kind, from: reader.of(files), files, ...reader }
}

export function parquetOf(files: readonly string[]): string {
  return `read_parquet(${fileList(files)})`
}

/** The name of a file without folder and extensions: its symbol, where files have one each. */
export function fileStem(file: string): string {
  return basename(file).replace(new RegExp(EXTENSION, 'i'), '')
}

/** `fileStem` of the row's file, in SQL. */
export const FILE_STEM = `regexp_replace(parse_filename(filename), '${EXTENSION}', '', 'i')`

/** Changes when one of the files does; cheap enough to ask before every use. */
export function stampFiles(files: readonly string[]): string {
  const stamps = files.map((file) => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return `${stat?.mtimeMs}-${stat?.size}`
  })
  return createHash('sha1').update(`${files}`).update(`${stamps}`).digest('base64url')
}

async function openDatabase(connection: DuckdbConnection, data: string, table?: string): Promise<Source> {
  if (!existsSync(data)) throw missing(data)
  await connection.query(`detach database if exists ${DATABASE_NAME}`)
  await connection.query(`attach ${literal(data)} as ${DATABASE_NAME} (read_only)`)
  const found = await connection.rows(
    `select schema_name, table_name from duckdb_tables() where database_name = '${DATABASE_NAME}' order by all`,
  )
  const tables = found.map(([schema, name]) => (schema === 'main' ? `${name}` : `${schema}.${name}`))
  const chosen = table ?? (tables.length === 1 ? (tables[0] as string) : undefined)
  const at = chosen === undefined ? -1 : tables.indexOf(chosen)
  if (at < 0) {
    const problem = chosen === undefined ? 'has more than one table' : `has no table ${chosen}`
    const message = `${data} ${problem}: set the option table to one of ${tables.join(', ') || '(it has none)'}`
    throw new DataError('DATA_OPTION', message, { option: 'table', data, table, tables })
  }
  const from = [DATABASE_NAME, ...(found[at] as string[])].map(identifier).join('.')
  return { kind: 'table', from, files: await filesOf(connection, data), rowNumber: 'rowid', hasHoles: true }
}

/** The files behind `data` as they are now; throws `DATA_UNREADABLE` when there are none. */
export async function filesOf(connection: DuckdbConnection, data: string): Promise<string[]> {
  if (DATABASE_FILE.test(data)) return [data, `${data}.wal`]
  const isFolder = isDirectory(data)
  const pattern = isFolder ? `${plainPath(data)}/**` : existsSync(data) ? plainPath(data) : data
  const found = (await connection.rows(`select file from glob(${literal(pattern)}) order by file`)).map(String)
  if (!isFolder && found.length > 0) return found
  for (const kind of [PARQUET_FILE, CSV_FILE, JSON_FILE]) {
    const files = found.filter((file) => kind.test(file))
    if (files.length > 0) return files
  }
  throw missing(data)
}

/** @throws DataError `DATA_UNREADABLE` for a kind of file that has to be made another first. */
function checkEnding(file: string): void {
  const ways: readonly (readonly [ending: RegExp, is: string, way: string])[] = [
    [/\.(xlsx?|xlsm|ods)$/i, 'a spreadsheet', 'save it as CSV (UTF-8) and name that'],
    [/\.(zip|7z|rar|tar|tgz|tar\.gz)$/i, 'an archive', 'unpack it and name the folder'],
  ]
  const found = ways.find(([ending]) => ending.test(file))
  if (!found) return
  const [, is, way] = found
  throw new DataError('DATA_UNREADABLE', `cannot read ${file}: it is ${is}; ${way}`, { data: file })
}

function missing(data: string): DataError {
  const isSql = /^\s*(select|from|with)\s/i.test(data)
  const way = isSql ? `SQL goes in as { sql: '…' }` : 'check the path'
  const message = `cannot read ${data}: there is no such file, and no Parquet, CSV or JSON file behind it; ${way}`
  return new DataError('DATA_UNREADABLE', message, { data })
}

/** A path that cannot be looked at (too long, a loop of links) is none; whoever reads it says so. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function holds(folder: string, kind: RegExp): boolean {
  try {
    return readdirSync(folder, { recursive: true }).some((file) => kind.test(String(file)))
  } catch {
    return false
  }
}
