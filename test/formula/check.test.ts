import { describe, expect, it } from 'vitest'
import type { FormulaError } from '../../src/domain/errors.ts'
import { checkFormula } from '../../src/formula/check/check.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { canonical, firstParameter, found, sentence, series } from './support.ts'

const TRADING = `// pullback in an uptrend
param len = 14 in 2..100
fast = ema(close, 12)
slow = ema(close, 26)
trend = close > sma(close, 200) and slow > slow[20]
trend and crossover(fast, slow) and rsi(close, len) < 70 and volume > 1.5 * sma(volume, 20)
`

describe('checkFormula', () => {
  it('finds nothing in the example of the language', () => {
    expect(found(TRADING)).toEqual([])
  })

  it('gives every error at once, in the order of the text, and nothing that only follows from another', () => {
    const text =
      'a = emma(close, 3)\nb = sma(a, 0) + (a > 1)\nc = b > a and foo\n[m, s] = macd(c)\nm > s and c and close'
    expect(found(text)).toEqual(['UNKNOWN_NAME|emma', 'ARGUMENT_RANGE|0', 'UNKNOWN_NAME|foo', 'TYPE|close'])
  })

  it('does not judge the shape of a script that it could not read', () => {
    expect(found('close > > 1\nopen > 1')).toEqual(['SYNTAX|>'])
    expect(found('close > > 1\na = 1')).toEqual(['SYNTAX|>'])
  })

  it('looks at names even where the syntax is broken', () => {
    expect(found('sma(foo bar, baz) > qux )')).toEqual([
      'UNKNOWN_NAME|foo',
      'SYNTAX|bar',
      'UNKNOWN_NAME|baz',
      'UNKNOWN_NAME|qux',
      'SYNTAX|)',
    ])
  })
})

describe('checkFormula › names', () => {
  it.each([
    ['emma(close, 3) > 1', ['UNKNOWN_NAME|emma']],
    ['foo > 1', ['UNKNOWN_NAME|foo']],
    ['ta.foo(close) > 1', ['UNKNOWN_NAME|ta.foo']],
    ['math.close > 1', ['UNKNOWN_NAME|math.close']],
    ['add(close, open) > 1', ['UNKNOWN_NAME|add']],
    ['close() > 1', ['UNKNOWN_NAME|close']],
    ['hour() > 1', ['UNKNOWN_NAME|hour']],
    ['bar_index() > 1', ['UNKNOWN_NAME|bar_index']],
    ['local_time > 1', ['UNKNOWN_NAME|local_time']],
    ['x = 1\nx(3) > 1', ['UNKNOWN_NAME|x']],
    ['a = b\nb = 1\na > b', ['UNKNOWN_NAME|b']],
    ['a = a + 1\na > 1', ['UNKNOWN_NAME|a']],
    ['close > true', ['UNKNOWN_NAME|true']],
    ['tf("1w", foo) > 1', ['UNKNOWN_NAME|tf']],
    ['of("069500", close) > 1', ['UNKNOWN_NAME|of']],
    ['universe.rank(close) < 3', ['UNKNOWN_NAME|universe.rank']],
    ['talib.cdlengulfing() > 0', ['UNKNOWN_NAME|talib.cdlengulfing']],
    ['sma(close, 20, offset=3) > 1', ['UNKNOWN_NAME|offset']],
    ['a = 1\na = 2\na > 1', ['DUPLICATE_NAME|a']],
    ['[a, a] = macd(close)\na > 1', ['DUPLICATE_NAME|a', 'ARGUMENT_COUNT|macd(close)']],
    ['rsi = rsi(14)\nrsi(14) > 1', ['DUPLICATE_NAME|rsi']],
    ['close = 3\nclose > 1', ['DUPLICATE_NAME|close']],
    ['hl2 = 3; hl2 > 1', ['DUPLICATE_NAME|hl2']],
    ['universe = 3; close > 1', ['DUPLICATE_NAME|universe']],
    ['ta = 3; close > 1', ['DUPLICATE_NAME|ta']],
    ['param entry = 1 in 0..2\nclose > 1', ['DUPLICATE_NAME|entry', 'SYNTAX|close > 1']],
    ['param sma = 1 in 0..2\nclose > 1', ['DUPLICATE_NAME|sma']],
    ['sma(close, length=3, length=4) > 1', ['DUPLICATE_NAME|length']],
    ['sma(close, 3, length=4) > 1', ['DUPLICATE_NAME|length']],
  ])('%j', (text, errors) => {
    expect(found(text)).toEqual(errors)
  })

  it('says what to do', () => {
    expect(sentence('rsii(14) > 1')).toMatch(/^there is no indicator "rsii"; the nearest name/)
    expect(sentence('x = 1; trend = 1; trand > 1')).toMatch(
      /^there is no name "trand"; the nearest names? (is|are) trend/,
    )
    expect(sentence('a = b\nb = 1\na > b')).toBe('"b" is used before it is defined; it is defined later, on line 2')
    expect(sentence('talib.sma(close, 3) > 1')).toContain('not offered')
    expect(sentence('ma > 3')).toBe('ma is a function and needs its arguments; write ma(source, length)')
  })

  it('keeps short columns and aliases free for variables', () => {
    expect(found('[m, s, h] = macd(c, 12, 26, 9)\nma = ma(close, 20)\nh > 0 and ma > c and l > s')).toEqual([])
    expect(found('x = h\nh = 3\nx > h')).toEqual(['UNKNOWN_NAME|h'])
    expect(canonical('h = open + 1; h')).toBe('open + 1')
    expect(canonical('h')).toBe('high')
  })
})

describe('checkFormula › arguments', () => {
  it.each([
    ['sma(length=3, close) > 1', ['SYNTAX|close']],
    ['sma(close) > 1', ['ARGUMENT_COUNT|sma(close)']],
    ['sma() > 1', ['ARGUMENT_COUNT|sma()']],
    ['sma > 1', ['ARGUMENT_COUNT|sma']],
    ['sma > 30', ['ARGUMENT_COUNT|sma']],
    ['sma(close, 20, 30, 40) > 1', ['ARGUMENT_COUNT|30, 40']],
    ['atr(close, 14, 3) > 1', ['ARGUMENT_COUNT|14, 3']],
    ['highest(close) > 1', ['ARGUMENT_COUNT|highest(close)']],
    ['max() > 1', ['ARGUMENT_COUNT|max()']],
    ['max(a=1) > 1', ['ARGUMENT_COUNT|a=1']],
    ['if(close > 1, 2) > 1', ['ARGUMENT_COUNT|if(close > 1, 2)']],
    ['if(close = 1, 2, 3) > 1', ['ARGUMENT_COUNT|close = 1']],
    ['ref(close) > 1', ['ARGUMENT_COUNT|ref(close)']],
    ['[a, b] = macd(close)\na > b', ['ARGUMENT_COUNT|macd(close)']],
    ['[a, b] = close\na > b', ['ARGUMENT_COUNT|close']],
    ['sma(close, volume) > 1', ['ARGUMENT_TYPE|volume']],
    ['sma(close, close > 1) > 1', ['ARGUMENT_TYPE|close > 1']],
    ['close[bar_index] > 1', ['ARGUMENT_TYPE|bar_index']],
    ['sma("close", 3) > 1', ['ARGUMENT_TYPE|"close"']],
    ['bbands("ema", 20) > 1', ['ARGUMENT_TYPE|"ema"']],
    ['bbands(close, 20, "ema") > 1', ['ARGUMENT_TYPE|"ema"']],
    ['bbands(close, length="ema") > 1', ['ARGUMENT_TYPE|"ema"']],
    ['bbands(average="ema", average="rma") > 1', ['DUPLICATE_NAME|average']],
    ['bbands(average=ema) > 1', ['ARGUMENT_TYPE|ema']],
    ['bbands(average="emma") > 1', ['UNKNOWN_NAME|"emma"']],
    ['bbands(average="EMA") > 1', ['UNKNOWN_NAME|"EMA"']],
    ['bbands(average="") > 1', ['UNKNOWN_NAME|""']],
    ['bbands(average=1) > 1', ['ARGUMENT_RANGE|1']],
    ['bbands(open, 20, 2, 1) > 1', ['ARGUMENT_RANGE|1']],
    ['param a = 1 in 0..3; bbands(average=a) > 1', ['ARGUMENT_RANGE|a']],
    ['bbands(average=close) > 1', ['ARGUMENT_TYPE|close']],
    ['sma(close, 2.5) > 1', ['ARGUMENT_RANGE|2.5']],
    ['sma(close, 5001) > 1', ['ARGUMENT_RANGE|5001']],
    ['sma(close, -3) > 1', ['ARGUMENT_RANGE|-3']],
    ['sma(close, 1 / 0) > 1', ['ARGUMENT_RANGE|1 / 0']],
    ['close[1.5] > 1', ['ARGUMENT_RANGE|1.5']],
    ['close[1e9] > 1', ['ARGUMENT_RANGE|1e9']],
    ['close[-1] > 1', ['LOOKAHEAD|-1']],
    ['(close > 1)[-1]', ['LOOKAHEAD|-1']],
    ['param n = 1 in 0..5\nclose[0 - n] > 1', ['LOOKAHEAD|0 - n']],
    ['ref(close, -2) > 1', ['LOOKAHEAD|-2']],
    ['macd(close).sig > 1', ['UNKNOWN_OUTPUT|sig']],
    ['sma(close, 3).line > 1', ['UNKNOWN_OUTPUT|line']],
    ['close.x > 1', ['UNKNOWN_OUTPUT|x']],
    ['macd(close)[1].signal > 1', ['UNKNOWN_OUTPUT|signal']],
    ['[m, s, h] = macd(close)\nm.signal > 1', ['UNKNOWN_OUTPUT|signal']],
  ])('%j', (text, errors) => {
    expect(found(text)).toEqual(errors)
  })

  it('says what is allowed, as the catalogue has it', () => {
    const { name, min, max } = firstParameter('sma')
    const range = `must be a whole number from ${min} to ${max}`
    expect(sentence('sma(close, 0) > 1')).toBe(`${name} ${range}, got 0; write ${min} or more`)
    expect(sentence('sma(close, 1/0) > 1')).toBe(`${name} ${range}, got an unknown value; write a number for ${name}`)
    expect(sentence(`sma(close, ${max + 1}) > 1`)).toBe(`${name} ${range}, got ${max + 1}; write ${max} or less`)
    expect(sentence('sma(close, 2.5) > 1')).toBe(`${name} ${range}, got 2.5; write 2 or 3`)
    expect(sentence('close[1.5] > 1')).toMatch(/; write 1 or 2$/)
    expect(sentence('sma(close) > 1')).toBe('sma is missing its length; write sma(source, length)')
    expect(sentence('macd(close).sig > 1')).toBe('macd has no output "sig"; its outputs are line, signal, histogram')
    expect(sentence('close[-2] > 1')).toBe('close[-2] would read the future; bars are counted backwards: close[2]')
    const averages = '"sma", "ema", "wma" or "rma"'
    expect(sentence('bbands(average="emma") > 1')).toBe(`average must be ${averages}, got "emma"; write "ema"`)
    expect(sentence('bbands(average="?") > 1')).toBe(`average must be ${averages}, got "?"; write one of them`)
    expect(sentence('bbands(average=-1) > 1')).toBe(`average must be ${averages}, got -1; write one of them in quotes`)
    expect(sentence('bbands(average=ema) > 1')).toBe('ema stands here without quotes; write "ema"')
    expect(sentence('bbands(1, 2, 3, 4, 5) > 1')).toBe(
      'bbands takes 4 arguments by position, got 5; write bbands(source = close, length = 20, mult = 2, average = "sma")',
    )
    expect(sentence('rsi(close, 3, 4) > 1')).toBe(
      'rsi takes 2 arguments by position, got 3; write rsi(source = close, length = 14)',
    )
  })

  it.each([
    ['rsi(14)', 'rsi(close, 14)'],
    ['rsi()', 'rsi(close, 14)'],
    ['rsi(open)', 'rsi(open, 14)'],
    ['rsi(length=7)', 'rsi(close, 7)'],
    ['rsi(7, source=open)', 'rsi(open, 7)'],
    ['ta.rsi(close, 14)', 'ta.rsi(close, 14)'],
    ['ta.ema(close, 14)', 'ema(close, 14)'],
    ['atr(14)', 'atr(14)'],
    ['atr(14, high=close)', 'atr(14, high=close)'],
    ['cci(20)', 'cci(hlc3, 20)'],
    ['highest(20)', 'highest(high, 20)'],
    ['highest(volume, 20)', 'highest(volume, 20)'],
    ['macd(12, 26, 9)', 'macd(close, 12, 26, 9)'],
    ['macd(5, slow=30)', 'macd(close, 5, 30, 9)'],
    ['bbands(20, 2.5)', 'bbands(close, 20, 2.5)'],
    ['bbands(20, 2.5, "sma")', 'bbands(close, 20, 2.5)'],
    ["bbands(20, 2.5, 'ema')", 'bbands(close, 20, 2.5, "ema")'],
    ['bbands(average="rma").lower + 0', 'bbands(close, 20, 2, "rma").lower + 0'],
    ['stoch(high, low, close, 5)', 'stoch(high, low, close, 5)'],
    ['stoch(5)', 'stoch(high, low, close, 5)'],
    ['vwma(close, 20)', 'vwma(close, 20)'],
    ['vwma(close, 20, volume=open)', 'vwma(close, 20, volume=open)'],
    ['vwma(close, 20, volume=volume)', 'vwma(close, 20)'],
    ['tr', 'tr'],
    ['ta.tr()', 'ta.tr'],
    ['adx(7)', 'adx(7, 7)'],
    ['dmi(7).plus + 0', 'dmi(7, 7).plus + 0'],
    ['adx(7, smoothing=3)', 'adx(7, 3)'],
    ['adx(smoothing=3)', 'adx(14, 3)'],
    ['obv', 'obv'],
    ['nz(volume)', 'nz(volume, 0)'],
    ['nz(volume, close)', 'nz(volume, close)'],
    ['n = 10 + 4; rsi(n)', 'rsi(close, 14)'],
    ['param n = 9 in 1..20; rsi(n)', 'rsi(close, 9)'],
    ['sma(close, round(10 / 4))', 'sma(close, 3)'],
    ['hhv(close, 5) - llv(close, 5)', 'highest(close, 5) - lowest(close, 5)'],
    ['ma(close, 5)', 'sma(close, 5)'],
    ['barslast(close > open)', 'barssince(close > open)'],
    ['ref(close, 3)', 'close[3]'],
    ['ref(close, 0)', 'close'],
    ['valuewhen(close > open, high)', 'valuewhen(close > open, high, 0)'],
    ['max(close)', 'highest_ever(close)'],
    ['ta.min(close)', 'lowest_ever(close)'],
    ['math.max(open, close, 3)', 'max(max(close, open), 3)'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })
})

describe('checkFormula › types', () => {
  it.each([
    ['close and open > 1', ['TYPE|close']],
    ['open > 1 or close', ['TYPE|close']],
    ['not close', ['TYPE|close']],
    ['(close > 1) + 2 > 3', ['TYPE|close > 1']],
    ['-(close > 1) > 3', ['TYPE|close > 1']],
    ['2 ** (close > 1) > 3', ['TYPE|close > 1']],
    ['(close > 1) == open', ['TYPE|close > 1']],
    ['open != (close > 1)', ['TYPE|close > 1']],
    ['(close > 1) < (open > 1)', ['TYPE|close > 1']],
    ['1 < (close > 1) < open', ['TYPE|close > 1']],
    ['(close > 1) == (open > 1)', []],
    ['(close > 1) != (open > 1)', []],
    ['close ? 1 : 2', ['TYPE|close']],
    ['close > 1 ? open > 1 : close', ['TYPE|close']],
    ['sma(close > 1, 3) > 1', ['TYPE|close > 1']],
    ['max(close, close > 1) > 1', ['TYPE|close > 1']],
    ['count(close, 3) > 1', ['TYPE|close']],
    ['barssince(close) > 1', ['TYPE|close']],
  ])('%j', (text, errors) => {
    expect(found(text)).toEqual(errors)
  })

  it('says how to turn one type into the other', () => {
    expect(sentence('close and open > 1')).toBe('"and" needs a condition, but close is a number; compare it: close > 0')
    expect(sentence('sum(close > 1, 3) > 1')).toBe(
      'sum needs a number, but close > 1 is a condition; choose numbers for it: if(close > 1, 1, 0)',
    )
    expect(sentence('(close > 1) < (open > 1)')).toContain('compares numbers')
    expect(sentence('(close > 1) == open')).toContain('compares two numbers or two conditions')
  })
})

describe('checkFormula › advice', () => {
  const advised = (text: string) => {
    const { hint } = (checkFormula(text)[0] as FormulaError).fields
    return hint.replace(/^write /, '').split(', or ')
  }

  it.each([
    ...['rsi(14, 9)', 'stoch(close, 14)', 'mfi(14, 3)', 'change(5)', 'bbands(20, 2, 3)', 'macd(12, 26, 9, 5)'],
    ...[
      'ta.stoch(14, close)',
      'ta.rsi(14)',
      'ta.bb(20, 2)',
      'valuewhen(close > 1, 3)',
      'vwma(20, volume=1)',
      'adx(7, close=5)',
    ],
    ...['rsi(14, source=3)', 'highest(5, 3)', 'rsi(2.5, 14)', 'max(3)'],
  ])('%s is advised to be a call without an error', (call) => {
    expect(found(`${call} > 1`)).toMatchObject([expect.stringMatching(/^ARGUMENT_TYPE/)])
    for (const text of advised(`${call} > 1`)) expect([text, found(`${text} > 1`)]).toEqual([text, []])
  })

  it.each([
    ...['close < open > low', 'close > open != close[1] > open[1]', 'close != open != low', 'close == open < low'],
    ...['(close > 1) == (open > 1) == (low > 1)', '(close > 1) != (open > 1) != (low > 1)', 'close > 1 == (open > 1)'],
    ...['close > 1 == open > 1 != low > 1', 'close + 1 <= open >= low - 1 > 2', '(low < 1 ? 1 : 2) < close > open'],
  ])('%s is advised to be written in ways without an error', (chain) => {
    expect(found(chain)).toMatchObject([expect.stringMatching(/^SYNTAX/)])
    for (const text of advised(chain)) expect([text, found(text)]).toEqual([text, []])
  })
})

describe('checkFormula › the script as a whole', () => {
  it.each([
    ['rsi(close, 14)', ['NOT_A_CONDITION|rsi(close, 14)']],
    ['x = rsi(14)\nx', ['NOT_A_CONDITION|x']],
    ['entry = rsi(14)', ['NOT_A_CONDITION|rsi(14)']],
    ['[entry, b, c] = macd(close)', ['NOT_A_CONDITION|entry']],
    ['a = close > 1', ['SYNTAX|']],
    ['param n = 1 in 0..2', ['SYNTAX|']],
    ['close > 1\nopen > 1', ['SYNTAX|close > 1']],
    ['entry = close > 1\nopen > 1', ['SYNTAX|open > 1']],
    ['', ['SYNTAX|']],
  ])('%j', (text, errors) => {
    expect(found(text)).toEqual(errors)
  })

  it('takes a number as a series but not as a scan', () => {
    expect(sentence('rsi(close, 14)')).toBe(
      'a scan needs a condition, but rsi(close, 14) is a number; compare it: rsi(close, 14) > 0',
    )
    expect(found('rsi(close, 14)', {}, 'series')).toEqual([])
  })

  it('needs no last line where there are roles, and lets roles read each other', () => {
    expect(found('entry = close > 1\nexit = entry[10]')).toEqual([])
    expect(found('short = close < 1')).toEqual([])
  })
})

describe('checkFormula › parameters', () => {
  const text = 'param len = 14 in 2..100\nrsi(close, len) < 30'

  it.each([
    [{ len: 1 }, ['PARAMETER|len']],
    [{ len: 101 }, ['PARAMETER|len']],
    [{ len: Number.NaN }, ['PARAMETER|len']],
    [{ len: '14' as unknown as number }, ['PARAMETER|len']],
    [{ length: 14 }, ['PARAMETER|']],
    [{ len: 2.5 }, ['ARGUMENT_RANGE|len']],
    [{ len: 2 }, []],
    [{ len: 100 }, []],
  ])('%j', (parameters, errors) => {
    expect(found(text, parameters)).toEqual(errors)
  })

  it.each([
    ['param p = 1 in 5..2\nclose > p', ['PARAMETER|param p = 1 in 5..2']],
    ['param p = 9 in 1..2\nclose > p', ['PARAMETER|param p = 9 in 1..2']],
    ['param p = -1e9\nclose > p', []],
  ])('%j', (script, errors) => {
    expect(found(script)).toEqual(errors)
  })

  it('without a range takes any finite number', () => {
    const text = 'param p = 2\nclose > p'
    expect(found(text, { p: -1e300 })).toEqual([])
    for (const p of [Infinity, Number.NaN, '3' as never]) expect(found(text, { p })).toEqual(['PARAMETER|p'])
    expect(sentence(text, { p: Infinity })).toBe('parameter p must be a number, got Infinity; give it a finite number')
  })

  it('names the known parameters, behind the errors of the text', () => {
    const [first, second] = checkFormula('param a = 1 in 0..2\nparam b = 1 in 0..2\nfoo > a', { c: 1 })
    expect(first?.code).toBe('FORMULA_UNKNOWN_NAME')
    expect(second?.sentence).toBe('the formula has no parameter "c"')
    expect(second?.fields.hint).toBe('its parameters are a, b')
    expect(sentence('close > 1', { c: 1 })).toBe('the formula has no parameter "c"; it has no param line')
  })

  it('puts the value into the plan', () => {
    expect(planFormula(text).parameters).toEqual({ len: 14 })
    expect(planFormula(text, { len: 7 }).parameters).toEqual({ len: 7 })
    expect(planFormula(text, { len: 7 }).nodes.map((node) => node.text)).toContain('rsi(close, 7)')
    expect(series('param __proto__ = 3 in 1..5; __proto__').parameters).toEqual(JSON.parse('{"__proto__": 3}'))
  })
})
