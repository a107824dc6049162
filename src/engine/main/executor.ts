import type { ScanPart, SeriesPart, Task } from '../shared/protocol.ts'

/** Where tasks run: in this thread or in others. */
export interface Executor {
  readonly name: 'inline' | 'pool'
  /** Tasks that can run at the same time. */
  readonly workers: number
  /** Runs a task on a worker, 0 to `workers - 1`, which keeps the candles it has read for the next one. */
  run(task: Task, worker: number): Promise<ScanPart | SeriesPart>
  close(): Promise<void>
}
