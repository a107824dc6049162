import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import type { RawCandles } from '../../src/storage/row-flags.ts'
import { Machine, NAMED, simdKernels } from './machine.ts'

/**
 * Every function of the catalogue, called by its name and computed by the WASM that is published, against what the plain
 * reference in its own file gives. The laws of the Rust tests compare the two on many more candles and parameters.
 */

interface Golden {
  call: string
  /** Share of the larger value, or of `scale` where that is larger, by which two values may be apart. */
  tolerance: number
  values: Record<string, { scale: number } & Record<string, (number | null)[]>>
}

const folder = new URL('../golden/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))

const rows = CATALOGUE.filter(({ group }) => group !== 'operator')
const candles = Object.entries<Record<keyof RawCandles, (number | null)[]>>(read('candles'))
const columns = candles.map(([, columns]) => {
  const column = ([name, values]: [string, (number | null)[]]) => [name, series(values)]
  return Object.fromEntries(Object.entries(columns).map(column)) as Required<RawCandles>
})
const machine = new Machine(simdKernels.kernels, simdKernels.memory, columns)
afterAll(() => machine.free())

function series(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN)
}

describe('golden files', () => {
  it('are there for every function, and no others', () => {
    const names = readdirSync(folder).map((name) => name.replace(/\.json$/, ''))
    expect(names.sort()).toEqual([...rows.map(({ name }) => name), 'candles'].sort())
  })

  it.each(rows.map((row) => [row.name, row] as const))('have the values of %s', (name, row) => {
    const { call, tolerance, values }: Golden = read(name)
    const isCondition = row.outputs[0]?.type === 'condition'
    const program = machine.program(planFormula(isCondition ? `${call} ? 1 : 0` : call, {}, { mode: 'series' }))
    candles.forEach(([symbol], at) => {
      const bars = columns[at]!.time.length
      const got = program.series(machine.store, at, 0, NAMED)
      expect(got).toHaveLength(bars * row.outputs.length)
      row.outputs.forEach((output, place) => {
        const { scale, [output.name]: golden } = values[symbol]!
        series(golden!).forEach((wanted, bar) => {
          const value = got[place * bars + bar]!
          const allowed = tolerance * Math.max(scale, Math.abs(value), Math.abs(wanted))
          const isSame = value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))
          const what = `${call}.${output.name} of ${symbol}, bar ${bar}: ${value}, expected ${wanted} ± ${allowed}`
          expect(isSame || Math.abs(value - wanted) <= allowed, what).toBe(true)
        })
      })
    })
    program.free()
  })
})
