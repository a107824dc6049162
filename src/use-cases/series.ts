import { type FormulaWarning, type SymbolError, seenFromCallerOf } from '../domain/errors.ts'
import { checkJob, type JobRequest, type ProcessingJob } from '../domain/job.ts'
import { checkTexts } from '../domain/job-shape.ts'
import type { RunOptions } from '../engine/main/options.ts'
import { type Plan, planFormula } from '../formula/plan/plan.ts'
import { checkMode, checkNoParameters, isPlan, type PlanRunner } from './planned.ts'

const SERIES = { mode: 'series' } as const

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

/** What is asked of series: expressions instead of one condition, as text or as plans that `planFormula` made of them. */
export type SeriesRequest = Omit<JobRequest, 'formula' | 'jobType'> & {
  /** Plans are run as they are, and are of mode `series`; `parameters` are for the texts. */
  expressions: readonly (string | Plan)[]
}

/** Computes expressions over symbols and gives back whole series: for charts and for checking a formula. */
export class SeriesUseCase {
  /** @param door What people call: the stack of an error begins at its caller. */
  constructor(
    readonly engine: PlanRunner,
    private readonly door: (...args: never[]) => unknown = SeriesUseCase.prototype.execute,
  ) {}

  /** Throws what `BatchScanUseCase.execute` throws. */
  async execute(request: SeriesRequest, options: RunOptions = {}): Promise<SeriesResult> {
    const { job, plans } = this.#prepare(request)
    const series: ExpressionSeries[] = []
    const failures = new Map<number, SymbolError>()
    let exact = true
    for (const plan of plans) {
      const outcome = await this.engine.runSeries(plan, job, options)
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
  #prepare(request: SeriesRequest): { job: ProcessingJob; plans: Plan[] } {
    try {
      const { expressions, ...others } = request ?? {}
      const texts = Array.isArray(expressions) ? expressions.map(textOf) : expressions
      checkTexts('JOB_FORMULA', 'expressions', texts, 'rsi(14)')
      const job = checkJob({ ...others, formula: (texts as readonly string[]).join('\n') })
      return { job, plans: planAll(expressions, job.parameters) }
    } catch (error) {
      throw seenFromCallerOf(this.door, error)
    }
  }
}

function textOf(expression: unknown): unknown {
  return isPlan(expression) ? expression.text : expression
}

/** Plans of several expressions; a parameter goes to those that have it, and one that none has is refused. */
function planAll(expressions: readonly (string | Plan)[], parameters: Readonly<Record<string, number>>): Plan[] {
  const plans = expressions.map((expression, at) => {
    if (!isPlan(expression)) return planFormula(expression, {}, SERIES)
    checkMode(expression, 'series', `expressions[${at}]`)
    return expression
  })
  const given = Object.entries(parameters)
  if (expressions.every(isPlan)) checkNoParameters(parameters)
  const declared = plans.flatMap((plan, at) => (isPlan(expressions[at]) ? [] : Object.keys(plan.parameters)))
  const stray = given.some(([name]) => !declared.includes(name))
  return plans.map((plan, at) => {
    if (isPlan(expressions[at])) return plan
    const own = stray ? given : given.filter(([name]) => Object.hasOwn(plan.parameters, name))
    return own.length === 0 ? plan : planFormula(plan.text, Object.fromEntries(own), SERIES)
  })
}
