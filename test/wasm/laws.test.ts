import { afterAll, describe, expect, it } from 'vitest'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { valueText } from '../../src/indicators/callee.ts'
import { CATALOGUE, type CatalogueRow } from '../../src/indicators/catalogue.ts'
import type { RawCandles } from '../../src/storage/row-flags.ts'
import { random, walk } from '../support/candles.ts'
import { Oracle } from '../support/oracle.ts'
import { everyBar, Machine, NAMED, simdKernels, valuesOf } from './machine.ts'

/** The laws of the Rust tests once more, through the WASM that is published. */

const ROWS = CATALOGUE.filter(({ example }) => example !== '')
const LENGTHS = [700, 3, 130, 700, 0, 64, 65, 1, 512, 257, 513, 700, 700, 700]

/** A walk with holes in every column. */
function holed(seed: number, bars: number): Required<RawCandles> {
  const candles = walk(seed, bars)
  const next = random(seed + 1000)
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    for (let bar = 0; bar < bars; bar++) if (next() < 0.01) candles[name][bar] = Number.NaN
  }
  return candles
}

const machineOf = (symbols: Required<RawCandles>[], firstBar = 0) =>
  new Machine(simdKernels.kernels, simdKernels.memory, symbols, firstBar)
const clean = machineOf([walk(1, 700), walk(2, 700)])
const mixed = machineOf(LENGTHS.map((bars, seed) => (seed % 3 === 0 ? walk(seed, bars) : holed(seed, bars))))
afterAll(() => {
  clean.free()
  mixed.free()
})

/** The row's own values: a call with short windows, one expression per output. */
function calls(row: CatalogueRow): { text: string; type: 'number' | 'condition' }[] {
  const written = row.inputs.filter((input) => !input.implied)
  // Of two numbers the second is near 1: a price to the power of another is too large for a number.
  const inputs = written.map(({ type, default: given }, at) =>
    type === 'condition' ? 'close > open' : (given ?? (at === 0 ? 'close' : 'open / close')),
  )
  const parameters = row.parameters.map((parameter, at) => {
    return valueText(parameter, Math.min(parameter.max, [7, 12, 5][at]!))
  })
  const args = [...inputs, ...parameters]
  const call = row.group === 'calendar' ? row.name : `${row.name}(${args.join(', ')})`
  if (row.outputs.length === 1) return [{ text: call, type: row.outputs[0]!.type }]
  return row.outputs.map(({ name, type }) => ({ text: `${call}.${name}`, type }))
}

function slice(candles: Required<RawCandles>, from: number, to: number): Required<RawCandles> {
  const cut = Object.entries(candles).map(([name, values]) => [name, values.slice(from, to)])
  return Object.fromEntries(cut) as Required<RawCandles>
}

/** The bits of values; all NaN are one. */
const bits = (values: Float64Array) => [...values].map((value) => (Object.is(value, -0) ? '-0' : String(value)))

describe.each(ROWS.map((row) => [row.name, row] as const))('%s', (_, row) => {
  it('finds with its example what the oracle finds', () => {
    const { bars, symbols } = clean.scan(planFormula(row.example))
    clean.symbols.forEach((candles, symbol) => {
      const [signal] = new Oracle(row.example, candles).signals
      const expected = [...signal!.condition.keys()].filter((bar) => signal!.condition[bar] === 1)
      expect([...bars].filter((_, at) => symbols[at] === symbol)).toEqual(expected)
    })
  })

  const expressions = [...calls(row), { text: row.example, type: 'condition' as const }]

  it('has the same bits alone, side by side with others, and in any order', () => {
    const all = LENGTHS.map((_, at) => at)
    const shuffled = [...all].reverse()
    for (const { text, type } of expressions) {
      const plan = everyBar(text, type)
      const together = valuesOf(mixed, plan, all)
      const reversed = valuesOf(mixed, plan, shuffled)
      const series = planFormula(type === 'number' ? text : `(${text}) ? 1 : 0`, {}, { mode: 'series' })
      for (const symbol of all) {
        const [alone] = valuesOf(mixed, plan, [symbol])
        expect(bits(together[symbol]!), `${text}, symbol ${symbol} among others`).toEqual(bits(alone!))
        expect(bits(reversed[shuffled.indexOf(symbol)]!), `${text}, symbol ${symbol} in another order`).toEqual(
          bits(alone!),
        )
        const program = mixed.program(series)
        expect(bits(program.series(mixed.store, symbol, 0, NAMED)), `${text}, symbol ${symbol} as a series`).toEqual(
          bits(alone!),
        )
        program.free()
      }
    }
  })

  it('never looks ahead: of the first bars alone it is the same', () => {
    for (const [seed, candles] of [walk(5, 400), holed(6, 400)].entries()) {
      const lengths = [400, 399, 256, 255, 130, 40, 7, 1]
      const machine = machineOf(lengths.map((bars) => slice(candles, 0, bars)))
      for (const { text, type } of expressions) {
        const [whole, ...parts] = valuesOf(machine, everyBar(text, type), [...lengths.keys()])
        for (const part of parts) {
          expect(bits(part), `${text}, ${part.length} bars, candles ${seed}`).toEqual(
            bits(whole!.slice(0, part.length)),
          )
        }
      }
      machine.free()
    }
  })

  it('is unknown for as long as it says, and reaches back as far as it says', () => {
    const [candles] = clean.symbols as [Required<RawCandles>]
    for (const { text, type } of calls(row)) {
      const plan = everyBar(text, type)
      const { node, output } = plan.reported.find(({ name }) => name === 'x1')!.value
      const program = clean.program(plan)
      const place = plan.nodes.slice(0, node).reduce((sum, each) => sum + each.outputs.length, output)
      const [warmup, , fading, forever] = program.reach().slice(4 * place, 4 * place + 4) as unknown as [
        number,
        number,
        number,
        number,
      ]
      const lookback = program.lookback()
      program.free()
      const [values] = valuesOf(clean, plan, [0])
      const first = values!.findIndex((value) => !Number.isNaN(value))
      // These wait for a condition to be true as well.
      if (['barssince', 'valuewhen'].includes(row.name)) expect(first, text).toBeGreaterThanOrEqual(warmup)
      else if (type === 'number') expect(first, text).toBe(warmup)
      // A condition may be known before, where its definition is: `every` is false as soon as one bar is.
      else expect(values!.slice(warmup).findIndex(Number.isNaN), text).toBe(-1)

      expect(lookback === undefined, text).toBe(forever === 1 || fading > 0)
      if (lookback === undefined) continue
      const start = 700 - lookback - 50
      expect(start, text).toBeGreaterThan(0)
      const late = machineOf([slice(candles, start, 700)], start)
      const [cut] = valuesOf(late, plan, [0])
      late.free()
      expect(bits(cut!.slice(-50)), `${text}, of a history from bar ${start}`).toEqual(bits(values!.slice(-50)))
    }
  })
})

describe('a program', () => {
  it('refuses bytes that are no plan', () => {
    const { bytes } = planFormula('close > sma(close, 20)')
    for (const wrong of [
      new Uint8Array(),
      bytes.slice(0, -1),
      Uint8Array.of(...bytes, 0),
      bytes.map((byte) => byte ^ 255),
    ]) {
      expect(() => new simdKernels.kernels.Program(wrong)).toThrow(/\(byte \d+\)/)
    }
  })

  it('computes once what is said twice', () => {
    const once = clean.program(planFormula('ema(close, 12) > ema(close, 26)'))
    const twice = clean.program(planFormula('ema(close, 12) > ema(close, 26) and macd(12, 26, 9).line < 1e9'))
    // The comparison, the line as a difference, `and`: no other average.
    expect(twice.kernels() - once.kernels()).toBe(3)
    once.free()
    twice.free()
  })
})
