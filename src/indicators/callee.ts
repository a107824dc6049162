import type { CatalogueInput, CatalogueParameter, CatalogueRow } from './catalogue.ts'

/** How a row is called by one of its names: what it takes in which order, what that is called, and its defaults. */
export interface Callee {
  /** With its prefix: `ta.macd`. */
  name: string
  row: CatalogueRow
  inputs: readonly CatalogueInput[]
  parameters: readonly CatalogueParameter[]
}

/** A row as its own name calls it. */
export function houseCallee(row: CatalogueRow): Callee {
  return { name: row.name, row, inputs: row.inputs, parameters: row.parameters }
}

/** How a function is written: `rsi(source = close, length = 14)`. */
export function signature({ name, inputs, parameters }: Callee): string {
  const written = [...inputs.filter((input) => !input.implied), ...parameters]
  const args = written.map((each) => (each.default === undefined ? each.name : `${each.name} = ${each.default}`))
  return `${name}(${args.join(', ')})`
}
