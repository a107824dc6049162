import type { CatalogueRow } from '../indicators/catalogue.ts'
import { catalogueRow } from '../indicators/catalogue.ts'
import type { Given } from './arguments.ts'
import { callRow } from './arguments.ts'
import type { Context, Value } from './context.ts'
import { needs, single } from './context.ts'
import type { Reference } from './dag.ts'
import { lowerChoose, lowerHistory } from './forms.ts'
import { ALIASES, callableRow, isValueOnly, SERIES, SHORT_COLUMNS, withoutPrefix } from './names.ts'
import { excerpt } from './problems.ts'
import type { Argument, Call, Expression } from './tree.ts'
import { isRefused, unknownFunction } from './unknown.ts'

/** A call by name: a row of the catalogue, an alias of one, or a form (`if`, `ref`, `max` of many). */
export function lowerCall(context: Context, call: Call): Value | undefined {
  if (isRefused(context, call.name, call.nameAt)) return undefined
  const name = withoutPrefix(call.name)
  if (call.name === 'if') return lowerIf(context, call)
  if (call.name === 'ref') return lowerRef(context, call)
  const row = callableRow(ALIASES.get(name) ?? name)
  if (row === undefined || isValueOnly(row)) {
    for (const argument of call.arguments) context.lower(argument.value)
    notCallable(context, call, row)
    return undefined
  }
  const given = call.arguments.map((argument) => lowerArgument(context, argument))
  if (row.name === 'max' || row.name === 'min') return lowerExtreme(context, row, call, given)
  return callRow(context, row, given, call.at)
}

function lowerArgument(context: Context, argument: Argument): Given {
  const value = context.lower(argument.value)
  const given = { value, at: argument.at, valueAt: argument.value.at }
  return argument.name === undefined ? given : { ...given, name: argument.name }
}

function notCallable(context: Context, call: Call, row: CatalogueRow | undefined): void {
  const { name, nameAt: at } = call
  const isValue = row !== undefined || SERIES.has(name) || SHORT_COLUMNS.has(name) || context.scope.has(name)
  if (!isValue) {
    unknownFunction(context, name, at)
    return
  }
  const short = excerpt(name)
  const hint = `it is a value: write ${short}, or ${short}[1] for the bar before`
  context.problems.add('FORMULA_UNKNOWN_NAME', at, `there is no function "${short}"`, hint, {
    found: name,
    closest: [name],
  })
}

function lowerIf(context: Context, call: Call): Value | undefined {
  const args = positionalArguments(context, call, 'if(condition, a, b)', 3)
  if (args === undefined) return undefined
  const [condition, whenTrue, whenFalse] = args as [Expression, Expression, Expression]
  return lowerChoose(context, condition, whenTrue, whenFalse)
}

function lowerRef(context: Context, call: Call): Value | undefined {
  const args = positionalArguments(context, call, 'ref(x, n)', 2)
  if (args === undefined) return undefined
  const [source, bars] = args as [Expression, Expression]
  return lowerHistory(context, context.lower(source), source.at, bars)
}

/** The arguments of a form, as many as it has; whenFalse a problem, and what is in them is looked at all the same. */
function positionalArguments(
  context: Context,
  call: Call,
  usage: string,
  count: number,
): readonly Expression[] | undefined {
  const values = call.arguments.map((argument) => argument.value)
  const named = call.arguments.find((argument) => argument.name !== undefined)
  if (values.length === count && named === undefined) return values
  for (const value of values) context.lower(value)
  if (named !== undefined) {
    const message = `${call.name} takes its arguments by position`
    context.problems.add('FORMULA_ARGUMENT_COUNT', named.at, message, `write ${usage}; to compare, write ==`)
  } else if (!values.some((value) => value.kind === 'broken')) {
    const message = `${call.name} takes ${count} arguments, got ${values.length}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', call.at, message, `write ${usage}`)
  }
  return undefined
}

/** `max(a, b, …)` of numbers on one bar; `max(x)` is the largest so far. */
function lowerExtreme(context: Context, row: CatalogueRow, call: Call, given: readonly Given[]): Value | undefined {
  const named = given.find((argument) => argument.name !== undefined)
  if (named !== undefined || given.length === 0) {
    const message = named ? `${row.name} takes its arguments by position` : `${row.name} has no arguments`
    context.problems.add('FORMULA_ARGUMENT_COUNT', named?.at ?? call.at, message, `write ${row.name}(a, b)`)
    return undefined
  }
  const numbers: Value[] = []
  for (const { value, valueAt } of given) {
    if (needs(context, 'number', value, valueAt, row.name) && value !== undefined) numbers.push(value)
  }
  const first = numbers[0]
  if (first === undefined || numbers.length < given.length) return undefined
  if (numbers.length === 1) {
    const ever = catalogueRow(row.name === 'max' ? 'highest_ever' : 'lowest_ever') as CatalogueRow
    return single(context, context.dag.call(ever, [first], []))
  }
  let result: Reference = first
  for (const value of numbers.slice(1)) result = context.dag.call(row, [result, value], [])
  return single(context, result)
}
