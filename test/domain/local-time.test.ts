import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localTimes } from '../../src/domain/local-time.ts'

const MINUTE_MS = 60_000

/** One time after the other, as the platform's calendar says it. */
function oneByOne(time: number, timeZone: string): number {
  const text = new Date(time).toLocaleString('sv-SE', { timeZone, hourCycle: 'h23' })
  return Date.parse(`${text.replace(' ', 'T')}Z`)
}

const ZONES = [
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Asia/Seoul',
  'Asia/Tehran',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
]

describe('local times', () => {
  it('are what the calendar says, across every change of the clocks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(1975, 0) / MINUTE_MS, max: Date.UTC(2030, 0) / MINUTE_MS }),
        fc.constantFrom(1, 15, 60, 240),
        (zone, first, step) => {
          const times = Float64Array.from({ length: 60 }, (_, at) => (first + at * step) * MINUTE_MS)
          expect([...localTimes(times, zone, '1m')]).toEqual([...times].map((time) => oneByOne(time, zone)))
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each([
    ['America/New_York', '2024-03-10T06:00Z'],
    ['America/New_York', '2024-11-03T05:00Z'],
    ['Australia/Lord_Howe', '2024-04-06T14:00Z'],
    ['Pacific/Apia', '2011-12-30T09:00Z'],
    ['Africa/Casablanca', '2024-03-10T01:00Z'],
  ])('of %s around %s', (zone, date) => {
    const times = Float64Array.from({ length: 180 }, (_, minute) => Date.parse(date) + minute * MINUTE_MS)
    const expected = [...times].map((time) => oneByOne(time, zone))
    expect([...localTimes(times, zone, '1m')]).toEqual(expected)
    expect(new Set(expected.map((time, at) => time - times[at]!)).size, 'the clocks change here').toBe(2)
  })

  it('of daily and longer candles are their dates', () => {
    const times = Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2))
    for (const timeframe of ['1d', '1w', '1M'] as const)
      expect(localTimes(times, 'America/New_York', timeframe)).toEqual(times)
  })
})
