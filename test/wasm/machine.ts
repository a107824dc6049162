import { readFileSync } from 'node:fs'
import { type Plan, planFormula } from '../../src/formula/plan/plan.ts'
import type { RawCandles } from '../../src/storage/row-flags.ts'
import * as simd from '../../src/wasm/simd/millrace.js'

/** The kernels alone: columns in, matches out, without the engine around them. */

export type Flavour = Pick<typeof simd, 'Program' | 'Store'>

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

/** Numbers of the columns that a plan names: these plans name none. */
export const NAMED = new Uint32Array()

export function kernelModule(flavour: 'simd' | 'threads'): WebAssembly.Module {
  const bytes = readFileSync(new URL(`../../src/wasm/${flavour}/millrace_bg.wasm`, import.meta.url))
  return new WebAssembly.Module(bytes)
}

export const simdKernels = {
  kernels: simd as Flavour,
  memory: simd.initSync({ module: kernelModule('simd') }).memory,
}

export interface Found {
  symbols: Uint32Array
  bars: Uint32Array
  signals: Uint8Array
  values: Float64Array
}

/** A store with symbols in it. */
export class Machine {
  readonly store: InstanceType<Flavour['Store']>

  constructor(
    readonly kernels: Flavour,
    readonly memory: WebAssembly.Memory,
    readonly symbols: readonly Required<RawCandles>[],
    /** Which bar of their histories the first one of all symbols is. */
    readonly firstBar = 0,
  ) {
    this.store = new kernels.Store()
    symbols.forEach((candles, symbol) => {
      const columns = [...PRICES.map((name) => candles[name]), candles.time, candles.time]
      for (const [column, values] of columns.entries()) {
        const offset = this.store.reserve(symbol, column, values.length)
        new Float64Array(this.memory.buffer, offset, values.length).set(values)
        this.store.seal(symbol, column)
      }
    })
  }

  program(plan: Plan) {
    return new this.kernels.Program(plan.bytes)
  }

  /** Matches of some of the symbols, over all their bars. */
  scan(plan: Plan, symbols: readonly number[] = this.symbols.map((_, at) => at)): Found {
    const program = this.program(plan)
    const ranges = symbols.flatMap((symbol) => [this.firstBar, 0, this.symbols[symbol]!.time.length])
    const buffer = program.scan(this.store, Uint32Array.from(symbols), Uint32Array.from(ranges), NAMED)
    const found = {
      symbols: buffer.symbols(),
      bars: buffer.bars(),
      signals: buffer.signals(),
      values: buffer.values(),
    }
    buffer.free()
    program.free()
    return found
  }

  free() {
    this.store.free()
  }
}

/** A plan that matches on every bar and reports the expression there; a condition as 1, 0 or unknown. */
export function everyBar(expression: string, type: 'number' | 'condition'): Plan {
  const value = type === 'number' ? expression : `(${expression}) ? 1 : 0`
  return planFormula(`x1 = ${value}\nna(x1) or not na(x1)`)
}

/** The expression's values on every bar, per symbol in the order asked for. */
export function valuesOf(machine: Machine, plan: Plan, symbols: readonly number[]): Float64Array[] {
  const { values, symbols: positions, bars } = machine.scan(plan, symbols)
  const place = plan.reported.findIndex(({ name }) => name === 'x1')
  const width = plan.reported.length
  const found = symbols.map((symbol) => new Float64Array(machine.symbols[symbol]!.time.length))
  let seen = 0
  positions.forEach((position, at) => {
    found[position]![bars[at]!] = values[at * width + place]!
    seen++
  })
  const expected = found.reduce((sum, each) => sum + each.length, 0)
  if (seen !== expected) throw new Error(`${seen} matches on ${expected} bars`)
  return found
}
