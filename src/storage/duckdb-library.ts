import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread, threadId } from 'node:worker_threads'

type Library = typeof import('@duckdb/node-bindings')
type Result = Awaited<ReturnType<Library['query']>>

export interface DuckdbSettings {
  /** Threads of DuckDB itself. In a worker thread 1: the workers are the parallelism. */
  threads?: number
  /** As DuckDB writes it: `512MB`, `2GB`. What does not fit goes to the system's temporary folder. */
  memoryLimit?: string
}

/** A value of a small answer: the number of a DOUBLE column, the text of any other, or null. */
export type Cell = string | number | null

/** One DuckDB in this process and thread. Every rejection is the library's own Error. */
export interface DuckdbConnection {
  /** Runs a statement; the answer is read piece by piece. */
  query(sql: string): Promise<DuckdbAnswer>
  /** Runs a statement whose answer is small and whose columns are DOUBLE or VARCHAR. */
  rows(sql: string): Promise<Cell[][]>
  /** Stops what is running and frees the library's memory. */
  close(): Promise<void>
}

export interface DuckdbAnswer {
  chunkCount: number
  /** At most 2,048 rows; chunks come in the order of the source. */
  chunk(at: number): DuckdbChunk
}

export interface DuckdbChunk {
  rowCount: number
  /** A copy of a DOUBLE column, NaN for null. */
  doubles(column: number): Float64Array
  /** A copy of a UTINYINT column without nulls. */
  bytes(column: number): Uint8Array
  /** A VARCHAR column. */
  texts(column: number): (string | null)[]
}

/**
 * The low-level bindings instead of `@duckdb/node-api`: they load in a tenth of the time, which every worker pays, and
 * give the vectors as bytes. See bench/notes/duckdb-reading.md. Loaded here, when a file is read, and nowhere else.
 */
export async function openConnection(settings: DuckdbSettings): Promise<DuckdbConnection> {
  const library = (await import('@duckdb/node-bindings')).default
  const config = library.create_config()
  library.set_config(config, 'threads', String(settings.threads ?? defaultThreads()))
  library.set_config(config, 'temp_directory', join(tmpdir(), `millrace-${process.pid}-${threadId}`))
  if (settings.memoryLimit !== undefined) library.set_config(config, 'memory_limit', settings.memoryLimit)
  const database = await library.open(':memory:', config)
  const connection = await library.connect(database)
  const running = new Set<Promise<unknown>>()

  const query = async (sql: string) => {
    const answer = library.query(connection, sql)
    running.add(answer)
    try {
      return answerOf(library, await answer)
    } finally {
      running.delete(answer)
    }
  }
  // Text times without a zone are UTC, whatever the machine's zone is.
  await query(`set TimeZone = 'UTC'`)
  return {
    query,
    async rows(sql) {
      const answer = await query(sql)
      return Array.from({ length: answer.chunkCount }, (_, at) => rowsOf(answer.chunk(at), answer.isDouble)).flat()
    },
    async close() {
      if (running.size > 0) library.interrupt(connection)
      await Promise.allSettled(running)
      library.disconnect_sync(connection)
      library.close_sync(database)
    },
  }
}

function defaultThreads(): number {
  return isMainThread ? Math.min(4, availableParallelism()) : 1
}

function answerOf(library: Library, result: Result): DuckdbAnswer & { isDouble: boolean[] } {
  const columns = Array.from({ length: library.column_count(result) }, (_, column) => column)
  return {
    chunkCount: library.result_chunk_count(result),
    isDouble: columns.map((column) => library.column_type(result, column) === library.Type.DOUBLE),
    chunk: (at) => chunkOf(library, library.result_get_chunk(result, at)),
  }
}

function chunkOf(library: Library, chunk: ReturnType<Library['result_get_chunk']>): DuckdbChunk {
  const rowCount = library.data_chunk_get_size(chunk)
  const vectorOf = (column: number) => library.data_chunk_get_vector(chunk, column)
  const nullTest = (column: number) => {
    const validity = library.vector_get_validity(vectorOf(column), Math.ceil(rowCount / 64) * 8) as Uint8Array | null
    return validity && ((row: number) => ((validity[row >> 3] as number) & (1 << (row & 7))) === 0)
  }
  return {
    rowCount,
    doubles(column) {
      const data = library.vector_get_data(vectorOf(column), rowCount * 8)
      const values = new Float64Array(data.buffer, data.byteOffset, rowCount)
      const isNull = nullTest(column)
      if (isNull) for (let row = 0; row < rowCount; row++) if (isNull(row)) values[row] = Number.NaN
      return values
    },
    bytes: (column) => library.vector_get_data(vectorOf(column), rowCount),
    texts(column) {
      const data = library.vector_get_data(vectorOf(column), rowCount * STRING_BYTES)
      const isNull = nullTest(column)
      return Array.from({ length: rowCount }, (_, row) => (isNull?.(row) ? null : textAt(library, data, row)))
    },
  }
}

const STRING_BYTES = 16
const INLINE_BYTES = 12
const decoder = new TextDecoder()

/** A duckdb_string_t: a length, then the text itself when it is short, or its first four bytes and a pointer to it. */
function textAt(library: Library, data: Uint8Array, row: number): string {
  const at = data.byteOffset + row * STRING_BYTES
  const length = new DataView(data.buffer, at, 4).getUint32(0, true)
  const bytes =
    length <= INLINE_BYTES
      ? new Uint8Array(data.buffer, at + 4, length)
      : library.get_data_from_pointer(data.buffer as ArrayBuffer, at + 8, length)
  return decoder.decode(bytes)
}

function rowsOf(chunk: DuckdbChunk, isDouble: readonly boolean[]): Cell[][] {
  const columns = isDouble.map((isNumber, column) => (isNumber ? chunk.doubles(column) : chunk.texts(column)))
  return Array.from({ length: chunk.rowCount }, (_, row) => columns.map((values) => values[row] ?? null))
}
