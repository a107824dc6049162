import type { Cursor } from './cursor.ts'
import { found, isSymbol } from './cursor.ts'
import type { Argument, ChainLevel, Expression, Step } from './tree.ts'
import { CHAIN_OPERATORS, LEVEL } from './tree.ts'

/** Names in front of a dot that belong to the name behind it; any other dot picks an output. */
const PREFIXES = new Set(['ta', 'math', 'talib', 'universe', 'col'])

/** Reads one expression. Never fails: what cannot be read becomes `broken` and a problem. */
export function readExpression(cursor: Cursor): Expression {
  const start = cursor.token.at[0]
  const condition = readChain(cursor, LEVEL.or)
  if (!cursor.is('?')) return condition
  return cursor.nest(() => {
    cursor.take()
    const whenTrue = readExpression(cursor)
    if (!cursor.accept(':')) {
      cursor.problem(cursor.token.at, `${found(cursor.token)} is not expected here`, 'a choice is written c ? a : b')
      return { kind: 'broken', parts: [condition, whenTrue], at: cursor.since(start) }
    }
    const whenFalse = readExpression(cursor)
    return { kind: 'choose', condition, whenTrue, whenFalse, at: cursor.since(start) }
  })
}

function readChain(cursor: Cursor, lowest: number): Expression {
  const start = cursor.token.at[0]
  let left = readPrefix(cursor)
  for (let level = chainLevel(cursor); level !== undefined && level >= lowest; level = chainLevel(cursor)) {
    const operators: string[] = []
    const operands = [left]
    while (chainLevel(cursor) === level) {
      operators.push(cursor.take().text)
      operands.push(readChain(cursor, level + 1))
    }
    left = { kind: 'chain', level, operators, operands, at: cursor.since(start) }
  }
  return left
}

function chainLevel(cursor: Cursor): ChainLevel | undefined {
  return cursor.token.kind === 'symbol' ? CHAIN_OPERATORS.get(cursor.token.text) : undefined
}

function readPrefix(cursor: Cursor): Expression {
  const start = cursor.token.at[0]
  if (cursor.is('not')) {
    return cursor.nest(() => {
      cursor.take()
      const operand = readChain(cursor, LEVEL.not)
      return { kind: 'unary', operator: 'not', operand, at: cursor.since(start) }
    })
  }
  if (cursor.is('-')) {
    return cursor.nest(() => {
      cursor.take()
      const operand = readPrefix(cursor)
      return { kind: 'unary', operator: '-', operand, at: cursor.since(start) }
    })
  }
  return readPower(cursor)
}

function readPower(cursor: Cursor): Expression {
  const start = cursor.token.at[0]
  const base = readPostfix(cursor)
  if (!cursor.is('**')) return base
  return cursor.nest(() => {
    cursor.take()
    const exponent = cursor.is('-') ? readPrefix(cursor) : readPower(cursor)
    return { kind: 'power', base, exponent, at: cursor.since(start) }
  })
}

function readPostfix(cursor: Cursor): Expression {
  const start = cursor.token.at[0]
  const source = readPrimary(cursor)
  const steps: Step[] = []
  for (;;) {
    const stepStart = cursor.token.at[0]
    if (cursor.is('[') && !cursor.startsStatement) {
      const [bars, closed] = cursor.inBrackets((open) => [readExpression(cursor), cursor.close(open, ']')] as const)
      if (!closed) return { kind: 'broken', parts: [source, bars], at: cursor.since(start) }
      steps.push({ kind: 'index', bars, at: cursor.since(stepStart) })
    } else if (cursor.accept('.')) {
      if (cursor.token.kind !== 'name') {
        cursor.problem(
          cursor.token.at,
          'the name of an output is missing after "."',
          'write it, as in macd(close).signal',
        )
        return { kind: 'broken', parts: [source], at: cursor.since(start) }
      }
      const { text: name, at: nameAt } = cursor.take()
      steps.push({ kind: 'output', name, nameAt, at: cursor.since(stepStart) })
    } else if (cursor.is('(') && !cursor.startsStatement) {
      cursor.problem(cursor.token.at, 'only a name can be called', 'put an operator in front of "("')
      const parts = readArguments(cursor).map((argument) => argument.value)
      return { kind: 'broken', parts: [source, ...parts], at: cursor.since(start) }
    } else break
  }
  return steps.length === 0 ? source : { kind: 'postfix', source, steps, at: cursor.since(start) }
}

function readPrimary(cursor: Cursor): Expression {
  const token = cursor.token
  if (token.kind === 'number') return { kind: 'number', value: token.value, at: cursor.take().at }
  if (token.kind === 'string') return { kind: 'string', text: token.text, at: cursor.take().at }
  if (token.kind === 'name' && !(cursor.startsStatement && cursor.looksLikeStatement)) return readName(cursor)
  if (cursor.is('(')) {
    const [inner, closed] = cursor.inBrackets((open) => [readExpression(cursor), cursor.close(open, ')')] as const)
    return closed ? inner : { kind: 'broken', parts: [inner], at: cursor.since(token.at[0]) }
  }
  if (token.kind === 'end' || token.kind === 'name') {
    const at = [cursor.end, cursor.end] as const
    cursor.problem(at, 'a value is missing here', 'finish the expression')
  } else {
    cursor.problem(token.at, `a value is missing before ${found(token)}`, missingHint(cursor))
  }
  return { kind: 'broken', parts: [], at: [token.at[0], token.at[0]] }
}

function missingHint(cursor: Cursor): string {
  if (cursor.is('+')) return 'a number has no sign "+"; leave it out'
  if (cursor.is('=')) return 'to compare, write =='
  return 'write a number, a name or a call'
}

function readName(cursor: Cursor): Expression {
  const start = cursor.token.at[0]
  let name = cursor.take().text
  const isCalled = isSymbol(cursor.peek(2), '(') && !cursor.peek(2).startsLine
  // Only a name can be called, so `input.int(14)` is one: what it is elsewhere is known by the whole of it.
  if ((PREFIXES.has(name) || isCalled) && cursor.is('.') && cursor.peek(1).kind === 'name') {
    cursor.take()
    name += `.${cursor.take().text}`
  }
  const nameAt = cursor.since(start)
  if (!cursor.is('(') || cursor.startsStatement) return { kind: 'name', name, at: nameAt }
  const args = readArguments(cursor)
  return { kind: 'call', name, nameAt, arguments: args, at: cursor.since(start) }
}

/** From the opening bracket to the closing one. An argument that is wrong is `broken`, the others are kept. */
function readArguments(cursor: Cursor): Argument[] {
  return cursor.inBrackets((open) => {
    const args: Argument[] = []
    if (cursor.accept(')')) return args
    for (;;) {
      const argument = readArgument(cursor)
      if (!cursor.is(',') && !cursor.is(')')) {
        cursor.unexpected(open, ')', '"," or ")"')
        cursor.skipArgument()
        const broken: Expression = { kind: 'broken', parts: [argument.value], at: argument.at }
        args.push({ ...argument, value: broken })
      } else args.push(argument)
      if (cursor.accept(',')) continue
      if (cursor.is(')') || cursor.is(']')) cursor.take()
      return args
    }
  })
}

function readArgument(cursor: Cursor): Argument {
  const start = cursor.token.at[0]
  if (cursor.token.kind !== 'name' || !isSymbol(cursor.peek(1), '=')) {
    return { value: readExpression(cursor), at: cursor.since(start) }
  }
  const name = cursor.take().text
  cursor.take()
  return { name, value: readExpression(cursor), at: cursor.since(start) }
}
