import type { CandleColumns } from './columns.ts'
import type { Cell, DuckdbConnection } from './library.ts'
import { fileStem, type Source } from './source.ts'
import { where } from './sql.ts'

/** A source that can be read, and what its columns mean. */
export interface CandleTable {
  source: Source
  columns: CandleColumns
}

/** Rows of one symbol that stand side by side in one file. */
export interface Run {
  symbol: string
  /** Position in `source.files`; 0 for a table. */
  file: number
  /** Row number of the first. */
  first: number
  /** At most: numbers inside may be missing where `source.hasHoles`. */
  rows: number
}

/** Where the rows of every symbol are. */
export interface RowIndex {
  table: CandleTable
  /** In the order of the source. */
  runs: readonly Run[]
  /** How many rows each symbol has (at most, with holes), in the order of its first row. */
  rowsOf: ReadonlyMap<string, number>
  /** Rows without a symbol, where finding the runs has counted them. */
  unnamedRows?: number
}

/** With more runs than this per symbol, reading them one by one costs more than sorting everything once. */
const RUNS_PER_SYMBOL = 8

/** Runs that small sources may have on top of that. */
const EDGES = 1000

/**
 * Finds the rows of every symbol from the column of symbols alone. Undefined when the symbols are so mixed, or the rows
 * of the source so hard to find again, that all of it should be sorted first.
 *
 * @param filter SQL that is true for the rows that count; all where absent.
 */
export async function findRuns(
  connection: DuckdbConnection,
  table: CandleTable,
  filter?: string,
): Promise<RowIndex | undefined> {
  const { source, columns } = table
  if (source.rowNumber === undefined) return undefined
  if (columns.isSymbolOfFile && filter === undefined) return rowIndexOf(table, await findFiles(connection, source))
  return (await findWhole(connection, table, filter)) ?? findIslands(connection, table, filter)
}

/** Every symbol in one place of each file; undefined when one is not. */
async function findWhole(connection: DuckdbConnection, table: CandleTable, filter?: string) {
  const { source, columns } = table
  // Without a key that is always the same, grouping takes two thirds of the time.
  const [file, key] = isInFiles(source) ? ['file', ', file'] : ['0', '']
  const all = await connection.rows(
    `select symbol, ${file}::double, min(row)::double, count(*)::double, max(row)::double
     from (select ${columns.symbol} as symbol, ${placeOf(source)} from ${source.from}${where(filter)})
     group by symbol${key} order by ${file}::double, min(row)`,
  )
  const unnamedRows = all.filter(isUnnamed).reduce((sum, [, , , rows]) => sum + Number(rows), 0)
  const grouped = all.filter((group) => !isUnnamed(group))
  const isWhole = grouped.every(([, , first, rows, last]) => Number(last) - Number(first) + 1 === rows)
  const runs = grouped.map(([symbol, at, first, rows]) => runOf(symbol, at, first, rows))
  return isWhole ? { ...rowIndexOf(table, runs), unnamedRows } : undefined
}

/** Where each run begins, reading in order; undefined when there are too many. */
async function findIslands(connection: DuckdbConnection, table: CandleTable, filter?: string) {
  const { source, columns } = table
  const symbol = filter ? `case when ${filter} then ${columns.symbol} end` : columns.symbol
  const ordered = `select ${symbol} as symbol, ${placeOf(source)} from ${source.from}`
  const [count] = await connection.rows(`select count(distinct symbol)::double from (${ordered})`)
  const limit = Number(count?.[0]) * RUNS_PER_SYMBOL + EDGES
  const starts = await connection.rows(
    `select symbol, file::double, row::double, row_before::double from (
       select *, lag(symbol) over () as symbol_before, lag(file) over () as file_before, lag(row) over () as row_before
       from (${ordered})
     ) where row_before is null or file <> file_before or symbol is distinct from symbol_before
     limit ${limit + 1}`,
  )
  if (starts.length > limit) return undefined
  const [last] = await connection.rows(`select row::double from (${ordered}) order by file desc, row desc limit 1`)
  const runs = starts.map(([name, file, first], at) => {
    const end = Number(starts[at + 1]?.[3] ?? last?.[0]) + 1
    return isUnnamed([name ?? null]) ? undefined : runOf(name, file, first, end - Number(first))
  })
  return rowIndexOf(
    table,
    runs.filter((run) => run !== undefined),
  )
}

/** SQL that is true for the rows without a symbol: they are of nobody. */
export function unnamed({ symbol }: CandleColumns): string {
  return `coalesce(${symbol}, '') = ''`
}

function isUnnamed([symbol]: readonly (Cell | undefined)[]): boolean {
  return symbol === null || symbol === ''
}

function placeOf(source: Source): string {
  return `${isInFiles(source) ? 'file_index' : '0'} as file, ${source.rowNumber} as row`
}

/** One run per file, whose name is the symbol: the files themselves say how many rows they have. */
async function findFiles(connection: DuckdbConnection, source: Source): Promise<Run[]> {
  const counted = await connection.rows(
    `select file_index::double, count(*)::double from ${source.from} group by all order by all`,
  )
  return counted.map(([file, rows]) => runOf(fileStem(source.files[Number(file)] as string), file, 0, rows))
}

/** Whether rows are numbered anew in each of several files. */
function isInFiles(source: Source): boolean {
  return source.kind === 'parquet' && source.files.length > 1
}

function runOf(symbol?: Cell, file?: Cell, first?: Cell, rows?: Cell): Run {
  return { symbol: String(symbol), file: Number(file), first: Number(first), rows: Number(rows) }
}

export function rowIndexOf(table: CandleTable, runs: readonly Run[]): RowIndex {
  const rowsOf = new Map<string, number>()
  for (const { symbol, rows } of runs) rowsOf.set(symbol, (rowsOf.get(symbol) ?? 0) + rows)
  return { table, runs, rowsOf }
}
