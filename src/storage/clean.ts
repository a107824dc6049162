import type { CandleColumn, ColumnsByName, DataQuality, DefectPolicy } from '../domain/candle.ts'
import { CANDLE_COLUMNS } from '../domain/candle.ts'
import type { SymbolError } from '../domain/errors.ts'
import { isoTime } from '../domain/timeframe.ts'
import type { LoadedCandles, LoadRequest } from './repository.ts'
import { blankUnknown, judgeRows, type RawCandles, type RawColumns } from './row-flags.ts'
import { type Selection, type Span, selectRows } from './row-selection.ts'
import { columnNamed, userColumnsOf } from './user-columns.ts'

export type { RawCandles, RawColumns } from './row-flags.ts'
export type { Span } from './row-selection.ts'

/** Clean columns of equal length, oldest first, times strictly rising; or why there are none. */
export type CleanedCandles =
  | {
      time: Float64Array
      /** User columns among them, as `raw` had them. */
      columns: ColumnsByName & Record<CandleColumn, Float64Array>
      quality: DataQuality
      /** How many clean bars of `raw` the span left out in front. */
      firstBar: number
      error?: undefined
    }
  | { error: SymbolError; quality: DataQuality }

/**
 * Makes candles of raw rows, for an adapter that has nothing better. Of rows with one time the last wins; then every row
 * is judged on all four prices. Columns are copied only where something has to change.
 *
 * | row | `drop` | `keep` | `error` |
 * | --- | --- | --- | --- |
 * | a price not finite, zero or negative; high < low | left out | kept, infinite as NaN | `BAD_DATA` for the symbol |
 * | high or low inside the body | kept | kept | kept |
 * | volume missing, negative or not finite | volume NaN | volume NaN | volume NaN |
 * | no time, or one that no `Date` can hold | left out | left out | `BAD_DATA` |
 *
 * User columns go with their rows: nothing in them is judged.
 *
 * @param raw Further columns of it are user columns.
 * @param span Cuts the history; see `Span`. All of it when absent.
 *
 * @example
 * const time = Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2))
 * const price = Float64Array.of(10, 11)
 * const raw = { time, open: price, high: price, low: Float64Array.of(10, 0), close: price }
 * const { columns, quality } = cleanCandles(raw, 'drop')
 * `${columns.close} of ${quality.rows} rows, ${quality.notPositive} with a price of 0`
 * // 10 of 2 rows, 1 with a price of 0
 */
export function cleanCandles(raw: RawCandles | RawColumns, policy: DefectPolicy, span: Span = {}): CleanedCandles {
  const flags = judgeRows(raw)
  const { time, open, high, low, close } = raw
  const volume = raw.volume ?? new Float64Array(time.length).fill(Number.NaN)
  const columns = flags
    ? { open: open.slice(), high: high.slice(), low: low.slice(), close: close.slice(), volume: volume.slice() }
    : { open, high, low, close, volume }
  if (flags) blankUnknown(columns, flags)
  const selection = selectRows(time, flags, policy, span)
  const { quality } = selection
  if (policy === 'error' && countDefects(quality) > 0) return { error: badData(quality), quality }
  const all = [...Object.entries(columns), ...userColumnsOf(raw)]
  const taken = all.map(([name, column]) => [name, takeRows(column, selection)])
  return { time: takeRows(time, selection), columns: Object.fromEntries(taken), quality, firstBar: selection.firstBar }
}

/** Rows of one symbol that are judged already, and only the columns somebody asked for. */
export interface JudgedCandles {
  time: Float64Array
  columns: ColumnsByName
  /** `ROW` bits; absent when every row is fine. */
  flags: Uint8Array | undefined
}

/** The span that an adapter with all rows at hand delivers: where values must be exact that is everything. */
export function spanOf({ from, to, lookbackBars, exact }: LoadRequest): Span {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    lookbackBars: exact ? Infinity : lookbackBars,
  }
}

/**
 * Answers a request from chosen rows: the series, or `BAD_DATA` or `NO_DATA` where there is nothing to hand over.
 *
 * @param hasHistory Whether the rows begin with the first of the symbol, so that its bars could be counted.
 */
export function deliver(
  symbol: string,
  candles: JudgedCandles,
  selection: Selection,
  request: LoadRequest,
  hasHistory = true,
): LoadedCandles {
  const { quality } = selection
  if (request.defects === 'error' && countDefects(quality) > 0) return { symbol, error: badData(quality), quality }
  const bars = (selection.rows?.length ?? selection.end - selection.start) - selection.barsBefore
  if (bars <= 0) return { symbol, error: noData(symbol, request, quality), quality }
  const names = [...CANDLE_COLUMNS.filter((name) => request.columns.includes(name)), ...request.userColumns]
  const taken = names.flatMap((name) => {
    const column = columnNamed(candles.columns, name)
    return column ? [[name, takeRows(column, selection)] as const] : []
  })
  return {
    symbol,
    series: {
      symbol,
      timeframe: request.timeframe,
      time: takeRows(candles.time, selection),
      columns: Object.fromEntries(taken),
    },
    quality,
    ...(hasHistory && { firstBar: selection.firstBar }),
  }
}

/** The error of a symbol that has no bar in the range of a request. */
export function noData(symbol: string, request: LoadRequest, quality?: DataQuality): SymbolError {
  const day = (ms: number | undefined, open: string) => (ms === undefined ? open : isoTime(ms))
  const range = `${day(request.from, 'its first candle')} to ${day(request.to, 'its last')}`
  const dropped = quality?.dropped ? `; ${quality.dropped} of ${quality.rows} rows were left out as defects` : ''
  return {
    code: 'NO_DATA',
    message: `there are no ${request.timeframe} candles of ${symbol} from ${range}${dropped}`,
    fields: { symbol, timeframe: request.timeframe, from: request.from, to: request.to },
  }
}

function badData(quality: DataQuality): SymbolError {
  const { rows, notFinite, halt, notPositive, highBelowLow } = quality
  const counts = [
    [notFinite, 'with a price or time that is not a number'],
    [halt, 'of a halt, with open, high and low 0'],
    [notPositive, 'with a price that is zero or negative'],
    [highBelowLow, 'with high below low'],
  ] as const
  const kinds = counts.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`)
  return {
    code: 'BAD_DATA',
    message:
      `${countDefects(quality)} of ${rows} rows cannot be candles: ${kinds.join(', ')}; ` +
      'repair the source, or set defects to "drop" to leave them out or "keep" to use them as they are',
    fields: { rows, notFinite, halt, notPositive, highBelowLow },
  }
}

function countDefects(quality: DataQuality): number {
  return quality.notFinite + quality.halt + quality.notPositive + quality.highBelowLow
}

function takeRows(column: Float64Array, { start, end, rows }: Selection): Float64Array {
  if (!rows) return start === 0 && end === column.length ? column : column.subarray(start, end)
  const taken = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) taken[at] = column[rows[at] as number] as number
  return taken
}
