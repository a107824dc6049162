import { nearestNames } from '../../domain/nearest.ts'
import type { Callee } from '../../indicators/callee.ts'
import { signature } from '../../indicators/callee.ts'
import type { CatalogueInput, CatalogueParameter } from '../../indicators/catalogue.ts'
import type { Range } from '../errors/problems.ts'
import { excerpt, listed } from '../errors/problems.ts'
import type { Reference } from '../graph/dag.ts'
import { refuseConstant } from './constant-price.ts'
import type { Context, Value } from './context.ts'
import { constantArgument, needs, single } from './context.ts'
import { warnCall } from './warnings.ts'

/** An argument, lowered. */
export interface Given {
  name?: string
  value: Value | undefined
  at: Range
  valueAt: Range
}

/** A row with its arguments put in place, its defaults filled in, and everything checked. */
export function callRow(context: Context, callee: Callee, given: readonly Given[], callAt: Range): Value | undefined {
  const before = context.problems.count
  const filled = fillSlots(context, callee, given)
  if (context.problems.count > before) return undefined
  const constant = callee.inputs.find((input) => isConstantPrice(context, input, filled.get(input.name)))
  if (constant !== undefined) {
    refuseConstant(context, callee, given, constant, filled.get(constant.name) as Given)
    return undefined
  }
  const inputs = callee.inputs.map((input) => filledInput(context, callee, input, filled.get(input.name)))
  const parameters = filledParameters(context, callee.parameters, filled)
  if (context.problems.count > before || given.some((argument) => argument.value === undefined)) return undefined
  const missing = [
    ...callee.inputs.filter((_, index) => inputs[index] === undefined),
    ...callee.parameters.filter(({ name }) => !parameters.has(name)),
  ].map((each) => each.name)
  if (missing.length > 0) {
    const message = `${callee.name} is missing its ${missing.join(', ').replace(/, ([^,]*)$/, ' and $1')}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', callAt, message, `write ${signature(callee)}`, { missing })
    return undefined
  }
  warnCall(context, callee.row.name, inputs as Reference[], callAt)
  const value = context.dag.call(callee.row, inputs as Reference[], [...parameters.values()])
  return { ...single(context, value), whole: context.dag.at(value).kind === 'call' }
}

function isConstantPrice(context: Context, input: CatalogueInput, argument: Given | undefined): boolean {
  return input.series && argument?.value !== undefined && context.dag.constantValue(argument.value) !== undefined
}

function filledInput(
  context: Context,
  callee: Callee,
  input: CatalogueInput,
  argument: Given | undefined,
): Reference | undefined {
  if (argument === undefined) return input.default === undefined ? undefined : context.dag.series(input.default)
  const { value, valueAt } = argument
  return needs(context, input.type, value, valueAt, callee.name) ? value : undefined
}

/** In the row's order, without those that are missing or wrong. */
function filledParameters(
  context: Context,
  parameters: readonly CatalogueParameter[],
  filled: ReadonlyMap<string, Given>,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const parameter of parameters) {
    const { name, default: usual } = parameter
    const argument = filled.get(name)
    const value =
      argument !== undefined
        ? constantArgument(context, parameter, argument.value, argument.valueAt)
        : typeof usual === 'string'
          ? values.get(usual)
          : usual
    if (value !== undefined) values.set(name, value)
  }
  return values
}

/** Which argument stands for which input or parameter. */
function fillSlots(context: Context, callee: Callee, given: readonly Given[]): ReadonlyMap<string, Given> {
  const filled = new Map<string, Given>()
  const positional = given.filter((argument) => argument.name === undefined)
  const slots = positionalSlots(context, callee, positional)
  for (const [index, argument] of positional.entries()) {
    const slot = slots[index]
    if (slot !== undefined) filled.set(slot, argument)
  }
  const extra = positional[slots.length]
  if (extra !== undefined) {
    const at: Range = [extra.at[0], (positional.at(-1) as Given).at[1]]
    const message = `${callee.name} takes ${countOf(slots.length)} by position, got ${positional.length}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', at, message, `write ${signature(callee)}`)
  }
  const firstNamed = given.findIndex((argument) => argument.name !== undefined)
  const late = given.find((argument, index) => argument.name === undefined && firstNamed >= 0 && index > firstNamed)
  if (late !== undefined) {
    const hint = 'move it in front of the named ones, or name it too'
    context.problems.add('FORMULA_SYNTAX', late.at, 'an argument without a name stands behind a named one', hint)
  }
  for (const argument of given)
    if (argument.name !== undefined) fillNamed(context, callee, filled, argument, argument.name)
  return filled
}

/** `rsi(14)` is `rsi(length=14)`: a constant in front of a row whose inputs all have defaults is a parameter. */
function positionalSlots(context: Context, callee: Callee, positional: readonly Given[]): readonly string[] {
  const inputs = callee.inputs.filter((input) => !input.implied)
  const parameters = callee.parameters.map((parameter) => parameter.name)
  const first = positional[0]?.value
  const startsWithConstant = first !== undefined && context.dag.constantValue(first) !== undefined
  const hasDefaults = inputs.every((input) => input.default !== undefined)
  if (hasDefaults && startsWithConstant && positional.length <= parameters.length) return parameters
  return [...inputs.map((input) => input.name), ...parameters]
}

function fillNamed(context: Context, callee: Callee, filled: Map<string, Given>, argument: Given, name: string): void {
  const names = [...callee.inputs, ...callee.parameters].map((each) => each.name)
  const at: Range = [argument.at[0], argument.at[0] + name.length]
  if (!names.includes(name)) {
    const closest = nearestNames(name, names)
    const message = `${callee.name} has no argument "${excerpt(name)}"`
    context.problems.add('FORMULA_UNKNOWN_NAME', at, message, `its arguments are ${listed(names)}`, {
      found: name,
      closest,
    })
  } else if (filled.has(name)) {
    context.problems.add(
      'FORMULA_DUPLICATE_NAME',
      at,
      `${name} of ${callee.name} is given twice`,
      'leave one of them out',
      { found: name },
    )
  } else filled.set(name, argument)
}

function countOf(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`
}
