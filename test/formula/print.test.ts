import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import type { ChainLevel, Expression, Script, Statement } from '../../src/formula/read/tree.ts'
import { wordSoup } from './support.ts'

const at = [0, 0] as const
const names = fc.constantFrom('a', 'close', 'x_1', '추세', 'ta.tr', 'param', 'in', 'fn')
const OPERATORS: readonly (readonly [ChainLevel, readonly string[]])[] = [
  [1, ['or']],
  [2, ['and']],
  [4, ['<', '<=', '>', '>=', '==', '!=']],
  [5, ['+', '-']],
  [6, ['*', '/', '%']],
]
const numbers = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie('expression')
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('index' as const), bars: inner, at: fc.constant(at) }),
      fc.record({
        kind: fc.constant('output' as const),
        name: fc.constant('signal'),
        nameAt: fc.constant(at),
        at: fc.constant(at),
      }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  const argument = fc.record({ value: inner, at: fc.constant(at) })
  const namedArgument = fc.record({ name: fc.constant('length'), value: inner, at: fc.constant(at) })
  const chain = fc.constantFrom(...OPERATORS).chain(([level, operators]) =>
    fc.array(fc.tuple(fc.constantFrom(...operators), inner), { minLength: 1, maxLength: 4 }).chain((links) =>
      inner.map((first) => ({
        kind: 'chain' as const,
        level,
        operators: links.map(([operator]) => operator),
        operands: [first, ...links.map(([, operand]) => operand)],
        at,
      })),
    ),
  )
  const node = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(model).map((fields) => ({ ...fields, at }) as unknown as Expression)
  return {
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      node({ kind: fc.constant('number'), value: numbers }),
      node({ kind: fc.constant('name'), name: names }),
      node({ kind: fc.constant('unary'), operator: fc.constantFrom('-', 'not'), operand: inner }),
      chain as fc.Arbitrary<Expression>,
      node({ kind: fc.constant('power'), base: inner, exponent: inner }),
      node({ kind: fc.constant('choose'), condition: inner, whenTrue: inner, whenFalse: inner }),
      node({ kind: fc.constant('postfix'), source: inner, steps }),
      node({
        kind: fc.constant('call'),
        name: names,
        nameAt: fc.constant(at),
        arguments: fc
          .tuple(fc.array(argument, { maxLength: 3 }), fc.array(namedArgument, { maxLength: 2 }))
          .map((all) => all.flat()),
      }),
    ),
  }
})

const names1 = fc.constantFrom('fast', 'in', '추세')
const signed = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const statement = fc.oneof(
  fc.record({
    kind: fc.constant('assign' as const),
    name: names1,
    nameAt: fc.constant(at),
    value: expression,
    at: fc.constant(at),
  }),
  fc.record({
    kind: fc.constant('unpack' as const),
    names: fc.array(fc.record({ name: names1, at: fc.constant(at) }), { minLength: 1, maxLength: 3 }),
    value: expression,
    at: fc.constant(at),
  }),
  fc.record({
    kind: fc.constant('param' as const),
    name: names1,
    nameAt: fc.constant(at),
    initial: signed,
    low: signed,
    high: signed,
    at: fc.constant(at),
  }),
  fc.record({ kind: fc.constant('value' as const), value: expression, at: fc.constant(at) }),
)
const scripts = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((statements): Script => ({ statements: statements as Statement[] }))

/** A tree without its places in the text. */
function shape(tree: Script): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'at' || key === 'nameAt' ? undefined : value)))
}

describe('printFormula', () => {
  it('reads back to the same tree, for every tree', () => {
    fc.assert(
      fc.property(scripts, (tree) => {
        const text = printFormula(tree)
        const again = parseFormula(text)
        expect(again.errors, text).toEqual([])
        expect(shape(again.tree), text).toEqual(shape(tree))
      }),
      { numRuns: 1500 },
    )
  })

  it('changes nothing when done twice', () => {
    fc.assert(
      fc.property(wordSoup, (text) => {
        const { tree, errors } = parseFormula(text)
        fc.pre(errors.length === 0)
        const printed = printFormula(tree)
        expect(printFormula(parseFormula(printed).tree)).toBe(printed)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['(close)>sma( close,20 ) && !(open>high)', 'close > sma(close, 20) and not open > high'],
    ['((a + b)) + c', 'a + b + c'.replace('a + b', '(a + b)')],
    ['a + (b * c)', 'a + b * c'],
    ['-(2) ** 2', '-2 ** 2'],
    ['(-2) ** 2', '(-2) ** 2'],
    ['2 ** (3 ** 2)', '2 ** 3 ** 2'],
    ['c ? a : (d ? e : f)', 'c ? a : d ? e : f'],
    ['a = b;;\n\n\n(-c) > 0', 'a = b;\n-c > 0'],
    ['param  p=1_0 in -5..1e3', 'param p = 10 in -5..1000'],
    ['param  p=-1_0', 'param p = -10'],
    ['param p = 1\nin = 2\nin', 'param p = 1\nin = 2\nin'],
    ['(x[1])[2].a', '(x[1])[2].a'],
  ])('writes %j in one way', (text, printed) => {
    expect(printFormula(parseFormula(text).tree)).toBe(printed)
  })
})
