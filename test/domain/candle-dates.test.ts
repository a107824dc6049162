import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countRedated, dateRule, datesOf, dayTimesOf, joinDayTimes } from '../../src/domain/candle-dates.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** The dates that times get, as text. */
function dates(times: readonly string[], zone?: string): string[] {
  const time = Float64Array.from(times, (text) => Date.parse(text))
  const dated = datesOf(time, dateRule(dayTimesOf(time), zone))
  return Array.from(dated, (ms) => new Date(ms).toISOString().replace('T00:00:00.000Z', ''))
}

/** Consecutive days at a time of day. */
const days = (first: string, count: number) =>
  Array.from({ length: count }, (_, day) => new Date(Date.parse(first) + day * DAY_MS).toISOString())

describe('dates of daily candles › without a zone', () => {
  it('are what they are at midnight UTC', () => {
    const time = Float64Array.of(Date.parse('2024-03-12'), Date.parse('2024-03-13'))
    expect(datesOf(time, dateRule(dayTimesOf(time)))).toBe(time)
  })

  it('are not given to candles that are shorter than a day, whatever the timeframe says', () => {
    const minutes = Array.from({ length: 12 }, (_, at) => `2024-03-12T09:${String(5 * at).padStart(2, '0')}:00.000Z`)
    expect(dates(minutes)).toEqual(minutes)
    expect(dates(minutes, 'Asia/Seoul')).toEqual(minutes)
    // One of many stands on a date twice: that one is a repetition.
    const seoul = [...days('2024-03-12T15:00Z', 9), '2024-03-20T16:00:00.000Z']
    expect(dates(seoul).slice(-2)).toEqual(['2024-03-21', '2024-03-21'])
  })

  it.each([
    ['Seoul', ['2024-03-12T00:00+09:00', '2024-03-13T00:00+09:00'], ['2024-03-12', '2024-03-13']],
    ['New York, over a change of clocks', ['2024-03-08T05:00Z', '2024-03-11T04:00Z'], ['2024-03-08', '2024-03-11']],
    ['Berlin, over a change of clocks', ['2024-03-28T23:00Z', '2024-04-01T22:00Z'], ['2024-03-29', '2024-04-02']],
    ['London, over a change of clocks', ['2024-03-28T00:00Z', '2024-04-01T23:00Z'], ['2024-03-28', '2024-04-02']],
    ['Auckland, over a change of clocks', ['2024-04-04T11:00Z', '2024-04-08T12:00Z'], ['2024-04-05', '2024-04-09']],
    ['India', ['2024-03-11T18:30Z', '2024-03-12T18:30Z'], ['2024-03-12', '2024-03-13']],
    ['before 1970', ['1969-12-30T15:00Z', '1969-12-31T15:00Z'], ['1969-12-31', '1970-01-01']],
  ])('are the nearest midnight of stamps at the midnight of %s', (_, times, expected) => {
    expect(dates(times)).toEqual(expected)
  })

  it('are those in UTC where the nearest midnight would move Fridays to Saturdays', () => {
    // The open of New York, 09:30, from Monday 4 to Tuesday 12 March.
    const open = [...days('2024-03-04T14:30Z', 5), ...days('2024-03-11T13:30Z', 2)]
    expect(dates(open)).toEqual(open.map((time) => time.slice(0, 10)))
  })

  it('are the nearest midnight where there are candles on every day of the week', () => {
    expect(dates(days('2024-03-04T15:00Z', 9)).at(0)).toBe('2024-03-05')
    expect(dates(days('2024-03-04T15:00Z', 4))).toEqual(['2024-03-05', '2024-03-06', '2024-03-07', '2024-03-08'])
  })

  it.each([
    ['two times of day', ['2024-03-11T15:00Z', '2024-03-12T13:59Z']],
    ['midnight and another time', ['2024-03-11T00:00Z', '2024-03-12T15:00Z']],
  ])('stay times where nothing tells: %s', (_, times) => {
    expect(dates(times)).toEqual(times.map((text) => new Date(text).toISOString().replace('T00:00:00.000Z', '')))
  })
})

describe('dates of daily candles › in a zone', () => {
  it.each([
    ['Asia/Seoul', '2024-03-11T15:00Z', '2024-03-12'],
    ['America/New_York', '2024-03-12T04:00Z', '2024-03-12'],
    // 16:00 in New York, whose nearest midnight is the next one.
    ['America/New_York', '2024-03-12T20:00Z', '2024-03-12'],
    ['UTC', '2024-03-11T15:00Z', '2024-03-11'],
  ])('%s: %s is of %s', (zone, time, date) => {
    expect(dates([time], zone)).toEqual([date])
  })

  it('are the same everywhere when they are dates already', () => {
    expect(dates(['2024-03-12', '2024-03-13'], 'America/New_York')).toEqual(['2024-03-12', '2024-03-13'])
  })
})

describe('dates of daily candles', () => {
  it('come of all series together as of one', () => {
    const series = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 3 })))
    fc.assert(
      fc.property(fc.array(series, { minLength: 1 }), (many) => {
        const times = many.map((one) => Float64Array.from(one, ([day, hour]) => day * DAY_MS + hour * HOUR_MS))
        const together = dayTimesOf(Float64Array.from(times.flatMap((time) => [...time])))
        const order = (a: { timeOfDay: number }, b: { timeOfDay: number }) => a.timeOfDay - b.timeOfDay
        expect(joinDayTimes(times.map(dayTimesOf)).sort(order)).toEqual(together.sort(order))
      }),
    )
  })

  it('leave times alone that are none', () => {
    const time = Float64Array.of(Number.NaN, 9e15, Date.parse('2024-03-11T15:00Z'))
    const dated = datesOf(time, dateRule(dayTimesOf(time)))
    expect(dated[0]).toBeNaN()
    expect(dated[2]).toBe(Date.parse('2024-03-12'))
    expect(Math.abs(dated[1]!)).toBeGreaterThan(8.64e15)
    expect(countRedated(time, dated, Date.parse('2024-03-12'), Date.parse('2024-03-12'))).toBe(1)
  })
})
