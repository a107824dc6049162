import type { CandleColumn } from '../../domain/candle.ts'
import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import type { NODE_KINDS } from '../../domain/codes.generated.ts'
import { type FormulaWarning, seenFromCallerOf } from '../../domain/errors.ts'
import type { SignalRole } from '../../domain/result.ts'
import type { UserColumnName } from '../../domain/user-columns.ts'
import type { ValueType } from '../../indicators/catalogue.ts'
import type { CheckedFormula, FormulaMode } from '../check/check.ts'
import { analyse } from '../check/check.ts'
import type { PlanReport } from '../check/reports.ts'
import type { Reference } from '../graph/dag.ts'
import { reference } from '../graph/dag.ts'
import { encodePlan, userColumnsOf } from './bytes.ts'

export type { PlanReport }

/** One node of a plan; its inputs stand before it. */
export interface PlanNode {
  /** Its place in `nodes`. */
  id: number
  kind: (typeof NODE_KINDS)[number]
  /** Of its first output. */
  type: ValueType
  /** Canonical: the same for the same calculation in every formula, so it is a cache key. Long operands are digests. */
  text: string
  /** Row of the catalogue or column; empty for a constant. */
  name: string
  inputs: readonly Reference[]
  /** A constant has one: its value, NaN when unknown. */
  parameters: readonly number[]
  outputs: readonly string[]
}

/** A condition whose known true is a match. */
export interface PlanSignal {
  value: Reference
  signalType: 'SCAN_HIT' | 'ENTRY' | 'EXIT'
  /** Absent for the value of the last line. */
  role?: SignalRole
}

/** A column of the data besides the candle's, which a formula reads as `col.…`. */
export interface PlanUserColumn {
  name: UserColumnName
  /** Half-open range of the text, in UTF-16 code units. */
  at: readonly [start: number, end: number]
}

/** A checked formula, ready to run. Plain data: it can be sent to another thread. */
export interface Plan {
  text: string
  /** Equal for formulas that give equal results with equal names: the key of the result cache. */
  canonical: string
  /** In topological order. */
  nodes: readonly PlanNode[]
  signals: readonly PlanSignal[]
  reported: readonly PlanReport[]
  /** Candle columns that are read, in the order of CANDLE_COLUMNS. */
  columns: readonly CandleColumn[]
  /** Columns that are no candle's, in the order of the plan's bytes, and where the text reads each first. */
  userColumns: readonly PlanUserColumn[]
  readsTime: boolean
  /** True when the job's time zone matters. */
  readsCalendar: boolean
  /** Every `param` with its value in this plan. */
  parameters: Readonly<Record<string, number>>
  /** What runs and is hardly what was meant, in the order of the text. */
  warnings: readonly FormulaWarning[]
  /** For the kernels, which refuse the bytes of another build. */
  bytes: Uint8Array
}

/** What a true value of a role means. */
const SIGNAL_TYPES = { entry: 'ENTRY', exit: 'EXIT', short: 'ENTRY', cover: 'EXIT' } as const

/**
 * Turns a formula into a plan.
 *
 * - Mode `scan` (the default) needs a condition or roles (`entry`, `exit`, `short`, `cover`). Reported are the numbers
 *   a match carries: indicator calls and the script's own variables.
 * - Mode `series` takes any expression and reports its value: all outputs of a call that has several, every role of a
 *   script with roles. It has no signals.
 *
 * @throws FormulaError, the first in the text.
 *
 * @example
 * planFormula('param len = 14 in 2..100; rsi(close, len) < 30', { len: 10 }).canonical
 * // scan: rsi(close, 10) < 30
 * // report: rsi(close, 10)
 */
export function planFormula(
  text: string,
  parameters: Readonly<Record<string, number>> = {},
  options: { mode?: FormulaMode } = {},
): Plan {
  const mode = options.mode ?? 'scan'
  const checked = analyse(text, parameters, mode)
  const first = checked.errors[0]
  if (first !== undefined) throw seenFromCallerOf(planFormula, first)
  const signals = mode === 'scan' ? signalsOf(checked) : []
  const { reported, warnings } = checked
  const canonical = canonicalText(checked, signals, reported)
  const values = Object.fromEntries(checked.parameters)
  return { text, canonical, ...compact(checked, signals, reported), parameters: values, warnings }
}

/** What a plan was made for: one for a scan has signals, and one for series has none. */
export function modeOf({ signals }: Pick<Plan, 'signals'>): FormulaMode {
  return signals.length > 0 ? 'scan' : 'series'
}

function signalsOf({ final, roles, variables }: CheckedFormula): PlanSignal[] {
  if (final !== undefined) return [{ value: reference(final.value), signalType: 'SCAN_HIT' }]
  return roles.map((role) => {
    return { value: reference(variables.get(role) as Reference), signalType: SIGNAL_TYPES[role], role }
  })
}

function canonicalText(
  { dag }: CheckedFormula,
  signals: readonly PlanSignal[],
  reported: readonly PlanReport[],
): string {
  const lines = signals.map(({ value, role }) => `${role ?? 'scan'}: ${dag.text(value)}`)
  for (const { name, value } of reported) {
    const text = dag.text(value)
    lines.push(name === text ? `report: ${text}` : `report ${name}: ${text}`)
  }
  return lines.join('\n')
}

/** Leaves out what nothing needs, and numbers the rest anew. */
function compact(
  { dag, userColumns: readAt }: CheckedFormula,
  signals: readonly PlanSignal[],
  reported: readonly PlanReport[],
): Omit<Plan, 'text' | 'canonical' | 'parameters' | 'warnings'> {
  const kept = dag.needed([...signals, ...reported].map((each) => each.value))
  const places = new Map(kept.map((node, place) => [node.id, place]))
  const move = ({ node, output }: Reference): Reference => ({ node: places.get(node) as number, output })
  const nodes = kept.map(({ kind, text, name, inputs, parameters, outputs }, id): PlanNode => {
    const type = outputs[0]?.type as ValueType
    return {
      id,
      kind,
      type,
      text,
      name,
      inputs: inputs.map(move),
      parameters,
      outputs: outputs.map((each) => each.name),
    }
  })
  const movedSignals = signals.map((signal) => ({ ...signal, value: move(signal.value) }))
  const movedReports = reported.map((report) => ({ ...report, value: move(report.value) }))
  const reads = new Set(nodes.filter((node) => node.kind === 'column').map((node) => node.name))
  return {
    nodes,
    signals: movedSignals,
    reported: movedReports,
    columns: CANDLE_COLUMNS.filter((column) => reads.has(column)),
    userColumns: userColumnsOf(nodes).map((name) => ({ name, at: readAt.get(name) as PlanUserColumn['at'] })),
    readsTime: reads.has('time'),
    readsCalendar: reads.has('local_time'),
    bytes: encodePlan(nodes, movedSignals, movedReports),
  }
}
