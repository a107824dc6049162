import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

/** Folders older than this, of processes that are gone, were left by a crash. */
const LEFT_MS = 86_400_000

/** The folder of this thread, while it has connections. */
let own: string | undefined
const removeOwn = () => own !== undefined && remove(own)
const used = new Set<string>()
let connections = 0

/**
 * The folder of this process for what DuckDB has no memory for. Nobody else can guess its name or look into it; it goes
 * with the last connection, or when the process ends. What processes left that were killed goes as well.
 */
export function spillFolder(): string {
  if (own === undefined) {
    removeLeftovers(tmpdir())
    own = mkdtempSync(join(tmpdir(), `millrace-${process.pid}-`))
    process.once('exit', removeOwn)
  }
  return own
}

/**
 * A new folder for one connection.
 *
 * @param folder Of the process, where another thread has made it; it does not go with the connections of this one.
 */
export function openSpill(folder: string = spillFolder()): { path: string; close(): void } {
  const path = join(folder, `${threadId}-${++connections}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  used.add(path)
  return {
    path,
    close() {
      remove(path)
      used.delete(path)
      if (used.size > 0 || folder !== own) return
      remove(folder)
      own = undefined
      process.off('exit', removeOwn)
    },
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Removes folders that killed processes have left: the process is gone, and nothing has changed for a day. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^millrace-(\d+)-\w{6}$/.exec(name) ?? []
    const path = join(folder, name)
    if (pid === undefined || isRunning(Number(pid))) continue
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (changed === undefined || changed > Date.now() - LEFT_MS) continue
    try {
      remove(path)
    } catch {
      // It belongs to somebody else.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
