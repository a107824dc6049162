import type { ProcessingJob } from '../domain/job.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { RunOptions } from '../engine/main/options.ts'
import type { ScanOutcome, SeriesOutcome } from '../engine/main/outcome.ts'
import type { Plan } from '../formula/plan/plan.ts'
import type { CandleRepository } from '../storage/repository.ts'
import { type BatchScanResult, BatchScanUseCase, type ScanRequest } from './batch-scan.ts'
import type { PlanRunner } from './planned.ts'
import { type SeriesRequest, type SeriesResult, SeriesUseCase } from './series.ts'

/**
 * The front door: takes what a person writes and gives what a person wants. Candles, plans and worker threads stay for
 * the next call.
 */
export class Engine implements PlanRunner {
  readonly #inner: ProcessingEngine
  readonly #scans: BatchScanUseCase
  readonly #series: SeriesUseCase

  constructor(inner: ProcessingEngine) {
    this.#inner = inner
    this.#scans = new BatchScanUseCase(inner, Engine.prototype.scan)
    this.#series = new SeriesUseCase(inner, Engine.prototype.series)
  }

  get repository(): CandleRepository {
    return this.#inner.repository
  }

  /**
   * The bars on which a formula is true. One bad symbol is an entry in `errors`, not an exception.
   *
   * Rejects with JobError, FormulaError for what makes the job meaningless; DataError when the storage as a whole fails;
   * EngineError `CANCELLED` when `signal` is aborted, `ENGINE_CLOSED`, `ENGINE_WORKER`.
   */
  scan(request: ScanRequest, options?: RunOptions): Promise<BatchScanResult> {
    return this.#scans.execute(request, options)
  }

  /** What expressions are, bar by bar: for charts and for checking a formula. Rejects as `scan` does. */
  series(request: SeriesRequest, options?: RunOptions): Promise<SeriesResult> {
    return this.#series.execute(request, options)
  }

  /** Runs a plan over a checked job, and gives matches as columns: what a scan is made of. */
  runScan(plan: Plan, job: ProcessingJob, options?: RunOptions): Promise<ScanOutcome> {
    return this.#inner.runScan(plan, job, options)
  }

  /** Runs a plan over a checked job, and gives its values per symbol: what series are made of. */
  runSeries(plan: Plan, job: ProcessingJob, options?: RunOptions): Promise<SeriesOutcome> {
    return this.#inner.runSeries(plan, job, options)
  }

  /** Starts the worker threads now, so that the first job does not wait for them. */
  warmUp(): Promise<void> {
    return this.#inner.warmUp()
  }

  /**
   * Waits for running jobs, then closes every repository, those that worker threads have opened too, and ends the
   * threads. Whoever calls it again waits for the same end.
   *
   * Rejects with the first failure of a repository to close; everything else is closed nevertheless.
   */
  close(): Promise<void> {
    return this.#inner.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
