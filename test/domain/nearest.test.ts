import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestNames } from '../../src/domain/nearest.ts'
import { digest } from '../../src/formula/graph/digest.ts'

describe('nearestNames', () => {
  it.each([
    ['emma', ['wma', 'tema', 'sma', 'rma', 'ema', 'dema'], ['ema', 'dema', 'tema']],
    ['ris', ['rsi', 'roc', 'sma'], ['rsi']],
    ['RSI', ['rsi', 'roc'], ['rsi']],
    ['ｃｌｏｓｅ', ['close', 'open'], ['close']],
    ['stochastic', ['stoch', 'sma'], ['stoch']],
    ['vol', ['volume', 'low'], ['volume']],
    ['crossovr', ['crossunder', 'crossover', 'cross'], ['crossover', 'cross']],
    ['x', ['na', 'tr', 'xy'], []],
    ['qqqqqq', ['ema', 'sma'], []],
    ['a'.repeat(1000), ['ema'], []],
    ['', ['ema'], []],
  ])('for %s of %j are %j', (name, candidates, expected) => {
    expect(nearestNames(name, candidates)).toEqual(expected)
  })
})

describe('digest', () => {
  it('is the start of SHA-256', () => {
    const lengths = fc.integer({ min: 0, max: 300 }).map((length) => 'a'.repeat(length))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), lengths), (text) => {
        expect(digest(text)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32))
      }),
      { numRuns: 500 },
    )
  })
})
