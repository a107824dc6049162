import type { Range } from '../errors/problems.ts'
import type { Reference } from '../graph/dag.ts'
import type { Expression } from '../read/tree.ts'
import type { Context } from './context.ts'
import { shown } from './context.ts'

/** Conditions that are never true of two equal series. */
const CROSSINGS: ReadonlySet<string> = new Set(['crossover', 'crossunder', 'cross'])
/** Rows that count bars, and the sign their values never have. */
const COUNTS: ReadonlyMap<string, { never: -1 | 1; say: string }> = new Map([
  ['highestbars', { never: -1, say: 'counts bars back and is 0 or more' }],
  ['lowestbars', { never: -1, say: 'counts bars back and is 0 or more' }],
  ['ta.highestbars', { never: 1, say: 'is an offset, 0 or less' }],
  ['ta.lowestbars', { never: 1, say: 'is an offset, 0 or less' }],
])

const COMPARED: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/** True for an expression of numbers alone: no candle, no function over time and no `param` is in it. */
export function isLiteral(context: Context, expression: Expression): boolean {
  const are = (parts: readonly Expression[]) => parts.every((part) => isLiteral(context, part))
  switch (expression.kind) {
    case 'number':
      return true
    case 'name':
      return context.scope.literals.has(expression.name)
    case 'unary':
      return isLiteral(context, expression.operand)
    case 'chain':
      return are(expression.operands)
    case 'power':
      return are([expression.base, expression.exponent])
    case 'call':
      return expression.arguments.length > 0 && are(expression.arguments.map((argument) => argument.value))
    default:
      return false
  }
}

/** A constant that has no value leaves all that reads it unknown: nothing fires, and nothing says why. */
export function warnUnknown(context: Context, value: Reference, at: Range): void {
  if (context.unknowns.has(value.node) || !Number.isNaN(context.dag.constantValue(value))) return
  context.unknowns.add(value.node)
  const message = `${shown(context, at)} is never known: it has no value, or one too large for a number`
  context.problems.warn('FORMULA_NEVER_KNOWN', at, message, 'a condition that reads it matches nothing')
}

/** `close / 0`: unknown on every bar. */
export function warnDivision(context: Context, quotient: Reference, at: Range): void {
  const { name, inputs } = context.dag.at(quotient)
  const [, divisor] = inputs
  if ((name !== 'div' && name !== 'mod') || divisor === undefined || context.dag.constantValue(divisor) !== 0) return
  const message = `${shown(context, at)} divides by 0 and is never known`
  context.problems.warn('FORMULA_NEVER_KNOWN', at, message, 'divide by something else than 0')
}

/** One operand of a comparison: its value and where it stands. */
export interface Compared {
  value: Reference
  expression: Expression
}

export function warnComparison(context: Context, left: Compared, operator: string, right: Compared, at: Range): void {
  const { dag, problems } = context
  const holds = COMPARED[operator] as (a: number, b: number) => boolean
  const [a, b] = [dag.constantValue(left.value), dag.constantValue(right.value)]
  if (a !== undefined && b !== undefined) {
    // A `param` may be set to something else; a constant without a value has its own warning.
    const areWritten = isLiteral(context, left.expression) && isLiteral(context, right.expression)
    if (!areWritten || Number.isNaN(a) || Number.isNaN(b)) return
    const isExact = [left, right].every(({ value }) => dag.at(value).kind === 'constant')
    const message = `${shown(context, at)} is ${isExact ? holds(a, b) : 'the same'} on every bar`
    problems.warn('FORMULA_ALWAYS_THE_SAME', at, message, 'compare with something that changes, or leave it out')
    return
  }
  if (left.value.node === right.value.node && left.value.output === right.value.output) {
    const message = `${shown(context, at)} compares a value with itself: it is ${holds(0, 0)} wherever it is known`
    problems.warn('FORMULA_ALWAYS_THE_SAME', at, message, 'compare with something else, or leave it out')
    return
  }
  warnSign(context, left, b, at)
  warnSign(context, right, a, at)
}

function warnSign(context: Context, { value, expression }: Compared, other: number | undefined, at: Range): void {
  const count = COUNTS.get(context.dag.at(value).name)
  if (count === undefined || other === undefined || Math.sign(other) !== count.never) return
  const message = `${shown(context, expression.at)} ${count.say}, so comparing it with ${other} says nothing`
  const { name } = context.dag.at(value)
  const family = count.never === -1 ? `ta.${name} counts below 0, as Pine does` : `${name.slice(3)} counts upwards`
  context.problems.warn('FORMULA_SIGN', at, message, `compare it with ${-other}; ${family}`)
}

/** What a call is told about its inputs, when it runs but was hardly meant so. */
export function warnCall(context: Context, name: string, inputs: readonly Reference[], at: Range): void {
  if (!CROSSINGS.has(name) && name !== 'stoch') return
  const texts = inputs.map((input) => context.dag.text(input))
  if (CROSSINGS.has(name) && texts[0] === texts[1]) {
    const message = `${shown(context, at)} is never true: a series does not cross itself`
    context.problems.warn('FORMULA_ALWAYS_THE_SAME', at, message, 'give two different series')
  }
  if (name === 'stoch' && texts.join() === 'close,high,low') {
    const message = 'stoch takes high, low, close in this order; close, high, low is the order of ta.stoch'
    const hint = 'write stoch(high, low, close, …), or ta.stoch(close, high, low, …)'
    context.problems.warn('FORMULA_ARGUMENT_ORDER', at, message, hint)
  }
}
