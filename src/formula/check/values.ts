import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import { bareName, isUserColumn } from '../../domain/user-columns.ts'
import { signature } from '../../indicators/callee.ts'
import type { Range } from '../errors/problems.ts'
import { MAX_COLUMN_NAME, MAX_USER_COLUMNS } from '../limits.ts'
import { calleeOf, FORMS, isBare, isReserved, SERIES, SHORT_COLUMNS } from '../names.ts'
import { callRow } from './arguments.ts'
import type { Context, Value } from './context.ts'
import { single } from './context.ts'
import { isRefused, unknownValue } from './unknown.ts'

/** Columns that a formula has without a prefix, and every source of candles. */
const OWN_COLUMNS = [...CANDLE_COLUMNS, 'time'] as const

/** What a name without a bracket stands for: a variable, a series, or a function that needs nothing written. */
export function lowerName(context: Context, name: string, at: Range): Value | undefined {
  const { scope, dag } = context
  if (scope.has(name) && !isReserved(name)) {
    if (scope.values.has(name)) return scope.values.get(name)
    scope.tooEarly(name, at)
    return undefined
  }
  if (isRefused(context, name, at)) return undefined
  if (name === 'col' || isUserColumn(name)) return lowerColumn(context, name, at)
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

/** `col.marketcap`: a column of the data. Whether it is there is known by the data; those of the candle always are. */
function lowerColumn(context: Context, name: string, at: Range): Value | undefined {
  const { dag, problems, userColumns } = context
  if (!isUserColumn(name)) {
    const hint = 'write it behind the dot: col.marketcap'
    problems.add('FORMULA_UNKNOWN_NAME', at, 'col needs the name of a column', hint, { found: name, closest: [] })
    return undefined
  }
  const own = OWN_COLUMNS.find((column) => column === bareName(name))
  if (own !== undefined) return single(context, dag.column(own))
  if (bareName(name).length > MAX_COLUMN_NAME) {
    const message = `the name of a column has at most ${MAX_COLUMN_NAME} characters`
    problems.tooLarge(at, message, 'give the column a shorter name where the candles are from')
  }
  if (!userColumns.has(name)) userColumns.set(name, at)
  if (userColumns.size > MAX_USER_COLUMNS) {
    const message = `the formula reads more than ${MAX_USER_COLUMNS} columns of your own`
    problems.tooLarge(at, message, 'split it into several formulas')
  }
  return single(context, dag.column(name))
}
