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
}

/** One function of the language, as the Rust row of the same name declares it. */
export interface CatalogueRow {
  /** Its number in the plan's bytes; only valid together with the WASM of the same build, which is checked. */
  id: number
  name: string
  group: (typeof GROUPS)[number]
  /** One sentence. */
  summary: string
  /** The rest of its documentation, Markdown. */
  doc: string
  inputs: readonly CatalogueInput[]
  parameters: readonly CatalogueParameter[]
  outputs: readonly { name: string; type: ValueType }[]
  /** A formula that uses it; runs as a test. Empty for operators. */
  example: string
}

const byName = new Map<string, CatalogueRow>(CATALOGUE.map((row) => [row.name, row]))

/** The row behind a spelling of the language, operators included; undefined for an unknown name. */
export function catalogueRow(name: string): CatalogueRow | undefined {
  return byName.get(name)
}

export { CATALOGUE }
