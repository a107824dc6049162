import type { Executor } from '../main/executor.ts'
import type { CompiledModule, WorkerSetup } from '../shared/protocol.ts'

/** What differs between Node and a browser. */
export interface Platform {
  /** The compiled kernels. */
  module(): Promise<CompiledModule>
  /** Lets timers and messages of this thread have their turn. */
  pause(): Promise<void>
  /** Cores of the machine. */
  cores: number
  /** Worker threads; absent where there are none. `lost` is told of each that has ended and what it held with it. */
  pool?(workers: number, setup: WorkerSetup, lost: (worker: number) => void): Executor
  /** Gives back what `pause` takes. */
  close?(): void
}
