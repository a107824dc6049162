import type { CandleColumn } from '../domain/candle.ts'
import type { JudgedCandles } from './clean.ts'
import type { CandleTable, Catalogue, Run } from './duckdb-catalogue.ts'
import type { DuckdbAnswer, DuckdbConnection } from './duckdb-library.ts'
import { heldColumns, piecesOf, rowsQuery, SymbolRows, type TimeBounds } from './duckdb-rows.ts'
import { parquetOf, stampFiles } from './duckdb-source.ts'
import { firstAtOrAfter } from './row-selection.ts'

/** The rows of a symbol as the source has them, in its order; or why they could not be read. */
export type ReadRows = { symbol: string; candles: JudgedCandles } | { symbol: string; failure: Error }

/**
 * Rows per query: enough that DuckDB's start does not count and few row groups are read twice, few enough that memory is
 * used again instead of being asked for anew. Measured in bench/notes/duckdb-reading.md.
 */
const BATCH_ROWS = 500_000

/** Reading over this many unwanted rows costs less than another query. */
const GAP_ROWS = 50_000

/** Rows side by side that one query reads. */
interface Read {
  from: string
  /** Position of the first row and the one behind the last: row numbers, or counted over all files where it reads several. */
  first: number
  end: number
  file: number
  isWhole: boolean
  wanted: { symbol: string; first: number; end: number }[]
}

/** Reads the rows of one symbol without knowing where they are. */
export async function readSymbol(
  connection: DuckdbConnection,
  table: CandleTable,
  symbol: string,
  condition: { from: string; condition: string },
  columns: readonly CandleColumn[],
  bounds: TimeBounds,
): Promise<JudgedCandles> {
  const names = heldColumns(table, columns)
  const answer = await connection.query(rowsQuery(table, names, bounds, condition))
  const pieces = [...piecesOf(answer, names.length, false)]
  const count = pieces.reduce((rows, piece) => rows + piece.rowCount, 0)
  const rows = new SymbolRows(symbol, count, names)
  for (const piece of pieces) rows.take(piece, 0, piece.rowCount)
  return rows.finish(table, columns)
}

/**
 * Reads the rows of many symbols, in the order of the source. While one batch is copied out, DuckDB reads the next.
 *
 * The rows cross without their symbol: the catalogue says whose they are. Only where rows can be missing in between, as
 * when times are bounded, their numbers cross as well.
 */
export async function* readSymbols(
  connection: DuckdbConnection,
  catalogue: Catalogue,
  symbols: ReadonlySet<string>,
  columns: readonly CandleColumn[],
  bounds: TimeBounds,
): AsyncGenerator<ReadRows> {
  const { table } = catalogue
  const names = heldColumns(table, columns)
  const isNumbered = bounds.from !== undefined || bounds.to !== undefined || table.source.hasHoles === true
  const query = async (read: Read): Promise<DuckdbAnswer | Error> => {
    const rowNumber = table.source.rowNumber
    const condition = read.isWhole ? undefined : `${rowNumber} between ${read.first} and ${read.end - 1}`
    try {
      return await connection.query(rowsQuery(table, names, bounds, { from: read.from, condition, isNumbered }))
    } catch (error) {
      return error as Error
    }
  }
  const batches = batchesOf(catalogue, symbols).map((runs) => {
    const files = filesOf(table, runs)
    return { runs, reads: readsOf(table, runs, isNumbered), files, stamp: stampFiles(files) }
  })
  const reads = batches.flatMap((batch) => batch.reads)
  let started = 0
  const startNext = () => {
    const read = reads[started++]
    return read && query(read)
  }
  let next = startNext()
  try {
    for (const { runs, reads, files, stamp } of batches) {
      const gathered = new Map<string, SymbolRows>()
      for (const { symbol } of runs) {
        const capacity = catalogue.rowsOf.get(symbol) as number
        if (!gathered.has(symbol)) gathered.set(symbol, new SymbolRows(symbol, capacity, names))
      }
      let failure: Error | undefined
      for (const read of reads) {
        const answer = (await next) as DuckdbAnswer | Error
        next = startNext()
        if (answer instanceof Error) failure = answer
        else distribute(answer, read, names.length, isNumbered, gathered)
      }
      // Its rows may be of other symbols now.
      if (stampFiles(files) !== stamp) failure ??= new Error('the file has changed while it was read; load it again')
      for (const [symbol, rows] of gathered) {
        yield failure ? { symbol, failure } : { symbol, candles: rows.finish(table, columns) }
      }
    }
  } finally {
    // A caller that stops early must not end the thread under a query that is still running.
    await next
  }
}

/** The files that are read for some runs; none for a table. */
function filesOf({ source }: CandleTable, runs: readonly Run[]): string[] {
  if (source.kind !== 'parquet') return []
  return [...new Set(runs.map((run) => source.files[run.file] as string))]
}

/** Cuts the runs of the wanted symbols into batches; all runs of a symbol are in one. */
function batchesOf({ runs }: Catalogue, symbols: ReadonlySet<string>): Run[][] {
  const runsOf = new Map<string, Run[]>()
  for (const run of runs) {
    if (!symbols.has(run.symbol)) continue
    const known = runsOf.get(run.symbol)
    if (known) known.push(run)
    else runsOf.set(run.symbol, [run])
  }
  const batches: Run[][] = []
  let rows = Infinity
  for (const added of runsOf.values()) {
    if (rows >= BATCH_ROWS) {
      batches.push([])
      rows = 0
    }
    batches.at(-1)?.push(...added)
    for (const run of added) rows += run.rows
  }
  return batches
}

/** Joins runs that lie near each other, and files that are read whole. */
function readsOf({ source, columns }: CandleTable, runs: readonly Run[], isNumbered: boolean): Read[] {
  // Rows of such a file are all of its symbol. Numbers begin anew in each file, so numbered reads stay in one.
  const isWhole = columns.isSymbolOfFile === true && columns.timeframe === undefined && !isNumbered
  const inOrder = [...runs].sort((a, b) => a.file - b.file || a.first - b.first)
  if (isWhole) return [wholeFiles(source.files, inOrder)]
  const reads: Read[] = []
  for (const { symbol, file, first, rows } of inOrder) {
    let read = reads.at(-1)
    if (!read || read.file !== file || first - read.end > GAP_ROWS) {
      const from = source.kind === 'parquet' ? parquetOf([source.files[file] as string]) : source.from
      read = { from, first, end: first, file, isWhole: false, wanted: [] }
      reads.push(read)
    }
    read.end = first + rows
    read.wanted.push({ symbol, first, end: read.end })
  }
  return reads
}

function wholeFiles(files: readonly string[], runs: readonly Run[]): Read {
  let end = 0
  const wanted = runs.map(({ symbol, rows }) => {
    const first = end
    end += rows
    return { symbol, first, end }
  })
  const from = parquetOf(runs.map((run) => files[run.file] as string))
  return { from, first: 0, end, file: -1, isWhole: true, wanted }
}

/** Copies the rows of an answer to the symbols they belong to. */
function distribute(
  answer: DuckdbAnswer,
  read: Read,
  columnCount: number,
  isNumbered: boolean,
  gathered: ReadonlyMap<string, SymbolRows>,
): void {
  let position = read.first
  let at = 0
  for (const piece of piecesOf(answer, columnCount, isNumbered)) {
    const indexOf = (wanted: number) =>
      piece.row ? firstAtOrAfter(piece.row, wanted) : Math.min(Math.max(wanted - position, 0), piece.rowCount)
    for (; at < read.wanted.length; at++) {
      const { symbol, first, end } = read.wanted[at] as Read['wanted'][number]
      const begin = indexOf(first)
      const stop = indexOf(end)
      if (stop > begin) gathered.get(symbol)?.take(piece, begin, stop)
      // It, or the ones behind it, may go on in the next piece.
      if (stop === piece.rowCount) break
    }
    position += piece.rowCount
  }
}
