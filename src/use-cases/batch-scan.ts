import { LRUCache } from 'lru-cache'
import type { DataQuality } from '../domain/candle.ts'
import { type FormulaWarning, type SymbolError, seenFromCallerOf } from '../domain/errors.ts'
import { checkJob, type JobRequest, type ProcessingJob } from '../domain/job.ts'
import type { ProcessingResult, SignalMatch } from '../domain/result.ts'
import type { RunOptions } from '../engine/main/options.ts'
import type { ScanOutcome } from '../engine/main/outcome.ts'
import type { CacheCounts } from '../engine/shared/protocol.ts'
import { type Plan, planFormula } from '../formula/plan/plan.ts'
import { type ScanStatistics, SignalAggregator } from '../signals/aggregate.ts'
import { frameOf } from '../signals/frame.ts'
import { MatchTable } from '../signals/matches.ts'
import { clipped, countOfMatches, INSPECT, pictureOf } from '../signals/picture.ts'
import { fileErrors } from '../storage/repository.ts'
import { checkMode, checkNoParameters, isPlan, type PlanRunner } from './planned.ts'

/** Where the time went, milliseconds; load and compute are summed over all workers. */
export interface ScanTiming {
  totalMs: number
  loadMs: number
  computeMs: number
  aggregateMs: number
}

/** What was wrong with the data: over all symbols, and for each symbol that had anything wrong. */
export interface ScanDataQuality {
  total: DataQuality
  symbols: readonly (DataQuality & { symbol: string })[]
  /** Rows of the source that no symbol stands in: part of no other count. */
  noSymbol: number
  /** What was guessed about the source, and what of it was left out, as sentences. */
  notes: readonly string[]
}

const PLANS_KEPT = 100
/** Columns of a line in the picture of a result. */
const LINE = 80

/** What is asked of a scan: a job whose formula is text, or a plan that `planFormula` has made of it. */
export type ScanRequest = Omit<JobRequest, 'formula'> & {
  /** A plan is run as it is: it has its parameters, and none are given beside it. */
  formula: string | Plan
}

/** Checks a job, runs it, and aggregates what came out. */
export class BatchScanUseCase {
  /** Plans of the last formulas: a scan that is repeated starts with the candles. */
  readonly #plans = new LRUCache<string, Plan>({ max: PLANS_KEPT })

  /** @param door What people call: the stack of an error begins at its caller. */
  constructor(
    readonly engine: PlanRunner,
    private readonly door: (...args: never[]) => unknown = BatchScanUseCase.prototype.execute,
  ) {}

  /**
   * Scans the job's symbols. One bad symbol is an entry in `errors`, not an exception.
   *
   * @throws JobError, FormulaError for what makes the job meaningless; DataError when the storage as a whole fails;
   * EngineError `CANCELLED` when `signal` is aborted.
   */
  async execute(request: ScanRequest, options: RunOptions = {}): Promise<BatchScanResult> {
    const start = performance.now()
    const { job, plan } = this.#prepare(request)
    const outcome = await this.engine.runScan(plan, job, options)
    return new BatchScanResult(job, plan, outcome, start)
  }

  #prepare(request: ScanRequest): { job: ProcessingJob; plan: Plan } {
    try {
      const formula = request?.formula
      if (isPlan(formula)) return planned(request, formula)
      const job = checkJob(request)
      return { job, plan: this.#plan(job) }
    } catch (error) {
      throw seenFromCallerOf(this.door, error)
    }
  }

  #plan({ formula, parameters }: ProcessingJob): Plan {
    const key = JSON.stringify([formula, parameters])
    const plan = this.#plans.get(key) ?? planFormula(formula, parameters)
    this.#plans.set(key, plan)
    return plan
  }
}

function planned(request: ScanRequest, plan: Plan): { job: ProcessingJob; plan: Plan } {
  const job = checkJob({ ...request, formula: plan.text })
  checkMode(plan, 'scan', 'formula')
  checkNoParameters(job.parameters)
  return { job: { ...job, parameters: plan.parameters }, plan }
}

/** The result of a scan. Matches are columns underneath; whatever else is asked for is computed then. */
export class BatchScanResult {
  /** Ordered by symbol, as in the job, and time. */
  readonly matches: MatchTable
  /** Symbols that failed; then files of the data that cannot be read, each with its name instead of a symbol's. */
  readonly errors: readonly (SymbolError & { symbol: string })[]
  readonly dataQuality: ScanDataQuality
  /** Whether every match and value is that of the whole history: false only where the job gives a `history`. */
  readonly exact: boolean
  readonly cache: CacheCounts
  readonly executor: { name: 'inline' | 'pool'; workers: number }
  readonly timing: ScanTiming
  readonly #outcome: ScanOutcome
  readonly #aggregator: SignalAggregator
  #statistics: ScanStatistics | undefined
  /** Positions of the symbols, made when one is asked for. */
  #places: ReadonlyMap<string, number> | undefined

  constructor(
    readonly job: ProcessingJob,
    readonly plan: Plan,
    outcome: ScanOutcome,
    startMs: number,
  ) {
    const start = performance.now()
    const names = { signals: plan.signals, values: plan.reported.map(({ name }) => name) }
    this.matches = new MatchTable(job.symbols, names, outcome.matches)
    const { report } = outcome
    const failed = outcome.failures.map(({ symbol, error }) => ({ symbol: job.symbols[symbol]!, ...error }))
    this.errors = [...failed, ...fileErrors(report)]
    this.dataQuality = {
      total: outcome.quality,
      symbols: outcome.defective.map(({ symbol, quality }) => ({ symbol: job.symbols[symbol]!, ...quality })),
      noSymbol: report?.noSymbol ?? 0,
      notes: report?.notes ?? [],
    }
    this.exact = outcome.exact
    this.cache = outcome.cache
    this.executor = { name: outcome.executor, workers: outcome.workers }
    this.#outcome = outcome
    this.#aggregator = new SignalAggregator(this.matches, failed)
    const { loadMs, computeMs } = outcome.timing
    const end = performance.now()
    this.timing = { totalMs: end - startMs, loadMs, computeMs, aggregateMs: end - start }
  }

  /** What in the formula runs and is hardly what was meant; `explain(warning, text)` draws where. */
  get warnings(): readonly FormulaWarning[] {
    const { bars, firstBar } = this.#outcome
    const longest = bars.reduce((most, count) => Math.max(most, count), 0)
    if (this.matches.length > 0 || longest === 0 || longest > firstBar) return this.plan.warnings
    return [...this.plan.warnings, longerThanData(this.plan.text, firstBar + 1, longest)]
  }

  /** Counts, rates and groups; computed at the first look. */
  get statistics(): ScanStatistics {
    if (!this.#statistics) {
      const start = performance.now()
      this.#statistics = this.#aggregator.statistics()
      this.timing.aggregateMs += performance.now() - start
    }
    return this.#statistics
  }

  /** The statistics of some of the matches. */
  statisticsOf(matches: MatchTable): ScanStatistics {
    return new SignalAggregator(matches, this.#aggregator.failures).statistics()
  }

  /** Bars the formula was computed on, over all symbols. */
  get bars(): number {
    return this.#outcome.bars.reduce((sum, bars) => sum + bars, 0)
  }

  /** Bars the formula was computed on, of the job's symbol number `index`; 0 for one that failed. */
  barsOf(index: number): number {
    return this.#outcome.bars[index]!
  }

  /** The matches of a symbol, oldest first: none where it has none, has failed, or is not of the job. */
  of(symbol: string): SignalMatch[] {
    this.#places ??= new Map(this.job.symbols.map((name, index) => [name, index]))
    const index = this.#places.get(symbol)
    return index === undefined ? [] : this.matches.of(index)
  }

  /** The last `count` matches in time, latest first; of one time in the order of the symbols. */
  latest(count: number): SignalMatch[] {
    return this.matches.latest(count).map((number) => this.matches.at(number)!)
  }

  /** One result per symbol of the job, failed ones included, in the job's order. */
  results(): ProcessingResult[] {
    const failures = new Map(this.#outcome.failures.map(({ symbol, error }) => [symbol, error]))
    return this.job.symbols.map((symbol, index) => {
      const error = failures.get(index)
      return {
        symbol,
        matches: this.matches.of(index),
        computedIndicators: this.matches.names.values,
        bars: this.#outcome.bars[index]!,
        processingTimeMs: this.#outcome.timeMs[index]!,
        ...(error && { error }),
      }
    })
  }

  /** Matches by symbol, in the job's order; symbols without a match are left out. */
  bySymbol(): Map<string, SignalMatch[]> {
    return this.#aggregator.bySymbol()
  }

  /** Matches by time (milliseconds UTC), oldest first. */
  byDate(): Map<number, SignalMatch[]> {
    return this.#aggregator.byDate()
  }

  /** A line of JSON per match, for a file or a response: `stream.Readable.from(result.toNDJSON())`. */
  *toNDJSON(): Generator<string, undefined> {
    for (const match of this.matches) yield `${JSON.stringify(match)}\n`
  }

  /**
   * All matches as an Arrow table: the bytes of an IPC file (Feather V2, `.arrow`), made of the columns underneath.
   *
   * - `symbol`, `signal`, and `role` where the script has roles: dictionaries of text.
   * - `timestamp`: milliseconds, UTC.
   * - `open` to `volume`, and each reported value by its name: float64, null where unknown. The names are those of
   *   `matches.rows()`: a value called like one of the columns in front of it has ` (value)` behind its name.
   *
   * A file and not a stream, because `polars.read_ipc` and `pandas.read_feather` take nothing else, while Perspective,
   * the JavaScript libraries and DuckDB's extension take both; `pyarrow.ipc.open_file` opens it. What writes it is loaded
   * when it is asked for.
   *
   * @example await writeFile('matches.arrow', await result.toArrow())
   */
  async toArrow(): Promise<Uint8Array> {
    const { arrowBytes } = await import('../signals/arrow.ts')
    return arrowBytes([frameOf(this.matches)])
  }

  [INSPECT](depth: number): string {
    const { job, matches, errors, warnings, dataQuality, exact, timing } = this
    const matched = job.symbols.filter((_, index) => matches.countOf(index) > 0).length
    const head = `BatchScanResult: ${countOfMatches(matches.length)} in ${matched} of ${job.symbols.length} symbols`
    if (depth < 0) return `[${head}]`
    return [
      head,
      `  ${clipped(job.formula, LINE - 2)}`,
      ...pictureOf(matches),
      ...lineOf(
        'errors',
        errors.map(({ symbol, code }) => `${symbol} ${code}`),
      ),
      ...lineOf(
        'warnings',
        warnings.map(({ message }) => message),
      ),
      ...lineOf(
        'bad rows in symbols',
        dataQuality.symbols.map(({ symbol }) => symbol),
      ),
      ...lineOf('notes', dataQuality.notes),
      ...(exact ? [] : ['  not exact: values depend on the history that was read']),
      `  ${Math.round(timing.totalMs)} ms`,
    ].join('\n')
  }

  /** Plain data, as the command line prints it. Timestamps are milliseconds UTC. */
  toJSON() {
    const { job, statistics, warnings, errors, dataQuality, exact, timing, cache } = this
    const matches = this.matches.toJSON()
    return { job, statistics, matches, warnings, errors, dataQuality, exact, timing, cache }
  }
}

/** One line of what else there is to say about a result; none where there is nothing. */
function lineOf(what: string, said: readonly string[]): string[] {
  return said.length === 0 ? [] : [`  ${clipped(`${what} (${said.length}): ${said.join('; ')}`, LINE - 2)}`]
}

function longerThanData(text: string, needed: number, longest: number): FormulaWarning {
  return {
    code: 'FORMULA_LONGER_THAN_DATA',
    message: `the formula needs ${needed} bars for its first value, and no symbol has more than ${longest}`,
    hint: 'nothing can match: read more history, or take shorter lengths',
    at: [0, text.length],
  }
}
