import { CANDLE_COLUMNS } from '../domain/candle.ts'
import type { ScanStatistics } from '../signals/aggregate.ts'
import { emptyColumns, type MatchColumns, MatchTable } from '../signals/matches.ts'
import type { BatchScanResult } from '../use-cases/batch-scan.ts'

/** What is shown of a scan: all its matches, or those on the last bars. */
export interface ScanView {
  result: BatchScanResult
  matches: MatchTable
  /** Of the matches shown. */
  statistics: ScanStatistics
}

/** The view of a result on the last bars of each symbol; on all where absent. */
export function viewOf(result: BatchScanResult, lastBars?: number): ScanView {
  if (lastBars === undefined) return { result, matches: result.matches, statistics: result.statistics }
  const { symbols, names, columns } = result.matches
  const isShown = (at: number) => columns.bar[at]! >= result.barsOf(columns.symbol[at]!) - lastBars
  const shown = columns.bar.map((_, at) => at).filter(isShown)
  const matches = new MatchTable(symbols, names, pick(columns, shown, names.values.length))
  return { result, matches, statistics: result.statisticsOf(matches) }
}

/** The matches of those numbers, in their order. */
export function pick(columns: MatchColumns, numbers: Uint32Array, valuesPerMatch: number): MatchColumns {
  const picked = emptyColumns(numbers.length, valuesPerMatch)
  numbers.forEach((from, to) => {
    picked.symbol[to] = columns.symbol[from]!
    picked.bar[to] = columns.bar[from]!
    picked.signal[to] = columns.signal[from]!
    picked.time[to] = columns.time[from]!
    for (const name of CANDLE_COLUMNS) picked.candle[name][to] = columns.candle[name][from]!
    const values = columns.values.subarray(from * valuesPerMatch, (from + 1) * valuesPerMatch)
    picked.values.set(values, to * valuesPerMatch)
  })
  return picked
}
