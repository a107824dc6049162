import { catalogueRow } from '../indicators/catalogue.ts'
import { callRow, signature } from './arguments.ts'
import type { Context, Value } from './context.ts'
import { single } from './context.ts'
import { ALIASES, callableRow, FORMS, isBare, isReserved, SERIES, SHORT_COLUMNS, withoutPrefix } from './names.ts'
import type { Range } from './problems.ts'
import { isRefused, unknownValue } from './unknown.ts'

/** What a name without a bracket stands for: a variable, a series, or a function that needs nothing written. */
export function lowerName(context: Context, written: string, at: Range): Value | undefined {
  const { scope, dag } = context
  if (scope.has(written) && !isReserved(written)) {
    if (scope.values.has(written)) return scope.values.get(written)
    scope.tooEarly(written, at, context.text)
    return undefined
  }
  if (isRefused(context, written, at)) return undefined
  const name = withoutPrefix(written)
  if (name === written) {
    if (SERIES.has(name)) return single(context, dag.series(name))
    const column = SHORT_COLUMNS.get(name)
    if (column !== undefined) return single(context, dag.column(column))
  }
  const row = callableRow(name)
  if (row !== undefined && isBare(row)) return callRow(context, row, [], at)
  const target = row ?? catalogueRow(ALIASES.get(name) ?? '')
  if (target === undefined && !FORMS.has(name)) {
    unknownValue(context, written, at)
    return undefined
  }
  const hint = target === undefined ? `write ${name}(…)` : `write ${signature(target, name)}`
  context.problems.add('FORMULA_ARGUMENT_COUNT', at, `${name} is a function and needs its arguments`, hint)
  return undefined
}
