import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { canonical, formulas, series } from './support.ts'

describe('planFormula › canonical form', () => {
  it.each([
    ['a = ema(close, 12); b = ema(close, 12); a - b', 'ema(close, 12) - ema(close, 12)'],
    ['open + close', 'close + open'],
    ['2 * close', 'close * 2'],
    ['min(open, close)', 'min(close, open)'],
    ['open == close', 'close == open'],
    ['open != close', 'close != open'],
    ['open < close', 'close > open'],
    ['open <= close', 'close >= open'],
    ['close < 3', 'close < 3'],
    ['3 > close', 'close < 3'],
    ['3 < close', 'close > 3'],
    ['30 < close < 70', 'close < 70 and close > 30'],
    ['open - close', 'open - close'],
    ['1 + 2 * 3', '7'],
    ['-2 ** 2', '-2 ** 2'],
    ['2 ** 3 ** 2', '2 ** 3 ** 2'],
    ['(2 + 1) * -1', '-3'],
    ['7 % 4 - -7 % 4', '6'],
    ['1 / 0', '1 / 0'],
    ['0 / 0 + 1', '0 / 0'],
    ['sqrt(-1)', 'sqrt(-1)'],
    ['exp(1000)', 'exp(1000)'],
    ['1 - (1 / 0 + sqrt(-1))', '1 / 0'],
    ['close > sqrt(-1)', 'close > sqrt(-1)'],
    ['(close > 1) == (open > 1)', 'close > 1 ? open > 1 : not open > 1'],
    ['(open > 1) == (close > 1)', 'close > 1 ? open > 1 : not open > 1'],
    ['(close > 1) != (open > 1)', 'close > 1 ? not open > 1 : open > 1'],
    ['(0 / 0) ** 0', '0 / 0'],
    ['(-8) ** 0.5', '(-8) ** 0.5'],
    ['1e308 * 10', '10 * 1e+308'],
    ['0 * -1', '0'],
    ['round(-2.5) + round(2.5)', '1'],
    ['round(0.49999999999999994)', '0'],
    ['max(1, 3, 2) + min(1, 3, 2) + abs(-4) + sign(-9)', '7'],
    ['floor(2.5) + ceil(2.5) + sqrt(9)', '8'],
    // In the last bit these are what the kernels make of them, so they are left to them.
    ['2 + log10(100) + 1 + log(exp(1))', '1 + (2 + log10(100)) + log(exp(1))'],
    ['(2 ** 0.5 > 1) and close > 1 + 2', '2 ** 0.5 > 1 and close > 3'],
    ['sma(close, 2 ** 3)', 'sma(close, 8)'],
    ['close * log(2)', 'close * log(2)'],
    ['log(2) * close', 'close * log(2)'],
    ['log(2) < close', 'close > log(2)'],
    ['sqrt(log(0.5))', 'sqrt(log(0.5))'],
    ['close + log(0) ** 0', 'close + log(0)'],
    ['hl2', 'hl2'],
    ['(low + high) / 2', 'hl2'],
    ['(high + low + close) / 3', 'hlc3'],
    ['close[0]', 'close'],
    ['close[1][2]', 'close[1][2]'],
    ['(close > open)[3]', '(close > open)[3]'],
    ['(close - open)[3]', '(close - open)[3]'],
    ['close > open ? high : low', 'close > open ? high : low'],
    ['if(close > open, open > 1, open > 2)', 'close > open ? open > 1 : open > 2'],
    ['!(close > open) && close > 1 || open > 1', 'close > 1 and not close > open or open > 1'],
    ['-(-close)', '-(-close)'],
    ['(-close) ** 2', '(-close) ** 2'],
    ['close - (open - 1)', 'close - (open - 1)'],
    ['(close - open) - 1', 'close - open - 1'],
    ['macd(close)', 'macd(close, 12, 26, 9)'],
    ['macd(close) + 1', 'macd(close, 12, 26, 9).line + 1'],
    ['[m, s, h] = macd(close); s + 1', 'macd(close, 12, 26, 9).signal + 1'],
    ['m = macd(close); m.histogram + 1', 'macd(close, 12, 26, 9).histogram + 1'],
    ['hour', 'hour'],
    ['bar_index', 'bar_index'],
    ['time', 'time'],
    ['na(close)', 'na(close)'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it('makes equal parts one node', () => {
    const { nodes } = planFormula('ema(close, 12) > open and open < ta.ema(c, length=12) and rsi(14) > rsi(close, 14)')
    expect(nodes.filter((node) => node.name === 'ema')).toHaveLength(1)
    expect(nodes.filter((node) => node.name === 'rsi')).toHaveLength(1)
    expect(nodes.filter((node) => node.name === 'gt')).toHaveLength(2)
    expect(nodes.some((node) => node.name === 'lt')).toBe(false)
  })

  it('has one zero', () => {
    expect(planFormula('close > 0 or close > 0 * -1').nodes.filter((node) => node.name === 'gt')).toHaveLength(1)
    expect(planFormula('close > ceil(-0.5)').nodes[1]?.parameters[0]).toBe(0)
  })

  it('shares the middle of a chain of comparisons', () => {
    const { nodes } = planFormula('30 < rsi(14) < 70')
    expect(nodes.map((node) => node.name)).toEqual(['close', '', 'rsi', '', 'gt', 'gt', 'and'])
  })

  it('leaves out what nothing needs', () => {
    const { nodes } = planFormula('dead = sma(open, 3) > 1\nparam p = 1 in 0..2\nclose > 1')
    expect(nodes.map((node) => node.text)).toEqual(['close', '1', 'close > 1'])
  })

  it('is the same for formulas that mean the same, and another for other names', () => {
    const key = (text: string) => planFormula(text).canonical
    expect(key('a=sma(close,20)\nclose>a')).toBe(key('a = sma(c, length=20); a < close'))
    expect(key('a=sma(close,20)\nclose>a')).not.toBe(key('b=sma(close,20)\nclose>b'))
    expect(key('entry = close > 1')).not.toBe(key('exit = close > 1'))
    expect(key('close > 1')).not.toBe(key('close > 2'))
    expect(key('param n = 3 in 1..9\nclose > n')).toBe(key('close > 3'))
  })

  it('does not depend on the way a formula is printed', () => {
    fc.assert(
      fc.property(formulas.condition, (text) => {
        const printed = printFormula(parseFormula(text).tree)
        expect(planFormula(printed).canonical).toBe(planFormula(text).canonical)
      }),
      { numRuns: 300 },
    )
  })

  it('gives every node a text that is a formula for it', () => {
    fc.assert(
      fc.property(formulas.number, (formula) => {
        for (const { text, name } of series(formula).nodes) {
          if (name !== 'local_time' && !text.includes('#')) expect(canonical(text)).toBe(text)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gives every node another text', () => {
    fc.assert(
      fc.property(formulas.condition, (formula) => {
        const texts = planFormula(formula).nodes.map((node) => node.text)
        expect(new Set(texts).size).toBe(texts.length)
      }),
      { numRuns: 300 },
    )
  })

  it('puts inputs before what reads them, of the types the catalogue asks for', () => {
    fc.assert(
      fc.property(formulas.condition, (formula) => {
        const { nodes, signals } = planFormula(formula)
        for (const node of nodes) {
          const row = CATALOGUE.find((each) => each.name === node.name)
          for (const [index, input] of node.inputs.entries()) {
            expect(input.node).toBeLessThan(node.id)
            const source = nodes[input.node] as (typeof nodes)[number]
            expect(input.output).toBeLessThan(source.outputs.length)
            expect(source.type).toBe(row?.inputs[index]?.type)
          }
          expect(node.parameters.length).toBe(node.kind === 'constant' ? 1 : (row?.parameters.length ?? 0))
        }
        expect(nodes[signals[0]?.value.node as number]?.type).toBe('condition')
      }),
      { numRuns: 300 },
    )
  })
})

describe('planFormula › what it reads', () => {
  it.each([
    ['close > open', ['open', 'close'], false, false],
    ['vwma(hl2, 5) > 1', ['high', 'low', 'volume'], false, false],
    ['time > 3', [], true, false],
    ['hour >= 9 and close > 1', ['close'], false, true],
    ['bar_index > 3', [], false, false],
    ['unused = volume > 3\nclose > 1', ['close'], false, false],
  ])('%s', (text, columns, readsTime, readsCalendar) => {
    expect(planFormula(text)).toMatchObject({ columns, readsTime, readsCalendar })
  })

  it('reads the clock of the job for every part of the calendar', () => {
    for (const { name } of CATALOGUE.filter((row) => row.group === 'calendar' && row.inputs.length > 0)) {
      expect(planFormula(`${name} == 1`).nodes[0]).toMatchObject({ kind: 'column', name: 'local_time' })
    }
  })
})

describe('planFormula › signals', () => {
  const signals = (text: string) => planFormula(text).signals.map(({ signalType, role }) => [signalType, role])

  it('is a hit for the last line', () => {
    expect(signals('close > 1')).toEqual([['SCAN_HIT', undefined]])
    expect('role' in (planFormula('close > 1').signals[0] as object)).toBe(false)
  })

  it('is an entry or exit with its role, in the order of the text', () => {
    expect(signals('cover = close > 1; entry = close > 2; short = close > 3; exit = close > 4')).toEqual([
      ['EXIT', 'cover'],
      ['ENTRY', 'entry'],
      ['ENTRY', 'short'],
      ['EXIT', 'exit'],
    ])
  })
})

describe('planFormula › what is reported', () => {
  const reported = (text: string, mode: 'scan' | 'series' = 'scan') =>
    planFormula(text, {}, { mode }).reported.map((report) => report.name)

  it.each([
    ['close > sma(close, 200)', ['sma(close, 200)']],
    ['close + 1 > abs(open) and hour > 3 and bar_index > 3 and close[1] > 2', []],
    ['fast = ema(close, 12)\nfast > ema(close, 26)', ['fast', 'ema(close, 26)']],
    ['body = close - open\nbody > 0', ['body']],
    ['a = close; b = close; a > b[1]', ['a', 'b']],
    ['rsi(sma(close, 5), 14) > 30', ['sma(close, 5)', 'rsi(sma(close, 5), 14)']],
    ['crossover(close, sma(close, 5))', ['sma(close, 5)']],
    ['barssince(close > open) > 3', ['barssince(close > open)']],
    ['macd(close).signal > 0', ['macd(close, 12, 26, 9).signal']],
    ['macd(close) > macd(close).signal', ['macd(close, 12, 26, 9).line', 'macd(close, 12, 26, 9).signal']],
    ['m = macd(close)\nm > m.signal', ['m', 'm.signal']],
    ['m = macd(close); n = macd(c); n.signal > 0', ['m', 'n', 'm.signal']],
    ['[m, s, h] = macd(close)\nm > s', ['m', 's', 'h']],
    ['unused = sma(close, 3)\nclose > 1', ['unused']],
    ['param p = 3 in 1..5\nclose > p', []],
    ['up = close > open\nup', []],
    ['entry = close > sma(close, 3); exit = close < sma(close, 5)', ['sma(close, 3)', 'sma(close, 5)']],
  ])('%j carries %j', (text, names) => {
    expect(reported(text)).toEqual(names)
  })

  it.each([
    ['sma(close, 3)', ['sma(close, 3)']],
    ['x = sma(close, 3)\nx', ['x']],
    ['x = sma(close, 3)\nx + sma(open, 2)', ['sma(close, 3) + sma(open, 2)']],
    [
      'macd(close)',
      ['macd(close, 12, 26, 9).line', 'macd(close, 12, 26, 9).signal', 'macd(close, 12, 26, 9).histogram'],
    ],
    ['m = macd(close)\nm', ['m.line', 'm.signal', 'm.histogram']],
    ['macd(close).signal', ['macd(close, 12, 26, 9).signal']],
    ['close > 1', ['close > 1']],
    ['entry = close > 1; exit = close > 2', ['entry', 'exit']],
    ['3', ['3']],
  ])('as a series, %j gives %j', (text, names) => {
    const plan = series(text)
    expect(plan.reported.map((report) => report.name)).toEqual(names)
    expect(plan.signals).toEqual([])
  })
})

describe('the catalogue', () => {
  it.each(CATALOGUE.filter((row) => row.example !== '').map((row) => [row.name, row.example]))(
    '%s: %s',
    (name, example) => {
      expect(planFormula(example).nodes.map((node) => node.name)).toContain(name)
    },
  )

  it('has a row for every operator of the language', () => {
    const text =
      'not (-c + o - h * l / v % 2 ** c > 1 and c >= 2 or c == 3 and c != 4)[2] ? (c > 1 ? c : o)[1] > 0 : o > 2'
    const names = new Set(planFormula(text).nodes.map((node) => node.name))
    for (const name of 'add sub mul div mod pow neg gt ge eq ne and or not choose choose_condition lag lag_condition'.split(
      ' ',
    )) {
      expect(names).toContain(name)
    }
  })
})
