import { describe, expect, it } from 'vitest'
import { checkFormula } from '../../src/formula/check/check.ts'
import { MAX_COLUMN_NAME, MAX_USER_COLUMNS } from '../../src/formula/limits.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { formulaTokens } from '../../src/formula/read/formula-tokens.ts'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import { canonical } from './support.ts'

describe('a user column in a formula', () => {
  it.each([
    ['col.marketcap', 'col.marketcap'],
    ['sma(col.open_interest, 20)', 'sma(col.open_interest, 20)'],
    ['col.시가총액[5]', 'col.시가총액[5]'],
    ['1 + col . marketcap', 'col.marketcap + 1'],
    ['rsi(source=col.x, length=14)', 'rsi(col.x, 14)'],
    ['col.b - col.a', 'col.b - col.a'],
    ['col.b + col.a', 'col.a + col.b'],
    ['col.constructor + col.__proto__', 'col.__proto__ + col.constructor'],
    // Those of the candle are the candle's.
    ['col.close + col.time', 'close + time'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
    expect(canonical(expected)).toBe(expected)
    expect(printFormula(parseFormula(expected).tree)).toBe(expected)
  })

  it('stands in the plan with the place where it is read first, in the order of the bytes', () => {
    const plan = planFormula('b = col.b\nb > 1 and sma(col.a, 3) > b and col.b < 9 and col.close > 2')
    const named = plan.nodes.filter(({ kind }) => kind === 'column').map(({ name }) => name)
    expect(plan.userColumns).toEqual(
      named.filter((name) => name !== 'close').map((name) => ({ name, at: name === 'col.b' ? [4, 9] : [24, 29] })),
    )
    expect(plan.userColumns).toHaveLength(2)
    expect(plan.columns).toEqual(['close'])
    const text = new TextDecoder().decode(plan.bytes)
    expect(text).toContain('col.a')
    expect(text.split('col.b')).toHaveLength(2)
  })

  it('goes with every match, which has no candle to show it', () => {
    const names = planFormula('col.marketcap > 1e12 and rsi(col.flow, 14) < 30 and close > 5').reported
    expect(names.map(({ name }) => name).sort()).toEqual(['col.flow', 'col.marketcap', 'rsi(col.flow, 14)'])
  })

  it.each([
    ['col > 1', 'FORMULA_UNKNOWN_NAME', 'col needs the name of a column; write it behind the dot: col.marketcap'],
    ['col = close\ncol > 1', 'FORMULA_DUPLICATE_NAME', '"col" is a name of the language'],
    ['col.x(5) > 1', 'FORMULA_UNKNOWN_NAME', 'it is a value: write col.x, or col.x[1] for the bar before'],
    ['col.x.upper > 1', 'FORMULA_UNKNOWN_OUTPUT', 'col.x has no output "upper"'],
    ['col.x[-1] > 1', 'FORMULA_LOOKAHEAD', ''],
    ['col.x', 'FORMULA_NOT_A_CONDITION', 'col.x is a number'],
    ['sma(close, col.x) > 1', 'FORMULA_ARGUMENT_TYPE', 'length must be the same on every bar'],
    ['marketcap > 1', 'FORMULA_UNKNOWN_NAME', 'a column of your data is written col.marketcap'],
    [`col.${'x'.repeat(MAX_COLUMN_NAME + 1)} > 1`, 'FORMULA_TOO_LARGE', `at most ${MAX_COLUMN_NAME} characters`],
  ])('%s is refused: %s', (text, code, message) => {
    expect(checkFormula(text)[0]).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('is one of a hundred at most', () => {
    const read = (count: number) => Array.from({ length: count }, (_, at) => `col.c${at} > 0`).join(' and ')
    expect(checkFormula(read(MAX_USER_COLUMNS))).toEqual([])
    expect(checkFormula(read(MAX_USER_COLUMNS + 1))[0]).toMatchObject({ code: 'FORMULA_TOO_LARGE' })
    expect(checkFormula(`col.${'가'.repeat(MAX_COLUMN_NAME)} > 1`)).toEqual([])
  })

  it('is three tokens for an editor, as every name with a prefix', () => {
    expect(formulaTokens('col.flow > 1').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      ...['name col', 'symbol .', 'name flow', 'symbol >', 'number 1'],
    ])
  })
})
