import type { FormulaError } from '../../domain/errors.ts'
import type { Range } from '../errors/problems.ts'
import { Problems, Stop } from '../errors/problems.ts'
import { MAX_TEXT } from '../limits.ts'
import { Cursor, found, isSymbol } from './cursor.ts'
import { readExpression } from './expressions.ts'
import { tokenise } from './tokens.ts'
import type { Expression, Script, Statement } from './tree.ts'

/**
 * Reads a formula: any text gives a tree and the syntax errors in it, in the order of the text.
 *
 * After an error reading goes on at the next comma, bracket or statement, so an editor gets several errors at once.
 * What could not be read stands in the tree as `broken`. Names, types and ranges are not looked at here.
 *
 * @example
 * parseFormula('close > sma(close, 200)').errors
 * // []
 */
export function parseFormula(text: string): { tree: Script; errors: FormulaError[] } {
  const problems = new Problems(text)
  const statements: Statement[] = []
  try {
    if (text.length > MAX_TEXT) {
      const message = `the formula has ${text.length} characters, the limit is ${MAX_TEXT}`
      problems.tooLarge([MAX_TEXT, text.length], message, 'split it into several formulas')
    }
    const cursor = new Cursor(tokenise(text, problems), problems)
    readStatements(cursor, statements)
    if (statements.length === 0 && problems.count === 0) {
      cursor.problem([0, 0], 'the formula is empty', 'write a condition, for example close > sma(close, 200)')
    }
  } catch (reason) {
    if (!(reason instanceof Stop)) throw reason
  }
  return { tree: { statements }, errors: problems.list() }
}

function readStatements(cursor: Cursor, statements: Statement[]): void {
  while (cursor.token.kind !== 'end') {
    if (cursor.accept(';')) continue
    const before = cursor.token
    const statement = readStatement(cursor)
    const done = cursor.atBoundary && cursor.token !== before
    if (cursor.is('=>')) {
      // What was read is the head of a function: nothing in it has a meaning here.
      const hint = 'functions of your own are not offered: write the expression out; to compare, write >='
      cursor.problem(cursor.token.at, '"=>" is not part of the language', hint)
      cursor.skipStatement()
      continue
    }
    if (!done) {
      cursor.problem(cursor.token.at, `${found(cursor.token)} is not expected here`, leftoverHint(cursor))
      cursor.skipStatement()
    }
    if (statement !== undefined) statements.push(done ? statement : withBrokenValue(statement))
  }
}

function leftoverHint(cursor: Cursor): string {
  if (cursor.is(')') || cursor.is(']')) return 'no bracket is open here; remove it'
  if (cursor.is('=')) return 'to compare, write =='
  return 'join two values with an operator, or start a new line'
}

function withBrokenValue(statement: Statement): Statement {
  if (statement.kind === 'param') return statement
  return { ...statement, value: { kind: 'broken', parts: [statement.value], at: statement.value.at } }
}

/** Words in front of a name in other languages. */
const DECLARATIONS = new Set('var varip const float int bool string color simple series let def'.split(' '))

/** `var float x = 1`: says that a name needs no word in front of it, and reads the rest. */
function readDeclaration(cursor: Cursor): Statement | undefined {
  const start = cursor.token.at[0]
  const words = [cursor.take().text]
  while (DECLARATIONS.has(cursor.token.text) && cursor.peek(1).kind === 'name') words.push(cursor.take().text)
  const isKept = words[0] === 'var' || words[0] === 'varip'
  const message = isKept
    ? `nothing is kept from bar to bar, so there is no "${words[0]}"`
    : 'a name is written without a type'
  cursor.problem(cursor.since(start), message, `write ${cursor.token.text} = …`)
  return readStatement(cursor)
}

function readStatement(cursor: Cursor): Statement | undefined {
  const { token } = cursor
  const next = cursor.peek(1)
  const start = token.at[0]
  if (isSymbol(token, '[')) return readUnpack(cursor)
  if (token.kind === 'name' && !next.startsLine) {
    if (token.text === 'param' && next.kind === 'name') return readParam(cursor)
    if (DECLARATIONS.has(token.text) && next.kind === 'name') return readDeclaration(cursor)
    if (token.text === 'fn' && next.kind === 'name') {
      cursor.problems.add(
        'FORMULA_UNKNOWN_NAME',
        token.at,
        'functions of your own (fn) are not offered',
        'write the expression out',
        {
          found: 'fn',
          closest: [],
        },
      )
      cursor.skipStatement()
      return undefined
    }
    if (isSymbol(next, ':=')) {
      cursor.take()
      cursor.take()
      cursor.problem(cursor.since(start), 'a name keeps its value, ":=" cannot change it', 'write = and a new name')
      const value = broken([readExpression(cursor)], cursor.since(start))
      return { kind: 'assign', name: token.text, nameAt: token.at, value, at: cursor.since(start) }
    }
  }
  if (token.kind === 'name' && isSymbol(next, '=')) {
    cursor.take()
    cursor.take()
    const value = readExpression(cursor)
    return { kind: 'assign', name: token.text, nameAt: token.at, value, at: cursor.since(start) }
  }
  const value = readExpression(cursor)
  return { kind: 'value', value, at: cursor.since(start) }
}

/** `[m, s, h] = macd(close)` */
function readUnpack(cursor: Cursor): Statement {
  const start = cursor.token.at[0]
  const names: { name: string; at: Range }[] = []
  const closed = cursor.inBrackets((open) => {
    do {
      const token = cursor.token
      if (token.kind !== 'name') {
        cursor.problem(token.at, `${found(token)} stands where a name is expected`, 'write [a, b, c] = macd(close)')
        break
      }
      names.push({ name: token.text, at: cursor.take().at })
    } while (cursor.accept(','))
    return cursor.close(open, ']')
  })
  if (!cursor.accept('=')) {
    const at = cursor.token.kind === 'end' || cursor.token.startsLine ? cursor.since(start) : cursor.token.at
    if (closed) cursor.problem(at, 'names in brackets need "=" behind them', 'write [a, b, c] = macd(close)')
    return { kind: 'unpack', names, value: broken([], cursor.since(start)), at: cursor.since(start) }
  }
  const value = readExpression(cursor)
  const at = cursor.since(start)
  return { kind: 'unpack', names, value: closed ? value : broken([value], at), at }
}

/** `param len = 14 in 2..100`, or without the range. */
function readParam(cursor: Cursor): Statement {
  const start = cursor.take().at[0]
  const { text: name, at: nameAt } = cursor.take()
  const expect = (isThere: boolean): void => {
    if (isThere) return
    const at = cursor.atBoundary ? ([cursor.end, cursor.end] as const) : cursor.token.at
    cursor.problem(at, paramProblem(cursor), `write param ${name} = 14 in 2..100`)
  }
  expect(cursor.accept('='))
  const initial = readBound(cursor, expect)
  const hasRange = cursor.token.kind === 'name' && cursor.token.text === 'in' && !cursor.looksLikeStatement
  if (!hasRange) {
    const at = cursor.since(start)
    expect(cursor.atBoundary)
    if (!cursor.atBoundary) cursor.skipStatement()
    return { kind: 'param', name, nameAt, initial, low: -Infinity, high: Infinity, at }
  }
  cursor.take()
  const low = readBound(cursor, expect)
  expect(cursor.accept('..'))
  const high = readBound(cursor, expect)
  return { kind: 'param', name, nameAt, initial, low, high, at: cursor.since(start) }
}

function paramProblem(cursor: Cursor): string {
  const token = cursor.atBoundary ? 'the end of the line' : found(cursor.token)
  return `a parameter has a number and may have a range, ${token} is not expected here`
}

function readBound(cursor: Cursor, expect: (isThere: boolean) => void): number {
  const sign = cursor.accept('-') ? -1 : 1
  const isNumber = cursor.token.kind === 'number'
  expect(isNumber)
  return isNumber ? sign * cursor.take().value : Number.NaN
}

function broken(parts: readonly Expression[], at: Range): Expression {
  return { kind: 'broken', parts, at }
}
