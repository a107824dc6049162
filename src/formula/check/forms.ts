import { catalogueRow } from '../../indicators/catalogue.ts'
import type { Range } from '../errors/problems.ts'
import type { Expression } from '../read/tree.ts'
import type { Context, Value } from './context.ts'
import { constantArgument, needs, shown, single } from './context.ts'

/** `c ? a : b` and `if(c, a, b)`. */
export function lowerChoose(
  context: Context,
  condition: Expression,
  whenTrue: Expression,
  whenFalse: Expression,
): Value | undefined {
  const test = context.lower(condition)
  const isFine = needs(context, 'condition', test, condition.at, 'a choice')
  const [a, b] = [context.lower(whenTrue), context.lower(whenFalse)]
  if (!isFine || test === undefined || a === undefined || b === undefined) return undefined
  if (a.type !== b.type) {
    const types = `${shown(context, whenTrue.at)} is a ${a.type}, ${shown(context, whenFalse.at)} is a ${b.type}`
    const message = `both sides of a choice need the same type, but ${types}`
    context.problems.add(
      'FORMULA_TYPE',
      whenFalse.at,
      message,
      'compare the number, or choose numbers for the condition',
    )
    return undefined
  }
  const row = a.type === 'number' ? 'choose' : 'choose_condition'
  return single(context, context.dag.operator(row, [test, a, b]))
}

/** `x[n]` and `ref(x, n)`; `valueAt` is where x stands in the text. */
export function lowerHistory(
  context: Context,
  value: Value | undefined,
  valueAt: Range,
  bars: Expression,
): Value | undefined {
  const count = context.lower(bars)
  const known = count && context.dag.constantValue(count)
  if (known !== undefined && known < 0) {
    const what = shown(context, valueAt)
    const message = `${what}[${known}] would read the future`
    context.problems.add('FORMULA_LOOKAHEAD', bars.at, message, `bars are counted backwards: ${what}[${-known}]`)
    return undefined
  }
  if (known === 0) return value
  const row = value?.type === 'condition' ? 'lag_condition' : 'lag'
  const parameter = catalogueRow(row)?.parameters[0]
  const lag = parameter && constantArgument(context, parameter, count, bars.at)
  if (value === undefined || lag === undefined) return undefined
  return single(context, context.dag.operator(row, [value], [lag]))
}
