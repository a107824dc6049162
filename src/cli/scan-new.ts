import type { BatchScanResult } from '../use-cases/batch-scan.ts'
import type { FailedCommand } from './exec.ts'
import { formatCount } from './people.ts'
import { type MatchedSymbols, readState, type ScanState, signalsText, writeState } from './scan-state.ts'
import { newOf, type ScanView, signalKey } from './scan-view.ts'
import type { Note } from './terminal.ts'

/** A scan beside the run before. */
export interface Comparison {
  /** What is new. */
  view: ScanView
  note: Note
  /** Leaves the state for the next run. */
  keep(failed: readonly FailedCommand[]): Promise<void>
}

/**
 * Reads what the run before left; what it answers compares a scan with that.
 *
 * @throws UsageError for a file that cannot be read or written, or is something else.
 */
export async function openState(file: string): Promise<(all: ScanView) => Comparison> {
  const state = await readState(file)
  return (all) => {
    const whyAnew = whyNothingIsKnown(state, file, all.result)
    const known: MatchedSymbols = whyAnew === undefined && state ? state.matched : new Map()
    const view = newOf(all, known)
    const note = { text: ` ${whyAnew === undefined ? knownText(all, view) : `${whyAnew}: every match is new`}` }
    return { view, note, keep: (failed) => writeState(file, stateAfter(all, known, failed)) }
  }
}

function whyNothingIsKnown(state: ScanState | undefined, file: string, { job, plan }: BatchScanResult) {
  if (!state) return `the first run with ${file}`
  if (state.timeframe !== job.timeframe) return `${file} is of ${state.timeframe} candles`
  if (state.formula !== signalsText(plan)) return `${file} is of another formula`
  return undefined
}

function knownText(all: ScanView, fresh: ScanView): string {
  const count = all.statistics.symbolsMatched
  const known = count - fresh.statistics.symbolsMatched
  return `${formatCount(known)} of ${formatCount(count)} matching symbols matched in the run before`
}

/**
 * A symbol that failed keeps what it had: nobody knows whether it matches. One whose command failed is left out, so that
 * it is new again.
 */
function stateAfter(all: ScanView, known: MatchedSymbols, failed: readonly FailedCommand[]): ScanState {
  const { result, matches } = all
  const { symbols, names, columns } = matches
  const keys = names.signals.map(signalKey)
  const matched = new Map(keys.map((key) => [key, new Set<string>()]))
  columns.symbol.forEach((symbol, at) => void matched.get(keys[columns.signal[at]!]!)!.add(symbols[symbol]!))
  const broken = new Set(result.errors.map(({ symbol }) => symbol))
  for (const [key, before] of known) {
    for (const symbol of before) if (broken.has(symbol)) matched.get(key)?.add(symbol)
  }
  for (const { match } of failed) matched.get(signalKey(match))?.delete(match.symbol)
  return { formula: signalsText(result.plan), timeframe: result.job.timeframe, matched }
}
