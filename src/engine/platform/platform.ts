import { EngineError } from '../../domain/errors.ts'
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

/** @throws EngineError `ENGINE_WASM` when the kernels cannot be had; the next call may have better luck. */
export async function kernelsOf(platform: Platform): Promise<CompiledModule> {
  try {
    return await platform.module()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EngineError('ENGINE_WASM', `the WebAssembly kernels could not be loaded: ${reason}`, {}, { cause })
  }
}
