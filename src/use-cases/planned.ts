import { JobError } from '../domain/errors.ts'
import type { ProcessingEngine } from '../engine/main/engine.ts'
import type { FormulaMode } from '../formula/check/check.ts'
import { modeOf, type Plan } from '../formula/plan/plan.ts'

/** What runs plans: the engine inside, or the one in front of it. */
export type PlanRunner = Omit<ProcessingEngine, 'computation'>

/** By its shape: a plan may come from another thread. */
export function isPlan(formula: unknown): formula is Plan {
  if (typeof formula !== 'object' || formula === null) return false
  const { text, bytes, signals, reported } = formula as Partial<Plan>
  return typeof text === 'string' && ArrayBuffer.isView(bytes) && Array.isArray(signals) && Array.isArray(reported)
}

/**
 * Refuses a plan that was made for something else.
 *
 * @throws JobError `JOB_FORMULA`.
 */
export function checkMode(plan: Plan, mode: FormulaMode, path: string): void {
  const made = modeOf(plan)
  if (made === mode) return
  const how = mode === 'scan' ? 'planFormula(text)' : "planFormula(text, {}, { mode: 'series' })"
  const message = `${path} is a plan for ${nounOf(made)}, and this is ${nounOf(mode)}: make one by ${how}`
  throw new JobError('JOB_FORMULA', message, { path, found: made, accepted: [mode] })
}

function nounOf(mode: FormulaMode): string {
  return mode === 'scan' ? 'a scan' : 'series'
}

/**
 * Refuses parameters beside plans, which have theirs.
 *
 * @throws JobError `JOB_PARAMETERS`.
 */
export function checkNoParameters(parameters: Readonly<Record<string, number>>): void {
  const names = Object.keys(parameters)
  if (names.length === 0) return
  const message = `a plan has its parameters already: give ${names.join(', ')} to planFormula, or the formula as text`
  throw new JobError('JOB_PARAMETERS', message, { path: 'parameters', found: names })
}
