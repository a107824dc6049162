import type { Range } from '../errors/problems.ts'
import type { Reference } from '../graph/dag.ts'
import type { Chain, Expression } from '../read/tree.ts'
import { LEVEL } from '../read/tree.ts'
import type { Context, Value } from './context.ts'
import { shown, single } from './context.ts'
import { warnComparison } from './warnings.ts'

const ROWS: ReadonlyMap<string, string> = new Map([
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
  ['==', 'eq'],
  ['!=', 'ne'],
])

/** Operators that a chain may hold together; with any others it means one thing here and another elsewhere. */
const FAMILIES: readonly (readonly string[])[] = [['<', '<='], ['>', '>='], ['==']]

/** `a < b`, `1 < a < b`, and `==` or `!=` of two conditions. */
export function lowerComparison(context: Context, chain: Chain): Value | undefined {
  const { operators, operands } = chain
  const values = operands.map((operand) => context.lower(operand))
  const isOne = operators.length === 1 || FAMILIES.some((family) => operators.every((each) => family.includes(each)))
  // In Pine `a == b == c` of conditions compares the result of the first with the third.
  if (!isOne && !areKnown(values)) return undefined
  if (!isOne || (operators.length > 1 && values.every((value) => value?.type === 'condition'))) {
    refuseMixture(context, chain, values)
    return undefined
  }
  const refused = new Set<Expression>()
  const links = operators.map((_, index) => lowerLink(context, chain, values, index, refused))
  const whole = links.reduce((all, link) => all && link && context.dag.operator('and', [all, link]))
  return whole && single(context, whole)
}

function lowerLink(
  context: Context,
  { operators, operands, at }: Chain,
  values: readonly (Value | undefined)[],
  index: number,
  refused: Set<Expression>,
): Reference | undefined {
  const operator = operators[index] as string
  const [left, right] = [values[index], values[index + 1]]
  const [leftExpression, rightExpression] = [operands[index], operands[index + 1]] as [Expression, Expression]
  const areConditions = left?.type === 'condition' && right?.type === 'condition'
  if (!(areConditions && isEquality(operator))) {
    const wrong = [left, right].findIndex((value) => value?.type === 'condition')
    if (wrong >= 0) {
      const expression = wrong === 0 ? leftExpression : rightExpression
      // In a chain it is an operand twice.
      if (!refused.has(expression)) refuseCondition(context, operator, expression, [left, right][1 - wrong])
      refused.add(expression)
      return undefined
    }
  }
  if (left === undefined || right === undefined) return undefined
  const range: Range = operators.length === 1 ? at : [leftExpression.at[0], rightExpression.at[1]]
  warnComparison(
    context,
    { value: left, expression: leftExpression },
    operator,
    { value: right, expression: rightExpression },
    range,
  )
  if (areConditions) return context.dag.sameCondition(left, right, operator === '==')
  return context.dag.operator(ROWS.get(operator) as string, [left, right])
}

function refuseCondition(context: Context, operator: string, condition: Expression, other: Value | undefined): void {
  const what = shown(context, condition.at)
  const isMixed = other?.type === 'number' && isEquality(operator)
  const message = isMixed
    ? `"${operator}" compares two numbers or two conditions, but ${what} is a condition and the other side a number`
    : `"${operator}" compares numbers, but ${what} is a condition`
  context.problems.add('FORMULA_TYPE', condition.at, message, 'join conditions with and, or, not')
}

/** `a > b != c > d`: says how each reading of it is written. */
function refuseMixture(context: Context, { operators, operands, at }: Chain, values: readonly (Value | undefined)[]) {
  const texts = operands.map((operand) => operandText(context, operand))
  const links = operators.map((operator, index) => `(${texts[index]} ${operator} ${texts[index + 1]})`)
  const readings: string[] = []
  const areNumbers = values.every((value) => value?.type === 'number')
  const areConditions = values.every((value) => value?.type === 'condition') && operators.every(isEquality)
  if (areNumbers || areConditions) readings.push(links.join(' and '))
  const grouped = byEquality(operators, texts, values)
  if (grouped !== undefined) readings.push(grouped)
  if (areNumbers && operators.join() === '!=,!=')
    readings.push(`${links.join(' and ')} and (${texts[0]} != ${texts[2]})`)
  const signs = [...new Set(operators)]
  const message =
    signs.join() === '=='
      ? 'a chain of == compares numbers; of conditions it has two meanings'
      : `a chain may hold only < and <=, only > and >=, or only ==, not ${signs.join(' and ')}`
  const hint = readings.length > 0 ? `write ${readings.join(', or ')}` : 'compare two values at a time, joined with and'
  context.problems.add('FORMULA_SYNTAX', at, message, hint)
}

function operandText({ text }: Context, operand: Expression): string {
  const written = text.slice(...operand.at).replace(/\s+/g, ' ')
  const isLoose =
    operand.kind === 'choose' ||
    (operand.kind === 'unary' && operand.operator === 'not') ||
    (operand.kind === 'chain' && operand.level <= LEVEL.comparison)
  return isLoose ? `(${written})` : written
}

/** As Pine reads it: `==` and `!=` hold less tightly than the others. Undefined where they do not join conditions. */
function byEquality(
  operators: readonly string[],
  texts: readonly string[],
  values: readonly (Value | undefined)[],
): string | undefined {
  const joins = operators.flatMap((operator, index) => (isEquality(operator) ? [index] : []))
  let reading: string | undefined
  for (const [part, end] of [...joins, operators.length].entries()) {
    const start = part === 0 ? 0 : (joins[part - 1] as number) + 1
    const isCondition = end - start === 1 || (end === start && values[end]?.type === 'condition')
    if (joins.length === 0 || !isCondition) return undefined
    const operand = end === start ? texts[end] : `(${texts[start]} ${operators[start]} ${texts[end]})`
    const before = part > 1 ? `(${reading})` : reading
    reading = reading === undefined ? operand : `${before} ${operators[start - 1]} ${operand}`
  }
  return reading
}

function isEquality(operator: string): boolean {
  return operator === '==' || operator === '!='
}

export function areKnown(values: readonly (Value | undefined)[]): values is readonly Value[] {
  return values.every((value) => value !== undefined)
}
