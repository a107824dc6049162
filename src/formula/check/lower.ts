import type { Range } from '../errors/problems.ts'
import { listed } from '../errors/problems.ts'
import type { Reference } from '../graph/dag.ts'
import type { Chain, Expression, Step } from '../read/tree.ts'
import { LEVEL } from '../read/tree.ts'
import { lowerCall } from './calls.ts'
import { areKnown, lowerComparison } from './comparisons.ts'
import type { Context, Value } from './context.ts'
import { needs, refuseText, shown, single } from './context.ts'
import { elsewhere } from './elsewhere.ts'
import { lowerChoose, lowerHistory } from './forms.ts'
import { lowerName } from './values.ts'
import { warnDivision, warnUnknown } from './warnings.ts'

const ROWS: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['-', 'sub'],
  ['*', 'mul'],
  ['/', 'div'],
  ['%', 'mod'],
  ['and', 'and'],
  ['or', 'or'],
])

/** Checks an expression and turns it into nodes. Undefined when it has an error; the error is in `context.problems`. */
export function lower(context: Context, expression: Expression): Value | undefined {
  const value = lowerForm(context, expression)
  if (value !== undefined) warnUnknown(context, value, expression.at)
  return value
}

function lowerForm(context: Context, expression: Expression): Value | undefined {
  switch (expression.kind) {
    case 'number':
      return single(context, context.dag.constant(expression.value))
    case 'string':
      refuseText(context, expression.at)
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
  if (chain.level === LEVEL.comparison) return lowerComparison(context, chain)
  const { level, operators, operands } = chain
  const wanted = level === LEVEL.and || level === LEVEL.or ? 'condition' : 'number'
  const values = operands.map((operand, index) => {
    const value = lower(context, operand)
    const operator = operators[Math.max(0, index - 1)] as string
    return needs(context, wanted, value, operand.at, `"${operator}"`) ? value : undefined
  })
  if (!areKnown(values)) return undefined
  let result: Reference = values[0] as Value
  for (const [index, operator] of operators.entries()) {
    const right = values[index + 1] as Value
    result = context.dag.operator(ROWS.get(operator) as string, [result, right])
    warnDivision(context, result, [chain.at[0], (operands[index + 1] as Expression).at[1]])
  }
  return single(context, result)
}

function lowerPostfix(context: Context, source: Expression, steps: readonly Step[], start: number): Value | undefined {
  if (isForeign(context, source, steps[0])) return undefined
  let value = lower(context, source)
  for (const step of steps) {
    const sourceAt: Range = [start, step.at[0]]
    // Brackets are read even behind an error: an editor wants what is wrong inside them too.
    if (step.kind === 'index') value = lowerHistory(context, value, sourceAt, step.bars)
    else if (value !== undefined) value = pickOutput(context, value, sourceAt, step.name, step.nameAt)
  }
  return value
}

/** `dayofweek.monday`: a name of another language with a dot in it, unless the script has that name. */
function isForeign({ scope, problems }: Context, source: Expression, step: Step | undefined): boolean {
  if (source.kind !== 'name' || step?.kind !== 'output' || scope.has(source.name)) return false
  const name = `${source.name}.${step.name}`
  const known = elsewhere(name)
  if (known === undefined) return false
  problems.add('FORMULA_UNKNOWN_NAME', [source.at[0], step.nameAt[1]], ...known, { found: name, closest: [] })
  return true
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
