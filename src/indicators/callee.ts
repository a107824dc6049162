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
  const written = [
    ...inputs.filter((input) => !input.implied).map((input) => [input.name, input.default] as const),
    ...parameters.map((parameter) => [parameter.name, defaultText(parameter)] as const),
  ]
  const args = written.map(([place, usual]) => (usual === undefined ? place : `${place} = ${usual}`))
  return `${name}(${args.join(', ')})`
}

/** What a parameter is when it is not written, as one would write it; undefined where it has to be. */
export function defaultText(parameter: CatalogueParameter): string | undefined {
  const { default: usual } = parameter
  return typeof usual === 'number' ? valueText(parameter, usual) : usual
}

/** A value of a parameter as it is written: a number, or its name in quotes. */
export function valueText({ names }: CatalogueParameter, value: number): string {
  const name = names?.[value]
  return name === undefined ? String(value) : `"${name}"`
}

/** Names of which one is written: `"sma", "ema" or "wma"`. */
export function choices(names: readonly string[]): string {
  const written = names.map((name) => `"${name}"`)
  return written.length === 1 ? written.join() : `${written.slice(0, -1).join(', ')} or ${written.at(-1)}`
}
