import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { SourceIdentity } from '../repository.ts'
import type { DuckdbOptions } from './data.ts'
import { fixedFolder, isCandleFile, isDatabase } from './source.ts'

/** Of more files than this only size and times are looked at. */
const FILES_LOOKED_INTO = 16
/** The end of a Parquet file says where everything in it is and between which values; the end of a text grows. */
const END_BYTES = 65_536

/**
 * Which data it is and what it is at, without DuckDB. Size, time of modification and time of change (which nobody can set
 * back) of every file, and the bytes at both ends where there are few files. Undefined for SQL, whose answer may change
 * while nothing tells, for what is not there, and for folders with links to others.
 */
export function identify(options: DuckdbOptions): SourceIdentity | undefined {
  const { data, threads, memoryLimit, ...reading } = options
  if (typeof data !== 'string') return undefined
  try {
    const files = filesBehind(data)
    if (files.length === 0) return undefined
    const isLookedInto = files.length <= FILES_LOOKED_INTO
    const states = files.map((file) => `${file} ${stateOf(file, isLookedInto)}`)
    const columns = Object.entries(reading.columns ?? {}).sort()
    const how = Object.entries({ ...reading, columns }).sort()
    return {
      source: JSON.stringify(['duckdb', resolve(data), how]),
      stamp: createHash('sha256').update(states.join('\n')).digest('base64url'),
    }
  } catch {
    // What cannot be looked at is for the reader to say.
    return undefined
  }
}

function stateOf(file: string, isLookedInto: boolean): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (!stat) return 'absent'
  const { size, mtimeNs, ctimeNs } = stat
  return `${size} ${mtimeNs} ${ctimeNs} ${isLookedInto && stat.isFile() ? hashOfEnds(file, Number(size)) : ''}`
}

function hashOfEnds(file: string, size: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(2 * END_BYTES)
    const first = readSync(descriptor, bytes, 0, END_BYTES, 0)
    const last = readSync(descriptor, bytes, first, END_BYTES, Math.max(0, size - END_BYTES))
    return createHash('sha256')
      .update(bytes.subarray(0, first + last))
      .digest('base64url')
  } finally {
    closeSync(descriptor)
  }
}

/** The files of the data and perhaps others beside them: who changes one of these only has the copy made anew. */
function filesBehind(data: string): string[] {
  if (isDatabase(data)) return [data, `${data}.wal`]
  const found = statSync(data, { throwIfNoEntry: false })
  if (found?.isFile()) return [data]
  if (found?.isDirectory()) return filesIn(data, Number.POSITIVE_INFINITY).filter(isCandleFile)
  const folder = fixedFolder(data)
  const below = data.slice(folder.length).split(/[/\\]/)
  return filesIn(folder || '.', below.includes('**') ? Number.POSITIVE_INFINITY : below.length)
}

/** @throws for links to folders: what is behind them may lie anywhere, or lead round in a circle. */
function filesIn(folder: string, levels: number): string[] {
  if (levels === 0) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = folder.endsWith(sep) ? folder + entry.name : join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path, levels - 1)
    if (entry.isSymbolicLink() && statSync(path).isDirectory()) throw new Error(`${path} is a link to a folder`)
    return [path]
  })
}
