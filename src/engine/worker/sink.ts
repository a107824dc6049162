import type { Part, Work, WorkKind } from '../shared/protocol.ts'
import type { Loaded } from './resident.ts'

/** What one kind of work makes of the symbols of a task, as they come, in any order. */
export interface Sink<K extends WorkKind> {
  /** Symbols per call of `take`: between calls a cancel is seen and progress shows. */
  readonly symbolsPerCall: number
  /**
   * Runs the program over symbols whose candles are in WASM memory, and keeps what comes out.
   *
   * @param columns Numbers in WASM memory of the columns that the plan names.
   */
  take(loaded: readonly Loaded[], columns: Uint32Array): void
  /** What has been taken, with the account of it. */
  finish(part: Part): Work[K]
}
