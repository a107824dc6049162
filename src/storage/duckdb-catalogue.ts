import type { CandleColumns } from './duckdb-columns.ts'
import type { Cell, DuckdbConnection } from './duckdb-library.ts'
import type { Source } from './duckdb-source.ts'
import { where } from './duckdb-sql.ts'

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
  rows: number
}

/** Where the rows of every symbol are. */
export interface Catalogue {
  table: CandleTable
  /** In the order of the source. */
  runs: readonly Run[]
  /** How many rows each symbol has, in the order of its first row. */
  rowsOf: ReadonlyMap<string, number>
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
): Promise<Catalogue | undefined> {
  const { source, columns } = table
  if (source.rowNumber === undefined) return undefined
  const place = `${isInFiles(source) ? 'file_index' : '0'} as file, ${source.rowNumber} as row`
  const grouped = await connection.rows(
    `select symbol, file::double, min(row)::double, count(*)::double, max(row)::double
     from (select ${columns.symbol} as symbol, ${place} from ${source.from}${where(filter)})
     where symbol is not null group by symbol, file order by file, min(row)`,
  )
  const isWhole = grouped.every(([, , first, rows, last]) => Number(last) - Number(first) + 1 === rows)
  if (isWhole) return catalogueOf(table, grouped.map(([symbol, file, first, rows]) => runOf(symbol, file, first, rows)))

  // The symbols of one file stand in more than one place: where does each run begin, reading in order?
  const symbols = new Set(grouped.map(([symbol]) => symbol)).size
  const limit = symbols * RUNS_PER_SYMBOL + EDGES
  const ordered = `select ${filter ? `case when ${filter} then ${columns.symbol} end` : columns.symbol} as symbol, ${place}
    from ${source.from}`
  const starts = await connection.rows(
    `select symbol, file::double, row::double from (
       select *, lag(symbol) over () as symbol_before, lag(file) over () as file_before from (${ordered})
     ) where file_before is null or file <> file_before or symbol is distinct from symbol_before limit ${limit + 1}`,
  )
  if (starts.length > limit) return undefined
  const ends = await connection.rows(`select file::double, max(row)::double + 1 from (${ordered}) group by file`)
  const endOfFile = new Map(ends.map(([file, end]) => [file, end]))
  const runs = starts.map(([symbol, file, first], at) => {
    const next = starts[at + 1]
    const end = next && next[1] === file ? next[2] : endOfFile.get(file ?? 0)
    return symbol === null ? undefined : runOf(symbol, file, first, Number(end) - Number(first))
  })
  return catalogueOf(table, runs.filter((run) => run !== undefined))
}

/** Whether rows are numbered anew in each of several files. */
function isInFiles(source: Source): boolean {
  return source.kind === 'parquet' && source.files.length > 1
}

function runOf(symbol?: Cell, file?: Cell, first?: Cell, rows?: Cell): Run {
  return { symbol: String(symbol), file: Number(file), first: Number(first), rows: Number(rows) }
}

function catalogueOf(table: CandleTable, runs: readonly Run[]): Catalogue {
  const rowsOf = new Map<string, number>()
  for (const { symbol, rows } of runs) rowsOf.set(symbol, (rowsOf.get(symbol) ?? 0) + rows)
  return { table, runs, rowsOf }
}
