import { valueText } from '../../indicators/callee.ts'
import type { CatalogueParameter, CatalogueRow } from '../../indicators/catalogue.ts'
import { MAX_OPERAND_TEXT } from '../limits.ts'
import { isBare } from '../names.ts'
import type { Level } from '../read/tree.ts'
import { LEVEL } from '../read/tree.ts'
import { digest } from './digest.ts'

/** A text and how tightly its outermost form holds. */
export interface CanonicalText {
  text: string
  level: Level
}

export interface Operand extends CanonicalText {
  isConstant: boolean
  /** True for what the row takes anyway when the argument is not written. */
  isDefault: boolean
}

const SIGNS: ReadonlyMap<string, readonly [sign: string, level: Level]> = new Map([
  ['add', ['+', LEVEL.sum]],
  ['sub', ['-', LEVEL.sum]],
  ['mul', ['*', LEVEL.product]],
  ['div', ['/', LEVEL.product]],
  ['mod', ['%', LEVEL.product]],
  ['gt', ['>', LEVEL.comparison]],
  ['ge', ['>=', LEVEL.comparison]],
  ['eq', ['==', LEVEL.comparison]],
  ['ne', ['!=', LEVEL.comparison]],
  ['and', ['and', LEVEL.and]],
  ['or', ['or', LEVEL.or]],
])

const MIRRORED: Readonly<Record<string, string>> = { '>': '<', '>=': '<=' }

export function constantText(value: number): CanonicalText {
  return { text: String(value), level: value < 0 ? LEVEL.minus : LEVEL.postfix }
}

/**
 * The text of a call: a formula that lowers to the same call again.
 *
 * An operand longer than MAX_OPERAND_TEXT stands as `#` and its digest. Otherwise thirty lines of `b = a + a` would
 * make a text that no memory holds.
 */
export function callText(row: CatalogueRow, inputs: readonly Operand[], parameters: readonly number[]): CanonicalText {
  const operand = (index: number, level: number) => held(inputs[index] as Operand, level)
  const sign = SIGNS.get(row.name)
  if (sign !== undefined) return signText(sign[0], sign[1], inputs)
  switch (row.name) {
    case 'neg':
      return { text: `-${operand(0, LEVEL.power)}`, level: LEVEL.minus }
    case 'not':
      return { text: `not ${operand(0, LEVEL.not)}`, level: LEVEL.not }
    case 'pow':
      return { text: `${operand(0, LEVEL.postfix)} ** ${operand(1, LEVEL.minus)}`, level: LEVEL.power }
    case 'choose':
    case 'choose_condition': {
      const text = `${operand(0, LEVEL.or)} ? ${operand(1, LEVEL.or)} : ${operand(2, LEVEL.or)}`
      return { text, level: LEVEL.choose }
    }
    case 'lag':
    case 'lag_condition':
      return { text: `${operand(0, LEVEL.postfix)}[${parameters[0]}]`, level: LEVEL.postfix }
    default:
      return { text: namedText(row, inputs, parameters), level: LEVEL.postfix }
  }
}

function signText(sign: string, level: Level, inputs: readonly Operand[]): CanonicalText {
  const [left, right] = inputs as readonly [Operand, Operand]
  // The node of `x < 70` is `70 > x`; people read it the first way round.
  const mirrored = left.isConstant && !right.isConstant ? MIRRORED[sign] : undefined
  if (mirrored !== undefined) return { text: `${held(right, level + 1)} ${mirrored} ${held(left, level + 1)}`, level }
  return { text: `${held(left, level)} ${sign} ${held(right, level + 1)}`, level }
}

function namedText(row: CatalogueRow, inputs: readonly Operand[], parameters: readonly number[]): string {
  const args: string[] = []
  for (const [index, input] of row.inputs.entries()) if (!input.implied) args.push(held(inputs[index] as Operand, 0))
  args.push(...parameterTexts(row, parameters))
  for (const [index, input] of row.inputs.entries()) {
    const operand = inputs[index] as Operand
    if (input.implied && !operand.isDefault) args.push(`${input.name}=${held(operand, 0)}`)
  }
  return args.length === 0 && isBare(row) ? row.name : `${row.name}(${args.join(', ')})`
}

/** A choice that nobody has made is left out where nothing stands behind it. */
function parameterTexts(row: CatalogueRow, values: readonly number[]): readonly string[] {
  let end = values.length
  while (end > 0 && row.parameters[end - 1]?.names && row.parameters[end - 1]?.default === values[end - 1]) end -= 1
  return values.slice(0, end).map((value, at) => valueText(row.parameters[at] as CatalogueParameter, value))
}

function held(operand: CanonicalText, level: number): string {
  if (operand.text.length > MAX_OPERAND_TEXT) return `#${digest(operand.text)}`
  return operand.level < level ? `(${operand.text})` : operand.text
}
