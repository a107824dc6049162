import { CANDLE_COLUMNS } from './codes.generated.ts'
import type { Timeframe } from './timeframe.ts'

/** One OHLCV bar. `timestamp` is milliseconds UTC; `volume` is NaN where the source has none. */
export interface Candle {
  readonly timestamp: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export { CANDLE_COLUMNS }

export type CandleColumn = (typeof CANDLE_COLUMNS)[number]

/** Columns of candles by name: those of the candle, and behind them user columns as their source calls them. */
export type ColumnsByName = Partial<Record<CandleColumn, Float64Array>> & {
  [userColumn: string]: Float64Array
}

/**
 * The candles of one symbol and timeframe as columns of equal length, oldest first, times strictly rising.
 * Only the columns that were asked for are there.
 */
export interface CandleSeries {
  symbol: string
  timeframe: Timeframe
  /** Milliseconds UTC; where an engine has read them, dates at 00:00 of daily and longer candles. */
  time: Float64Array
  columns: ColumnsByName
}

/** What happens to candles that cannot be true: dropped, kept as they are, or the symbol is refused. */
export type DefectPolicy = 'drop' | 'keep' | 'error'

export const DEFECT_POLICIES: readonly DefectPolicy[] = ['drop', 'keep', 'error']

/**
 * What was wrong with the rows of one symbol. A row counts once under the first kind of defect that fits it, in the
 * order of the fields from `notFinite` to `highBelowLow`.
 */
export interface DataQuality {
  /** Rows the source has for the symbol and range, before anything was left out. */
  rows: number
  /** Rows replaced by a later row of the same time. */
  duplicates: number
  /** Rows that stood after a row of a later time (they are sorted, not dropped). */
  outOfOrder: number
  /** Defect: a price is NaN, infinite or missing, or the time is none or beyond what a `Date` can hold. */
  notFinite: number
  /** Defect: open, high and low are 0 beside a close: how many sources write a day on which trading was halted. */
  halt: number
  /** Defect: a price is zero or negative in another way. */
  notPositive: number
  /** Defect: high < low. */
  highBelowLow: number
  /** Kept: high below open or close, or low above them. */
  inconsistent: number
  /** Kept: volume is NaN, negative or missing, and reads as unknown. */
  unknownVolume: number
  /** Kept: a daily or longer candle stamped with a time of day, which carries its date instead (`candle-dates.ts`). */
  redated: number
  /** Rows left out because of a defect: 0 under the policy `keep`. */
  dropped: number
}

export function emptyQuality(): DataQuality {
  return {
    rows: 0,
    duplicates: 0,
    outOfOrder: 0,
    notFinite: 0,
    halt: 0,
    notPositive: 0,
    highBelowLow: 0,
    inconsistent: 0,
    unknownVolume: 0,
    redated: 0,
    dropped: 0,
  }
}

/** Adds one count to another, kind by kind. */
export function addQuality(total: DataQuality, part: DataQuality): void {
  for (const kind of Object.keys(total) as (keyof DataQuality)[]) total[kind] += part[kind]
}
