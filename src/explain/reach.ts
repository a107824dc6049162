import { programOf } from '../engine/worker/program.ts'
import type { Plan } from '../formula/plan/plan.ts'
import { initSync, type SyncInitInput } from '../wasm/simd/millrace.js'

/** How far back one output of one node reads, on candles without holes. */
export interface OutputReach {
  /** First bar with a value, counted from 0. */
  firstBar: number
  /** Bars before its own that it reads exactly. */
  lookbackBars: number
  /** Bars until the start of the data weighs less than asked for; null when it always matters. */
  stableBars: number | null
}

/** Numbers the kernels give per output: warm-up, lookback, fading, 1 when the start matters for ever. */
const NUMBERS = 4

/**
 * The reach of every output of every node of a plan, as the kernels declare it.
 *
 * @param kernels Compiled or, where a thread may wait for that, their bytes. Not looked at where an engine of this thread has
 * started them already.
 */
export function reachOf(plan: Plan, kernels: SyncInitInput, epsilon: number): OutputReach[][] {
  initSync({ module: kernels })
  const program = programOf(plan.bytes)
  const numbers = program.reach()
  program.free()
  let at = 0
  return plan.nodes.map(({ outputs }) => {
    return outputs.map(() => {
      const [firstBar, lookbackBars, fading, forever] = numbers.subarray(at, at + NUMBERS) as unknown as number[]
      at += NUMBERS
      const settled = Math.max(firstBar!, lookbackBars!) + Math.ceil(fading! * Math.log(1 / epsilon))
      return { firstBar: firstBar!, lookbackBars: lookbackBars!, stableBars: forever === 1 ? null : settled }
    })
  })
}
