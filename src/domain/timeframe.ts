/** The candle lengths millrace knows, shortest first. `1M` is a calendar month, `1m` a minute. */
export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '1d', '1w', '1M'] as const

export type Timeframe = (typeof TIMEFRAMES)[number]

const MINUTE_MS = 60_000
export const DAY_MS = 1_440 * MINUTE_MS

/** The first and last millisecond that a `Date` can hold are this far from 1970. */
const MAX_TIME_MS = 8.64e15

const DURATION_MS: Record<Timeframe, number> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '2h': 120 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
  '1M': 30 * DAY_MS,
}

/** Length of one candle in milliseconds; a month counts as 30 days. */
export function timeframeMs(timeframe: Timeframe): number {
  return DURATION_MS[timeframe]
}

/** Whether candles of a timeframe are told apart by their date alone: a day and longer. */
export function isDaily(timeframe: Timeframe): boolean {
  return DURATION_MS[timeframe] >= DAY_MS
}

/** What numbers that are times count since 1970. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const

export type TimeUnit = (typeof TIME_UNITS)[number]

/** Whether a number of milliseconds is a time that a `Date` can hold. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) <= MAX_TIME_MS
}

/** A time as ISO text; one beyond what a `Date` can hold as its number. */
export function isoTime(ms: number): string {
  return isTime(ms) ? new Date(ms).toISOString() : `${ms} ms`
}

/**
 * Whether a value is the name of a timeframe.
 *
 * @example
 * ['1d', '2d', 'daily'].filter(isTimeframe)
 * // [ '1d' ]
 */
export function isTimeframe(value: unknown): value is Timeframe {
  return TIMEFRAMES.includes(value as Timeframe)
}

/** The timeframe whose candle length is nearest to a step between candles, by ratio. */
export function nearestTimeframe(stepMs: number): Timeframe {
  const distance = (timeframe: Timeframe) => Math.abs(Math.log(stepMs / DURATION_MS[timeframe]))
  return TIMEFRAMES.reduce((best, next) => (distance(next) < distance(best) ? next : best))
}
