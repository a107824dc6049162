import type { ProcessingJob } from '../domain/job.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { RunOptions } from '../engine/main/options.ts'
import type { ScanOutcome, SeriesOutcome } from '../engine/main/outcome.ts'
import type { ExplainedBar } from '../explain/bar.ts'
import type { Explanation } from '../explain/nodes.ts'
import type { Plan } from '../formula/plan/plan.ts'
import type { CandleRepository } from '../storage/repository.ts'
import { type BatchScanResult, BatchScanUseCase, type ScanRequest } from './batch-scan.ts'
import {
  type BarRequest,
  type ExplainedFunnels,
  type ExplainOptions,
  type ExplainRequest,
  ExplainUseCase,
  type FormulaRequest,
} from './explain.ts'
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
  readonly #explanations: ExplainUseCase

  constructor(inner: ProcessingEngine) {
    this.#inner = inner
    this.#scans = new BatchScanUseCase(inner, Engine.prototype.scan)
    this.#series = new SeriesUseCase(inner, Engine.prototype.series)
    this.#explanations = new ExplainUseCase(inner, Engine.prototype.explain)
  }

  get repository(): CandleRepository {
    return this.#inner.repository
  }

  /**
   * The bars on which a formula is true. One bad symbol is an entry in `errors`, not an exception.
   *
   * Rejects with JobError, FormulaError for what makes the job meaningless; DataError when the storage as a whole fails;
   * EngineError `CANCELLED` when `signal` is aborted, `ENGINE_CLOSED`, `ENGINE_WORKER`.
   *
   * @example
   * const days = [10, 11, 12].map((close, day) => {
   *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
   * })
   * await using engine = createEngine({ repository: memoryRepository({ AAPL: days }) })
   * const result = await engine.scan({ symbols: ['AAPL'], timeframe: '1d', formula: 'crossover(close, 10.5)' })
   * result.of('AAPL').map(({ timestamp }) => new Date(timestamp).toISOString())
   * // [ '2024-01-02T00:00:00.000Z' ]
   */
  scan(request: ScanRequest, options?: RunOptions): Promise<BatchScanResult> {
    return this.#scans.execute(request, options)
  }

  /**
   * What expressions are, bar by bar: for charts and for checking a formula. Rejects as `scan` does.
   *
   * @example
   * const days = [10, 11, 12].map((close, day) => {
   *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
   * })
   * await using engine = createEngine({ repository: memoryRepository({ AAPL: days }) })
   * const { series } = await engine.series({ symbols: ['AAPL'], timeframe: '1d', expressions: ['sma(close, 2)'] })
   * series[0].values
   * // Float64Array(3) [ NaN, 10.5, 11.5 ]
   */
  series(request: SeriesRequest, options?: RunOptions): Promise<SeriesResult> {
    return this.#series.execute(request, options)
  }

  /**
   * What a formula is made of: of each node its canonical text, the first bar with a value, how far back it reads, and from
   * which bar on the start of the data no longer matters (`stableTo`).
   *
   * - With `symbol` also the last bar of it in `dateRange`: every value, and why it is a match or is not; or the `error`
   *   for which there is none.
   * - With `symbols`, as in a job, also how many of them each condition of an `and` leaves, each on its last bar.
   *
   * Rejects as `scan` does.
   *
   * @example
   * const days = [10, 11, 12].map((close, day) => {
   *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
   * })
   * await using engine = createEngine({ repository: memoryRepository({ AAPL: days }) })
   * const job = { symbols: ['AAPL'], timeframe: '1d', formula: 'close > 13' }
   * const { bar } = await engine.explain({ ...job, symbol: 'AAPL' })
   * bar.conditions[0].values
   * // [ { text: 'close', value: 12 } ]
   */
  explain(request: BarRequest, options?: ExplainOptions): Promise<Explanation & ExplainedBar>
  explain(request: ScanRequest, options?: ExplainOptions): Promise<Explanation & ExplainedFunnels>
  explain(request: FormulaRequest, options?: ExplainOptions): Promise<Explanation>
  explain(request: ExplainRequest, options?: ExplainOptions): Promise<Explanation> {
    return this.#explanations.execute(request, options)
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
  start(): Promise<void> {
    return this.#inner.start()
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
