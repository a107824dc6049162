import type { FormulaWarning } from '../domain/errors.ts'
import type { Computation, OutputComputation, OutputReach } from '../engine/main/computation.ts'
import { analyse } from '../formula/check/check.ts'
import type { Reference } from '../formula/graph/dag.ts'
import { modeOf, type Plan, type PlanNode } from '../formula/plan/plan.ts'
import { catalogueRow, type ValueType } from '../indicators/catalogue.ts'

/** Where the start of the data weighs less than this it no longer matters: the "stable to" of an explanation. */
export const STABLE_TO = 1e-6

/** One output of a node. */
export interface ExplainedOutput extends OutputComputation {
  /** Of a node with several. */
  name: string
  type: ValueType
  /** Canonical: written in a formula, it is this value. */
  text: string
  /** What the formula calls it. */
  variables: readonly string[]
  /** An output before it that is the same computation, written in another way. */
  sameAs?: string
}

export interface ExplainedNode {
  id: number
  kind: PlanNode['kind']
  text: string
  inputs: readonly number[]
  /** Other nodes that read it; a node with more than one reader is computed once for all of them. */
  readBy: number
  outputs: readonly ExplainedOutput[]
}

export interface Explanation {
  formula: string
  canonical: string
  parameters: Readonly<Record<string, number>>
  warnings: readonly FormulaWarning[]
  /** Columns that are read: of the candle, and user columns. */
  columns: readonly string[]
  signals: readonly { signalType: string; role?: string; text: string }[]
  /** Names of the values that go with a match, or of the series. */
  reported: readonly string[]
  stableTo: number
  /** Of the formula as a whole: of its signals and what they report. */
  reach: OutputReach
  /** How many kernels run: what is left once functions are taken apart into others and equal parts are one. */
  kernels: number
  /** Inputs stand before what reads them. */
  nodes: readonly ExplainedNode[]
}

/** What a formula is made of. @param computation Of its plan, stable to `STABLE_TO`. */
export function explainPlan(plan: Plan, computation: Computation): Explanation {
  const variables = variableNames(plan)
  const readers = countReaders(plan)
  const textByKey = new Map<string, string>()
  const nodes = plan.nodes.map((node, id): ExplainedNode => {
    const outputs = node.outputs.map((name, output): ExplainedOutput => {
      const text = textOf(plan, { node: id, output })
      const type = typeOf(plan, { node: id, output })
      const computed = computation.outputs[id]![output]!
      const sameAs = textByKey.get(computed.key)
      if (sameAs === undefined) textByKey.set(computed.key, text)
      return { name, type, text, variables: variables.get(text) ?? [], ...computed, ...(sameAs && { sameAs }) }
    })
    const inputs = node.inputs.map((input) => input.node)
    return { id, kind: node.kind, text: node.text, inputs, readBy: readers[id]!, outputs }
  })
  const roots = [...plan.signals, ...plan.reported].map(({ value }) => computation.outputs[value.node]![value.output]!)
  return {
    formula: plan.text,
    canonical: plan.canonical,
    parameters: plan.parameters,
    warnings: plan.warnings,
    columns: [...plan.columns, ...plan.userColumns.map(({ name }) => name)],
    signals: plan.signals.map(({ value, signalType, role }) => {
      return { signalType, ...(role && { role }), text: textOf(plan, value) }
    }),
    reported: plan.reported.map(({ name }) => name),
    stableTo: STABLE_TO,
    reach: roots.reduce<OutputReach>(furthest, { firstBar: 0, lookbackBars: 0, stableBars: 0 }),
    kernels: computation.kernels,
    nodes,
  }
}

/** The canonical text of one output: with its name where the node has several. */
export function textOf({ nodes }: Plan, { node, output }: Reference): string {
  const { text, outputs } = nodes[node]!
  return outputs.length === 1 ? text : `${text}.${outputs[output]}`
}

export function typeOf({ nodes }: Plan, { node, output }: Reference): ValueType {
  const { name, type } = nodes[node]!
  return catalogueRow(name)?.outputs[output]?.type ?? type
}

/** What the formula calls its values, by canonical text. */
export function variableNames(plan: Plan): Map<string, string[]> {
  const { variables, dag } = analyse(plan.text, plan.parameters, modeOf(plan))
  const names = new Map<string, string[]>()
  for (const [name, value] of variables) {
    const text = dag.text(value)
    names.set(text, [...(names.get(text) ?? []), name])
  }
  return names
}

/** How many other nodes read each node. */
function countReaders({ nodes }: Plan): Uint32Array {
  const readers = new Uint32Array(nodes.length)
  for (const { inputs } of nodes) for (const input of new Set(inputs.map(({ node }) => node))) readers[input]! += 1
  return readers
}

function furthest(a: OutputReach, b: OutputReach): OutputReach {
  return {
    firstBar: Math.max(a.firstBar, b.firstBar),
    lookbackBars: Math.max(a.lookbackBars, b.lookbackBars),
    stableBars: a.stableBars === null || b.stableBars === null ? null : Math.max(a.stableBars, b.stableBars),
  }
}
