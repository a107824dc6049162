import { addQuality, emptyQuality } from '../../domain/candle.ts'
import type { MatchColumns } from '../../signals/matches.ts'
import type { SourceReport } from '../../storage/repository.ts'
import type { Part, SeriesPart } from '../shared/protocol.ts'
import type { Executor } from './executor.ts'

/** Where the time went. Load and compute are summed over all workers, so they can exceed the elapsed time. */
export interface RunTiming {
  elapsedMs: number
  loadMs: number
  computeMs: number
}

/** What a run came to: as in its parts, of all symbols in the job's order. */
export interface RunOutcome extends Omit<Part, 'first' | 'loadMs' | 'computeMs'> {
  executor: Executor['name']
  workers: number
  timing: RunTiming
  /** What the repository says about its source as a whole. */
  report: SourceReport | undefined
}

export interface ScanOutcome extends RunOutcome {
  matches: MatchColumns
}

export interface SeriesOutcome extends RunOutcome {
  series: SeriesPart['series'][number][]
}

/** What the parts of a job come to together; parts in the job's order. */
export function joinParts(
  parts: readonly Part[],
  { name, workers }: Pick<Executor, 'name' | 'workers'>,
  elapsedMs: number,
): Omit<RunOutcome, 'report'> {
  const symbols = parts.reduce((sum, part) => sum + part.bars.length, 0)
  const outcome: Omit<RunOutcome, 'report'> = {
    executor: name,
    workers,
    bars: new Uint32Array(symbols),
    timeMs: new Float64Array(symbols),
    failures: parts.flatMap((part) => part.failures).sort((a, b) => a.symbol - b.symbol),
    quality: emptyQuality(),
    defective: parts.flatMap((part) => part.defective).sort((a, b) => a.symbol - b.symbol),
    exact: parts.every((part) => part.exact),
    firstBar: Math.max(0, ...parts.map((part) => part.firstBar)),
    timing: { elapsedMs, loadMs: 0, computeMs: 0 },
    cache: { hits: 0, misses: 0, residentBytes: 0 },
  }
  for (const part of parts) {
    outcome.bars.set(part.bars, part.first)
    outcome.timeMs.set(part.timeMs, part.first)
    outcome.timing.loadMs += part.loadMs
    outcome.timing.computeMs += part.computeMs
    outcome.cache.hits += part.cache.hits
    outcome.cache.misses += part.cache.misses
    outcome.cache.residentBytes = Math.max(outcome.cache.residentBytes, part.cache.residentBytes)
    addQuality(outcome.quality, part.quality)
  }
  return outcome
}
