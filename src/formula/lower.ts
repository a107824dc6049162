import { lowerCall } from './calls.ts'
import type { Context, Value } from './context.ts'
import { needs, shown, single } from './context.ts'
import type { Reference } from './dag.ts'
import { lowerChoose, lowerHistory } from './forms.ts'
import type { Range } from './problems.ts'
import { listed } from './problems.ts'
import type { Chain, Expression, Step } from './tree.ts'
import { LEVEL } from './tree.ts'
import { lowerName } from './values.ts'

const ROWS: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['-', 'sub'],
  ['*', 'mul'],
  ['/', 'div'],
  ['%', 'mod'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
  ['==', 'eq'],
  ['!=', 'ne'],
  ['and', 'and'],
  ['or', 'or'],
])

/** Checks an expression and turns it into nodes. Undefined when it has an error; the error is in `context.problems`. */
export function lower(context: Context, expression: Expression): Value | undefined {
  switch (expression.kind) {
    case 'number':
      return single(context, context.dag.constant(expression.value))
    case 'string':
      context.problems.add(
        'FORMULA_ARGUMENT_TYPE',
        expression.at,
        'text in quotes has no use here',
        'write a number or a name',
      )
      return undefined
    case 'name':
      return lowerName(context, expression.name, expression.at)
    case 'unary':
      return expression.operator === '-'
        ? lowerArithmetic(context, 'neg', '-', [expression.operand])
        : lowerNot(context, expression.operand)
    case 'chain':
      return lowerChain(context, expression)
    case 'power':
      return lowerArithmetic(context, 'pow', '**', [expression.base, expression.exponent])
    case 'choose':
      return lowerChoose(context, expression.condition, expression.whenTrue, expression.whenFalse)
    case 'postfix':
      return lowerPostfix(context, expression.source, expression.steps, expression.at[0])
    case 'call':
      return lowerCall(context, expression)
    case 'broken':
      for (const part of expression.parts) lower(context, part)
      return undefined
  }
}

function lowerNot(context: Context, operand: Expression): Value | undefined {
  const value = lower(context, operand)
  if (!needs(context, 'condition', value, operand.at, '"not"') || value === undefined) return undefined
  return single(context, context.dag.operator('not', [value]))
}

function lowerArithmetic(
  context: Context,
  row: string,
  sign: string,
  operands: readonly Expression[],
): Value | undefined {
  const values = operands.map((operand) => {
    const value = lower(context, operand)
    return needs(context, 'number', value, operand.at, `"${sign}"`) ? value : undefined
  })
  return areKnown(values) ? single(context, context.dag.operator(row, values)) : undefined
}

function lowerChain(context: Context, chain: Chain): Value | undefined {
  const { level, operators, operands } = chain
  const values = operands.map((operand, index) => {
    const value = lower(context, operand)
    const operator = operators[Math.max(0, index - 1)] as string
    return isOperand(context, chain, value, operand.at, operator) ? value : undefined
  })
  if (!areKnown(values)) return undefined
  let result: Reference | undefined
  for (const [index, operator] of operators.entries()) {
    const [left, right] = [values[index] as Value, values[index + 1] as Value]
    const row = ROWS.get(operator) as string
    if (level === LEVEL.comparison) {
      const link = context.dag.operator(row, [left, right])
      result = result === undefined ? link : context.dag.operator('and', [result, link])
    } else result = context.dag.operator(row, [result ?? left, right])
  }
  return single(context, result as Reference)
}

function isOperand(context: Context, chain: Chain, value: Value | undefined, at: Range, operator: string): boolean {
  if (chain.level === LEVEL.comparison) {
    if (value?.type !== 'condition') return true
    const message = `"${operator}" compares numbers, but ${shown(context, at)} is a condition`
    context.problems.add('FORMULA_TYPE', at, message, 'join conditions with and, or, not')
    return false
  }
  const isLogic = chain.level === LEVEL.and || chain.level === LEVEL.or
  return needs(context, isLogic ? 'condition' : 'number', value, at, `"${operator}"`)
}

function lowerPostfix(context: Context, source: Expression, steps: readonly Step[], start: number): Value | undefined {
  let value = lower(context, source)
  for (const step of steps) {
    const sourceAt: Range = [start, step.at[0]]
    // Brackets are read even behind an error: an editor wants what is wrong inside them too.
    if (step.kind === 'index') value = lowerHistory(context, value, sourceAt, step.bars)
    else if (value !== undefined) value = pickOutput(context, value, sourceAt, step.name, step.nameAt)
  }
  return value
}

function pickOutput(context: Context, value: Value, sourceAt: Range, name: string, nameAt: Range): Value | undefined {
  const { row, outputs } = context.dag.at(value)
  const names = value.whole ? outputs.map((output) => output.name) : []
  const output = names.indexOf(name)
  if (output >= 0) return single(context, { node: value.node, output })
  const what = value.whole && row !== undefined ? row.name : shown(context, sourceAt)
  context.problems.add('FORMULA_UNKNOWN_OUTPUT', nameAt, `${what} has no output "${name}"`, outputHint(names), {
    found: name,
    outputs: names,
  })
  return undefined
}

function outputHint(names: readonly string[]): string {
  if (names.length === 0) return 'it is one value; remove the dot and the name'
  return names.length === 1 ? `its only output is ${names[0]}` : `its outputs are ${listed(names)}`
}

function areKnown(values: readonly (Value | undefined)[]): values is readonly Value[] {
  return values.every((value) => value !== undefined)
}
