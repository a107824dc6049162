import type { Argument, Expression, Level, Script, Statement } from './tree.ts'
import { LEVEL } from './tree.ts'

/**
 * Writes a tree in one way: one statement a line, single spaces, only the parentheses that are needed.
 *
 * Reading the result gives the same tree again. A tree with errors prints as far as it was read.
 *
 * @example
 * printFormula(parseFormula('(close)>sma( close,20 ) && !(open>high)').tree)   // close > sma(close, 20) and not open > high
 */
export function printFormula(tree: Script): string {
  let text = ''
  for (const statement of tree.statements) {
    const line = printStatement(statement)
    // A line that starts with an operator would go on with the line above it.
    if (text !== '') text += line.startsWith('-') ? ';\n' : '\n'
    text += line
  }
  return text
}

function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'assign':
      return `${statement.name} = ${printExpression(statement.value)}`
    case 'unpack':
      return `[${statement.names.map((each) => each.name).join(', ')}] = ${printExpression(statement.value)}`
    case 'param':
      return `param ${statement.name} = ${statement.initial}${rangeText(statement)}`
    case 'value':
      return printExpression(statement.value)
  }
}

function rangeText({ low, high }: Statement & { kind: 'param' }): string {
  return low === -Infinity ? '' : ` in ${low}..${high}`
}

/** One expression, without parentheses around it. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value)
    case 'string':
      return expression.text
    case 'name':
      return expression.name
    case 'unary': {
      const space = expression.operator === 'not' ? 'not ' : '-'
      return space + within(expression.operand, levelOf(expression))
    }
    case 'chain': {
      const operand = (each: Expression) => within(each, above(expression.level))
      let text = operand(expression.operands[0] as Expression)
      for (const [index, operator] of expression.operators.entries()) {
        text += ` ${operator} ${operand(expression.operands[index + 1] as Expression)}`
      }
      return text
    }
    case 'power':
      return `${within(expression.base, LEVEL.postfix)} ** ${within(expression.exponent, LEVEL.minus)}`
    case 'choose': {
      const condition = within(expression.condition, LEVEL.or)
      return `${condition} ? ${printExpression(expression.whenTrue)} : ${printExpression(expression.whenFalse)}`
    }
    case 'postfix': {
      const isWrapped = expression.source.kind === 'postfix'
      let text = isWrapped ? `(${printExpression(expression.source)})` : within(expression.source, LEVEL.postfix)
      for (const step of expression.steps) {
        text += step.kind === 'index' ? `[${printExpression(step.bars)}]` : `.${step.name}`
      }
      return text
    }
    case 'call':
      return `${expression.name}(${expression.arguments.map(printArgument).join(', ')})`
    case 'broken':
      return expression.parts.map(printExpression).join(' ')
  }
}

function printArgument(argument: Argument): string {
  const value = printExpression(argument.value)
  return argument.name === undefined ? value : `${argument.name}=${value}`
}

function within(expression: Expression, level: number): string {
  const text = printExpression(expression)
  return levelOf(expression) < level ? `(${text})` : text
}

function above(level: Level): number {
  return level + 1
}

function levelOf(expression: Expression): Level {
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'not' ? LEVEL.not : LEVEL.minus
    case 'chain':
      return expression.level
    case 'power':
      return LEVEL.power
    case 'choose':
      return LEVEL.choose
    default:
      return LEVEL.postfix
  }
}
