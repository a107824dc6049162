import { DataError } from '../../domain/errors.ts'

const UNITS: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
}

/** Below this a thread cannot read Parquet: a row group of one column and a batch of rows have to fit. */
export const LEAST_BYTES = 64e6

/**
 * What one connection may take of the memory of its repository, in bytes. The thread that opened the repository gets all
 * of it where nobody else reads, and half of it where worker threads do, who share the other half.
 *
 * @param workers How many worker threads open it; 0 for the thread that opened the repository itself.
 */
export function memoryShare(limit: string, isShared: boolean, workers: number): number {
  const all = memoryBytes(limit)
  if (!isShared) return all
  return Math.max(LEAST_BYTES, Math.floor(workers === 0 ? all / 2 : all / 2 / workers))
}

/**
 * The bytes that a text like `512MB` or `1GiB` names.
 *
 * @throws DataError `DATA_OPTION` for another text, and for less than DuckDB can work with.
 */
export function memoryBytes(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)\s*$/i.exec(text) ?? []
  const bytes = Number(number) * (UNITS[unit?.toLowerCase() ?? ''] ?? Number.NaN)
  if (bytes >= LEAST_BYTES) return bytes
  const message = `memoryLimit must be a size from ${LEAST_BYTES / 1e6}MB like 512MB or 2GB, got ${text}`
  throw new DataError('DATA_OPTION', message, { option: 'memoryLimit', found: text })
}
