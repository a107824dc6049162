import type { UserColumnName } from '../../domain/user-columns.ts'
import { choices } from '../../indicators/callee.ts'
import type { CatalogueParameter, ValueType } from '../../indicators/catalogue.ts'
import type { Problems, Range } from '../errors/problems.ts'
import { excerpt } from '../errors/problems.ts'
import type { Dag, Reference } from '../graph/dag.ts'
import type { Expression } from '../read/tree.ts'
import type { Scope } from './scope.ts'

/** What lowering an expression reads and writes. */
export interface Context {
  text: string
  problems: Problems
  dag: Dag
  scope: Scope
  /** Where each user column is read first. */
  userColumns: Map<UserColumnName, Range>
  /** Constants without a value that were warned of. */
  unknowns: Set<number>
  /** Checks an expression and turns it into nodes; here, so that the forms need not import each other in a circle. */
  lower: (expression: Expression) => Value | undefined
}

/** What an expression stands for; undefined in its place means that an error in it is reported already. */
export interface Value extends Reference {
  type: ValueType
  /** True for a call with all its outputs: `.output` can pick one, alone it is the first. */
  whole: boolean
}

/** A value of one output. */
export function single(context: Context, value: Reference): Value {
  return { ...value, type: context.dag.type(value), whole: false }
}

/** The text of a range as it may stand in a message. */
export function shown(context: Context, at: Range): string {
  return excerpt(context.text.slice(at[0], at[1]))
}

/** True for a value of the wanted type, and for one whose error is reported already. */
export function needs(context: Context, wanted: ValueType, value: Value | undefined, at: Range, who: string): boolean {
  if (value === undefined || value.type === wanted) return true
  const what = shown(context, at)
  if (wanted === 'number') {
    const hint = `choose numbers for it: if(${what}, 1, 0)`
    context.problems.add('FORMULA_TYPE', at, `${who} needs a number, but ${what} is a condition`, hint)
  } else {
    context.problems.add(
      'FORMULA_TYPE',
      at,
      `${who} needs a condition, but ${what} is a number`,
      `compare it: ${what} > 0`,
    )
  }
  return false
}

/** Text in quotes where no parameter takes one. */
export function refuseText(context: Context, at: Range): void {
  context.problems.add('FORMULA_ARGUMENT_TYPE', at, 'text in quotes has no use here', 'write a number or a name')
}

/**
 * The constant behind an argument that must be known before the formula runs.
 *
 * Undefined, with the problem written down, when it changes from bar to bar, is out of the parameter's range, or is no
 * whole number where one is needed.
 */
export function constantArgument(
  context: Context,
  parameter: CatalogueParameter,
  value: Value | undefined,
  at: Range,
): number | undefined {
  if (value === undefined) return undefined
  const constant = context.dag.constantValue(value)
  if (constant === undefined) {
    const message = `${parameter.name} must be the same on every bar, but ${shown(context, at)} is not`
    context.problems.add('FORMULA_ARGUMENT_TYPE', at, message, 'write a number or a param')
    return undefined
  }
  if (accepts(parameter, constant)) return constant
  const { integer, min, max, names } = parameter
  const kind = integer ? 'a whole number' : 'a number'
  const wanted = names === undefined ? `${kind} from ${min} to ${max}` : choices(names)
  const got = Number.isNaN(constant) ? 'an unknown value' : constant
  const message = `${parameter.name} must be ${wanted}, got ${got}`
  context.problems.add('FORMULA_ARGUMENT_RANGE', at, message, rangeHint(parameter, constant), {
    found: constant,
    min,
    max,
  })
  return undefined
}

/** Whether a number can be written for a parameter; one whose values have names is written by them. */
export function accepts({ integer, min, max, names }: CatalogueParameter, value: number): boolean {
  return names === undefined && value >= min && value <= max && (!integer || Number.isInteger(value))
}

function rangeHint({ name, min, max, names }: CatalogueParameter, value: number): string {
  if (names !== undefined) return 'write one of them in quotes'
  if (value < min) return `write ${min} or more`
  if (value > max) return `write ${max} or less`
  return Number.isNaN(value) ? `write a number for ${name}` : `write ${Math.floor(value)} or ${Math.ceil(value)}`
}
