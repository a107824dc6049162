import { CANDLE_COLUMNS, type CandleColumn, type DefectPolicy } from '../../domain/candle.ts'
import { EngineError } from '../../domain/errors.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { Plan } from '../../formula/plan/plan.ts'
import type { CandleRepository } from '../../storage/repository.ts'
import { CANCELLED, COUNTERS, type PlanTask, type Task, type Work, type WorkKind } from '../shared/protocol.ts'
import { onAbort } from './abort.ts'
import type { CandleSources } from './candle-sources.ts'
import type { Executors } from './executors.ts'
import type { RunOptions } from './options.ts'
import { joinParts, type RunOutcome } from './outcome.ts'
import { ProgressReports, progressOf } from './progress.ts'
import { runShards, shards } from './schedule.ts'
import { findUserColumns } from './user-columns.ts'

/** Shards per worker once candles are resident: enough for an idle worker to take some over. */
const SHARDS_PER_WORKER = 4

/** What a run needs of its engine. */
export interface RunHost {
  repository: CandleRepository
  executors: Executors
  sources: CandleSources
  defects: DefectPolicy
}

export interface Ran<K extends WorkKind> {
  /** In the job's order. */
  parts: Work[K][]
  outcome: RunOutcome
}

/**
 * Runs one kind of work of a plan over the symbols of a job, cut into shards.
 *
 * @param shown Columns of the candles that are read besides those of the plan.
 */
export async function runJob<K extends WorkKind>(
  kind: K,
  plan: Plan,
  job: ProcessingJob,
  shown: readonly CandleColumn[],
  { signal, onProgress }: RunOptions,
  { repository, executors, sources, defects }: RunHost,
): Promise<Ran<K>> {
  const start = performance.now()
  const counters = newCounters()
  if (signal?.aborted) throw cancelled(counters, job)
  const isCancelled = () => Atomics.load(counters, CANCELLED) !== 0
  const cancel = () => void Atomics.store(counters, CANCELLED, 1)
  const stopListening = signal && onAbort(signal, cancel)
  const progress = () => progressOf(counters, job.symbols.length, performance.now() - start)
  const reports = new ProgressReports(onProgress, progress, cancel)
  try {
    const starting = Promise.all([
      executors.forSymbols(job.symbols.length),
      sources.begin(job),
      findUserColumns(plan, job.timeframe, repository),
    ])
    const [executor, { number, revisions, isKnown }, userColumns] = await orCancelled(starting, signal, () =>
      cancelled(counters, job),
    )
    const common = { ...commonOf(plan, job, shown), userColumns, kind, job: number, counters, defects }
    const read = userColumns.map(({ source }) => source)
    const parts: Work[K][] = []
    const queues = shards(job.symbols.length, executor.workers, isKnown ? SHARDS_PER_WORKER : 1)
    await runShards(queues, async (shard, worker) => {
      if (isCancelled()) return
      const asked = performance.now()
      const { source, taken } = await sources.lend(executor.name, worker, job, number, shard, revisions, read)
      const sourceMs = performance.now() - asked
      const { first, end } = shard
      const own = { source, symbols: job.symbols.slice(first, end), revisions: revisions.slice(first, end), first }
      const part = await executor.run({ ...common, ...own }, worker)
      taken(part)
      parts.push({ ...part, loadMs: part.loadMs + sourceMs })
    })
    if (isCancelled()) {
      reports.throwFailure()
      throw cancelled(counters, job)
    }
    await reports.end()
    parts.sort((a, b) => a.first - b.first)
    const report = await repository.report?.(job.timeframe)
    const outcome = joinParts(parts, executor, performance.now() - start)
    if (executor.name === 'pool') outcome.cache.residentBytes = sources.residentBytes
    return { parts, outcome: { ...outcome, report } }
  } finally {
    reports.stop()
    stopListening?.()
  }
}

/** What all tasks of a run have in common. */
function commonOf(
  plan: Plan,
  { timeframe, dateRange, history, last, timezone }: ProcessingJob,
  shown: readonly CandleColumn[],
) {
  return {
    plan: planTask(plan),
    timeframe,
    range: dateRange,
    ...(history !== undefined && { history }),
    ...(last !== undefined && { last }),
    ...(timezone !== undefined && { timezone }),
    columns: CANDLE_COLUMNS.filter((name) => plan.columns.includes(name) || shown.includes(name)),
  } satisfies Partial<Task>
}

function planTask(plan: Plan): PlanTask {
  const { canonical, bytes, reported, columns, readsTime, readsCalendar } = plan
  return { key: canonical, bytes, values: reported.length, columns, readsTime, readsCalendar }
}

/** The work, or the error once the signal is aborted: what was begun goes on, for the next job. */
function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined, error: () => EngineError): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(error()))
    void work.then(resolve, reject).finally(stopListening)
  })
}

/** Shared where threads can share memory; elsewhere everything runs in this one. */
function newCounters(): Int32Array {
  const bytes = COUNTERS * Int32Array.BYTES_PER_ELEMENT
  return new Int32Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes),
  )
}

function cancelled(counters: Int32Array, { id, symbols }: ProcessingJob): EngineError {
  const { completed, failed, total } = progressOf(counters, symbols.length, 0)
  const message = `job ${id} was cancelled after ${completed + failed} of ${total} symbols`
  return new EngineError('CANCELLED', message, { jobId: id, completed, failed, total })
}
