import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DataError } from '../../domain/errors.ts'

export type Library = typeof import('@duckdb/node-bindings')

const NAME = '@duckdb/node-bindings'

/**
 * The file of DuckDB, which is installed by default and may be left out. It is looked for from this module, or from the
 * bundle that this module has become a part of, and from the folder that the process works in. Bundlers do not follow: a
 * library for one kind of machine is no part of a bundle.
 *
 * @throws DataError `DATA_LIBRARY` when it is not there.
 */
export function libraryFile(): string {
  const bundle = typeof __filename === 'string' ? __filename : undefined
  // A working folder may be gone, and a bundle of CommonJS has no import.meta.url.
  for (const from of [() => import.meta.url, () => bundle, () => join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from() as string).resolve(NAME)
    } catch {
      // Not from there.
    }
  }
  const message = `Files and queries are read by DuckDB, which is not installed: npm install ${NAME} (candles in memory need none: memoryRepository)`
  throw new DataError('DATA_LIBRARY', message, { library: NAME })
}

/**
 * @param file Where another thread has found it.
 *
 * @throws DataError `DATA_LIBRARY` when it is not there, or not for this machine.
 */
export function loadLibrary(file = libraryFile()): Library {
  try {
    return createRequire(file)(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `DuckDB, which reads files and queries, does not load on this machine: ${reason}`
    throw new DataError('DATA_LIBRARY', message, { library: NAME, file, reason }, { cause })
  }
}
