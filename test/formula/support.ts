import * as fc from 'fast-check'
import type { FormulaError } from '../../src/domain/errors.ts'
import { checkFormula } from '../../src/formula/check/check.ts'
import type { Plan } from '../../src/formula/plan/plan.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { catalogueRow } from '../../src/indicators/catalogue.ts'

/** Each error as `CODE|text it marks`, without the prefix FORMULA_. */
export function found(
  text: string,
  parameters: Record<string, number> = {},
  mode: 'scan' | 'series' = 'scan',
): string[] {
  return checkFormula(text, parameters, { mode }).map((error) => mark(error, text))
}

export function mark(error: FormulaError, text: string): string {
  return `${error.code.replace('FORMULA_', '')}|${text.slice(...error.fields.at)}`
}

/** The sentences of the first error. */
export function sentence(text: string, parameters: Record<string, number> = {}): string {
  const error = checkFormula(text, parameters)[0]
  if (error === undefined) throw new Error(`no error in ${text}`)
  return error.fields.hint === '' ? error.sentence : `${error.sentence}; ${error.fields.hint}`
}

export function series(text: string, parameters: Record<string, number> = {}): Plan {
  return planFormula(text, parameters, { mode: 'series' })
}

/** The canonical text of a formula's value. */
export function canonical(text: string): string {
  return series(text).nodes.at(-1)?.text as string
}

/** What the catalogue says about the first parameter of a row. */
export function firstParameter(name: string): { name: string; min: number; max: number } {
  const parameter = catalogueRow(name)?.parameters[0]
  if (parameter === undefined) throw new Error(`${name} has no parameter`)
  return parameter
}

/** Formulas without an error: numbers and conditions of every form the language has. */
export const formulas = fc.letrec<{ number: string; series: string; condition: string }>((tie) => {
  const number = tie('number')
  /** What changes from bar to bar: nothing else stands where a price is wanted. */
  const series = tie('series')
  const condition = tie('condition')
  const bars = fc.integer({ min: 0, max: 30 })
  const length = fc.integer({ min: 1, max: 50 })
  const of = (...parts: (fc.Arbitrary<string | number> | string)[]) =>
    fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))
  return {
    series: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom('close', 'hl2', 'volume', 'tr', 'ta.tr', 'hour', 'bar_index', 'col.flow', 'col.거래대금'),
      of('(', fc.constantFrom('open', 'c'), ' ', fc.constantFrom('+', '-', '*', '/', '%', '**'), ' ', number, ')'),
      of('(', series, ')[', bars, ']'),
      of('(', condition, ' ? ', number, ' : ', series, ')'),
      of(fc.constantFrom('ema', 'ta.highestbars', 'ta.rsi'), '(', series, ', ', length, ')'),
    ),
    number: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(
        'open',
        'high',
        'low',
        'close',
        'volume',
        'hl2',
        'hlc3',
        'ohlc4',
        'hlcc4',
        'time',
        'c',
        'tr',
        'hour',
        'col.flow',
      ),
      fc.constantFrom('0', '1', '2.5', '1e-9', '1_000', '(1 / 0)', '-3', 'bar_index', 'obv', 'ta.tr', '-0'),
      of('(', number, ' ', fc.constantFrom('+', '-', '*', '/', '%', '**'), ' ', number, ')'),
      of('(-', number, ')'),
      of('(', number, ')[', bars, ']'),
      series,
      of(fc.constantFrom('sma', 'ema', 'ta.rma', 'hhv', 'vwma', 'ta.mfi'), '(', series, ', ', length, ')'),
      of('rsi(', length, ')'),
      of('ta.stoch(', series, ', ', series, ', low, ', length, ')'),
      of('ta.bb(', series, ', ', length, ', 2)', fc.constantFrom('', '.middle', '.upper', '.lower')),
      of('vwma(close, ', length, ', volume=', series, ')'),
      of('macd(', series, ', 3, 5, 2)', fc.constantFrom('', '.line', '.signal', '.histogram')),
      fc.constantFrom('sqrt(-1)', 'exp(1000)', '(1e308 * 10)', 'adx(7)', 'ta.dmi(3, 4).adx'),
      of(fc.constantFrom('max', 'min', 'pow', 'nz'), '(', number, ', ', number, ')'),
      of(fc.constantFrom('abs', 'sqrt', 'log', 'round'), '(', number, ')'),
      of(fc.constantFrom('max', 'ta.min', 'up_streak'), '(', series, ')'),
      of('(', condition, ' ? ', number, ' : ', number, ')'),
      of('barssince(', condition, ')'),
      of('valuewhen(', condition, ', ', series, ')'),
    ),
    condition: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom('close > open', 'na(volume)', '1 < 2'),
      of('(', number, ' ', fc.constantFrom('<', '<=', '>', '>=', '==', '!='), ' ', number, ')'),
      of('(', number, ' < ', number, ' <= ', number, ')'),
      of('(', number, ' == ', number, ' == ', number, ')'),
      of('((', condition, ') ', fc.constantFrom('==', '!='), ' (', condition, '))'),
      of('(', condition, ' ', fc.constantFrom('and', 'or', '&&', '||'), ' ', condition, ')'),
      of(fc.constantFrom('(not ', '(!'), condition, ')'),
      of('(', condition, ')[', bars, ']'),
      of('if(', condition, ', ', condition, ', ', condition, ')'),
      of('crossover(', number, ', ', number, ')'),
      of('every(', condition, ', ', length, ')'),
    ),
  }
})

/** Text of the language's words in no order: nearer to mistakes people make than random letters are. */
export const wordSoup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'( ) [ ] , ; . .. ? : = == != < <= > >= + - * / % ** && || ! := /* */ // " \' \n \r\n \t and or not if in'.split(
          ' ',
        ),
        ...'param fn entry exit ta math talib.sma tf of universe.rank col col.x col. close c sma rsi macd hour x y 추세 1 2.5 .5 1e9 14x'.split(
          ' ',
        ),
        '\n',
        '\t',
        ' ',
        '−',
        '（',
        '\ud800',
        '\u0000',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .chain((words) => fc.constantFrom('', ' ').map((separator) => words.join(separator)))
