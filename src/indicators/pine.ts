import type { Callee } from './callee.ts'
import { houseCallee } from './callee.ts'
import type { CatalogueInput, CatalogueParameter } from './catalogue.ts'
import { CATALOGUE, catalogueRow } from './catalogue.ts'

/**
 * Pine's functions that agree with the house row of the same name on every input, as Pine calls them. Where they do
 * not, the catalogue has a row with the prefix.
 *
 * Names stand for the row's written inputs and parameters in its order; what has no `=` must be written.
 */
const SIGNATURES = [
  'ta.atr(length)',
  'ta.barssince(condition)',
  'ta.cci(source, length)',
  'ta.change(source, length = 1)',
  'ta.cross(source1, source2)',
  'ta.crossover(source1, source2)',
  'ta.crossunder(source1, source2)',
  'ta.cum(source)',
  'ta.dev(source, length)',
  'ta.ema(source, length)',
  'ta.falling(source, length)',
  'ta.highest(source = high, length)',
  'ta.lowest(source = low, length)',
  'ta.macd(source, fastlen, slowlen, siglen)',
  'ta.max(source)',
  'ta.min(source)',
  'ta.mom(source, length)',
  'ta.obv()',
  'ta.rising(source, length)',
  'ta.rma(source, length)',
  'ta.roc(source, length)',
  'ta.sma(source, length)',
  'ta.stdev(source, length)',
  'ta.valuewhen(condition, source, occurrence)',
  'ta.vwma(source, length)',
  'ta.wma(source, length)',
  'math.abs(number)',
  'math.ceil(number)',
  'math.exp(number)',
  'math.floor(number)',
  'math.log(number)',
  'math.log10(number)',
  'math.max(number0, number1)',
  'math.min(number0, number1)',
  'math.pow(base, exponent)',
  'math.round(number)',
  'math.sign(number)',
  'math.sqrt(number)',
  'math.sum(source, length)',
]

/** Where the house needs another name, because `max` of two is something else. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['ta.max', 'highest_ever'],
  ['ta.min', 'lowest_ever'],
])

const byName = new Map<string, Callee>()
for (const text of SIGNATURES) {
  const [, name = '', list = ''] = /^([\w.]+)\((.*)\)$/.exec(text) ?? []
  byName.set(name, callee(name, list === '' ? [] : list.split(', ')))
}
for (const row of CATALOGUE) if (row.name.startsWith('ta.')) byName.set(row.name, houseCallee(row))

/** A function of Pine by its name with prefix; undefined when there is none. */
export function pineCallee(name: string): Callee | undefined {
  return byName.get(name)
}

/** Names with their prefix. */
export const PINE_NAMES: readonly string[] = [...byName.keys()].sort()

function callee(name: string, written: readonly string[]): Callee {
  const row = catalogueRow(RENAMED.get(name) ?? name.slice(name.indexOf('.') + 1))
  const inputs = row?.inputs.filter((input) => !input.implied) ?? []
  if (row === undefined || written.length !== inputs.length + row.parameters.length) {
    throw new Error(`${name} does not fit a row of the catalogue`)
  }
  const slot = (at: number) => (written[at] as string).split(' = ') as [name: string, usual?: string]
  return {
    name,
    row,
    inputs: row.inputs.map((input) => (input.implied ? input : renamedInput(input, slot(inputs.indexOf(input))))),
    parameters: row.parameters.map((parameter, at) => renamedParameter(parameter, slot(inputs.length + at))),
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
