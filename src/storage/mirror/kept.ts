import { CANDLE_COLUMNS, type ColumnsByName } from '../../domain/candle.ts'
import { isTime } from '../../domain/timeframe.ts'
import { deliver, spanOf } from '../clean.ts'
import type { LoadedCandles, LoadRequest } from '../repository.ts'
import { judgeRows, type RawCandles } from '../row-flags.ts'
import { risesStrictly, selectRows } from '../row-selection.ts'

/** What only the rows of the source tell, and nobody can count again in what was delivered of them. */
export interface RowCounts {
  duplicates: number
  outOfOrder: number
  timeless: number
  redated: number
}

/** One symbol as a mirror keeps it: all of its bars, none left out as a defect. */
export interface KeptSymbol {
  symbol: string
  time: Float64Array
  /** The candle's columns and user columns; when read, those that a request names. */
  columns: ColumnsByName
  /** `ROW` bits; undefined when every row is fine. */
  flags: Uint8Array | undefined
  counts: RowCounts
}

/** What is asked of a source for its mirror: everything, so that any request can be answered from it. */
export function wholeOf({ timeframe, userColumns, timezone, signal }: LoadRequest): LoadRequest {
  return {
    ...{ timeframe, userColumns, lookbackBars: Number.POSITIVE_INFINITY, exact: true },
    ...{ columns: CANDLE_COLUMNS, defects: 'keep' },
    ...(timezone !== undefined && { timezone }),
    ...(signal && { signal }),
  }
}

/**
 * What a mirror keeps of an answer to `wholeOf`. Undefined where it could not answer for the source: it counts what is wrong
 * with rows in another way than we do, leaves defects out whatever is asked, or has only the end of the history.
 */
export function keptOf(loaded: LoadedCandles): KeptSymbol | undefined {
  if (loaded.error || (loaded.firstBar ?? 0) !== 0) return undefined
  const { symbol, series, quality } = loaded
  const { time, columns } = series
  if (CANDLE_COLUMNS.some((name) => columns[name]?.length !== time.length)) return undefined
  if (!risesStrictly(time) || !time.every((ms) => Number.isInteger(ms) && isTime(ms))) return undefined
  const flags = judgeRows({ time, ...columns } as RawCandles)
  const ours = selectRows(time, flags, 'keep', {}, true).quality
  const { duplicates, outOfOrder, redated } = quality
  const timeless = quality.notFinite - ours.notFinite
  const counts = { duplicates, outOfOrder, timeless, redated }
  const expected = withCounts(ours, counts)
  const isSame = Object.entries(expected).every(([kind, rows]) => quality[kind as keyof typeof quality] === rows)
  return isSame && timeless >= 0 ? { symbol, time, columns, flags, counts } : undefined
}

/** The quality of a whole history: rows that were judged, and what else there was. */
function withCounts<Q extends ReturnType<typeof selectRows>['quality']>(judged: Q, counts: RowCounts): Q {
  const { duplicates, outOfOrder, timeless, redated } = counts
  return {
    ...judged,
    ...{ duplicates, outOfOrder, redated },
    rows: judged.rows + duplicates + timeless,
    notFinite: judged.notFinite + timeless,
    dropped: judged.dropped + timeless,
  }
}

/**
 * Answers a request as the source would. Undefined where only the source can: it had duplicates or rows out of order, or
 * moved some times to their dates, and the request is for a part of them.
 */
export function answerFrom(kept: KeptSymbol, request: LoadRequest): LoadedCandles | undefined {
  const { symbol, time, flags, counts } = kept
  const { from, to } = request
  const selection = selectRows(time, flags, request.defects, spanOf(request), true)
  const { quality, start, end, rows } = selection
  const reachesEnd = to === undefined || to >= (time.at(-1) as number)
  if (start === 0 && reachesEnd) {
    // A row without a time belongs to no range.
    const isOpen = from === undefined && to === undefined
    selection.quality = withCounts(quality, isOpen ? counts : { ...counts, timeless: 0 })
  } else {
    if (counts.duplicates > 0 || counts.outOfOrder > 0) return undefined
    const areAllRedated = counts.redated === time.length
    if (counts.redated > 0 && !areAllRedated) return undefined
    const first = start === 0 ? 0 : (rows?.[0] ?? start)
    quality.redated = areAllRedated ? end - first : 0
  }
  return deliver(symbol, kept, selection, request)
}
