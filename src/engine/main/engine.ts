import {
  CANDLE_COLUMNS,
  type CandleColumn,
  type DataQuality,
  DEFECT_POLICIES,
  type DefectPolicy,
  emptyQuality,
} from '../../domain/candle.ts'
import { EngineError, type SymbolError } from '../../domain/errors.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { Plan } from '../../formula/plan.ts'
import { joinColumns, type MatchColumns } from '../../signals/matches.ts'
import type { CandleRepository, SourceReport } from '../../storage/repository.ts'
import type { Platform } from '../platform/platform.ts'
import {
  CANCELLED,
  type CacheCounts,
  type CandleSource,
  COMPLETED,
  COUNTERS,
  FAILED,
  type Part,
  type PlanTask,
  type ScanPart,
  type SeriesPart,
  type Task,
} from '../shared/protocol.ts'
import type { Executor } from './executor.ts'
import { handedOver } from './hand-over.ts'
import { inlineExecutor } from './inline.ts'
import { runShards, type Shard, shards } from './schedule.ts'

export interface EngineOptions {
  repository: CandleRepository
  /**
   * `inline` runs in this thread, `pool` in worker threads; `auto` (the default) takes the pool for jobs that are
   * large enough to be worth it, where there are threads.
   */
  executor?: 'auto' | 'inline' | 'pool'
  /** Worker threads, 1 to 256; as many as the machine has cores where absent. */
  workers?: number
  /** What happens to candles that cannot be true; `drop` where absent. */
  defects?: DefectPolicy
  /** Candles kept between jobs, in bytes over all workers; 1 GiB where absent. */
  residentBytes?: number
}

export interface Progress {
  completed: number
  failed: number
  total: number
  elapsedMs: number
  /** Estimated from the speed so far; null before the first symbol is done. */
  remainingMs: number | null
}

export interface RunOptions {
  /** Called about ten times a second, and once at the end. */
  onProgress?: (progress: Progress) => void
  /**
   * Columns of the candles that matches show besides those the formula reads; all where absent. What is left out is
   * not read, and NaN in the matches: reading fewer columns is quicker where candles come from a file.
   */
  candleColumns?: readonly CandleColumn[]
  /** Stops the run: it rejects with `CANCELLED`, and the engine can take the next job. */
  signal?: AbortSignal
}

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
const PROGRESS_MS = 100
const GIBIBYTE = 2 ** 30

/** Runs plans over the symbols of jobs, in parallel, and keeps what it has read for the next job. */
export class ProcessingEngine {
  readonly repository: CandleRepository
  readonly #options: Required<Omit<EngineOptions, 'repository'>>
  readonly #platform: Platform
  readonly #executors = new Map<Executor['name'], Promise<Executor>>()
  readonly #handOver: ReturnType<typeof handedOver>
  readonly #active = new Set<Promise<unknown>>()
  /** Versions of the symbols of all jobs: when one changes, workers forget what they hold. */
  readonly #versions = new Map<string, string>()
  /** The last job's: mostly the next one asks for the same. */
  #last: { timeframe?: string; symbols: readonly string[]; versions: readonly string[] } = { symbols: [], versions: [] }
  #generation = 0
  /** Which generation each worker of the pool has opened. */
  readonly #opened: number[] = []
  #closed = false

  /** @throws EngineError `ENGINE_OPTION` naming what is accepted. */
  constructor(options: EngineOptions, platform: Platform) {
    this.#platform = platform
    this.#options = checkOptions(options, platform)
    this.repository = options.repository
    this.#handOver = handedOver(options.repository)
    if (this.#options.executor === 'pool') void this.#executor('pool').catch(() => undefined)
  }

  /** Starts the worker threads now, so that the first job does not wait for them. */
  async warmUp(): Promise<void> {
    await this.#executor(this.#platform.pool && this.#options.executor !== 'inline' ? 'pool' : 'inline')
  }

  /**
   * The bars on which the plan's signals are true.
   *
   * @throws EngineError `CANCELLED`, `ENGINE_CLOSED`, `ENGINE_WORKER`; DataError when the storage as a whole fails.
   */
  async scan(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<ScanOutcome> {
    const { parts, outcome } = await this.#run<ScanPart>('scan', plan, job, options)
    const matches = joinColumns(
      parts.map((part) => part.matches),
      plan.reported.length,
    )
    return { ...outcome, matches }
  }

  /** The plan's reported values over the job's range, per symbol. Throws what `scan` throws. */
  async series(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<SeriesOutcome> {
    const { parts, outcome } = await this.#run<SeriesPart>('series', plan, job, options)
    return { ...outcome, series: parts.flatMap((part) => part.series) }
  }

  /** Waits for running jobs, then ends every thread and closes the repository. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled([...this.#active])
    const executors = await Promise.allSettled([...this.#executors.values()])
    for (const started of executors) if (started.status === 'fulfilled') await started.value.close()
    await this.repository.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #executor(name: Executor['name']): Promise<Executor> {
    const started = this.#executors.get(name)
    if (started) return started
    const { workers, residentBytes } = this.#options
    const starting = this.#platform.module().then(
      (module) => {
        if (name === 'inline') return inlineExecutor({ module, residentBytes, workers: 1 }, this.#platform.pause)
        const { pool } = this.#platform
        if (!pool) throw new EngineError('ENGINE_OPTION', 'there are no worker threads here: use executor "inline"')
        return pool(workers, { module, residentBytes: residentBytes / workers, workers })
      },
      (cause) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new EngineError('ENGINE_WASM', `the WebAssembly kernels could not be loaded: ${reason}`, {}, { cause })
      },
    )
    this.#executors.set(name, starting)
    return starting
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
    if (this.#closed) throw new EngineError('ENGINE_CLOSED', 'the engine is closed: make a new one')
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
    const cancel = () => Atomics.store(counters, CANCELLED, 1)
    if (signal?.aborted) throw cancelled(counters, job)
    signal?.addEventListener('abort', cancel, { once: true })
    const thrown: unknown[] = []
    const report = () => {
      try {
        onProgress?.(progressOf(counters, job.symbols.length, performance.now() - start))
      } catch (error) {
        // From a timer it would end the process: the run stops and rejects with it.
        thrown.push(error)
        cancel()
      }
    }
    const timer = onProgress && setInterval(report, PROGRESS_MS)
    try {
      const starting = Promise.all([this.#executor(this.#choose(job)), this.#checkVersions(job)])
      const [executor, known] = await orCancelled(starting, signal, () => cancelled(counters, job))
      const task = {
        kind,
        counters,
        plan: planTask(plan),
        timeframe: job.timeframe,
        range: job.dateRange,
        ...(job.timezone !== undefined && { timezone: job.timezone }),
        defects: this.#options.defects,
        columns: CANDLE_COLUMNS.filter((name) => plan.columns.includes(name) || shown.includes(name)),
      }
      const parts: P[] = []
      const queues = shards(job.symbols.length, executor.workers, known ? SHARDS_PER_WORKER : 1)
      await runShards(queues, async (shard, worker) => {
        if (Atomics.load(counters, CANCELLED) !== 0) return
        const source = await this.#source(executor, job, shard, worker)
        const symbols = job.symbols.slice(shard.first, shard.end)
        // Unless it answers, nobody knows what the worker has: it may be a new thread.
        delete this.#opened[worker]
        parts.push((await executor.run({ ...task, source, symbols, first: shard.first }, worker)) as Part as P)
        this.#opened[worker] = source.generation
      })
      const isCancelled = Atomics.load(counters, CANCELLED) !== 0
      if (!isCancelled) report()
      if (thrown.length > 0) throw thrown[0]
      if (isCancelled) throw cancelled(counters, job)
      parts.sort((a, b) => a.first - b.first)
      const ofSource = await this.repository.report?.(job.timeframe)
      return { parts, outcome: { ...joinParts(parts, executor, performance.now() - start), report: ofSource } }
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** Whether every symbol was in an earlier job and has not changed; notes what has. */
  async #checkVersions({ symbols, timeframe }: ProcessingJob): Promise<boolean> {
    const versions = await this.repository.versions(symbols, timeframe)
    const last = this.#last
    if (last.timeframe === timeframe && isSame(last.symbols, symbols) && isSame(last.versions, versions)) return true
    // A copy: the repository may go on writing into its own.
    this.#last = { timeframe, symbols, versions: [...versions] }
    let known = true
    let changed = false
    symbols.forEach((symbol, at) => {
      const key = `${timeframe} ${symbol}`
      const before = this.#versions.get(key)
      if (before === versions[at]) return
      known = false
      changed ||= before !== undefined
      this.#versions.set(key, versions[at]!)
    })
    if (changed) this.#generation++
    return known
  }

  async #source(executor: Executor, job: ProcessingJob, shard: Shard, worker: number): Promise<CandleSource> {
    const generation = this.#generation
    if (executor.name === 'inline') return { kind: 'live', generation, repository: this.repository }
    const { description } = this.repository
    if (description) {
      return { kind: 'open', generation, ...(this.#opened[worker] !== generation && { description }) }
    }
    const candles = await this.#handOver(job, shard, generation, this.#options.defects)
    return { kind: 'given', generation, candles }
  }
}

/** The work, or the error once the signal is aborted: what was begun goes on, for the next job. */
function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined, error: () => EngineError): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(error())
    signal.addEventListener('abort', stop, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function checkOptions(options: EngineOptions, platform: Platform): Required<Omit<EngineOptions, 'repository'>> {
  const { executor = 'auto', workers = platform.cores, defects = 'drop', residentBytes = GIBIBYTE } = options
  const refuse = (name: string, found: unknown, accepted: string): never => {
    throw new EngineError('ENGINE_OPTION', `${name} must be ${accepted}, got ${String(found)}`, { option: name, found })
  }
  if (!['auto', 'inline', 'pool'].includes(executor)) refuse('executor', executor, 'auto, inline or pool')
  if (executor === 'pool' && !platform.pool)
    refuse('executor', executor, 'auto or inline: there are no worker threads here')
  if (!Number.isInteger(workers) || workers < 1 || workers > 256)
    refuse('workers', workers, 'a whole number from 1 to 256')
  if (!DEFECT_POLICIES.includes(defects)) refuse('defects', defects, DEFECT_POLICIES.join(', '))
  if (!(residentBytes >= 0)) refuse('residentBytes', residentBytes, 'a number of bytes')
  return { executor, workers, defects, residentBytes }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at])
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

function progressOf(counters: Int32Array, total: number, elapsedMs: number): Progress {
  const [completed, failed] = [Atomics.load(counters, COMPLETED), Atomics.load(counters, FAILED)]
  const done = completed + failed
  return { completed, failed, total, elapsedMs, remainingMs: done === 0 ? null : (elapsedMs / done) * (total - done) }
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
    for (const key of Object.keys(part.quality) as (keyof DataQuality)[]) outcome.quality[key] += part.quality[key]
  }
  return outcome
}
