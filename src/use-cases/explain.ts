import { FormulaError, seenFromCallerOf } from '../domain/errors.ts'
import { checkJob, type ProcessingJob } from '../domain/job.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { RunOptions } from '../engine/main/options.ts'
import { type ExplainedBar, explainBar } from '../explain/bar.ts'
import { type Funnel, funnelsOf } from '../explain/funnel.ts'
import { type Explanation, explainPlan, STABLE_TO } from '../explain/nodes.ts'
import { type Plan, planFormula } from '../formula/plan/plan.ts'
import type { ScanRequest } from './batch-scan.ts'
import { checkMode, checkNoParameters, isPlan } from './planned.ts'

/** Any expression, condition or script, as text or as the plan that `planFormula` has made of it. */
export type FormulaRequest = Pick<ScanRequest, 'formula' | 'parameters'>

/** The last bar of `symbol` in `dateRange`. The symbols of a job beside it are not looked at. */
export type BarRequest = Omit<ScanRequest, 'symbols'> & { symbol: string; symbols?: readonly string[] }

export type ExplainRequest = FormulaRequest | BarRequest | ScanRequest
export type ExplainOptions = Pick<RunOptions, 'signal'>

/** How many symbols each condition leaves: one funnel for a condition, one per role of a script. */
export interface ExplainedFunnels {
  funnels: readonly Funnel[]
}

type Found = ExplainedFunnels | ExplainedBar

/** What a job beside a formula is checked with where there is none. */
const ANY_JOB = { symbols: ['any'], timeframe: '1d' } as const

/** Says what a formula is made of, why a bar is a match or is not, and why so few symbols are. */
export class ExplainUseCase {
  /** @param door What people call: the stack of an error begins at its caller. */
  constructor(
    readonly engine: Pick<ProcessingEngine, 'computation' | 'runSeries'>,
    private readonly door: (...args: never[]) => unknown = ExplainUseCase.prototype.execute,
  ) {}

  /** Throws what `BatchScanUseCase.execute` throws. */
  execute(request: BarRequest, options?: ExplainOptions): Promise<Explanation & ExplainedBar>
  execute(request: ScanRequest, options?: ExplainOptions): Promise<Explanation & ExplainedFunnels>
  execute(request: FormulaRequest, options?: ExplainOptions): Promise<Explanation>
  async execute(request: ExplainRequest, { signal }: ExplainOptions = {}): Promise<Explanation & Partial<Found>> {
    const { subject, plan, job } = this.#prepare(request)
    const explanation = explainPlan(plan, await this.engine.computation(plan, STABLE_TO))
    if (subject === 'bar') return { ...explanation, ...(await explainBar(plan, job, this.engine, signal)) }
    if (subject === 'symbols') return { ...explanation, funnels: await funnelsOf(plan, job, this.engine, signal) }
    return explanation
  }

  #prepare(request: ExplainRequest) {
    try {
      return prepare(request)
    } catch (error) {
      throw seenFromCallerOf(this.door, error)
    }
  }
}

/** What a request asks about, besides its formula. */
type Subject = 'nothing' | 'bar' | 'symbols'

function prepare(request: ExplainRequest): { subject: Subject; plan: Plan; job: ProcessingJob } {
  const { symbol, symbols, formula } = (request ?? {}) as Partial<BarRequest>
  const subject = symbol !== undefined ? 'bar' : symbols !== undefined ? 'symbols' : 'nothing'
  const job = checkJob(typeof request === 'object' ? jobAbout(request, subject) : request)
  // Conditions leave symbols, and nothing else does.
  const planText = subject === 'symbols' ? planFormula : planAny
  if (!isPlan(formula)) return { subject, plan: planText(job.formula, job.parameters), job }
  checkNoParameters(job.parameters)
  if (subject === 'symbols') checkMode(formula, 'scan', 'formula')
  return { subject, plan: formula, job }
}

function jobAbout(request: ExplainRequest, subject: Subject): object {
  const { symbol, symbols, ...others } = { symbol: undefined, symbols: undefined, ...request }
  const formula = isPlan(others.formula) ? others.formula.text : others.formula
  if (subject === 'nothing') return { ...ANY_JOB, ...others, formula }
  return { ...others, symbols: subject === 'bar' ? [symbol] : symbols, formula }
}

/**
 * A plan for a scan, or, of an expression that is no condition, for series.
 *
 * @throws FormulaError
 */
export function planAny(text: string, parameters?: Readonly<Record<string, number>>): Plan {
  try {
    return planFormula(text, parameters)
  } catch (error) {
    if (!(error instanceof FormulaError) || error.code !== 'FORMULA_NOT_A_CONDITION') throw error
    return planFormula(text, parameters, { mode: 'series' })
  }
}
