import { describe, expect, it } from 'vitest'
import { checkFormula } from '../../src/formula/check/check.ts'
import { MAX_NAMES, MAX_NESTING, MAX_NODES, MAX_REPORTS, MAX_TEXT } from '../../src/formula/limits.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import { canonical, found } from './support.ts'

const repeat = (count: number, text: (index: number) => string, separator = '') =>
  Array.from({ length: count }, (_, index) => text(index)).join(separator)
const codes = (text: string) => found(text).map((error) => error.split('|')[0])

describe('limits › nesting', () => {
  it.each([
    ['parentheses', (depth: number) => `${'('.repeat(depth)}close${')'.repeat(depth)} > 1`],
    ['calls', (depth: number) => `${'abs('.repeat(depth)}close${')'.repeat(depth)} > 1`],
    ['conditionals', (depth: number) => `${'close > 1 ? 1 : '.repeat(depth)}2`],
    ['brackets', (depth: number) => `${'close['.repeat(depth)}0${']'.repeat(depth)} > 1`],
    ['not', (depth: number) => `${'not '.repeat(depth)}close > 1`],
    ['minus', (depth: number) => `${'-'.repeat(depth)}close > 1`],
    ['powers', (depth: number) => `${'2 ** '.repeat(depth)}1 > 1`],
  ])('counts %s', (_, nested) => {
    expect(codes(nested(MAX_NESTING)).filter((code) => code === 'TOO_LARGE')).toEqual([])
    expect(codes(nested(MAX_NESTING + 1))).toEqual(['TOO_LARGE'])
    expect(codes(nested(5_000))).toEqual(['TOO_LARGE'])
  })

  it('says where it went too deep', () => {
    expect(found(`${'('.repeat(MAX_NESTING)}(close`)).toEqual(['TOO_LARGE|close'])
  })

  it('counts nothing for what stands side by side', () => {
    expect(found(repeat(1_000, () => '(close > 1)', ' and '))).toEqual([])
    expect(found(`x = close${'[1]'.repeat(3_000)}\nx > 1`)).toEqual([])
  })
})

describe('limits › chains', () => {
  it.each([
    ['and', repeat(5_000, (index) => `close > ${index % 50}`, ' and ')],
    ['or', repeat(5_000, () => 'close > open', ' or ')],
    ['+', `${repeat(5_000, () => 'close', ' + ')} > 1`],
    ['*', `1 < ${repeat(5_000, (index) => (index % 2 ? 'open' : 'close'), ' * ')}`],
    ['<', repeat(3_000, () => 'close', ' < ')],
    ['max', `max(${repeat(5_000, (index) => `close + ${index % 9}`, ', ')}) > 1`],
    [
      'lines',
      `${repeat(1_000, (index) => `x${index} = ${index === 0 ? 'close' : `x${index - 1} + open`}`, '\n')}\nx999 > 1`,
    ],
  ])('reads, prints and plans a chain of thousands with %s', (_, text) => {
    const { tree, errors } = parseFormula(text)
    expect(errors).toEqual([])
    expect(parseFormula(printFormula(tree)).errors).toEqual([])
    expect(planFormula(text).signals).toHaveLength(1)
  })
})

describe('limits › size', () => {
  it('refuses a text that is too long, and takes the longest', () => {
    const fits = `close > 1 //${'x'.repeat(MAX_TEXT - 12)}`
    expect(codes(fits)).toEqual([])
    expect(codes(`${fits}x`)).toEqual(['TOO_LARGE'])
  })

  it('refuses too many nodes, and takes as many as there may be', () => {
    const sum = (terms: number) => `entry = ${repeat(terms, (index) => `${index}e1`, ' + close + ')} > 1`
    const plan = planFormula(sum(3_333))
    expect(plan.nodes.length).toBeGreaterThan(MAX_NODES * 0.95)
    expect(plan.nodes.length).toBeLessThanOrEqual(MAX_NODES)
    expect(codes(sum(3_400))).toEqual(['TOO_LARGE'])
  })

  it('refuses too many names', () => {
    const names = (count: number) => `${repeat(count, (index) => `x${index}=1`, ';')};close > 1`
    expect(codes(names(MAX_NAMES))).toEqual([])
    expect(codes(names(MAX_NAMES + 1))).toEqual(['TOO_LARGE'])
  })

  it('refuses more values per match than it is worth, at the line that is the condition', () => {
    const names = (count: number) => repeat(count, (index) => `x${index}=c`, ';')
    const fits = `${names(MAX_REPORTS - 1)};sma(c, 2) > 1`
    expect(planFormula(fits).reported).toHaveLength(MAX_REPORTS)
    const [error] = checkFormula(`${names(MAX_REPORTS - 1)}\nsma(c, 2) > sma(c, 3)`)
    expect(error?.message).toBe(
      'every match would carry more than 5000 values, a variable or an indicator each; ' +
        'split it into several formulas (line 2, column 1)',
    )
    expect(error?.code).toBe('FORMULA_TOO_LARGE')
  })

  it('counts no value that a match does not carry', () => {
    const conditions = repeat(MAX_NAMES, (index) => `x${index}=c>${index}`, ';')
    expect(planFormula(`${conditions};x0 and sma(c, 2) > 1`).reported).toHaveLength(1)
    const numbers = repeat(MAX_NAMES, (index) => `x${index}=c`, ';')
    expect(checkFormula(`${numbers};sma(c, 2) > 1`, {}, { mode: 'series' })).toEqual([])
  })

  it('keeps texts small where every line doubles the one before', () => {
    const lines = repeat(60, (index) => `x${index + 1} = x${index} + x${index}[1]`, '\n')
    const plan = planFormula(`x0 = close\n${lines}\nx60 > 1`)
    for (const node of plan.nodes) expect(node.text.length).toBeLessThan(3_000)
    expect(plan.canonical.length).toBeLessThan(200_000)
    expect(new Set(plan.nodes.map((node) => node.text)).size).toBe(plan.nodes.length)
  })

  it('keeps long texts apart by their digest', () => {
    const long = (first: number) => canonical(`${first} - ${repeat(70, (index) => `sma(close, ${index + 1})`, ' - ')}`)
    expect(long(1)).toMatch(/^#[0-9a-f]{32} - sma/)
    expect(long(1)).toBe(long(1))
    expect(long(1)).not.toBe(long(2))
  })

  it('is not slowed down by thousands of errors', () => {
    const names = repeat(3_000, (index) => `variable${index}=1`, ';')
    const text = `${names};${repeat(4_000, (index) => `variabel${index}`, '>')}`
    expect(found(text)).toHaveLength(100)
  })
})
