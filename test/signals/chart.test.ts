import type {
  BarData,
  CandlestickData,
  HistogramData,
  ISeriesApi,
  LineData,
  SeriesMarker,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { chartCandles, chartLine, chartMarkers, MatchTable } from '../../src/node.ts'
import { emptyColumns } from '../../src/signals/matches.ts'

const DAY_MS = 86_400_000
const day = (number: number) => Date.UTC(2024, 0, 1) + number * DAY_MS
/** 2024-01-01. */
const FIRST = 1_704_067_200

/** Matches as pairs of a symbol's number and a day, with the signal's number. */
function table(
  symbols: readonly string[],
  matches: readonly (readonly [symbol: number, day: number, signal: number])[],
) {
  const columns = emptyColumns(matches.length, 0)
  matches.forEach(([symbol, number, signal], at) => {
    columns.symbol[at] = symbol
    columns.time[at] = day(number)
    columns.signal[at] = signal
  })
  const signals = [
    { signalType: 'ENTRY', role: 'entry' },
    { signalType: 'EXIT', role: 'exit' },
    { signalType: 'ENTRY', role: 'short' },
    { signalType: 'EXIT', role: 'cover' },
    { signalType: 'SCAN_HIT' },
  ] as const
  return new MatchTable(symbols, { signals, values: [] }, columns)
}

const COLUMNS = { time: [day(0)], open: [1], high: [2], low: [1], close: [2] }

describe('chartCandles', () => {
  it('gives times in seconds, the prices, and a gap where one is unknown', () => {
    const prices = { open: [1, 2, 3], high: [4, 5, 6], low: [0.5, Number.NaN, 1], close: [2, 3, 4] }
    expect(chartCandles({ time: Float64Array.of(day(0), day(1), day(2)), ...prices })).toEqual([
      { time: FIRST, open: 1, high: 4, low: 0.5, close: 2 },
      { time: FIRST + 86_400 },
      { time: FIRST + 2 * 86_400, open: 3, high: 6, low: 1, close: 4 },
    ])
  })
})

describe('chartLine', () => {
  it('gives a gap where a value is unknown or infinite, before 1970 as well', () => {
    const series = { timestamps: [-1500, 0, 60_000], values: Float64Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY) }
    expect(chartLine(series)).toEqual([{ time: -2 }, { time: 0, value: 1 }, { time: 60 }])
  })

  it('rises in time, each second once: the last point of one stays, and what has no time is left out', () => {
    const timestamps = [3000, 1000, 2000, 1999, Number.NaN, 3000]
    expect(chartLine({ timestamps, values: [1, 2, 3, 4, 5, 6] })).toEqual([
      { time: 1, value: 4 },
      { time: 2, value: 3 },
      { time: 3, value: 6 },
    ])
  })

  it('is empty for a series without bars', () => {
    expect(chartLine({ timestamps: new Float64Array(0), values: new Float64Array(0) })).toEqual([])
  })
})

describe('chartMarkers', () => {
  const matches = table(
    ['AAA', 'BBB', 'CCC'],
    [...[0, 1, 2, 3, 4].map((signal) => [0, signal, signal] as const), [1, 7, 4]],
  )
  const up = { position: 'belowBar', shape: 'arrowUp' }
  const down = { position: 'aboveBar', shape: 'arrowDown' }

  it('points up from below where one buys and down from above where one sells', () => {
    expect(chartMarkers(matches, 'AAA').map(({ color: _color, ...marker }) => marker)).toEqual([
      { time: FIRST, ...up, text: 'entry' },
      { time: FIRST + 86_400, ...down, text: 'exit' },
      { time: FIRST + 2 * 86_400, ...down, text: 'short' },
      { time: FIRST + 3 * 86_400, ...up, text: 'cover' },
      { time: FIRST + 4 * 86_400, ...up },
    ])
  })

  it('takes those of one symbol, from a table or any list, in the order of time', () => {
    const [marker] = chartMarkers(matches, 'BBB')
    expect(marker).toMatchObject({ time: FIRST + 7 * 86_400 })
    expect(chartMarkers(matches, 'CCC')).toEqual([])
    expect(chartMarkers(matches, 'NOPE')).toEqual([])
    expect(chartMarkers(matches.toArray().reverse(), 'AAA')).toEqual(chartMarkers(matches, 'AAA'))
  })
})

describe('what lightweight-charts takes', () => {
  // Its own types, checked by `npm run types`: nothing of this runs.
  it('is what comes out, without a cast', () => {
    type Gap = WhitespaceData<UTCTimestamp>
    expectTypeOf(chartCandles).returns.toExtend<(CandlestickData<UTCTimestamp> | Gap)[]>()
    expectTypeOf(chartCandles).returns.toExtend<(BarData<UTCTimestamp> | Gap)[]>()
    expectTypeOf(chartLine).returns.toExtend<(LineData<UTCTimestamp> | Gap)[]>()
    expectTypeOf(chartLine).returns.toExtend<(HistogramData<UTCTimestamp> | Gap)[]>()
    expectTypeOf(chartMarkers).returns.toExtend<SeriesMarker<UTCTimestamp>[]>()
    expectTypeOf<ISeriesApi<'Candlestick'>['setData']>().toBeCallableWith(chartCandles(COLUMNS))
  })
})
