import { CATALOGUE_HASH, COLUMN_NAMES, MAGIC, NODE_KINDS, SIGNALS } from '../../domain/codes.generated.ts'
import { isUserColumn, type UserColumnName } from '../../domain/user-columns.ts'
import { catalogueRow } from '../../indicators/catalogue.ts'
import type { FixedColumnName } from '../names.ts'
import type { PlanNode, PlanReport, PlanSignal } from './plan.ts'

const HEAD = 28

/**
 * A plan as `crates/formula` reads it; little endian, numbers u32 unless said otherwise. Kinds, columns and
 * roles are places in the lists of `codes.generated.ts`.
 *
 * | part | fields |
 * | --- | --- |
 * | head | magic, hash of the catalogue (u64), nodes, signals, reports, names |
 * | each name of a column beyond the fixed ones | bytes, then so many of UTF-8 |
 * | each node, inputs first | kind, id, inputs, parameters, then (node, output) per input, f64 per parameter |
 * | each signal | node, output, role |
 * | each report | node, output |
 *
 * The id is 0 for a constant (its value is its one parameter), the column's number (those behind the fixed ones are places
 * among the names), or the row's id in the catalogue.
 */
export function encodePlan(
  nodes: readonly PlanNode[],
  signals: readonly PlanSignal[],
  reported: readonly PlanReport[],
): Uint8Array {
  const userColumns = userColumnsOf(nodes)
  const names = userColumns.map((name) => new TextEncoder().encode(name))
  const nameBytes = names.reduce((sum, name) => sum + 4 + name.length, 0)
  const nodeBytes = nodes.reduce((sum, node) => sum + 16 + node.inputs.length * 8 + node.parameters.length * 8, 0)
  const bytes = new Uint8Array(HEAD + nameBytes + nodeBytes + signals.length * 12 + reported.length * 8)
  const view = new DataView(bytes.buffer)
  let offset = 0
  const u32 = (value: number): void => {
    view.setUint32(offset, value, true)
    offset += 4
  }
  u32(MAGIC)
  view.setBigUint64(offset, BigInt(`0x${CATALOGUE_HASH}`), true)
  offset += 8
  for (const value of [nodes.length, signals.length, reported.length, names.length]) u32(value)
  for (const name of names) {
    u32(name.length)
    bytes.set(name, offset)
    offset += name.length
  }
  for (const node of nodes) {
    for (const value of [
      NODE_KINDS.indexOf(node.kind),
      nodeCode(node, userColumns),
      node.inputs.length,
      node.parameters.length,
    ])
      u32(value)
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
    for (const field of [value.node, value.output, SIGNALS.indexOf(role ?? 'scan')]) u32(field)
  }
  for (const { value } of reported) {
    u32(value.node)
    u32(value.output)
  }
  return bytes
}

/** The columns that have no number of their own, in the order in which a plan numbers them. */
export function userColumnsOf(nodes: readonly PlanNode[]): UserColumnName[] {
  return nodes
    .filter(({ kind }) => kind === 'column')
    .map(({ name }) => name)
    .filter(isUserColumn)
}

function nodeCode(node: PlanNode, userColumns: readonly string[]): number {
  if (node.kind === 'constant') return 0
  if (node.kind === 'column') return columnCode(node.name, userColumns)
  return catalogueRow(node.name)?.id as number
}

function columnCode(name: string, userColumns: readonly string[]): number {
  const fixed = COLUMN_NAMES.indexOf(name as FixedColumnName)
  return fixed >= 0 ? fixed : COLUMN_NAMES.length + userColumns.indexOf(name)
}
