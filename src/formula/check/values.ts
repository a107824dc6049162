import { signature } from '../../indicators/callee.ts'
import type { Range } from '../errors/problems.ts'
import { calleeOf, FORMS, isBare, isReserved, SERIES, SHORT_COLUMNS } from '../names.ts'
import { callRow } from './arguments.ts'
import type { Context, Value } from './context.ts'
import { single } from './context.ts'
import { isRefused, unknownValue } from './unknown.ts'

/** What a name without a bracket stands for: a variable, a series, or a function that needs nothing written. */
export function lowerName(context: Context, name: string, at: Range): Value | undefined {
  const { scope, dag } = context
  if (scope.has(name) && !isReserved(name)) {
    if (scope.values.has(name)) return scope.values.get(name)
    scope.tooEarly(name, at)
    return undefined
  }
  if (isRefused(context, name, at)) return undefined
  if (SERIES.has(name)) return single(context, dag.series(name))
  const column = SHORT_COLUMNS.get(name)
  if (column !== undefined) return single(context, dag.column(column))
  const callee = calleeOf(name)
  if (callee !== undefined && isBare(callee)) return callRow(context, callee, [], at)
  if (callee === undefined && !FORMS.has(name)) {
    unknownValue(context, name, at)
    return undefined
  }
  const hint = callee === undefined ? `write ${name}(…)` : `write ${signature(callee)}`
  context.problems.add('FORMULA_ARGUMENT_COUNT', at, `${name} is a function and needs its arguments`, hint)
  return undefined
}
