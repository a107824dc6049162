import type { CandleColumn } from '../domain/candle.ts'
import type { SignalMatch } from '../domain/result.ts'
import { MatchTable } from './matches.ts'

/**
 * Candles, series and matches as lightweight-charts (version 5) takes them. Nothing of that library is needed here: the
 * types fit its own by shape. What is returned is in rising order of times, each time once (but for markers), as
 * it demands; of points in one second the last stays, and what has no time is left out.
 */

/** Seconds since 1970 UTC: the library's `UTCTimestamp`. A daily candle is its date at 00:00. */
export type ChartTime = number & { [Symbol.species]: 'UTCTimestamp' }

/** A place on the axis where nothing is drawn: the library's `WhitespaceData`. */
export interface ChartGap {
  time: ChartTime
}

/** The library's `CandlestickData`. */
export interface ChartCandle extends ChartGap {
  open: number
  high: number
  low: number
  close: number
}

/** The library's `LineData`, `HistogramData` and the like. */
export interface ChartPoint extends ChartGap {
  value: number
}

/** The library's `SeriesMarker`, for `createSeriesMarkers`. */
export interface ChartMarker extends ChartGap {
  position: 'aboveBar' | 'belowBar'
  shape: 'arrowUp' | 'arrowDown'
  color: string
  /** The role, where the script has roles. */
  text?: string
}

/** Of what one trades up: green below the bar, pointing up; of what one trades down red above it. */
const UP = { position: 'belowBar', shape: 'arrowUp', color: '#26a69a' } as const
const DOWN = { position: 'aboveBar', shape: 'arrowDown', color: '#ef5350' } as const
const HIT = { ...UP, color: '#2f81f7' } as const
const OF_ROLE = { entry: UP, exit: DOWN, short: DOWN, cover: UP } as const

/**
 * Candles for a candlestick or bar series: `chart.addSeries(CandlestickSeries).setData(chartCandles(columns))`. One with an
 * unknown price is a gap.
 *
 * @param columns `time` in milliseconds UTC and the prices, of equal length: `{ time: series.time, ...series.columns }` of
 * a CandleSeries.
 *
 * @example
 * const time = [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)]
 * chartCandles({ time, open: [10, 11], high: [12, 12], low: [9, 10], close: [11, NaN] })
 * // [
 * //   { time: 1704067200, open: 10, high: 12, low: 9, close: 11 },
 * //   { time: 1704153600 }
 * // ]
 */
export function chartCandles(
  columns: Readonly<Record<'time' | Exclude<CandleColumn, 'volume'>, ArrayLike<number>>>,
): (ChartCandle | ChartGap)[] {
  const { open, high, low, close } = columns
  return pointsOf<ChartCandle | ChartGap>(columns.time, (time, at) => {
    const prices = { open: open[at]!, high: high[at]!, low: low[at]!, close: close[at]! }
    return Object.values(prices).every(Number.isFinite) ? { time, ...prices } : { time }
  })
}

/**
 * A series for a line, an area or a histogram: `chart.addSeries(LineSeries).setData(chartLine(series))`. A value that is
 * unknown is a gap; a condition is 1 and 0.
 *
 * @param series `timestamps` in milliseconds UTC and `values`: one of `SeriesResult.series`.
 *
 * @example
 * chartLine({ timestamps: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)], values: [NaN, 10.5] })
 * // [ { time: 1704067200 }, { time: 1704153600, value: 10.5 } ]
 */
export function chartLine(series: {
  readonly timestamps: ArrayLike<number>
  readonly values: ArrayLike<number>
}): (ChartPoint | ChartGap)[] {
  const { timestamps, values } = series
  return pointsOf<ChartPoint | ChartGap>(timestamps, (time, at) => {
    return Number.isFinite(values[at]) ? { time, value: values[at]! } : { time }
  })
}

/**
 * The matches of one symbol as markers at its candles: entries and covers point up from below, exits and shorts down from
 * above, each with its role; those of a plain condition point up without a word. They go to
 * `createSeriesMarkers(candles, …)`.
 *
 * @example
 * const days = [10, 11].map((close, day) => {
 *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
 * })
 * await using engine = createEngine({ repository: memoryRepository({ AAPL: days }) })
 * const { matches } = await engine.scan({ symbols: ['AAPL'], timeframe: '1d', formula: 'close > close[1]' })
 * chartMarkers(matches, 'AAPL')
 * // [
 * //   {
 * //     time: 1704153600,
 * //     position: 'belowBar',
 * //     shape: 'arrowUp',
 * //     color: '#2f81f7'
 * //   }
 * // ]
 */
export function chartMarkers(matches: Iterable<SignalMatch>, symbol: string): ChartMarker[] {
  const own = matches instanceof MatchTable ? matchesOf(matches, symbol) : [...matches].filter(isOf(symbol))
  return own
    .filter(({ timestamp }) => Number.isFinite(timestamp))
    .map(({ timestamp, role }) => {
      const look = role === undefined ? HIT : { ...OF_ROLE[role], text: role }
      return { time: secondsOf(timestamp), ...look }
    })
    .sort((a, b) => a.time - b.time)
}

/** Without looking at those of the other symbols. */
function matchesOf(matches: MatchTable, symbol: string): SignalMatch[] {
  const index = matches.symbols.indexOf(symbol)
  return index < 0 ? [] : matches.of(index)
}

function isOf(symbol: string) {
  return (match: SignalMatch) => match.symbol === symbol
}

function pointsOf<Point extends ChartGap>(
  times: ArrayLike<number>,
  pointAt: (time: ChartTime, at: number) => Point,
): Point[] {
  const points = Array.from(times, (time, at) => pointAt(secondsOf(time), at))
  const isRising = points.every(({ time }, at) => Number.isFinite(time) && (at === 0 || points[at - 1]!.time < time))
  if (isRising) return points
  const known = points.filter(({ time }) => Number.isFinite(time)).sort((a, b) => a.time - b.time)
  return known.filter(({ time }, at) => known[at + 1]?.time !== time)
}

function secondsOf(milliseconds: number): ChartTime {
  return Math.floor(milliseconds / 1000) as ChartTime
}
