import { CANDLE_COLUMNS, type CandleColumn } from '../../domain/candle.ts'
import { EngineError } from '../../domain/errors.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { Plan } from '../../formula/plan/plan.ts'
import { joinColumns } from '../../signals/matches.ts'
import type { CandleRepository } from '../../storage/repository.ts'
import { kernelsOf, type Platform } from '../platform/platform.ts'
import type { WorkKind } from '../shared/protocol.ts'
import { CandleSources } from './candle-sources.ts'
import { type Computation, computationOf } from './computation.ts'
import { Executors } from './executors.ts'
import { checkEngineOptions, checkRunOptions, type EngineOptions, type RunOptions } from './options.ts'
import type { ScanOutcome, SeriesOutcome } from './outcome.ts'
import { type Ran, runJob } from './run.ts'

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
  readonly #sources: CandleSources
  readonly #executors: Executors
  readonly #active = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** @throws EngineError `ENGINE_OPTION` naming what is accepted. */
  constructor(options: EngineOptions, platform: Platform) {
    this.#platform = platform
    this.#options = checkEngineOptions(options, platform)
    this.repository = this.#options.repository
    this.#sources = new CandleSources(this.repository, this.#options)
    this.#executors = new Executors(this.#options, platform, this.#sources)
  }

  /** Starts the worker threads now, so that the first job does not wait for them. */
  async start(): Promise<void> {
    this.#checkOpen()
    await this.#executors.largest()
  }

  /**
   * What the kernels make of a plan, and how far back each output of each node reads; no candle is looked at.
   *
   * @param stableTo What the start of the data may weigh where it is said not to matter any more.
   */
  async computation(plan: Plan, stableTo: number): Promise<Computation> {
    this.#checkOpen()
    return computationOf(plan, await kernelsOf(this.#platform), stableTo)
  }

  /**
   * The bars on which the plan's signals are true.
   *
   * @throws EngineError `CANCELLED`, `ENGINE_CLOSED`, `ENGINE_WORKER`; DataError when the storage as a whole fails.
   */
  async runScan(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<ScanOutcome> {
    const { parts, outcome } = await this.#run('scan', plan, job, options, CANDLE_COLUMNS)
    const matches = joinColumns(
      parts.map((part) => part.matches),
      plan.reported.length,
    )
    return { ...outcome, matches }
  }

  /** The plan's reported values over the job's range, per symbol. Throws what `runScan` throws. */
  async runSeries(plan: Plan, job: ProcessingJob, options: RunOptions = {}): Promise<SeriesOutcome> {
    const { parts, outcome } = await this.#run('series', plan, job, options, [])
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
    const failures = await this.#executors.close()
    await (async () => this.repository.close())().catch((error: unknown) => failures.push(error))
    this.#platform.close?.()
    if (failures.length > 0) throw failures[0]
  }

  #checkOpen() {
    if (this.#closing) throw new EngineError('ENGINE_CLOSED', 'the engine is closed: make a new one')
  }

  /** @param shown Columns of the candles that this kind of work shows, where the options do not say. */
  async #run<K extends WorkKind>(
    kind: K,
    plan: Plan,
    job: ProcessingJob,
    options: RunOptions,
    shown: readonly CandleColumn[],
  ): Promise<Ran<K>> {
    this.#checkOpen()
    checkRunOptions(options)
    const host = { ...this.#options, executors: this.#executors, sources: this.#sources }
    const running = runJob(kind, plan, job, options.candleColumns ?? shown, options, host)
    this.#active.add(running)
    try {
      return await running
    } finally {
      this.#active.delete(running)
    }
  }
}
