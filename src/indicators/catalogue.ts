import type { GROUPS } from '../domain/codes.generated.ts'
import { CATALOGUE } from './catalogue.generated.ts'

export type ValueType = 'number' | 'condition'

export interface CatalogueInput {
  name: string
  type: ValueType
  /** The series taken when the argument is missing: a candle column or a mean of some (`hlc3`). */
  default?: string
  /** True for inputs that are never positional (the volume of `vwma(close, 20)`); they can still be named. */
  implied: boolean
  /** True for a price or another series: a constant in its place is refused. */
  series: boolean
}

export interface CatalogueParameter {
  name: string
  integer: boolean
  min: number
  max: number
  /** A number, or the earlier parameter it is equal to; absent where nothing is customary and it must be written. */
  default?: number | string
  /** Values worth trying one after the other; empty where it is best left to follow the parameter it is equal to. */
  sweep: readonly number[]
  /** What its whole values are called, from 0 on: such a name is written in quotes. Absent where they are numbers. */
  names?: readonly string[]
}

export interface CatalogueOutput {
  name: string
  type: ValueType
  /**
   * What a chart makes of it: a line, bars that stand on 0, an edge of an area, a line in steps, a mark where a condition
   * is true, or a whole number (bars counted, a part of a date).
   */
  drawing: 'line' | 'histogram' | 'band' | 'level' | 'boolean' | 'index'
}

/** One function of the language, as the Rust row of the same name declares it. */
export interface CatalogueRow {
  /** Its number in the plan's bytes; only valid together with the WASM of the same build, which is checked. */
  id: number
  name: string
  /**
   * How others call it that agree with it on every input, as they write it: `ta.atr(length)`. The names between the
   * brackets stand for its written inputs and parameters in their order; what has no `=` must be written.
   */
  aliases: readonly string[]
  group: (typeof GROUPS)[number]
  /** One sentence. */
  summary: string
  /** The rest of its documentation, Markdown. */
  doc: string
  /** Where the formula is from, Markdown without a full stop; empty where its name is its definition. */
  source: string
  inputs: readonly CatalogueInput[]
  parameters: readonly CatalogueParameter[]
  outputs: readonly CatalogueOutput[]
  /** Where a chart has room for it: over its source, in whose unit it is (`price`), or below. */
  pane: 'price' | 'own'
  /** Functions that go by its name, or nearly, and how they differ: rows (`ta.rsi`) and functions of TA-Lib (`talib.ATR`). */
  differs: readonly { name: string; how: string }[]
  /** A formula that uses it; runs as a test. Empty for operators. */
  example: string
}

const byName = new Map<string, CatalogueRow>(CATALOGUE.map((row) => [row.name, row]))

/** The row behind a spelling of the language, operators included; undefined for an unknown name. */
export function catalogueRow(name: string): CatalogueRow | undefined {
  return byName.get(name)
}

export { CATALOGUE }
