import type { ProcessingJob } from '../domain/job.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { Reference } from '../formula/graph/dag.ts'
import { isRole } from '../formula/names.ts'
import type { Plan } from '../formula/plan/plan.ts'
import type { ValueType } from '../indicators/catalogue.ts'
import { type BarValue, known, partsOf, probeOf } from './bar.ts'
import { textOf, typeOf, variableNames } from './nodes.ts'

const NEAREST = 3
/** Symbols whose series are in memory at once. */
const SYMBOLS_PER_BATCH = 256

/**
 * How many symbols each condition of an `and` leaves, each on its last bar. What most symbols fulfil comes first (a plan
 * does not keep the order of the text), so that the last step is the one that is hard to take.
 */
export interface Funnel {
  /** What it is a funnel of, where a script has several. */
  role?: string
  /** Symbols that have a bar. */
  symbols: number
  steps: readonly { text: string; left: number }[]
  /** Of the step that leaves none, if one does: the symbols it stops that come nearest, the nearest first. */
  nearest: readonly NearSymbol[]
}

export interface NearSymbol {
  symbol: string
  /** What the condition looks at. */
  values: readonly { text: string; value: BarValue }[]
  /** How far apart the two numbers are that it compares, of the larger; Infinity where it compares none. */
  distance: number
}

interface Condition {
  text: string
  /** Its place among the values read. */
  place: number
  inputs: readonly { text: string; place: number; isConstant: boolean; type: ValueType }[]
}

/** The values read of one symbol on its last bar. */
interface LastBar {
  symbol: string
  values: readonly number[]
}

/** Takes every signal of a plan apart and counts. */
export async function funnelsOf(
  plan: Plan,
  job: ProcessingJob,
  engine: Pick<ProcessingEngine, 'runSeries'>,
  signal?: AbortSignal,
): Promise<Funnel[]> {
  const variables = variableNames(plan)
  const places = new Map<string, number>()
  const read: Reference[] = []
  const placeOf = (value: Reference) => {
    const text = textOf(plan, value)
    if (!places.has(text)) places.set(text, read.push(value) - 1)
    return places.get(text)!
  }
  const signals = plan.signals.map(({ value, role }) => {
    const isAnd = plan.nodes[value.node]!.name === 'and'
    const parts = isAnd ? partsOf({ plan, variables }, value, 'and') : [value]
    return { role, conditions: parts.map((part) => conditionOf(plan, part, variables, placeOf)) }
  })
  const bars = await lastBars(probeOf(plan, read), job, engine, signal)
  return signals.map(({ role, conditions }) => ({ ...(role && { role }), ...funnel(conditions, bars) }))
}

function conditionOf(
  plan: Plan,
  condition: Reference,
  variables: ReadonlyMap<string, readonly string[]>,
  placeOf: (value: Reference) => number,
): Condition {
  const text = textOf(plan, condition)
  const inputs = plan.nodes[condition.node]!.inputs.map((input) => ({
    text: textOf(plan, input),
    place: placeOf(input),
    isConstant: plan.nodes[input.node]!.kind === 'constant',
    type: typeOf(plan, input),
  }))
  const name = variables.get(text)?.find((each) => !isRole(each))
  return { text: name ?? text, place: placeOf(condition), inputs }
}

async function lastBars(
  probe: Plan,
  job: ProcessingJob,
  engine: Pick<ProcessingEngine, 'runSeries'>,
  signal?: AbortSignal,
): Promise<LastBar[]> {
  const bars: LastBar[] = []
  for (let first = 0; first < job.symbols.length; first += SYMBOLS_PER_BATCH) {
    const symbols = job.symbols.slice(first, first + SYMBOLS_PER_BATCH)
    const { series } = await engine.runSeries(probe, { ...job, symbols }, signal && { signal })
    series.forEach(({ time, values }, at) => {
      if (time.length === 0 || values.length === 0) return
      bars.push({ symbol: symbols[at]!, values: values.map((each) => each[time.length - 1]!) })
    })
  }
  return bars
}

function funnel(conditions: readonly Condition[], bars: readonly LastBar[]): Omit<Funnel, 'role'> {
  const isTrue =
    ({ place }: Condition) =>
    ({ values }: LastBar) =>
      values[place] === 1
  const alone = new Map(conditions.map((condition) => [condition, bars.filter(isTrue(condition)).length]))
  let left = bars
  let nearest: readonly NearSymbol[] = []
  const steps = conditions
    .toSorted((a, b) => alone.get(b)! - alone.get(a)!)
    .map((condition) => {
      const passed = left.filter(isTrue(condition))
      if (passed.length === 0 && left.length > 0) nearest = nearestOf(condition, left)
      left = passed
      return { text: condition.text, left: left.length }
    })
  return { symbols: bars.length, steps, nearest }
}

/** A stable sort: of equally near ones the first in the job's order stays first. */
function nearestOf({ inputs }: Condition, stopped: readonly LastBar[]): NearSymbol[] {
  const near = stopped.map(({ symbol, values: read }): NearSymbol => {
    const values = inputs.map(({ place, type }) => known(read[place], type))
    const shown = inputs.flatMap(({ text, isConstant }, at) => (isConstant ? [] : [{ text, value: values[at]! }]))
    return { symbol, values: shown, distance: distanceOf(values) }
  })
  return near.sort((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance)).slice(0, NEAREST)
}

function distanceOf(values: readonly BarValue[]): number {
  const [a, b] = values
  const isMeasured = values.length === 2 && typeof a === 'number' && typeof b === 'number'
  return isMeasured ? apart(a, b) : Number.POSITIVE_INFINITY
}

function apart(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
}
