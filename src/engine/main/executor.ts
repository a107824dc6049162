import type { Task, Work, WorkKind } from '../shared/protocol.ts'

/** Where tasks run: in this thread or in others. */
export interface Executor {
  readonly name: 'inline' | 'pool'
  /** Tasks that can run at the same time. */
  readonly workers: number
  /** Runs a task on a worker, 0 to `workers - 1`, which keeps the candles it has read for the next one. */
  run<K extends WorkKind>(task: Task<K>, worker: number): Promise<Work[K]>
  close(): Promise<void>
}
