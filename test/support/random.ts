import * as fc from 'fast-check'
import { CATALOGUE, type CatalogueRow } from '../../src/indicators/catalogue.ts'

/** Formulas of every row of the catalogue, and candles to run them on. */

const rows = CATALOGUE.filter((row) => row.group !== 'operator' && row.group !== 'calendar')
const rowsOf = (type: string) => rows.filter((row) => row.outputs[0]?.type === type)

/** Strings one after the other. */
const of = (...parts: (fc.Arbitrary<string | number> | string)[]) =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))

/** What can stand as an input: `series` is never a constant. */
interface Inputs {
  number: fc.Arbitrary<string>
  series: fc.Arbitrary<string>
  condition: fc.Arbitrary<string>
}

/** A call with every input and parameter that can be written by position, or only its parameters where that is enough. */
function call(row: CatalogueRow, { number, series, condition }: Inputs): fc.Arbitrary<string> {
  const inputs = row.inputs.filter((input) => !input.implied)
  const parameters = row.parameters.map(({ names, integer, min }) => {
    if (names) return fc.constantFrom(...names.map((name) => `"${name}"`))
    return integer ? fc.integer({ min, max: 9 }).map(String) : fc.constantFrom('0', '0.5', '2')
  })
  const given = inputs.map((input) => (input.type === 'condition' ? condition : input.series ? series : number))
  const full = fc.tuple(...given, ...parameters)
  const mayBeShort = parameters.length > 0 && inputs.every((input) => input.default !== undefined)
  const args = mayBeShort ? fc.oneof(full, fc.tuple(...parameters)) : full
  const output = row.outputs.length > 1 ? fc.constantFrom('', ...row.outputs.map(({ name }) => `.${name}`)) : ''
  return of(
    row.name,
    '(',
    args.map((all) => all.join(', ')),
    ')',
    output,
  )
}

const OPERATORS = ['+', '-', '*', '/', '%', '**']
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=']

const { number, series, condition } = fc.letrec<{ number: string; series: string; condition: string }>((tie) => {
  const all = { number: tie('number'), series: tie('series'), condition: tie('condition') }
  const { number, series, condition } = all
  const columns = ['open', 'high', 'low', 'close', 'volume', 'hl2', 'hlc3', 'ohlc4', 'hlcc4', 'c', 'bar_index']
  const calendar = ['year', 'month', 'day', 'weekday', 'dayofweek', 'hour', 'minute']
  const bars = fc.integer({ min: 0, max: 7 })
  return {
    series: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...columns, ...columns, ...calendar, 'obv', 'tr', 'ta.tr'),
      fc.oneof(...rowsOf('number').map((row) => call(row, { ...all, number: series }))),
      of('(', series, ' ', fc.constantFrom(...OPERATORS), ' ', number, ')'),
      of('(', number, ' ', fc.constantFrom(...OPERATORS), ' ', series, ')'),
      of('(', series, ')[', bars, ']'),
      of('(', condition, ' ? ', number, ' : ', number, ')'),
    ),
    number: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      series,
      fc.constantFrom('0', '1', '2.5', '100', '-3', '(1 / 0)', 'sqrt(-1)'),
      fc.oneof(...rowsOf('number').map((row) => call(row, all))),
      of('(', number, ' ', fc.constantFrom(...OPERATORS), ' ', number, ')'),
      of('(', number, ' ', fc.constantFrom('+', '*', '-'), ' -', number, ' / ', number, ')'),
      of('(', number, ')[', bars, ']'),
      of('(', condition, ' ? ', number, ' : ', number, ')'),
      of('max(', number, ', ', number, ', ', number, ')'),
    ),
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('close > open', 'na(volume)', 'close >= high', 'weekday < 3', '1 < 2'),
      of('(', number, ' ', fc.constantFrom(...COMPARISONS), ' ', number, ')'),
      of(
        '(',
        number,
        ' ',
        fc
          .constantFrom(['<', '<='], ['>', '>='], ['=='])
          .chain((family) => of(fc.constantFrom(...family), ' ', number, ' ', fc.constantFrom(...family))),
        ' ',
        number,
        ')',
      ),
      of('((', condition, ') ', fc.constantFrom('==', '!='), ' (', condition, '))'),
      of('(', condition, ' ', fc.constantFrom('and', 'or'), ' ', condition, ')'),
      of('(not ', condition, ')'),
      // Without brackets: the precedence is part of what is compared.
      of('(', condition, ' or not ', condition, ' and ', condition, ')'),
      fc.oneof(...rowsOf('condition').map((row) => call(row, all))),
      of('(', condition, ')[', bars, ']'),
      of('if(', condition, ', ', condition, ', ', condition, ')'),
    ),
  }
})

/** A condition alone, with variables and a parameter, or with roles. */
export const formulas: fc.Arbitrary<string> = fc.oneof(
  condition,
  of('x1 = ', number, '\ny1 = ', condition, '\n', 'y1 and x1 > x1[1]'),
  of('param n1 = ', fc.integer({ min: 2, max: 6 }), ' in 1..9\n', 'sma(', series, ', n1) >= close[n1] or ', condition),
  of('entry = ', condition, '\nexit = ', condition),
  of('x1 = ', number, '; short = ', condition, '; cover = x1 > 0 and ', condition),
)

/** Conditions of nothing but windows, some inside each other: what a range may read a part of the history for. */
export const windowed: fc.Arbitrary<string> = (() => {
  const lengths = fc.integer({ min: 1, max: 9 })
  const price = fc.constantFrom('open', 'high', 'low', 'close', 'volume', 'hlc3')
  const functions = fc.constantFrom('sma', 'wma', 'stdev', 'sum', 'dev', 'highest', 'lowestbars', 'cci', 'roc', 'mfi')
  const window = of(functions, '(', price, ', ', lengths, ')')
  const stoch = of('stoch(', lengths, ')')
  const inner = fc.oneof(price, window, stoch)
  const outer = of(fc.constantFrom('sma', 'wma', 'stdev', 'highest', 'vwma'), '(', inner, ', ', lengths, ')')
  const side = fc.oneof(outer, outer, window, of('(', inner, ')[', lengths, ']'))
  const comparison = of(side, ' ', fc.constantFrom('<', '<=', '>', '>=', '=='), ' ', fc.oneof(side, price))
  const crossing = of(fc.constantFrom('crossover', 'crossunder', 'cross'), '(', side, ', ', outer, ')')
  const counted = of(fc.constantFrom('every', 'exist'), '(', comparison, ', ', lengths, ')')
  return fc.oneof(comparison, crossing, counted, of(comparison, ' and not ', crossing))
})()

/** A row on plain columns, on every bar: its values are what matches report. */
export function plainCall(row: CatalogueRow): fc.Arbitrary<string> {
  const number = fc.constantFrom('open', 'high', 'low', 'close', 'volume')
  const condition = fc.constantFrom('close > open', 'close >= close[1]', 'volume > 2500')
  const value = row.group === 'calendar' ? fc.constant(row.name) : call(row, { number, series: number, condition })
  const isNumber = row.outputs[0]?.type === 'number'
  return value.map((text) => `x1 = ${isNumber ? text : `${text} ? 1 : 0`}\nna(x1) or not na(x1)`)
}

export interface RandomCandle {
  /** Bars since the one before. */
  step: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** Prices from a coarse grid meet each other often; from a fine one never. */
const candle = (price: fc.Arbitrary<number>) => {
  const holed = (value: fc.Arbitrary<number>, weight: number) =>
    fc.oneof({ weight: 40, arbitrary: value }, { weight, arbitrary: fc.constant(Number.NaN) })
  const volume = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    fc.double({ min: 0, max: 9, noNaN: true }),
  )
  return fc
    .record({
      step: fc.integer({ min: 1, max: 3 }),
      open: holed(price, 1),
      high: holed(price, 1),
      low: holed(price, 1),
      close: holed(price, 2),
      volume: holed(volume, 4),
    })
    .map(({ high, low, ...rest }) => (high < low ? { ...rest, high: low, low: high } : { ...rest, high, low }))
}
const coarse = fc.integer({ min: 1, max: 8 })
const fine = fc.double({ min: 0.5, max: 200, noNaN: true })
const flat = fc.constantFrom(7, 7, 7, 7, 7, 7, 7, 8)

/** Candles of one symbol, in order. Open and close need not lie between high and low. */
export const candles: fc.Arbitrary<RandomCandle[]> = fc.oneof(
  ...[coarse, fine, fine, flat].map((price) => fc.array(candle(price), { maxLength: 60, size: 'max' })),
)

export function columnsOf(series: readonly RandomCandle[], stepMs = 86_400_000) {
  let time = Date.UTC(2024, 1, 26)
  const column = (name: keyof RandomCandle) => Float64Array.from(series, (each) => each[name])
  const times = Float64Array.from(series, ({ step }) => (time += step * stepMs))
  return {
    time: times,
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}
