import type { CandleColumn } from '../../domain/candle.ts'
import type { NODE_KINDS } from '../../domain/codes.generated.ts'
import type { CatalogueOutput, CatalogueRow, ValueType } from '../../indicators/catalogue.ts'
import { catalogueRow } from '../../indicators/catalogue.ts'
import { MAX_NODES } from '../limits.ts'
import type { ColumnName, FixedColumnName } from '../names.ts'
import { COLUMN_NAMES, MEANS } from '../names.ts'
import type { Level } from '../read/tree.ts'
import { LEVEL } from '../read/tree.ts'
import type { CanonicalText, Operand } from './canonical.ts'
import { callText, constantText } from './canonical.ts'
import { fold, isExact } from './fold.ts'

/** One output of one node. */
export interface Reference {
  node: number
  output: number
}

export function reference({ node, output }: Reference): Reference {
  return { node, output }
}

type Outputs = readonly Pick<CatalogueOutput, 'name' | 'type'>[]

export interface DagNode {
  id: number
  kind: (typeof NODE_KINDS)[number]
  /** Canonical. */
  text: string
  level: Level
  /** Row or column; empty for a constant. */
  name: string
  inputs: readonly Reference[]
  /** A constant has one: its value. */
  parameters: readonly number[]
  outputs: Outputs
  /**
   * Where it is the same on every bar, its value, NaN when unknown: enough to check a formula with. That of a call is
   * near the one that the kernels compute, and need not be it.
   */
  value: number | undefined
  /** Of a call. */
  row?: CatalogueRow
}

/** Thrown when a formula needs more nodes than the limit; the checker knows where in the text it was. */
export class TooManyNodes extends Error {}

const NUMBER = [{ name: 'value', type: 'number' }] as const
const COMMUTATIVE: ReadonlySet<string> = new Set(['add', 'mul', 'and', 'or', 'eq', 'ne', 'min', 'max'])
const MIRRORS: ReadonlyMap<string, string> = new Map([
  ['lt', 'gt'],
  ['le', 'ge'],
])

/**
 * The canonical form: equal parts are one node, and what can be written in several ways has one.
 *
 * Inputs stand before what reads them, so the ids are a topological order.
 */
export class Dag {
  readonly nodes: DagNode[] = []
  private readonly byShape = new Map<string, number>()
  private readonly means = new Map<string, Reference>()
  private readonly prelude: number

  constructor() {
    for (const name of COLUMN_NAMES) this.column(name)
    // Made first, so that `(high + low) / 2` has the text `hl2` in whatever way a formula writes it.
    for (const [name, columns] of MEANS) this.means.set(name, this.mean(name, columns))
    this.prelude = this.nodes.length
  }

  constant(value: number): Reference {
    // -0 reads like 0 everywhere, so it must not be a node of its own.
    const known = value === 0 ? 0 : value
    return this.node('constant', '', [], [known], NUMBER, constantText(known), known)
  }

  /** A constant without a value goes by what was written: `sqrt(-1)`. */
  private unknown(text: CanonicalText): Reference {
    return this.node('constant', '', [], [Number.NaN], NUMBER, text, Number.NaN)
  }

  column(name: ColumnName): Reference {
    return this.node('column', name, [], [], NUMBER, { text: name, level: LEVEL.postfix }, undefined)
  }

  /** A series by the name the catalogue's defaults use: a column, a mean, or a number's text. */
  series(name: string): Reference {
    const mean = this.means.get(name)
    if (mean !== undefined) return mean
    return isColumn(name) ? this.column(name) : this.constant(Number(name))
  }

  /** The row of an operator of the language applied; inputs are of the right number and types. */
  operator(name: string, inputs: readonly Reference[], parameters: readonly number[] = []): Reference {
    return this.call(operatorRow(name), inputs, parameters)
  }

  call(row: CatalogueRow, inputs: readonly Reference[], parameters: readonly number[]): Reference {
    const mirror = MIRRORS.get(row.name)
    if (mirror !== undefined) return this.call(operatorRow(mirror), [...inputs].reverse(), parameters)
    const value = this.folded(row, inputs)
    const unknown = value === undefined ? undefined : inputs.find((input) => Number.isNaN(this.constantValue(input)))
    if (unknown !== undefined) return unknown
    const isConstant = isExact(row.name) && inputs.every((input) => this.at(input).kind === 'constant')
    if (isConstant && value !== undefined && !Number.isNaN(value)) return this.constant(value)
    const ordered = COMMUTATIVE.has(row.name) ? this.inOrder(inputs) : inputs
    const operands = ordered.map((input, index) => this.operand(input, row, index))
    const text = () => callText(row, operands, parameters)
    if (isConstant && value !== undefined) return this.unknown(text())
    return this.node('call', row.name, ordered, parameters, row.outputs, text, value, row)
  }

  /** One condition equals another where both are known and alike. */
  sameCondition(a: Reference, b: Reference, isSame: boolean): Reference {
    const [first, second] = this.inOrder([a, b]) as [Reference, Reference]
    const other = this.operator('not', [second])
    return this.operator('choose_condition', [first, ...(isSame ? [second, other] : [other, second])])
  }

  /** What is the same on every bar: `value` of its node; undefined for everything that can change. */
  constantValue(value: Reference): number | undefined {
    return this.at(value).value
  }

  at(value: Reference): DagNode {
    return this.nodes[value.node] as DagNode
  }

  type(value: Reference): ValueType {
    return (this.at(value).outputs[value.output] as { type: ValueType }).type
  }

  /** `sma(close, 20)`, and `macd(close, 12, 26, 9).signal` for one output of several. */
  text(value: Reference): string {
    const node = this.at(value)
    return node.outputs.length === 1 ? node.text : `${node.text}.${node.outputs[value.output]?.name}`
  }

  /** The nodes behind these values, inputs first. */
  needed(values: readonly Reference[]): DagNode[] {
    const isNeeded = new Set(values.map((value) => value.node))
    for (let id = this.nodes.length - 1; id >= 0; id -= 1) {
      if (!isNeeded.has(id)) continue
      for (const input of (this.nodes[id] as DagNode).inputs) isNeeded.add(input.node)
    }
    return this.nodes.filter((node) => isNeeded.has(node.id))
  }

  private folded(row: CatalogueRow, inputs: readonly Reference[]): number | undefined {
    const values = inputs.map((input) => this.constantValue(input))
    return values.length > 0 && values.every((value) => value !== undefined) ? fold(row.name, values) : undefined
  }

  /** Constants last, the others by their text: an order that does not depend on the rest of the formula. */
  private inOrder(inputs: readonly Reference[]): readonly Reference[] {
    const key = (input: Reference) => (this.constantValue(input) === undefined ? '!' : '~') + this.text(input)
    return [...inputs].sort((a, b) => compare(key(a), key(b)))
  }

  private operand(value: Reference, row: CatalogueRow, index: number): Operand {
    const node = this.at(value)
    const level = node.outputs.length === 1 ? node.level : LEVEL.postfix
    const usual = row.inputs[index]?.default
    const isDefault = usual !== undefined && this.text(value) === usual
    return { text: this.text(value), level, isConstant: node.value !== undefined, isDefault }
  }

  private mean(name: string, columns: readonly CandleColumn[]): Reference {
    const values = columns.map((column) => this.column(column))
    const total = values.reduce((sum, value) => this.operator('add', [sum, value]))
    const mean = this.operator('div', [total, this.constant(columns.length)])
    Object.assign(this.at(mean), { text: name, level: LEVEL.postfix })
    return mean
  }

  private node(
    kind: DagNode['kind'],
    name: string,
    inputs: readonly Reference[],
    parameters: readonly number[],
    outputs: Outputs,
    text: CanonicalText | (() => CanonicalText),
    value: number | undefined,
    row?: CatalogueRow,
  ): Reference {
    const read = () => inputs.map((input) => `${input.node}.${input.output}`).join()
    const shape = typeof text === 'function' ? `${name} ${read()} ${parameters.join()}` : `${kind} ${text.text}`
    const known = this.byShape.get(shape)
    if (known !== undefined) return { node: known, output: 0 }
    const id = this.nodes.length
    if (id - this.prelude >= MAX_NODES) throw new TooManyNodes()
    const canonical = typeof text === 'function' ? text() : text
    this.nodes.push({ id, kind, name, inputs, parameters, outputs, ...canonical, value, ...(row && { row }) })
    this.byShape.set(shape, id)
    return { node: id, output: 0 }
  }
}

function isColumn(name: string): name is FixedColumnName {
  return (COLUMN_NAMES as readonly string[]).includes(name)
}

function operatorRow(name: string): CatalogueRow {
  const row = catalogueRow(name)
  if (row === undefined) throw new Error(`the catalogue has no row for the operator ${name}`)
  return row
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
