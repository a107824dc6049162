import { isUserColumn } from '../../domain/user-columns.ts'
import type { CatalogueRow, ValueType } from '../../indicators/catalogue.ts'
import type { Reference } from '../graph/dag.ts'
import { reference } from '../graph/dag.ts'
import type { CheckedFormula, FormulaMode } from './check.ts'
import type { Value } from './context.ts'

/** A value that goes with every match, or the series that was asked for. */
export interface PlanReport {
  name: string
  value: Reference
  type: ValueType
}

/** Rows of these groups are arithmetic, not indicators: nobody wants `close + 1` with every match. */
const UNREPORTED: ReadonlySet<CatalogueRow['group']> = new Set(['operator', 'math', 'calendar'])

type Values = Pick<CheckedFormula, 'dag' | 'variables' | 'final' | 'roles'>

/** What a sound formula reports. */
export function reportsOf(values: Values, mode: FormulaMode): PlanReport[] {
  return mode === 'scan' ? scanReports(values) : seriesReports(values)
}

/**
 * What a match carries: every variable that is a number, and every indicator value the signals and those variables
 * read. An indicator without a variable goes by its canonical text.
 */
function scanReports({ dag, variables, final, roles }: Values): PlanReport[] {
  const numbers = [...variables].filter(([, value]) => value.type === 'number')
  const roots: Reference[] = numbers.map(([, value]) => value)
  if (final !== undefined) roots.push(final.value)
  for (const role of roles) roots.push(variables.get(role) as Value)

  const used = new Map<string, Reference>()
  for (const value of roots) used.set(key(value), value)
  for (const node of dag.needed(roots)) for (const input of node.inputs) used.set(key(input), input)

  const names = new Map<string, string[]>()
  const wholes = new Map<number, string>()
  for (const [name, value] of numbers) {
    names.set(key(value), [...(names.get(key(value)) ?? []), name])
    if (value.whole && !wholes.has(value.node)) wholes.set(value.node, name)
  }

  const reports: PlanReport[] = []
  for (const value of [...used.values()].sort((a, b) => a.node - b.node || a.output - b.output)) {
    const { row, outputs, name: node } = dag.at(value)
    if (dag.type(value) !== 'number') continue
    // The candle with a match has its columns; user columns are in no candle.
    const isIndicator = row === undefined ? isUserColumn(node) : !UNREPORTED.has(row.group)
    const whole = wholes.get(value.node)
    const own = whole === undefined ? dag.text(value) : `${whole}.${outputs[value.output]?.name}`
    for (const name of names.get(key(value)) ?? (isIndicator ? [own] : [])) {
      reports.push({ name, value: reference(value), type: 'number' })
    }
  }
  return reports
}

/** The series asked for: the last line's value with all its outputs, or each role of a script. */
function seriesReports({ dag, variables, final, roles }: Values): PlanReport[] {
  if (final === undefined) {
    return roles.map((name) => ({ name, value: reference(variables.get(name) as Value), type: 'condition' }))
  }
  const { value } = final
  const { text, outputs } = dag.at(value)
  const variable = final.name !== undefined && variables.has(final.name) ? final.name : undefined
  if (!value.whole || outputs.length === 1) {
    return [{ name: variable ?? dag.text(value), value: reference(value), type: value.type }]
  }
  return outputs.map(({ name, type }, output) => {
    return { name: `${variable ?? text}.${name}`, value: { node: value.node, output }, type }
  })
}

function key({ node, output }: Reference): string {
  return `${node}.${output}`
}
