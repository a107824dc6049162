import { availableParallelism } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import type { Frame } from '../../domain/frame.ts'
import { appendFrame } from './append.ts'
import { type Library, loadLibrary } from './native.ts'
import { openSpill } from './spill.ts'
import { literals } from './sql.ts'

type Result = Awaited<ReturnType<Library['query']>>
type Vector = ReturnType<Library['data_chunk_get_vector']>

/** What a connection may use and reach. */
export interface ConnectionSettings {
  /** Threads of DuckDB itself; up to four where absent, in a worker thread 1: the workers are the parallelism. */
  threads?: number | undefined
  memoryBytes: number
  /** The folder for what does not fit into that, where another thread has made it. */
  spillFolder?: string | undefined
  reach: Reach
  /** The file of the library, where another thread has found it. */
  library?: string | undefined
}

/** The files that a connection can open: those and what is in those folders, or any. */
export type Reach = { files: readonly string[]; folders: readonly string[] } | 'any file'

/** A value of a small answer: the number of a DOUBLE column, the text of any other, or null. */
export type Cell = string | number | null

/** One DuckDB in this process and thread. Every rejection is the library's own Error. */
export interface DuckdbConnection {
  /** What it may take of the machine's memory. */
  readonly memoryBytes: number
  /** Runs a statement; the answer is read piece by piece. */
  query(sql: string): Promise<DuckdbAnswer>
  /** Runs a statement whose answer is small and whose columns are DOUBLE or VARCHAR. */
  rows(sql: string): Promise<Cell[][]>
  /** Adds the rows of a frame to a table whose columns have its types: `SQL_TYPES`. */
  append(table: string, frame: Frame): void
  /** Stops what is running: it rejects. */
  interrupt(): void
  /** Stops what is running and frees the library's memory. */
  close(): Promise<void>
}

export interface DuckdbAnswer {
  chunkCount: number
  /** At most 2,048 rows; chunks come in the order of the source. */
  chunk(at: number): DuckdbChunk
}

/**
 * The low-level bindings instead of `@duckdb/node-api`: they load in a tenth of the time, which every worker pays, and
 * give the vectors as bytes. See bench/notes/duckdb-reading.md. Loaded here, when a file is read, and nowhere else.
 *
 * @throws DataError `DATA_LIBRARY` when there is no DuckDB that runs here.
 */
export async function openConnection(settings: ConnectionSettings): Promise<DuckdbConnection> {
  const { threads = defaultThreads(), memoryBytes, reach } = settings
  const library = loadLibrary(settings.library)
  const spill = openSpill(settings.spillFolder)
  const config = library.create_config()
  for (const [name, value] of Object.entries({
    threads,
    memory_limit: `${Math.floor(memoryBytes)}B`,
    temp_directory: spill.path,
    // The system keeps the files in memory already.
    enable_external_file_cache: false,
    autoinstall_known_extensions: false,
    autoload_known_extensions: false,
    allow_community_extensions: false,
  })) {
    library.set_config(config, name, String(value))
  }
  const database = await library.open(':memory:', config)
  const connection = await library.connect(database)
  const running = new Set<Promise<unknown>>()

  let isClosing = false
  const query = async (sql: string) => {
    if (isClosing) throw new Error('the repository is closed')
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
  if (reach !== 'any file') {
    await query(`set allowed_paths = ${literals(reach.files)}`)
    await query(`set allowed_directories = ${literals(reach.folders)}`)
    await query('set enable_external_access = false')
  }
  await query('set lock_configuration = true')
  const interrupt = () => {
    if (running.size > 0) library.interrupt(connection)
  }
  return {
    memoryBytes,
    query,
    async rows(sql) {
      const answer = await query(sql)
      return Array.from({ length: answer.chunkCount }, (_, at) => rowsOf(answer.chunk(at), answer.isDouble)).flat()
    },
    append(table, frame) {
      const appender = library.appender_create(connection, null, table)
      try {
        appendFrame(library, appender, frame)
      } finally {
        library.appender_close_sync(appender)
      }
    },
    interrupt,
    async close() {
      isClosing = true
      interrupt()
      await Promise.allSettled(running)
      library.disconnect_sync(connection)
      library.close_sync(database)
      spill.close()
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
    chunk: (at) => new DuckdbChunk(library, library.result_get_chunk(result, at)),
  }
}

/** Some rows of an answer. What is read from it is a copy. */
export class DuckdbChunk {
  readonly rowCount: number

  constructor(
    private readonly library: Library,
    private readonly chunk: ReturnType<Library['result_get_chunk']>,
  ) {
    this.rowCount = library.data_chunk_get_size(chunk)
  }

  /** A DOUBLE column, NaN for null. */
  doubles(column: number): Float64Array {
    const { library, rowCount } = this
    const vector = library.data_chunk_get_vector(this.chunk, column)
    const data = library.vector_get_data(vector, rowCount * 8)
    const values = new Float64Array(data.buffer, data.byteOffset, rowCount)
    const validity = this.validity(vector)
    if (validity) for (let row = 0; row < rowCount; row++) if (isNull(validity, row)) values[row] = Number.NaN
    return values
  }

  /** A UTINYINT column without nulls. */
  bytes(column: number): Uint8Array {
    return this.library.vector_get_data(this.library.data_chunk_get_vector(this.chunk, column), this.rowCount)
  }

  /** A VARCHAR column. */
  texts(column: number): (string | null)[] {
    const { library, rowCount } = this
    const vector = library.data_chunk_get_vector(this.chunk, column)
    const data = library.vector_get_data(vector, rowCount * STRING_BYTES)
    const validity = this.validity(vector)
    const text = (_: unknown, row: number) => (validity && isNull(validity, row) ? null : textAt(library, data, row))
    return Array.from({ length: rowCount }, text)
  }

  /** A bit per row, 0 for null; null where no value is. The library's types leave that out. */
  private validity(vector: Vector): Uint8Array | null {
    return this.library.vector_get_validity(vector, Math.ceil(this.rowCount / 64) * 8) as Uint8Array | null
  }
}

function isNull(validity: Uint8Array, row: number): boolean {
  return ((validity[row >> 3] as number) & (1 << (row & 7))) === 0
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
