import { addQuality, CANDLE_COLUMNS, type DataQuality, emptyQuality } from '../../domain/candle.ts'
import { EngineError, type SymbolError } from '../../domain/errors.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { Plan } from '../../formula/plan/plan.ts'
import { joinColumns, type MatchColumns } from '../../signals/matches.ts'
import type { CandleRepository, SourceReport } from '../../storage/repository.ts'
import type { Platform } from '../platform/platform.ts'
import {
  CANCELLED,
  type CacheCounts,
  type CandleSource,
  COUNTERS,
  type Part,
  type PlanTask,
  type ScanPart,
  type SeriesPart,
  type Task,
} from '../shared/protocol.ts'
import { onAbort } from './abort.ts'
import type { Executor } from './executor.ts'
import { HandOver } from './hand-over.ts'
import { inlineExecutor } from './inline.ts'
import { checkEngineOptions, checkRunOptions, type EngineOptions, type RunOptions } from './options.ts'
import { ProgressReports, progressOf } from './progress.ts'
import { runShards, type Shard, shards } from './schedule.ts'
import { type CheckedVersions, Versions } from './versions.ts'

/** Where the time went. Load and compute are summed over all workers, so they can exceed the elapsed time. */
export interface RunTiming {
  elapsedMs: number
  loadMs: number
  computeMs: number
}

/** What a run came to, per symbol in the job's order. */
export interface RunOutcome {
  executor: 'inline' | 'pool'
  workers: number
  bars: Uint32Array
  timeMs: Float64Array
  failures: { symbol: number; error: SymbolError }[]
  quality: DataQuality
  defective: { symbol: number; quality: DataQuality }[]
  /** Whether every value is what it is when all of the history is run: false only where the job gives a `history`. */
  exact: boolean
  /** First bar on which every signal has a value, counted from 0, on candles without holes. */
  firstBar: number
  timing: RunTiming
  cache: CacheCounts
  /** What the repository says about its source as a whole. */
  report: SourceReport | undefined
}

export interface ScanOutcome extends RunOutcome {
  matches: MatchColumns
}

export interface SeriesOutcome extends RunOutcome {
  series: SeriesPart['series'][number][]
}

/** Jobs with fewer symbols run inline under `auto`: a pool costs more than it gives (bench/engine/threshold). */
export const POOL_FROM_SYMBOLS = 250
/** Shards per worker once candles are resident: enough for an idle worker to take some over. */
const SHARDS_PER_WORKER = 4
/** Of the bytes that are kept, where the main thread reads for the workers: what it hands over and they put into lanes. */
const HANDED_OVER_SHARE = 0.5

/** What a thread of the pool has, as it has said last. */
interface Thread {
  /** The generation of the repository that it has opened. */
  opened?: number
  /** Bytes of candles that it keeps. */
  residentBytes?: number
}

declare global {
  interface SymbolConstructor {
    /** Older libraries of TypeScript do not have it, and projects that use ours may have one of them. */
    readonly asyncDispose: unique symbol
  }
}

/**
 * Runs plans over the symbols of jobs, in parallel, and keeps what it has read for the next job. Jobs are checked
 * already: what a person writes goes through a use case.
 */
export class ProcessingEngine {
  readonly repository: CandleRepository
  readonly #options: Required<EngineOptions>
  readonly #platform: Platform
  readonly #executors = new Map<Executor['name'], Promise<Executor>>()
  readonly #handOver: HandOver
  readonly #active = new Set<Promise<unknown>>()
  /** Of the symbols of all jobs: when one changes, workers forget that symbol. */
  readonly #versions = new Versions()
  /** Per worker of the pool; another object for another thread, which has opened nothing and keeps nothing. */
  readonly #threads: Thread[] = []
  #closing: Promise<void> | undefined

  /** @throws EngineError `ENGINE_OPTION` naming what is accepted. */
  constructor(options: EngineOptions, platform: Platform) {
    this.#platform = platform
    this.#options = checkEngineOptions(options, platform)
    this.repository = this.#options.repository
    this.#handOver = new HandOver(this.repository, this.#options.residentBytes * HANDED_OVER_SHARE)
    if (this.#options.executor === 'pool') void this.#executor('pool').catch(() => undefined)
  }

  /** Starts the worker threads now, so that the first job does not wait for them. */
  async warmUp(): Promise<void> {
    this.#checkOpen()
    await this.#executor(this.#platform.pool && this.#options.executor !== 'inline' ? 'pool' : 'inline')
  }

  /**
   * The bars on which the plan's signals are true.
   *
   * @throws EngineError `CANCELLED`, `ENGINE_CLOSED`, `ENGINE_WORKER`; DataError when the storage as a whole fails.
   */
  async runScan(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<ScanOutcome> {
    const { parts, outcome } = await this.#run<ScanPart>('scan', plan, job, options)
    const matches = joinColumns(
      parts.map((part) => part.matches),
      plan.reported.length,
    )
    return { ...outcome, matches }
  }

  /** The plan's reported values over the job's range, per symbol. Throws what `runScan` throws. */
  async runSeries(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<SeriesOutcome> {
    const { parts, outcome } = await this.#run<SeriesPart>('series', plan, job, options)
    return { ...outcome, series: parts.flatMap((part) => part.series) }
  }

  /**
   * Waits for running jobs, then closes every repository, those that worker threads have opened too, and ends the
   * threads. Whoever calls it again waits for the same end.
   *
   * Rejects with the first failure of a repository to close; everything else is closed nevertheless.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #end(): Promise<void> {
    await Promise.allSettled([...this.#active])
    const failures: unknown[] = []
    const noted = (closing: Promise<void>) => closing.catch((error: unknown) => failures.push(error))
    const executors = await Promise.allSettled([...this.#executors.values()])
    for (const started of executors) if (started.status === 'fulfilled') await noted(started.value.close())
    await noted((async () => this.repository.close())())
    this.#platform.close?.()
    if (failures.length > 0) throw failures[0]
  }

  #checkOpen() {
    if (this.#closing) throw new EngineError('ENGINE_CLOSED', 'the engine is closed: make a new one')
  }

  #executor(name: Executor['name']): Promise<Executor> {
    const started = this.#executors.get(name)
    if (started) return started
    const starting = this.#start(name).catch((error: unknown) => {
      // The next job may have better luck.
      this.#executors.delete(name)
      throw error
    })
    this.#executors.set(name, starting)
    return starting
  }

  async #start(name: Executor['name']): Promise<Executor> {
    const { workers, residentBytes } = this.#options
    const module = await this.#platform.module().catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError('ENGINE_WASM', `the WebAssembly kernels could not be loaded: ${reason}`, {}, { cause })
    })
    if (name === 'inline') return inlineExecutor({ module, residentBytes, workers: 1 }, this.#platform.pause)
    const { pool } = this.#platform
    if (!pool) throw new EngineError('ENGINE_OPTION', 'there are no worker threads here: use executor "inline"')
    const forget = (worker: number) => void delete this.#threads[worker]
    const share = this.repository.description ? 1 : 1 - HANDED_OVER_SHARE
    return pool(workers, { module, residentBytes: (share * residentBytes) / workers, workers }, forget)
  }

  #choose({ symbols }: ProcessingJob): Executor['name'] {
    if (this.#options.executor !== 'auto') return this.#options.executor
    const isWorthIt = symbols.length >= POOL_FROM_SYMBOLS && this.#options.workers > 1
    return this.#platform.pool && isWorthIt ? 'pool' : 'inline'
  }

  async #run<P extends Part>(
    kind: Task['kind'],
    plan: Plan,
    job: ProcessingJob,
    options: RunOptions,
  ): Promise<{ parts: P[]; outcome: RunOutcome }> {
    this.#checkOpen()
    checkRunOptions(options)
    const running = this.#runShards<P>(kind, plan, job, options)
    this.#active.add(running)
    try {
      return await running
    } finally {
      this.#active.delete(running)
    }
  }

  async #runShards<P extends Part>(kind: Task['kind'], plan: Plan, job: ProcessingJob, options: RunOptions) {
    const start = performance.now()
    const { signal, onProgress, candleColumns: shown = kind === 'scan' ? CANDLE_COLUMNS : [] } = options
    const counters = newCounters()
    if (signal?.aborted) throw cancelled(counters, job)
    const cancel = () => void Atomics.store(counters, CANCELLED, 1)
    const stopListening = signal && onAbort(signal, cancel)
    const progress = () => progressOf(counters, job.symbols.length, performance.now() - start)
    const reports = new ProgressReports(onProgress, progress, cancel)
    try {
      const starting = Promise.all([this.#executor(this.#choose(job)), this.#checkVersions(job)])
      const [executor, { states, isKnown }] = await orCancelled(starting, signal, () => cancelled(counters, job))
      const task = {
        kind,
        counters,
        plan: planTask(plan),
        timeframe: job.timeframe,
        range: job.dateRange,
        ...(job.history !== undefined && { history: job.history }),
        ...(job.last !== undefined && { last: job.last }),
        ...(job.timezone !== undefined && { timezone: job.timezone }),
        defects: this.#options.defects,
        columns: CANDLE_COLUMNS.filter((name) => plan.columns.includes(name) || shown.includes(name)),
      }
      const parts: P[] = []
      const queues = shards(job.symbols.length, executor.workers, isKnown ? SHARDS_PER_WORKER : 1)
      await runShards(queues, async (shard, worker) => {
        if (Atomics.load(counters, CANCELLED) !== 0) return
        const asked = performance.now()
        this.#threads[worker] ??= {}
        const thread = this.#threads[worker]
        const source = await this.#source(executor, job, shard, states, thread)
        const sourceMs = performance.now() - asked
        const symbols = job.symbols.slice(shard.first, shard.end)
        const own = { source, symbols, states: states.slice(shard.first, shard.end), first: shard.first }
        const part = (await executor.run({ ...task, ...own }, worker)) as Part as P
        parts.push({ ...part, loadMs: part.loadMs + sourceMs })
        if (source.kind === 'open') thread.opened = source.generation
        if (executor.name === 'pool') thread.residentBytes = part.cache.residentBytes
      })
      if (Atomics.load(counters, CANCELLED) !== 0) {
        reports.throwFailure()
        throw cancelled(counters, job)
      }
      await reports.end()
      parts.sort((a, b) => a.first - b.first)
      const ofSource = await this.repository.report?.(job.timeframe)
      const outcome = joinParts(parts, executor, performance.now() - start)
      if (executor.name === 'pool') outcome.cache.residentBytes = this.#poolBytes()
      return { parts, outcome: { ...outcome, report: ofSource } }
    } finally {
      reports.stop()
      stopListening?.()
    }
  }

  async #checkVersions({ symbols, timeframe }: ProcessingJob): Promise<CheckedVersions> {
    return this.#versions.check(timeframe, symbols, await this.repository.versions(symbols, timeframe))
  }

  async #source(
    executor: Executor,
    job: ProcessingJob,
    shard: Shard,
    states: Uint32Array,
    thread: Thread,
  ): Promise<CandleSource> {
    if (executor.name === 'inline') return { kind: 'live', repository: this.repository }
    const { description } = this.repository
    if (description) {
      const generation = this.#versions.generation(description.kind === 'memory')
      const isOpen = thread.opened === generation
      // Unless it answers, nobody knows what the thread has, and another job may ask it before it does.
      delete thread.opened
      return { kind: 'open', generation, ...(!isOpen && { description }) }
    }
    return { kind: 'given', candles: await this.#handOver.candles(job, shard, states, this.#options.defects) }
  }

  #poolBytes(): number {
    return this.#threads.reduce((sum, { residentBytes = 0 }) => sum + residentBytes, this.#handOver.sizeBytes)
  }
}

/** The work, or the error once the signal is aborted: what was begun goes on, for the next job. */
function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined, error: () => EngineError): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(error()))
    void work.then(resolve, reject).finally(stopListening)
  })
}

function planTask(plan: Plan): PlanTask {
  const { canonical, bytes, reported, columns, readsTime, readsCalendar } = plan
  return { key: canonical, bytes, values: reported.length, columns, readsTime, readsCalendar }
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

/** What the parts of a job come to together; parts in the job's order. */
function joinParts(parts: readonly Part[], executor: Executor, elapsedMs: number): Omit<RunOutcome, 'report'> {
  const symbols = parts.reduce((sum, part) => sum + part.bars.length, 0)
  const outcome: Omit<RunOutcome, 'report'> = {
    executor: executor.name,
    workers: executor.workers,
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
