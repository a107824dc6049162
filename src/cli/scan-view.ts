import { CANDLE_COLUMNS } from '../domain/candle.ts'
import type { SignalMatch } from '../domain/result.ts'
import type { ScanStatistics } from '../signals/aggregate.ts'
import { emptyColumns, type MatchColumns, MatchTable } from '../signals/matches.ts'
import type { BatchScanResult } from '../use-cases/batch-scan.ts'
import { counted } from './people.ts'
import type { MatchedSymbols } from './scan-state.ts'

/** What is shown of a scan: all its matches, or the new ones. */
export interface ScanView {
  result: BatchScanResult
  matches: MatchTable
  /** Of the matches shown. */
  statistics: ScanStatistics
  /** Whether they are those that the run before did not have. */
  isNew?: true
}

/** The view of all matches of a result. */
export function viewOf(result: BatchScanResult): ScanView {
  return { result, matches: result.matches, statistics: result.statistics }
}

/** The view without the symbols that matched before with the same signal. */
export function newOf(view: ScanView, before: MatchedSymbols): ScanView {
  const { symbols, names, columns } = view.matches
  const ofSignal = names.signals.map((signal) => before.get(signalKey(signal)))
  const isFresh = (at: number) => !ofSignal[columns.signal[at]!]?.has(symbols[columns.symbol[at]!]!)
  const fresh = columns.bar.map((_, at) => at).filter(isFresh)
  const matches = new MatchTable(symbols, names, pick(columns, fresh, names.values.length))
  return { result: view.result, matches, statistics: view.result.statisticsOf(matches), isNew: true }
}

/** `3 matches`, or `3 new matches`. */
export function countedMatches({ statistics, isNew }: ScanView): string {
  const { matches } = statistics
  return isNew ? counted(matches, 'new match', 'new matches') : counted(matches, 'match', 'matches')
}

/** What tells the signals of a script apart: the role, where it has roles. */
export function signalKey({ role, signalType }: Pick<SignalMatch, 'role' | 'signalType'>): string {
  return role ?? signalType
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
