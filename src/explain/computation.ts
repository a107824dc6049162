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

/** What the kernels say of one output of one node. */
export interface OutputComputation extends OutputReach {
  /** 32 hexadecimal digits: equal where two values are one computation, in any formulas of one build. */
  key: string
}

/** What becomes of a plan once compositions are spelled out and equal parts are one. */
export interface Computation {
  /** How many kernels run. */
  kernels: number
  /** By node and output, as in the plan. */
  outputs: OutputComputation[][]
}

/** Numbers the kernels give per output: warm-up, lookback, fading, 1 when the start matters for ever. */
const NUMBERS = 4
const KEY_BYTES = 16

/**
 * The computation that a plan is, as the kernels declare it.
 *
 * @param kernels Compiled or, where a thread may wait for that, their bytes. Not looked at where an engine of this thread has
 * started them already.
 */
export function computationOf(plan: Plan, kernels: SyncInitInput, epsilon: number): Computation {
  initSync({ module: kernels })
  const program = programOf(plan.bytes)
  const [numbers, keys, running] = [program.reach(), program.keys(), program.kernels()]
  program.free()
  let at = 0
  const next = (): OutputComputation => {
    const [firstBar, lookbackBars, fading, forever] = numbers.subarray(at * NUMBERS) as unknown as number[]
    const key = hexadecimal(keys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES))
    at += 1
    const settled = Math.max(firstBar!, lookbackBars!) + Math.ceil(fading! * Math.log(1 / epsilon))
    return { firstBar: firstBar!, lookbackBars: lookbackBars!, stableBars: forever === 1 ? null : settled, key }
  }
  return { kernels: running, outputs: plan.nodes.map(({ outputs }) => outputs.map(next)) }
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
