import type { SymbolError } from '../domain/errors.ts'
import type { ProcessingJob } from '../domain/job.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { Reference } from '../formula/graph/dag.ts'
import { encodePlan } from '../formula/plan/bytes.ts'
import type { Plan, PlanReport } from '../formula/plan/plan.ts'
import type { ValueType } from '../indicators/catalogue.ts'
import { textOf, typeOf, variableNames } from './nodes.ts'

/** A number, true or false, null where unknown. */
export type BarValue = number | boolean | null

/** A condition on one bar, and what made it so. */
export interface ConditionOnBar {
  text: string
  variables: readonly string[]
  state: boolean | null
  /** How it comes from its parts; absent for a condition that compares numbers. */
  joined?: 'and' | 'or' | 'not'
  parts?: readonly ConditionOnBar[]
  /** What it looks at; `before` is the value of the bar before, where the condition reads it. */
  values?: readonly { text: string; value: BarValue; before?: BarValue }[]
}

/** Every value of a plan on one bar of one symbol. */
export interface BarExplanation {
  symbol: string
  /** Milliseconds UTC. */
  timestamp: number
  /** Its position among the symbol's candles, from 0. */
  bar: number
  /** By node and output, as in the plan. */
  values: readonly (readonly BarValue[])[]
  /** Signals (or the condition itself, for one that is no scan) with their parts. */
  conditions: readonly (ConditionOnBar & { signalType?: string; role?: string })[]
}

const CROSSES: ReadonlySet<string> = new Set(['crossover', 'crossunder', 'cross'])

/** A bar of a symbol, or why there is none. */
export type ExplainedBar = { bar: BarExplanation; error?: undefined } | { bar?: undefined; error: SymbolError }

/** Computes every node of a plan and looks at the last bar in the range of the job, of its first symbol. */
export async function explainBar(
  plan: Plan,
  job: ProcessingJob,
  engine: Pick<ProcessingEngine, 'runSeries'>,
  signal?: AbortSignal,
): Promise<ExplainedBar> {
  const all = plan.nodes.flatMap(({ outputs }, node) => outputs.map((_, output) => ({ node, output })))
  const probe = probeOf(plan, all)
  const { series, failures } = await engine.runSeries(probe, job, signal && { signal })
  const [failure] = failures
  if (failure) return { error: failure.error }
  const { time, values } = series[0]!
  const bar = time.length - 1

  let next = 0
  const places = plan.nodes.map(({ outputs }) => outputs.map(() => next++))
  const at = ({ node, output }: Reference, when: number): BarValue => {
    const place = places[node]![output]!
    return known(values[place]![when], probe.reported[place]!.type)
  }
  const variables = variableNames(plan)
  const look = (value: Reference) => {
    return condition({ plan, variables, at: (read, back) => at(read, bar - back), seen: new Set() }, value)
  }
  const isCondition = ({ type }: PlanReport) => type === 'condition'
  const explained: BarExplanation = {
    symbol: job.symbols[0]!,
    timestamp: time[bar]!,
    bar,
    values: places.map((outputs, node) => outputs.map((_, output) => at({ node, output }, bar))),
    conditions:
      plan.signals.length > 0
        ? plan.signals.map(({ value, signalType, role }) => ({ signalType, ...(role && { role }), ...look(value) }))
        : plan.reported.filter(isCondition).map(({ value }) => look(value)),
  }
  return { bar: explained }
}

/** The same nodes, with these values of them reported. */
export function probeOf(plan: Plan, values: readonly Reference[]): Plan {
  const reported = values.map((value): PlanReport => {
    return { name: textOf(plan, value), value, type: typeOf(plan, value) }
  })
  const bytes = encodePlan(plan.nodes, [], reported)
  const canonical = `${reported.map(({ name }) => name).join(', ')} of ${plan.canonical}`
  return { ...plan, canonical, signals: [], reported, bytes }
}

/** A value of a series: null where unknown. */
export function known(value: number | undefined, type: ValueType): BarValue {
  if (value === undefined || Number.isNaN(value)) return null
  return type === 'condition' ? value !== 0 : value
}

/** What the tree of a condition is made from. */
interface Look {
  plan: Plan
  variables: ReadonlyMap<string, readonly string[]>
  at(value: Reference, barsBack: number): BarValue
  /** Conditions taken apart already: a second time they only have their state, or a tree could grow without end. */
  seen: Set<string>
}

function condition(look: Look, value: Reference): ConditionOnBar {
  const { plan, variables, at, seen } = look
  const node = plan.nodes[value.node]!
  const text = textOf(plan, value)
  const about = { text, variables: variables.get(text) ?? [], state: at(value, 0) as boolean | null }
  if (seen.has(text)) return about
  seen.add(text)
  const { name } = node
  if (name === 'and' || name === 'or' || name === 'not') {
    return { ...about, joined: name, parts: partsOf(look, value, name).map((part) => condition(look, part)) }
  }
  const inputs = node.inputs.filter((input) => plan.nodes[input.node]!.kind !== 'constant')
  const values = inputs.map((input) => {
    const now = { text: textOf(plan, input), value: at(input, 0) }
    return CROSSES.has(name) ? { ...now, before: at(input, 1) } : now
  })
  return { ...about, values }
}

/** The operands of a chain of one operator, each once; one that has a name of its own stays whole. */
export function partsOf(look: Pick<Look, 'plan' | 'variables'>, value: Reference, operator: string): Reference[] {
  const { plan, variables } = look
  const parts = new Map<string, Reference>()
  const joined = new Set<number>()
  // A stack and no recursion: a chain may be long.
  const waiting = [value]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const text = textOf(plan, next)
    const isSame = plan.nodes[next.node]!.name === operator && !variables.has(text)
    const isChain = next === value || (operator !== 'not' && isSame)
    if (!isChain) parts.set(text, next)
    else if (!joined.has(next.node)) {
      joined.add(next.node)
      waiting.push(...plan.nodes[next.node]!.inputs.toReversed())
    }
  }
  return [...parts.values()]
}
