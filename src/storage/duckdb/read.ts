import type { JudgedCandles } from '../clean.ts'
import { firstAtOrAfter } from '../row-selection.ts'
import type { DuckdbAnswer, DuckdbConnection } from './library.ts'
import type { CandleTable, RowIndex, Run } from './row-index.ts'
import { heldColumns, piecesOf, rowsQuery, SymbolRows, type TimeBounds, type Wanted } from './rows.ts'
import { parquetOf, type Source, stampFiles } from './source.ts'

/** The rows of a symbol as the source has them, in its order; or why they could not be read. */
export type ReadRows = { symbol: string; candles: JudgedCandles } | { symbol: string; failure: Error }

/**
 * Rows per query: enough that DuckDB's start does not count and few row groups are read twice, few enough that memory is
 * used again instead of being asked for anew. Measured in bench/notes/duckdb-reading.md.
 */
const BATCH_ROWS = 500_000

/** One query never reads more: an answer is in memory as a whole, outside of DuckDB's limit. */
const LARGEST_READ = 2 * BATCH_ROWS

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
  wanted: WantedRows[]
}

/** The rows of one symbol in a read, counted as its own are. */
interface WantedRows {
  symbol: string
  file: number
  first: number
  end: number
}

/** Reads the rows of one symbol without knowing where they are. */
export async function readSymbol(
  connection: DuckdbConnection,
  table: CandleTable,
  symbol: string,
  condition: { from: string; condition: string },
  wanted: Wanted,
  bounds: TimeBounds,
): Promise<JudgedCandles> {
  const names = heldColumns(table, wanted)
  const limit = rowsWithin(connection.memoryBytes, names)
  const answer = await connection.query(`${rowsQuery(table, names, bounds, condition)} limit ${limit + 1}`)
  const pieces = [...piecesOf(answer, names.length, false)]
  const count = pieces.reduce((rows, piece) => rows + piece.rowCount, 0)
  if (count > limit) throw new Error(tooLarge(`more than ${limit}`, connection.memoryBytes))
  const rows = new SymbolRows(symbol, count, names)
  for (const piece of pieces) rows.take(piece, 0, piece.rowCount)
  return rows.finish(table, wanted)
}

/** How many rows of a symbol fit into memory. */
function rowsWithin(memoryBytes: number, names: readonly string[]): number {
  return Math.floor(memoryBytes / ((names.length + 1) * Float64Array.BYTES_PER_ELEMENT))
}

function tooLarge(rows: number | string, memoryBytes: number): string {
  const size = `${Math.round(memoryBytes / 1e6)} MB`
  return `its ${rows} rows do not fit into the ${size} there are for one reader: raise memoryLimit, or repair the source`
}

/**
 * Reads the rows of many symbols, in the order of the source. While one batch is copied out, DuckDB reads the next.
 *
 * The rows cross without their symbol: the index says whose they are. Only where rows can be missing in between, as
 * when times are bounded, their numbers cross as well.
 */
export async function* readSymbols(
  connection: DuckdbConnection,
  index: RowIndex,
  symbols: ReadonlySet<string>,
  wanted: Wanted,
  bounds: TimeBounds,
  signal?: AbortSignal,
): AsyncGenerator<ReadRows> {
  const { table } = index
  const names = heldColumns(table, wanted)
  const limit = rowsWithin(connection.memoryBytes, names)
  const fitting = new Set<string>()
  for (const symbol of symbols) {
    const rows = index.rowsOf.get(symbol) ?? 0
    if (rows <= limit) fitting.add(symbol)
    else yield { symbol, failure: new Error(tooLarge(rows, connection.memoryBytes)) }
  }
  const isNumbered = bounds.from !== undefined || bounds.to !== undefined || table.source.hasHoles === true
  const query = async (read: Read): Promise<DuckdbAnswer | Error> => {
    if (signal?.aborted) return new Error('cancelled')
    const rowNumber = table.source.rowNumber
    const condition = read.isWhole ? undefined : `${rowNumber} between ${read.first} and ${read.end - 1}`
    try {
      return await connection.query(rowsQuery(table, names, bounds, { from: read.from, condition, isNumbered }))
    } catch (error) {
      return error as Error
    }
  }
  const batches = batchesOf(index, fitting).map((runs) => {
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
        const capacity = index.rowsOf.get(symbol) as number
        if (!gathered.has(symbol)) gathered.set(symbol, new SymbolRows(symbol, capacity, names))
      }
      const failures = new Map<string, Error>()
      for (const read of reads) {
        const answer = (await next) as DuckdbAnswer | Error
        next = startNext()
        if (!(answer instanceof Error)) distribute(answer, read, names.length, isNumbered, gathered)
        else {
          // What cannot be read must not take with it what only stands beside it.
          for (const alone of readsAlone(read, table.source)) {
            const own = read.wanted.length === 1 ? answer : await query(alone)
            if (own instanceof Error)
              for (const { symbol } of alone.wanted) failures.set(symbol, inFile(own, alone, table))
            else distribute(own, alone, names.length, isNumbered, gathered)
          }
        }
      }
      // Its rows may be of other symbols now.
      const change = stampFiles(files) === stamp ? undefined : new Error(CHANGED)
      for (const [symbol, rows] of gathered) {
        const failure = failures.get(symbol) ?? change
        yield failure ? { symbol, failure } : { symbol, candles: rows.finish(table, wanted) }
      }
    }
  } finally {
    // A caller that stops early must not end the thread under a query that is still running.
    await next
  }
}

const CHANGED = 'the file has changed while it was read; load it again'

/** A read of its own for every symbol of a read. */
function readsAlone(read: Read, { kind, files }: Source): Read[] {
  return read.wanted.map((wanted) => {
    const { file, first, end } = wanted
    const from = kind === 'parquet' ? parquetOf([files[file] as string]) : read.from
    if (!read.isWhole) return { ...read, from, first, end, wanted: [wanted] }
    return { ...read, from, first: 0, end: end - first, wanted: [{ ...wanted, first: 0, end: end - first }] }
  })
}

/** The error of a read that says which file it is about. */
function inFile(error: Error, { wanted }: Read, { source }: CandleTable): Error {
  const file = source.kind === 'parquet' ? source.files[wanted[0]?.file ?? -1] : undefined
  const reason = error.message.split('\n')[0] as string
  return file === undefined || reason.includes(file) ? error : new Error(`${file}: ${reason}`, { cause: error })
}

/** The files that are read for some runs; none for a table. */
function filesOf({ source }: CandleTable, runs: readonly Run[]): string[] {
  if (source.kind !== 'parquet') return []
  return [...new Set(runs.map((run) => source.files[run.file] as string))]
}

/** Cuts the runs of the wanted symbols into batches; all runs of a symbol are in one. */
function batchesOf({ runs }: RowIndex, symbols: ReadonlySet<string>): Run[][] {
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
  const isSmall = runs.reduce((rows, run) => rows + run.rows, 0) <= LARGEST_READ
  const isWhole = columns.isSymbolOfFile === true && columns.timeframe === undefined && !isNumbered && isSmall
  const inOrder = [...runs].sort((a, b) => a.file - b.file || a.first - b.first).flatMap(inPieces)
  if (isWhole) return [wholeFiles(source.files, inOrder)]
  const reads: Read[] = []
  for (const { symbol, file, first, rows } of inOrder) {
    let read = reads.at(-1)
    const isFull = read && first + rows - read.first > LARGEST_READ
    if (!read || read.file !== file || first - read.end > GAP_ROWS || isFull) {
      const from = source.kind === 'parquet' ? parquetOf([source.files[file] as string]) : source.from
      read = { from, first, end: first, file, isWhole: false, wanted: [] }
      reads.push(read)
    }
    read.end = first + rows
    read.wanted.push({ symbol, file, first, end: read.end })
  }
  return reads
}

/** A run as several, none larger than a batch. */
function inPieces({ symbol, file, first, rows }: Run): Run[] {
  const pieces: Run[] = []
  for (let at = 0; at < rows; at += BATCH_ROWS) {
    pieces.push({ symbol, file, first: first + at, rows: Math.min(BATCH_ROWS, rows - at) })
  }
  return pieces
}

function wholeFiles(files: readonly string[], runs: readonly Run[]): Read {
  let end = 0
  const wanted = runs.map(({ symbol, file, rows }) => {
    const first = end
    end += rows
    return { symbol, file, first, end }
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
