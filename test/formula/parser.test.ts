import { describe, expect, it } from 'vitest'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import { mark } from './support.ts'

const read = (text: string) => printFormula(parseFormula(text).tree)
const errors = (text: string) => parseFormula(text).errors.map((error) => mark(error, text).replace('SYNTAX|', ''))

describe('parseFormula › how tightly operators hold', () => {
  it.each([
    ['a or b and c', 'a or (b and c)'],
    ['not a == b', 'not (a == b)'],
    ['!a and b', '(not a) and b'],
    ['a + b * c ** d', 'a + (b * (c ** d))'],
    ['-a ** b', '-(a ** b)'],
    ['-a * b', '(-a) * b'],
    ['a ** -b', 'a ** (-b)'],
    ['2 ** 3 ** 2', '2 ** (3 ** 2)'],
    ['a > b ? c : d', '(a > b) ? c : d'],
    ['a ? b : c ? d : e', 'a ? b : (c ? d : e)'],
    ['-x[1]', '-(x[1])'],
    ['a < b + 1 < c', 'a < (b + 1) < c'],
  ])('%s is %s', (text, grouped) => {
    expect(parseFormula(text).errors).toEqual([])
    expect(read(text)).toBe(read(grouped))
  })

  it('keeps a chain of comparisons together, and a group apart', () => {
    expect(parseFormula('1 < x < 3').tree.statements[0]).toMatchObject({
      value: { kind: 'chain', operators: ['<', '<'] },
    })
    expect(read('(1 < x) < 3')).toBe('(1 < x) < 3')
  })
})

describe('parseFormula › lines', () => {
  it.each([
    ['a\nand b', 'a and b'],
    ['a and\n\n b', 'a and b'],
    ['a = b\n  + c\n  - d', 'a = b + c - d'],
    ['c\n ? a\n : b', 'c ? a : b'],
    ['f(a,\n b\n,\nx = 1)', 'f(a, b, x=1)'],
    ['(a\n[1]\n)', 'a[1]'],
    ['macd(x)\n.signal', 'macd(x).signal'],
    ['a =\n b', 'a = b'],
    ['a > b // why\n// and more\nor c', 'a > b or c'],
    ['a = 1; b = 2;\r\nc = 3\rd', 'a = 1\nb = 2\nc = 3\nd'],
    ['a = b\n(c)', 'a = b\nc'],
    ['a = b\n[c, d] = e', 'a = b\n[c, d] = e'],
    ['a = b\nnot c', 'a = b\nnot c'],
  ])('%j is %j', (text, printed) => {
    expect(errors(text)).toEqual([])
    expect(read(text)).toBe(printed)
  })
})

describe('parseFormula › numbers and names', () => {
  it.each([
    ['1', 1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['1E+3', 1000],
    ['1_000_000.2_5', 1000000.25],
  ])('reads %s', (text, value) => {
    expect(parseFormula(text).tree.statements[0]).toMatchObject({ value: { kind: 'number', value } })
  })

  it('takes names of any alphabet, and a range right behind a number', () => {
    expect(errors('추세선_2 = close\nä > 추세선_2')).toEqual([])
    expect(parseFormula('param p = 2 in 1..5').tree.statements[0]).toMatchObject({ initial: 2, low: 1, high: 5 })
  })

  it('takes a name as the same name however its letters are composed', () => {
    const [assign] = parseFormula(`${'é추'.normalize('NFD')} = 1`).tree.statements
    expect(assign).toMatchObject({ name: 'é추'.normalize('NFC') })
  })

  it.each([
    ['1__0 > 2', ['1__0']],
    ['14bars > 2', ['14bars']],
    ['1e > 2', ['1e']],
    ['1e999 > 2', ['1e999']],
    ['5. > 2', ['5.']],
    ['1.e3 > 2', ['1.e3']],
    ['1_0. > 2', ['1_0.']],
    ['1e-400 > 2', ['1e-400']],
    ['0.000e5 > 2', []],
    ['１４ > 2', ['１４']],
  ])('refuses %s', (text, marked) => {
    expect(errors(text)).toEqual(marked)
  })
})

describe('parseFormula › errors', () => {
  it.each([
    ['', ['']],
    ['  // only a comment', ['']],
    ['close >', ['']],
    ['close > > 5', ['>']],
    ['* close', ['*']],
    ['+5 > close', ['+']],
    [')', [')']],
    ['close > 5)', [')']],
    ['close 5', ['5']],
    ['sma(close 20) > 3', ['20']],
    ['sma(close, 20] > 3', [']']],
    ['sma(close, 20', ['(']],
    ['f(g(a, 1)', ['(']],
    ['x[1', ['[']],
    ['x[1)', [')']],
    ['f(a,)', [')']],
    ['(a)(b)', ['(']],
    ['a ? b', ['']],
    ['a.', ['']],
    ['a.1', ['.1']],
    ['(a = b)', ['=']],
    ['x := 3', ['x :=']],
    ['x += 3', ['=']],
    ['a = b = c', ['=']],
    ['[a, 1] = b', ['1']],
    ['[a, b]', ['[a, b]']],
    ['[] = b', [']']],
    ['param p =', ['']],
    ['param p = 5 6', ['6']],
    ['param p = 5 in', ['']],
    ['param p = 5 in 1', ['']],
    ['param p = x in 1..2', ['x']],
    ['param p = 5 in\na > p', ['']],
    ['a /* b */ > 1', ['/* b */']],
    ['a > 1 /* b', ['/* b']],
    ['"abc', ['"abc']],
    ['a − b > 1', ['−']],
    ['a ^ b', ['^']],
    ['a # b', ['# b']],
    ['a <> b', ['<>']],
    ['a AND b', ['AND']],
    ['NOT a', ['NOT']],
    ['f(x) => x + 1\na > 1', ['=>']],
    ['float x = 3\nx > a', ['float']],
    ['var int x = 3\nx > a', ['var int']],
    ['a > \u0000 1', ['\u0000']],
    ['a > \ud800 1', ['\ud800']],
  ])('%j', (text, marked) => {
    expect(errors(text)).toEqual(marked)
  })

  it('finds one error in each statement, argument and bracket, and goes on', () => {
    expect(errors('a = f(1 2, , 3)\nb = (4 5) + 6 7\nc = [\nd > 8 )')).toEqual(['2', ',', '5', '7', '[', ')'])
  })

  it('closes a forgotten bracket at the next definition', () => {
    const text = 'a = sma(close, 20\nb = ema(close,\n c = x > )\nb > c'
    expect(errors(text)).toEqual(['(', ')'])
    expect(parseFormula(text).tree.statements.map((each) => each.kind)).toEqual(['assign', 'assign', 'value'])
  })

  it('misses a value at the end of its line, not at the start of the next', () => {
    const text = 'a = \nb = 3\nb > a'
    expect(parseFormula(text).errors.map((error) => error.fields.at)).toEqual([[3, 3]])
  })

  it('refuses functions of your own in one error', () => {
    const text = 'fn f(a, b = 3) = a + b\nclose > 1'
    expect(parseFormula(text).errors.map((error) => mark(error, text))).toEqual(['UNKNOWN_NAME|fn'])
  })

  it('stops writing down errors after the first hundred', () => {
    expect(parseFormula(')\n'.repeat(20_000)).errors).toHaveLength(100)
    expect(parseFormula(`f(${','.repeat(20_000)})`).errors).toHaveLength(100)
  })
})
