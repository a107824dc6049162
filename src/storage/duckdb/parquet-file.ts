import type { Frame } from '../../domain/frame.ts'
import { SQL_TYPES } from './append.ts'
import { openConnection } from './library.ts'
import { identifier, literal } from './sql.ts'

/** Rows wait in DuckDB until all are there; what does not fit is in the system's temporary folder meanwhile. */
const MEMORY_BYTES = 512e6

/**
 * Writes frames, which are parts of one table, as a Parquet file: texts, numbers, and times as timestamps of UTC. An
 * aborted `signal` ends it with its reason. Otherwise it throws what making the frames throws, `DATA_LIBRARY` where
 * there is no DuckDB, and DuckDB's own Error where the file cannot be written.
 *
 * @param file An absolute path. What is there is overwritten.
 */
export async function writeParquet(
  file: string,
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  signal?: AbortSignal,
): Promise<void> {
  const connection = await openConnection({ memoryBytes: MEMORY_BYTES, reach: { files: [file], folders: [] } })
  const interrupt = () => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  try {
    let isNew = true
    for await (const frame of frames) {
      signal?.throwIfAborted()
      if (isNew) {
        const columns = frame.map(({ name, type }) => `${identifier(name)} ${SQL_TYPES[type]}`)
        await connection.query(`create temp table frame (${columns.join(', ')})`)
        isNew = false
      }
      connection.append('frame', frame)
    }
    signal?.throwIfAborted()
    // It would write beside the file first, where it may not: the caller does.
    await connection.query(`copy frame to ${literal(file)} (format parquet, use_tmp_file false)`)
  } catch (cause) {
    signal?.throwIfAborted()
    throw cause
  } finally {
    signal?.removeEventListener('abort', interrupt)
    await connection.close()
  }
}
