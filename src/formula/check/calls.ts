import { isUserColumn } from '../../domain/user-columns.ts'
import type { Callee } from '../../indicators/callee.ts'
import { houseCallee } from '../../indicators/callee.ts'
import type { CatalogueRow } from '../../indicators/catalogue.ts'
import { catalogueRow } from '../../indicators/catalogue.ts'
import { excerpt } from '../errors/problems.ts'
import type { Reference } from '../graph/dag.ts'
import { calleeOf, isValueOnly, SERIES, SHORT_COLUMNS } from '../names.ts'
import type { Argument, Call, Expression } from '../read/tree.ts'
import type { Given } from './arguments.ts'
import { callRow } from './arguments.ts'
import type { Context, Value } from './context.ts'
import { needs, single } from './context.ts'
import { elsewhere } from './elsewhere.ts'
import { lowerChoose, lowerHistory } from './forms.ts'
import { isRefused, unknownFunction } from './unknown.ts'

/** A call by name: a row of the catalogue, an alias of one, or a form (`if`, `ref`, `max` of many). */
export function lowerCall(context: Context, call: Call): Value | undefined {
  if (isRefused(context, call.name, call.nameAt)) return undefined
  if (isTrueRange(context, call)) return undefined
  if (call.name === 'if') return lowerIf(context, call)
  if (call.name === 'ref') return lowerRef(context, call)
  const callee = calleeOf(call.name)
  if (callee === undefined || isValueOnly(callee.row)) {
    // What another language calls has arguments of that language.
    if (elsewhere(call.name) === undefined) for (const argument of call.arguments) context.lower(argument.value)
    notCallable(context, call, callee?.row)
    return undefined
  }
  const given = call.arguments.map((argument) => lowerArgument(context, callee, argument))
  const { name } = callee.row
  if (name === 'max' || name === 'min') return lowerExtreme(context, callee, call, given)
  return callRow(context, callee, given, call.at)
}

/** `ta.tr(true)`: there are no values true and false, and both meanings have a name. */
function isTrueRange(context: Context, call: Call): boolean {
  const [argument] = call.arguments
  if (call.name !== 'ta.tr' || argument?.value.kind !== 'name' || !/^(true|false)$/.test(argument.value.name))
    return false
  const isHandled = argument.value.name === 'true'
  const message = `ta.tr(${argument.value.name}) is written ${isHandled ? 'tr' : 'ta.tr'} here`
  const hint = isHandled ? 'write tr: on the first bar it is high - low' : 'write ta.tr: it is unknown on the first bar'
  context.problems.add('FORMULA_ARGUMENT_TYPE', argument.at, message, hint)
  return true
}

function lowerArgument(context: Context, callee: Callee, { name, value: expression, at }: Argument): Given {
  const given = { at, valueAt: expression.at, ...(name !== undefined && { name }) }
  const names = callee.parameters.flatMap((parameter) => parameter.names ?? [])
  if (expression.kind === 'string' && names.length > 0) {
    return { ...given, value: undefined, text: expression.text.slice(1, -1) }
  }
  if (expression.kind === 'name' && names.includes(expression.name) && !context.scope.has(expression.name)) {
    const message = `${expression.name} stands here without quotes`
    context.problems.add('FORMULA_ARGUMENT_TYPE', expression.at, message, `write "${expression.name}"`)
    return { ...given, value: undefined }
  }
  return { ...given, value: context.lower(expression) }
}

function notCallable(context: Context, call: Call, row: CatalogueRow | undefined): void {
  const { name, nameAt: at } = call
  const { scope } = context
  const isOutput = scope.has(name.slice(0, Math.max(0, name.indexOf('.'))))
  const isValue =
    row !== undefined ||
    isUserColumn(name) ||
    SERIES.has(name) ||
    SHORT_COLUMNS.has(name) ||
    scope.has(name) ||
    isOutput
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

/** `max(a, b, …)` of numbers on one bar; `max(x)` is the largest so far, which Pine calls `ta.max`. */
function lowerExtreme(context: Context, callee: Callee, call: Call, given: readonly Given[]): Value | undefined {
  const { name, row } = callee
  const isPine = name !== row.name
  const named = given.find((argument) => argument.name !== undefined)
  if (named !== undefined || given.length < (isPine ? 2 : 1)) {
    const few = given.length === 0 ? `${name} has no arguments` : `${name} takes two or more arguments, got 1`
    const message = named ? `${name} takes its arguments by position` : few
    const hint =
      named || !isPine
        ? `write ${name}(a, b)`
        : `write ${name}(a, b); the ${row.name === 'max' ? 'largest' : 'smallest'} so far is ta.${row.name}(a)`
    context.problems.add('FORMULA_ARGUMENT_COUNT', named?.at ?? call.at, message, hint)
    return undefined
  }
  if (given.length === 1) {
    const ever = catalogueRow(row.name === 'max' ? 'highest_ever' : 'lowest_ever') as CatalogueRow
    return callRow(context, { ...houseCallee(ever), name }, given, call.at)
  }
  const numbers: Value[] = []
  for (const { value, valueAt } of given) {
    if (needs(context, 'number', value, valueAt, name) && value !== undefined) numbers.push(value)
  }
  const first = numbers[0]
  if (first === undefined || numbers.length < given.length) return undefined
  let result: Reference = first
  for (const value of numbers.slice(1)) result = context.dag.call(row, [result, value], [])
  return single(context, result)
}
