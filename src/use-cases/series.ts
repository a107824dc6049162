import { type FormulaWarning, type SymbolError, seenFromCallerOf } from '../domain/errors.ts'
import { checkJob, type JobRequest, type ProcessingJob } from '../domain/job.ts'
import { checkTexts } from '../domain/job-shape.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { RunOptions } from '../engine/main/options.ts'
import { type Plan, planFormula } from '../formula/plan.ts'

/** One series of one symbol, oldest first. */
export interface ExpressionSeries {
  symbol: string
  /** The expression as it was asked for. */
  expr: string
  /** Which output of it; the expression's canonical text when it has only one. */
  output: string
  type: 'number' | 'condition'
  /** Milliseconds UTC. */
  timestamps: Float64Array
  /** NaN where unknown; conditions are 1 and 0. */
  values: Float64Array
}

export interface SeriesResult {
  series: readonly ExpressionSeries[]
  /** What in the expressions runs and is hardly what was meant; `at` is a range of `expr`. */
  warnings: readonly (FormulaWarning & { expr: string })[]
  errors: readonly (SymbolError & { symbol: string })[]
  /** Whether every value is that of the whole history: false only where the job gives a `history`. */
  exact: boolean
}

/** What a job for series needs: expressions instead of one condition. */
export type SeriesRequest = Omit<JobRequest, 'formula' | 'jobType'> & { expressions: readonly string[] }

/** Computes expressions over symbols and gives back whole series: for charts and for checking a formula. */
export class SeriesUseCase {
  constructor(readonly engine: ProcessingEngine) {}

  /** Throws what `BatchScanUseCase.execute` throws. */
  async execute(request: SeriesRequest, options: RunOptions = {}): Promise<SeriesResult> {
    const { job, plans } = prepare(request)
    const series: ExpressionSeries[] = []
    const failures = new Map<number, SymbolError>()
    let exact = true
    for (const plan of plans) {
      const outcome = await this.engine.series(plan, job, options)
      for (const { symbol, error } of outcome.failures) failures.set(symbol, error)
      exact &&= outcome.exact
      outcome.series.forEach(({ time, values }, symbol) => {
        plan.reported.forEach(({ name, type }, output) => {
          const computed = values[output]
          if (!computed) return
          series.push({
            symbol: job.symbols[symbol]!,
            expr: plan.text,
            output: name,
            type,
            timestamps: time,
            values: computed,
          })
        })
      })
    }
    const errors = [...failures].map(([symbol, error]) => ({ symbol: job.symbols[symbol]!, ...error }))
    const warnings = plans.flatMap(({ text, warnings }) => warnings.map((warning) => ({ expr: text, ...warning })))
    return { series, warnings, errors, exact }
  }
}

function prepare(request: SeriesRequest): { job: ProcessingJob; plans: Plan[] } {
  try {
    const { expressions, ...others } = request ?? {}
    checkTexts('JOB_FORMULA', 'expressions', expressions, 'rsi(14)')
    const job = checkJob({ ...others, formula: expressions.join('\n') })
    return { job, plans: planAll(expressions, job.parameters) }
  } catch (error) {
    throw seenFromCallerOf(SeriesUseCase.prototype.execute, error)
  }
}

/** Plans of several expressions; a parameter goes to those that have it, and one that none has is refused. */
function planAll(expressions: readonly string[], parameters: Readonly<Record<string, number>>): Plan[] {
  const mode = { mode: 'series' } as const
  const declared = expressions.map((text) => Object.keys(planFormula(text, {}, mode).parameters))
  const stray = Object.keys(parameters).some((name) => !declared.flat().includes(name))
  return expressions.map((text, at) => {
    const own = Object.entries(parameters).filter(([name]) => declared[at]!.includes(name))
    return planFormula(text, stray ? parameters : Object.fromEntries(own), mode)
  })
}
