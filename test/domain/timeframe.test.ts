import { describe, expect, it } from 'vitest'
import { isTimeframe, nearestTimeframe, TIMEFRAMES, timeframeMs } from '../../src/domain/timeframe.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

describe('timeframes', () => {
  it('stand in the order of their length', () => {
    const lengths = TIMEFRAMES.map(timeframeMs)
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    expect(new Set(lengths).size).toBe(TIMEFRAMES.length)
  })

  it('last as long as they say, a month 30 days', () => {
    expect(Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, timeframeMs(timeframe)]))).toEqual({
      '1m': MINUTE,
      '3m': 3 * MINUTE,
      '5m': 5 * MINUTE,
      '15m': 15 * MINUTE,
      '30m': 30 * MINUTE,
      '1h': HOUR,
      '2h': 2 * HOUR,
      '4h': 4 * HOUR,
      '1d': DAY,
      '1w': 7 * DAY,
      '1M': 30 * DAY,
    })
  })

  it('are told apart by case: a minute is not a month', () => {
    expect(timeframeMs('1m')).toBeLessThan(timeframeMs('1M'))
    expect(isTimeframe('1M')).toBe(true)
    expect(isTimeframe('1D')).toBe(false)
  })

  it.each(['', '1d ', '2d', '60', 'constructor', 1, null, undefined, ['1d']])('%j is none', (value) => {
    expect(isTimeframe(value)).toBe(false)
  })
})

describe('nearestTimeframe', () => {
  it.each(TIMEFRAMES)('is %s for a step of exactly that', (timeframe) => {
    expect(nearestTimeframe(timeframeMs(timeframe))).toBe(timeframe)
  })

  it('takes months of 28 to 31 days for months', () => {
    expect([28, 29, 30, 31].map((days) => nearestTimeframe(days * DAY))).toEqual(['1M', '1M', '1M', '1M'])
  })

  it('goes by ratio, not by difference', () => {
    // 3 days are 4 days from a week and 2 from a day, but 2.33 times shorter than a week and 3 times longer than a day.
    expect(nearestTimeframe(3 * DAY)).toBe('1w')
    expect(nearestTimeframe(2 * DAY)).toBe('1d')
  })

  it('ends at the shortest and the longest', () => {
    expect(nearestTimeframe(1)).toBe('1m')
    expect(nearestTimeframe(365 * DAY)).toBe('1M')
  })
})
