import type { Plan } from '../../formula/plan/plan.ts'
import { initSync } from '../../wasm/simd/millrace.js'
import type { CompiledModule } from '../shared/protocol.ts'
import { programOf } from '../worker/program.ts'

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
  outputs: readonly (readonly OutputComputation[])[]
}

/** Numbers the kernels give per output: warm-up, lookback, fading, 1 when the start matters for ever. */
const NUMBERS = 4
const KEY_BYTES = 16

/** @param stableTo What the start of the data may weigh where it is said not to matter any more. */
export function computationOf(plan: Plan, module: CompiledModule, stableTo: number): Computation {
  // Nothing happens where an engine of this thread has started the kernels already.
  initSync({ module: module as WebAssembly.Module })
  const program = programOf(plan.bytes)
  const [numbers, keys, kernels] = [program.reach(), program.keys(), program.kernels()]
  program.free()
  let at = 0
  const next = (): OutputComputation => {
    const [firstBar, lookbackBars, fading, forever] = numbers.subarray(at * NUMBERS) as unknown as number[]
    const key = hexadecimal(keys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES))
    at += 1
    const settled = Math.max(firstBar!, lookbackBars!) + Math.ceil(fading! * Math.log(1 / stableTo))
    return { firstBar: firstBar!, lookbackBars: lookbackBars!, stableBars: forever === 1 ? null : settled, key }
  }
  return { kernels, outputs: plan.nodes.map((node) => node.outputs.map(next)) }
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
