import type { Plan } from '../../src/formula/plan/plan.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { valueText } from '../../src/indicators/callee.ts'
import type { CatalogueRow } from '../../src/indicators/catalogue.ts'
import { Machine, NAMED, simdKernels } from '../wasm/machine.ts'
import { constant, type Series } from './oracle-series.ts'

/**
 * Functions of the catalogue for the oracle, one at a time: the kernels run a plan of the one call on series that the
 * oracle has computed before. What a function gives is checked elsewhere, against the plain reference in its own file
 * (crates/formula/tests, test/wasm/golden.test.ts); here it is given, and what is checked is how a formula is put
 * together.
 */

/** An argument, and whether it is a column of the candles: some functions take computed prices for equal within rounding. */
export interface Argument {
  series: Series
  isColumn: boolean
}

type Program = ReturnType<Machine['program']>

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const
const programs = new Map<string, Program>()

/** The outputs of a function by their names. */
export function call(
  row: CatalogueRow,
  given: readonly Argument[],
  parameters: readonly number[],
): Record<string, Series> {
  const bars = given[0]!.series.length
  const candles = { time: constant(0, bars), open: given[0]!.series, high: constant(0, bars) }
  const machine = new Machine(simdKernels.kernels, simdKernels.memory, [
    { ...candles, low: candles.high, close: candles.high, volume: candles.high, ...named(given) },
  ])
  const all = programOf(row, given, parameters).series(machine.store, 0, 0, NAMED)
  machine.free()
  return Object.fromEntries(row.outputs.map(({ name }, at) => [name, all.slice(at * bars, (at + 1) * bars)]))
}

/** Argument by argument in the columns of a candle. */
function named(given: readonly Argument[]): Partial<Record<(typeof COLUMNS)[number], Series>> {
  return Object.fromEntries(given.map(({ series }, at) => [COLUMNS[at]!, series]))
}

function programOf(row: CatalogueRow, given: readonly Argument[], parameters: readonly number[]): Program {
  const inputs = row.inputs.map(({ name, type }, at) => {
    const column = COLUMNS[at]!
    // A product with 1 is the same number, but no column.
    const number = given[at]!.isColumn ? column : `${column} * 1`
    return `${name} = ${type === 'condition' ? `${column} == 1` : number}`
  })
  const numbers = row.parameters.map((parameter, at) => `${parameter.name} = ${valueText(parameter, parameters[at]!)}`)
  const text = `${row.name}(${[...inputs, ...numbers].join(', ')})`
  const known = programs.get(text)
  if (known) return known
  const isCondition = row.outputs[0]!.type === 'condition'
  const plan: Plan = planFormula(isCondition ? `${text} ? 1 : 0` : text, {}, { mode: 'series' })
  const program = new simdKernels.kernels.Program(plan.bytes)
  programs.set(text, program)
  return program
}
