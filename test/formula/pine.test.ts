import { describe, expect, it } from 'vitest'
import { checkFormula } from '../../src/formula/check/check.ts'
import { standIns } from '../../src/formula/check/elsewhere.ts'
import { aliased, PINE_NAMES } from '../../src/indicators/aliases.ts'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { canonical, found, sentence, series } from './support.ts'

/** The index of the v6 reference manual: 59 functions and 10 variables. */
const TA = `alma atr barssince bb bbw cci change cmo cog correlation cross crossover crossunder cum dev dmi ema falling
  highest highestbars hma kc kcw linreg lowest lowestbars macd max median mfi min mode mom percentile_linear_interpolation
  percentile_nearest_rank percentrank pivot_point_levels pivothigh pivotlow range rci rising rma roc rsi sar sma stdev
  stoch supertrend swma tr tsi valuewhen variance vwap vwma wma wpr accdist iii nvi obv pvi pvt wad wvad`
  .split(/\s+/)
  .map((name) => `ta.${name}`)
const MATH =
  `abs acos asin atan avg ceil cos exp floor log log10 max min pow random round round_to_mintick sign sin sqrt
  sum tan todegrees toradians e phi pi rphi`
    .split(/\s+/)
    .map((name) => `math.${name}`)

describe('names of Pine', () => {
  it('are those of the manual', () => {
    // `ta.tr` and `ta.vwap` are functions and variables.
    expect(TA).toHaveLength(59 + 10 - 2)
    expect(PINE_NAMES.filter((name) => ![...TA, ...MATH].includes(name))).toEqual([])
  })

  it.each([...TA, ...MATH].filter((name) => aliased(name) === undefined))('%s is known and not here yet', (name) => {
    for (const text of [`${name} > 1`, `${name}(close, 3) > 1`]) {
      expect(sentence(text)).toMatch(/^(ta|math)\.\w+ is known and not here yet; /)
    }
  })

  it('have no answer of their own where they are functions here', () => {
    expect(standIns().filter(([name]) => aliased(name) !== undefined)).toEqual([])
  })

  it.each(standIns().filter(([, formula]) => formula !== ''))(
    '%s is not here, and what stands in for it is a formula: %s',
    (_, formula) => {
      expect(checkFormula(formula, {}, { mode: 'series' })).toEqual([])
      expect(series(formula).warnings).toEqual([])
    },
  )

  it.each([
    ['ta.ema(close, 5)', 'ema(close, 5)'],
    ['ta.crossover(close, open)', 'crossover(close, open)'],
    ['ta.max(close)', 'highest_ever(close)'],
    ['ta.highest(20)', 'highest(high, 20)'],
    ['ta.lowest(20)', 'lowest(low, 20)'],
    ['ta.atr(14)', 'atr(14)'],
    ['ta.obv', 'obv'],
    ['ta.change(close)', 'change(close, 1)'],
    ['ta.macd(close, 12, 26, 9)', 'macd(close, 12, 26, 9)'],
    ['ta.macd(source=close, fastlen=12, slowlen=26, siglen=9)', 'macd(close, 12, 26, 9)'],
    ['ta.cum(1)', 'cum(1)'],
    ['math.round(close)', 'round(close)'],
    ['math.pow(base=close, exponent=2)', 'close ** 2'],
    ['math.max(open, close, 3)', 'max(max(close, open), 3)'],
    ['math.sum(close, 3)', 'sum(close, 3)'],
  ])('%s is the house node %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it.each([
    ['ta.stoch(close, high, low, 14)', 'ta.stoch(close, high, low, 14)'],
    ['ta.bb(close, 20, 2)', 'ta.bb(close, 20, 2).middle'],
    ['ta.bb(series=close, length=20, mult=2)', 'ta.bb(close, 20, 2).lower'],
    ['[m, u, l] = ta.bb(close, 20, 2); u + 0', 'ta.bb(close, 20, 2).upper + 0'],
    ['ta.highestbars(10)', 'ta.highestbars(high, 10)'],
    ['ta.lowestbars(close, 10)', 'ta.lowestbars(close, 10)'],
    ['ta.tr', 'ta.tr'],
    ['ta.rsi(close, 14)', 'ta.rsi(close, 14)'],
    ['ta.dmi(diLength=14, adxSmoothing=14).adx', 'ta.dmi(14, 14).adx'],
    ['ta.mfi(hlc3, 14)', 'ta.mfi(hlc3, 14)'],
  ])('%s is %s, a node of its own', (text, expected) => {
    const { reported } = series(text)
    expect(reported.map(({ name }) => name)).toContain(expected)
  })

  it.each([
    ['ta.rsi(14) < 30', ['ARGUMENT_TYPE|14']],
    ['ta.mom(close) > 1', ['ARGUMENT_COUNT|ta.mom(close)']],
    ['ta.atr() > 1', ['ARGUMENT_COUNT|ta.atr()']],
    ['ta.macd(close) > 1', ['ARGUMENT_COUNT|ta.macd(close)']],
    ['ta.stoch(14) > 1', ['ARGUMENT_TYPE|14']],
    ['ta.dmi(14).adx > 1', ['ARGUMENT_COUNT|ta.dmi(14)']],
    ['ta.valuewhen(close > 1, high) > 1', ['ARGUMENT_COUNT|ta.valuewhen(close > 1, high)']],
    ['ta.max(close, open) > 1', ['ARGUMENT_COUNT|open']],
    ['math.max(close) > 1', ['ARGUMENT_COUNT|math.max(close)']],
    ['math.log(a=close) > 1', ['UNKNOWN_NAME|a']],
  ])('%j has the defaults and names of Pine', (text, errors) => {
    expect(found(text)).toEqual(errors)
  })

  it.each(['count', 'every', 'exist', 'filter', 'up_streak', 'bbands', 'adx', 'plus_dm', 'nz', 'highest_ever', 'ma'])(
    'has no ta.%s, and says what to write',
    (name) => {
      expect(sentence(`ta.${name}(close, 3) > 1`)).toMatch(new RegExp(`^Pine has no ta.${name}; write ${name}\\(`))
    },
  )

  it('are not suggested without their prefix, and the others not with one', () => {
    expect(sentence('ta.coutn(close > 1, 3) > 1')).not.toContain('count')
    expect(sentence('highestbarz(close, 3) > 1')).not.toContain('ta.')
  })

  it('have a row of their own exactly where the catalogue has one', () => {
    const own = CATALOGUE.filter(({ name }) => name.startsWith('ta.')).map(({ name }) => name)
    expect(own.filter((name) => aliased(name)?.row.name !== name)).toEqual([])
  })
})
