import type { Task, WorkerSetup, WorkKind } from '../shared/protocol.ts'
import { Session } from '../worker/session.ts'
import type { Executor } from './executor.ts'

/** Runs tasks in this thread, letting others have it between groups of symbols. */
export function inlineExecutor(setup: WorkerSetup, pause: () => Promise<void>): Executor {
  const session = new Session(setup, { pause })
  // A session runs one task at a time: its pauses must not let another task in.
  let last: Promise<unknown> = Promise.resolve()
  const run = <K extends WorkKind>(task: Task<K>) => {
    const next = last.then(() => session.run(task))
    last = next.catch(() => undefined)
    return next
  }
  return {
    name: 'inline',
    workers: 1,
    run,
    async close() {
      await last
      await session.close()
    },
  }
}
