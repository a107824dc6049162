import type { CatalogueInput, CatalogueRow } from '../indicators/catalogue.ts'
import type { Context, Value } from './context.ts'
import { constantArgument, needs, single } from './context.ts'
import type { Reference } from './dag.ts'
import { nearestNames } from './nearest.ts'
import type { Range } from './problems.ts'
import { excerpt, listed } from './problems.ts'

/** An argument, lowered. */
export interface Given {
  name?: string
  value: Value | undefined
  at: Range
  valueAt: Range
}

/** A row with its arguments put in place, its defaults filled in, and everything checked. */
export function callRow(
  context: Context,
  row: CatalogueRow,
  given: readonly Given[],
  callAt: Range,
): Value | undefined {
  const before = context.problems.count
  const filled = fillSlots(context, row, given)
  if (context.problems.count > before) return undefined
  const inputs = row.inputs.map((input) => filledInput(context, row, input, filled.get(input.name)))
  const parameters = row.parameters.map((parameter) => {
    const argument = filled.get(parameter.name)
    if (argument === undefined) return parameter.default
    return constantArgument(context, parameter, argument.value, argument.valueAt)
  })
  if (context.problems.count > before || given.some((argument) => argument.value === undefined)) return undefined
  const missing = [
    ...row.inputs.filter((_, index) => inputs[index] === undefined),
    ...row.parameters.filter((_, index) => parameters[index] === undefined),
  ].map((each) => each.name)
  if (missing.length > 0) {
    const message = `${row.name} is missing its ${missing.join(' and ')}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', callAt, message, `write ${signature(row)}`, { missing })
    return undefined
  }
  const value = context.dag.call(row, inputs as Reference[], parameters as number[])
  return { ...single(context, value), whole: context.dag.at(value).kind === 'call' }
}

function filledInput(
  context: Context,
  row: CatalogueRow,
  input: CatalogueInput,
  argument: Given | undefined,
): Reference | undefined {
  if (argument === undefined) return input.default === undefined ? undefined : context.dag.series(input.default)
  const { value, valueAt } = argument
  return needs(context, input.type, value, valueAt, row.name) ? value : undefined
}

/** Which argument stands for which input or parameter. */
function fillSlots(context: Context, row: CatalogueRow, given: readonly Given[]): ReadonlyMap<string, Given> {
  const filled = new Map<string, Given>()
  const positional = given.filter((argument) => argument.name === undefined)
  const slots = positionalSlots(context, row, positional)
  for (const [index, argument] of positional.entries()) {
    const slot = slots[index]
    if (slot !== undefined) filled.set(slot, argument)
  }
  const extra = positional[slots.length]
  if (extra !== undefined) {
    const at: Range = [extra.at[0], (positional.at(-1) as Given).at[1]]
    const message = `${row.name} takes ${countOf(slots.length)} by position, got ${positional.length}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', at, message, `write ${signature(row)}`)
  }
  const firstNamed = given.findIndex((argument) => argument.name !== undefined)
  const late = given.find((argument, index) => argument.name === undefined && firstNamed >= 0 && index > firstNamed)
  if (late !== undefined) {
    const hint = 'move it in front of the named ones, or name it too'
    context.problems.add('FORMULA_SYNTAX', late.at, 'an argument without a name stands behind a named one', hint)
  }
  for (const argument of given)
    if (argument.name !== undefined) fillNamed(context, row, filled, argument, argument.name)
  return filled
}

/** `rsi(14)` is `rsi(length=14)`: a constant in front of a row whose inputs all have defaults is a parameter. */
function positionalSlots(context: Context, row: CatalogueRow, positional: readonly Given[]): readonly string[] {
  const inputs = row.inputs.filter((input) => !input.implied)
  const parameters = row.parameters.map((parameter) => parameter.name)
  const first = positional[0]?.value
  const startsWithConstant = first !== undefined && context.dag.constantValue(first) !== undefined
  const hasDefaults = inputs.every((input) => input.default !== undefined)
  if (hasDefaults && startsWithConstant && positional.length <= parameters.length) return parameters
  return [...inputs.map((input) => input.name), ...parameters]
}

function fillNamed(
  context: Context,
  row: CatalogueRow,
  filled: Map<string, Given>,
  argument: Given,
  name: string,
): void {
  const names = [...row.inputs, ...row.parameters].map((each) => each.name)
  const at: Range = [argument.at[0], argument.at[0] + name.length]
  if (!names.includes(name)) {
    const closest = nearestNames(name, names)
    const message = `${row.name} has no argument "${excerpt(name)}"`
    context.problems.add('FORMULA_UNKNOWN_NAME', at, message, `its arguments are ${listed(names)}`, {
      found: name,
      closest,
    })
  } else if (filled.has(name)) {
    context.problems.add('FORMULA_DUPLICATE_NAME', at, `${name} of ${row.name} is given twice`, 'leave one of them out')
  } else filled.set(name, argument)
}

function countOf(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`
}

/** How a row is written: `rsi(source = close, length = 14)`. */
export function signature(row: CatalogueRow, name = row.name): string {
  const inputs = row.inputs.filter((input) => !input.implied)
  const args = [...inputs, ...row.parameters].map((each) => {
    return each.default === undefined ? each.name : `${each.name} = ${each.default}`
  })
  return `${name}(${args.join(', ')})`
}
