import type { DataQuality, DefectPolicy } from '../domain/candle.ts'
import { emptyQuality } from '../domain/candle.ts'
import { countRedated, type DateRule, datesOf } from '../domain/candle-dates.ts'
import { isTime } from '../domain/timeframe.ts'
import { isDefect, kindOf, ROW } from './row-flags.ts'

/** The part of a symbol's history that is wanted; times in milliseconds UTC, both inclusive, open where absent. */
export interface Span {
  from?: number
  to?: number
  /** Bars wanted in front of `from` as well. */
  lookbackBars?: number
}

/** Which rows of a symbol are handed over, in the order of time. */
export interface Selection {
  /** The rows `start` to `end` (exclusive), unless `rows` lists them. */
  start: number
  end: number
  rows?: Uint32Array
  /** How many of the bars stand in front of `from`. */
  barsBefore: number
  /** How many bars stand in front of the first one handed over. */
  firstBar: number
  /** About the rows from the first bar handed over (or from the source's first, when it has fewer bars) to `to`. */
  quality: DataQuality
}

/**
 * Chooses the bars of one symbol: sorts, lets the last of rows with one time win, leaves defects out under every policy
 * but `keep`, and cuts the span. Clean sorted rows are only searched, never copied.
 *
 * A row without a time belongs nowhere: it is never handed over, and counts as `notFinite` when all of the history is
 * wanted.
 *
 * @param flags `ROW` bits of each row; absent when all rows are fine.
 */
export function selectRows(
  time: Float64Array,
  flags: Uint8Array | undefined,
  policy: DefectPolicy,
  span: Span,
  isRising = risesStrictly(time),
): Selection {
  if (isRising) return selectRising(time, flags, policy, span)
  const order = lastOfEachTime(time)
  const sortedTime = Float64Array.from(order, (row) => time[row] as number)
  const sortedFlags = flags && Uint8Array.from(order, (row) => flags[row] as number)
  const chosen = selectRising(sortedTime, sortedFlags, policy, span)
  const first = chosen.start === 0 ? -Infinity : (sortedTime[chosen.start] ?? Infinity)
  countSourceRows(time, first, span, chosen.quality)
  return {
    ...chosen,
    rows: chosen.rows ? chosen.rows.map((at) => order[at] as number) : order.subarray(chosen.start, chosen.end),
  }
}

/** `selectRows` of candles that get their dates first; the range counts dates. */
export function selectDated(
  time: Float64Array,
  rule: DateRule,
  flags: Uint8Array | undefined,
  policy: DefectPolicy,
  span: Span,
  isRising?: boolean,
): { dates: Float64Array; selection: Selection } {
  const dates = datesOf(time, rule)
  if (dates === time) return { dates, selection: selectRows(time, flags, policy, span, isRising) }
  const selection = selectRows(dates, flags, policy, span)
  const first = selection.start === 0 ? -Infinity : (dates[selection.rows?.[0] ?? selection.start] ?? Infinity)
  selection.quality.redated = countRedated(time, dates, first, span.to ?? Infinity)
  return { dates, selection }
}

/** Whether every time is one that a `Date` can hold, and later than the one before. */
export function risesStrictly(time: Float64Array): boolean {
  let last = -Infinity
  for (let row = 0; row < time.length; row++) {
    const next = time[row] as number
    if (!(next > last)) return false
    last = next
  }
  return time.length === 0 || (isTime(time[0] as number) && isTime(last))
}

function selectRising(time: Float64Array, flags: Uint8Array | undefined, policy: DefectPolicy, span: Span): Selection {
  const end = span.to === undefined ? time.length : firstAtOrAfter(time, span.to, true)
  const inRange = span.from === undefined ? 0 : Math.min(end, firstAtOrAfter(time, span.from))
  const lookbackBars = span.from === undefined ? Infinity : (span.lookbackBars ?? 0)
  const leavesOut = policy !== 'keep'
  const quality = emptyQuality()
  if (!flags) {
    const start = Math.max(0, inRange - lookbackBars)
    quality.rows = end - start
    return { start, end, barsBefore: inRange - start, firstBar: start, quality }
  }
  let start = inRange
  let barsBefore = 0
  for (; start > 0 && barsBefore < lookbackBars; start--) {
    if (!(leavesOut && isDefect(flags[start - 1] as number))) barsBefore++
  }
  const defects = countFlags(flags, start, end, leavesOut, quality)
  let firstBar = start
  if (leavesOut) for (let row = 0; row < start; row++) if (isDefect(flags[row] as number)) firstBar--
  if (!leavesOut || defects === 0) return { start, end, barsBefore, firstBar, quality }
  const rows = new Uint32Array(end - start - defects)
  for (let row = start, kept = 0; row < end; row++) if (!isDefect(flags[row] as number)) rows[kept++] = row
  return { start, end, rows, barsBefore, firstBar, quality }
}

/** Counts what the flags say into `quality`, and answers how many rows are defects. */
function countFlags(flags: Uint8Array, start: number, end: number, leavesOut: boolean, quality: DataQuality): number {
  const counts = new Uint32Array(8)
  for (let row = start; row < end; row++) {
    const flag = flags[row] as number
    if (flag === 0) continue
    counts[kindOf(flag)]!++
    if (flag & ROW.unknownVolume && !(leavesOut && isDefect(flag))) quality.unknownVolume++
  }
  quality.rows = end - start
  quality.notFinite = counts[ROW.notFinite] as number
  quality.halt = counts[ROW.halt] as number
  quality.notPositive = counts[ROW.notPositive] as number
  quality.highBelowLow = counts[ROW.highBelowLow] as number
  quality.inconsistent = counts[ROW.inconsistent] as number
  const defects = quality.notFinite + quality.halt + quality.notPositive + quality.highBelowLow
  quality.dropped = leavesOut ? defects : 0
  return defects
}

/** What only the source's own order tells: rows, duplicates, rows out of order and rows without a time. */
function countSourceRows(time: Float64Array, first: number, span: Span, quality: DataQuality): void {
  const bars = quality.rows
  const to = span.to ?? Infinity
  let latest = -Infinity
  let rows = 0
  let timeless = 0
  for (const next of time) {
    if (!isTime(next)) timeless++
    if (!(next >= first && next <= to) || !isTime(next)) continue
    rows++
    if (next < latest) quality.outOfOrder++
    else latest = next
  }
  quality.duplicates = rows - bars
  quality.rows = rows
  if (span.from !== undefined || span.to !== undefined) return
  quality.rows += timeless
  quality.notFinite += timeless
  quality.dropped += timeless
}

/** Rows with a time, sorted by it; of rows with one time the last in the source. */
function lastOfEachTime(time: Float64Array): Uint32Array {
  const rows = Uint32Array.from(time.keys()).filter((row) => isTime(time[row] as number))
  const sorted = rows.sort((a, b) => (time[a] as number) - (time[b] as number) || a - b)
  return sorted.filter((row, at) => at + 1 === sorted.length || time[row] !== time[sorted[at + 1] as number])
}

/** Position of the first value that is not below `wanted` (with `isAfter`: that is above it); rising values. */
export function firstAtOrAfter(rising: Float64Array, wanted: number, isAfter = false): number {
  let low = 0
  let high = rising.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = rising[middle] as number
    if (found < wanted || (isAfter && found === wanted)) low = middle + 1
    else high = middle
  }
  return low
}
