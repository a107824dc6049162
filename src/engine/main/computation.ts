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

/** What becomes of a plan once compositions are spelled out and equal parts are one. */
export interface Computation {
  /** How many kernels run. */
  kernels: number
  /** By node and output, as in the plan. */
  outputs: readonly (readonly OutputReach[])[]
}

/** Numbers the kernels give per output: warm-up, lookback, fading, 1 when the start matters for ever. */
const NUMBERS = 4

/** @param stableTo What the start of the data may weigh where it is said not to matter any more. */
export function computationOf(plan: Plan, module: CompiledModule, stableTo: number): Computation {
  // Nothing happens where an engine of this thread has started the kernels already.
  initSync({ module: module as WebAssembly.Module })
  const program = programOf(plan.bytes)
  const numbers = program.reach()
  const kernels = program.kernels()
  program.free()
  let at = 0
  const outputs = plan.nodes.map((node) => {
    return node.outputs.map((): OutputReach => {
      const [firstBar, lookbackBars, fading, forever] = numbers.subarray(at, at + NUMBERS) as unknown as number[]
      at += NUMBERS
      const settled = Math.max(firstBar!, lookbackBars!) + Math.ceil(fading! * Math.log(1 / stableTo))
      return { firstBar: firstBar!, lookbackBars: lookbackBars!, stableBars: forever === 1 ? null : settled }
    })
  })
  return { kernels, outputs }
}
