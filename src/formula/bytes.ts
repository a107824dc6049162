import { catalogueRow } from '../indicators/catalogue.ts'
import type { ColumnName } from './names.ts'
import { COLUMN_NAMES } from './names.ts'
import type { PlanNode, PlanReport, PlanSignal } from './plan.ts'

/** "MIR1", little endian. */
const MAGIC = 0x3152494d
const KINDS = { constant: 0, column: 1, call: 2 } as const
const ROLE_CODES = { entry: 1, exit: 2, short: 3, cover: 4 } as const

/**
 * A plan as `crates/formula` reads it; little endian, numbers u32 unless said otherwise.
 *
 * | part | fields |
 * | --- | --- |
 * | head | magic, nodes, signals, reports |
 * | each node, inputs first | kind (0 constant, 1 column, 2 call), id, inputs, parameters, then (node, output) per input, f64 per parameter |
 * | each signal | node, output, code (0 scan hit, 1 entry, 2 exit, 3 short, 4 cover) |
 * | each report | node, output |
 *
 * The id is 0 for a constant (its value is its one parameter), the column's number, or the row's id in the catalogue.
 */
export function encodePlan(
  nodes: readonly PlanNode[],
  signals: readonly PlanSignal[],
  reported: readonly PlanReport[],
): Uint8Array {
  const nodeBytes = nodes.reduce((sum, node) => sum + 16 + node.inputs.length * 8 + node.parameters.length * 8, 0)
  const bytes = new Uint8Array(16 + nodeBytes + signals.length * 12 + reported.length * 8)
  const view = new DataView(bytes.buffer)
  let offset = 0
  const u32 = (value: number): void => {
    view.setUint32(offset, value, true)
    offset += 4
  }
  for (const value of [MAGIC, nodes.length, signals.length, reported.length]) u32(value)
  for (const node of nodes) {
    for (const value of [KINDS[node.kind], nodeCode(node), node.inputs.length, node.parameters.length]) u32(value)
    for (const input of node.inputs) {
      u32(input.node)
      u32(input.output)
    }
    for (const parameter of node.parameters) {
      view.setFloat64(offset, parameter, true)
      offset += 8
    }
  }
  for (const { value, role } of signals) {
    for (const field of [value.node, value.output, role === undefined ? 0 : ROLE_CODES[role]]) u32(field)
  }
  for (const { value } of reported) {
    u32(value.node)
    u32(value.output)
  }
  return bytes
}

function nodeCode(node: PlanNode): number {
  if (node.kind === 'constant') return 0
  if (node.kind === 'column') return COLUMN_NAMES.indexOf(node.name as ColumnName)
  return catalogueRow(node.name)?.id as number
}
