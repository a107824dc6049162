import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SegmentKey } from './segment.ts'

export const SEGMENT = '.arrow'
const UNFINISHED = '.tmp'
/** Nobody writes at a file for longer; what is older was left by a crash. */
const LEFT_MS = 3_600_000

/** The folder of a source in that of all mirrors. */
export function folderOf(mirrors: string, source: string): string {
  return join(mirrors, short(source, 20))
}

/** What the names of segments of these candles begin with. */
export function segmentPrefix({ stamp, timeframe, timezone = '' }: SegmentKey): string {
  return `${stampPrefix(stamp)}${short(`${timeframe} ${timezone}`, 8)}-`
}

export function newSegment(key: SegmentKey): string {
  return segmentPrefix(key) + randomBytes(8).toString('hex') + SEGMENT
}

/** The names of the files in a folder, sorted; none where it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/**
 * Writes a file that nobody sees before it is whole, however this process ends.
 *
 * @throws what the system says where it cannot be written.
 */
export async function writeWhole(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomBytes(4).toString('hex')}${UNFINISHED}`
  try {
    await writePieces(unfinished, pieces)
    await rename(unfinished, path)
  } catch (error) {
    removeFile(unfinished)
    throw error
  }
}

/** More in one call are more than some systems take. */
const PIECES_PER_CALL = 512

async function writePieces(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx')
  try {
    let left = pieces.filter(({ length }) => length > 0)
    while (left.length > 0) {
      const some = left.slice(0, PIECES_PER_CALL)
      // On a disk that is nearly full it is less than was asked; the next call says why.
      let written = (await file.writev(some)).bytesWritten
      let whole = 0
      for (; whole < some.length && some[whole]!.length <= written; whole++) written -= some[whole]!.length
      left = left.slice(whole)
      if (whole < some.length) left[0] = left[0]!.subarray(written)
    }
  } finally {
    await file.close()
  }
}

/** Removes a file that is not what was written: what the system says of a file tells nothing about what is in it. */
export function removeDamaged(path: string, error: unknown): void {
  if ((error as NodeJS.ErrnoException).syscall === undefined) removeFile(path)
}

/** Removes the segments of other states of a source, and what crashes have left. */
export function removeOutdated(folder: string, stamp: string): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const isOutdated = name.endsWith(SEGMENT) && !name.startsWith(stampPrefix(stamp))
    if (isOutdated || (name.endsWith(UNFINISHED) && isLeft(path))) removeFile(path)
  }
}

function stampPrefix(stamp: string): string {
  return `${short(stamp, 12)}-`
}

function short(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

function isLeft(path: string): boolean {
  const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return changed !== undefined && changed < Date.now() - LEFT_MS
}

/** Where it is somebody else's, or open on Windows, it stays. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}
