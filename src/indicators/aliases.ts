import type { Callee } from './callee.ts'
import { houseCallee } from './callee.ts'
import type { CatalogueInput, CatalogueParameter, CatalogueRow } from './catalogue.ts'
import { CATALOGUE } from './catalogue.ts'

/**
 * Names by which others know a function. What agrees with a house row on every input is an alias of it; what does not is a
 * row with their prefix.
 */
const byName = new Map<string, Callee>()
for (const row of CATALOGUE) {
  for (const alias of row.aliases) {
    const [, name = '', list = ''] = /^([\w.]+)\((.*)\)$/.exec(alias) ?? []
    byName.set(name, callee(row, name, list === '' ? [] : list.split(', ')))
  }
  if (row.name.includes('.')) byName.set(row.name, houseCallee(row))
}

/** What a name of others calls, in their order of arguments: `ta.macd`, `hhv`; undefined when there is none. */
export function aliased(name: string): Callee | undefined {
  return byName.get(name)
}

/** The names of Pine, with their prefix. */
export const PINE_NAMES: readonly string[] = [...byName.keys()].filter((name) => name.includes('.')).sort()

function callee(row: CatalogueRow, name: string, written: readonly string[]): Callee {
  const inputs = row.inputs.filter((input) => !input.implied)
  if (written.length !== inputs.length + row.parameters.length) throw new Error(`${name} does not fit ${row.name}`)
  const place = (at: number) => (written[at] as string).split(' = ') as [name: string, usual?: string]
  return {
    name,
    row,
    inputs: row.inputs.map((input) => (input.implied ? input : renamedInput(input, place(inputs.indexOf(input))))),
    parameters: row.parameters.map((parameter, at) => renamedParameter(parameter, place(inputs.length + at))),
  }
}

function renamedInput({ default: _, ...input }: CatalogueInput, [name, usual]: [string, string?]): CatalogueInput {
  return { ...input, name, ...(usual !== undefined && { default: usual }) }
}

function renamedParameter(
  { default: _, ...parameter }: CatalogueParameter,
  [name, usual]: [string, string?],
): CatalogueParameter {
  return { ...parameter, name, ...(usual !== undefined && { default: Number(usual) }) }
}
