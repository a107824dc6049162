import { statSync } from 'node:fs'
import { UsageError } from './failure.ts'

/**
 * Looks at where the candles are before anything waits for it: reading a pipe or a device may never end. A pattern, SQL
 * and what is not there is for the repository to say.
 *
 * @throws UsageError for a path that is there and neither a file nor a folder.
 */
export function checkDataPath(data: string): void {
  const found = look(data)
  if (!found || found.isFile() || found.isDirectory()) return
  const what = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device'
  throw new UsageError(`cannot read ${data}: it is ${what}; write the candles to a file and name that`)
}

function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ELOOP') throw new UsageError(`cannot read ${path}: its symbolic links lead round in a circle`)
    return undefined
  }
}

/** @throws UsageError where it is gone: worker threads cannot start without one. */
export function checkWorkingDirectory(): void {
  try {
    process.cwd()
  } catch {
    throw new UsageError('the working directory is not there any more: go to another one and try again')
  }
}
