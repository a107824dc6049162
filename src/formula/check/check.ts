import type { FormulaWarning } from '../../domain/errors.ts'
import { FormulaError } from '../../domain/errors.ts'
import type { SignalRole } from '../../domain/result.ts'
import type { UserColumnName } from '../../domain/user-columns.ts'
import type { Range } from '../errors/problems.ts'
import { excerpt, inTextOrder, listed, Problems, Stop } from '../errors/problems.ts'
import { Dag, TooManyNodes } from '../graph/dag.ts'
import { MAX_NAMES, MAX_NODES, MAX_REPORTS } from '../limits.ts'
import { isRole, ROLES } from '../names.ts'
import { parseFormula } from '../read/parser.ts'
import type { Expression, Statement } from '../read/tree.ts'
import type { Context, Value } from './context.ts'
import { shown } from './context.ts'
import { lower } from './lower.ts'
import type { PlanReport } from './reports.ts'
import { reportsOf } from './reports.ts'
import { Scope } from './scope.ts'
import { isLiteral } from './warnings.ts'

/** What a formula is for: `scan` needs a condition (or roles), `series` takes any value. */
export type FormulaMode = 'scan' | 'series'

/** A formula that was read and checked; only worth planning when `errors` is empty. */
export interface CheckedFormula {
  errors: readonly FormulaError[]
  warnings: readonly FormulaWarning[]
  dag: Dag
  /** Variables in the order of the text, roles among them. */
  variables: ReadonlyMap<string, Value>
  roles: readonly SignalRole[]
  /** The value of the last line; `name` when that is just a variable. */
  final?: { value: Value; name?: string }
  /** What goes with a match, or the series that were asked for. */
  reported: readonly PlanReport[]
  /** Every `param` with the value it has in this run. */
  parameters: ReadonlyMap<string, number>
  /** Where each user column is read first. */
  userColumns: ReadonlyMap<UserColumnName, Range>
}

type Param = Statement & { kind: 'param' }

/**
 * Every error of a formula, in the order of the text; those about `parameters` that no `param` names come last.
 *
 * For an editor. `planFormula` throws the first of them.
 *
 * @example
 * checkFormula('crossover(ema(c, 12), emma(close, 26)').map(({ code }) => code)
 * // [ 'FORMULA_SYNTAX', 'FORMULA_UNKNOWN_NAME' ]
 */
export function checkFormula(
  text: string,
  parameters: Readonly<Record<string, number>> = {},
  options: { mode?: FormulaMode } = {},
): FormulaError[] {
  return [...analyse(text, parameters, options.mode ?? 'scan').errors]
}

/** Reads, checks and lowers a formula. */
export function analyse(text: string, parameters: Readonly<Record<string, number>>, mode: FormulaMode): CheckedFormula {
  const { tree, errors } = parseFormula(text)
  const problems = new Problems(text)
  const scope = new Scope(tree.statements, problems)
  const context: Context = {
    ...{ text, problems, scope, dag: new Dag(), unknowns: new Set<number>() },
    userColumns: new Map(),
    lower: (expression) => lower(context, expression),
  }
  const params = new Map<string, number>()
  let final: CheckedFormula['final']
  const unnamed: FormulaError[] = []
  try {
    for (const [index, statement] of tree.statements.entries()) {
      const isLast = index === tree.statements.length - 1
      const value = lowerStatement(context, statement, params, parameters)
      if (statement.kind !== 'value') continue
      if (!isLast && errors.length === 0) misplacedValue(context, statement.at)
      if (isLast && value !== undefined) {
        final = { value, ...(statement.value.kind === 'name' && { name: statement.value.name }) }
      }
    }
    if (errors.length === 0) {
      checkValue(context, tree.statements, final?.value, mode)
      unnamed.push(...unknownParameters(parameters, tree.statements))
    }
  } catch (reason) {
    if (!(reason instanceof Stop)) throw reason
  }
  const variables = new Map<string, Value>()
  for (const [name, value] of scope.values) if (value !== undefined && !params.has(name)) variables.set(name, value)
  const roles = [...variables.keys()].filter(isRole)
  const values = { dag: context.dag, variables, roles, ...(final && { final }) }
  const isSound = errors.length + problems.count + unnamed.length === 0
  const reported = isSound ? reportsOf(values, mode) : []
  if (reported.length > MAX_REPORTS) tooManyReports(context, tree.statements)
  const all = [...inTextOrder([...errors, ...problems.list()]), ...unnamed]
  const { userColumns } = context
  return { errors: all, warnings: problems.warnings, ...values, reported, parameters: params, userColumns }
}

function lowerStatement(
  context: Context,
  statement: Statement,
  params: Map<string, number>,
  overrides: Readonly<Record<string, number>>,
): Value | undefined {
  const { scope } = context
  scope.begin(statement)
  if (scope.values.size > MAX_NAMES) {
    const message = `the formula has more than ${MAX_NAMES} names`
    context.problems.tooLarge(statement.at, message, 'split it into several formulas')
  }
  try {
    switch (statement.kind) {
      case 'value':
        return context.lower(statement.value)
      case 'assign':
        defineVariable(context, statement, context.lower(statement.value))
        return undefined
      case 'unpack':
        defineOutputs(context, statement.names, statement.value, context.lower(statement.value))
        return undefined
      case 'param':
        defineParam(context, statement, params, overrides)
        return undefined
    }
  } catch (reason) {
    if (!(reason instanceof TooManyNodes)) throw reason
    const message = `the formula needs more than ${MAX_NODES} nodes`
    return context.problems.tooLarge(statement.at, message, 'split it into several formulas')
  }
}

function defineVariable(context: Context, statement: Statement & { kind: 'assign' }, value: Value | undefined): void {
  const { name, nameAt } = statement
  if (isLiteral(context, statement.value)) context.scope.literals.add(name)
  const isFine = roleIsCondition(context, name, value, statement.value.at)
  context.scope.define(name, nameAt, isFine ? value : undefined)
}

function roleIsCondition(context: Context, name: string, value: Value | undefined, at: Range): boolean {
  if (!isRole(name) || value?.type !== 'number') return true
  notACondition(context, at, name)
  return false
}

/** `[m, s, h] = macd(close)`: one name for each output. */
function defineOutputs(
  context: Context,
  names: readonly { name: string; at: Range }[],
  expression: Expression,
  value: Value | undefined,
): void {
  const node = value && context.dag.at(value)
  const outputs = value?.whole === true && node !== undefined ? node.outputs : undefined
  const isFine = outputs !== undefined && outputs.length === names.length
  if (value !== undefined && !isFine) {
    const what = shown(context, expression.at)
    const count = outputs?.length ?? 1
    const has = count === 1 ? 'is one value' : `has ${count} outputs`
    const wrote = names.length === 1 ? 'the brackets have 1 name' : `the brackets have ${names.length} names`
    const hint = count === 1 ? 'write name = …' : `its outputs are ${listed((outputs ?? []).map((each) => each.name))}`
    context.problems.add('FORMULA_ARGUMENT_COUNT', expression.at, `${what} ${has}, but ${wrote}`, hint)
  }
  for (const [output, { name, at }] of names.entries()) {
    const type = outputs?.[output]?.type
    const part: Value | undefined =
      isFine && value !== undefined && type !== undefined ? { node: value.node, output, type, whole: false } : undefined
    context.scope.define(name, at, roleIsCondition(context, name, part, at) ? part : undefined)
  }
}

function defineParam(
  context: Context,
  statement: Param,
  params: Map<string, number>,
  overrides: Readonly<Record<string, number>>,
): void {
  const { name, nameAt, initial, low, high } = statement
  const { problems, scope, dag } = context
  const isOverridden = Object.hasOwn(overrides, name)
  const value = isOverridden ? overrides[name] : initial
  const range = low === -Infinity ? '' : ` from ${low} to ${high}`
  // A bound that could not be read is NaN and reported already.
  const isRead = ![initial, low, high].some(Number.isNaN)
  const isKnown = typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high
  if (isRead && low > high) {
    const message = `the range ${low}..${high} of ${name} is empty`
    problems.add('FORMULA_PARAMETER', statement.at, message, `write ${high}..${low}`)
  } else if (isRead && !(initial >= low && initial <= high)) {
    const message = `the default of ${name} must be${range}, got ${initial}`
    problems.add('FORMULA_PARAMETER', statement.at, message, 'change the default or the range')
  } else if (isRead && !isKnown) {
    const got = typeof value === 'number' ? value : excerpt(String(value))
    const hint =
      range === '' ? 'give it a finite number' : `give it a number${range}, or change the range in the formula`
    problems.add('FORMULA_PARAMETER', nameAt, `parameter ${name} must be a number${range}, got ${got}`, hint, {
      found: value,
    })
  }
  if (isRole(name)) {
    const message = `"${name}" is a role and needs a condition`
    problems.add('FORMULA_DUPLICATE_NAME', nameAt, message, 'choose another name', { found: name })
    return
  }
  scope.define(name, nameAt, isRead && isKnown ? { ...dag.constant(value), type: 'number', whole: false } : undefined)
  if (isKnown) params.set(name, value)
}

function misplacedValue(context: Context, at: Range): void {
  const hint = 'only the last line is the value; give this one a name: name = …'
  context.problems.add('FORMULA_SYNTAX', at, `nothing is done with ${shown(context, at)}`, hint)
}

/** The script as a whole: it needs a value or roles, not both, and of the right type. */
function checkValue(
  context: Context,
  statements: readonly Statement[],
  value: Value | undefined,
  mode: FormulaMode,
): void {
  const last = statements.at(-1)
  if (last === undefined) return
  const role = ROLES.find((name) => context.scope.has(name))
  if (last.kind !== 'value') {
    if (role !== undefined) return
    const hint = 'end it with a condition, or name one entry, exit, short or cover'
    const end = [last.at[1], last.at[1]] as const
    context.problems.add('FORMULA_SYNTAX', end, 'the formula only defines names and has no value', hint)
  } else if (role !== undefined) {
    const message = `a script with ${role} has no value of its own`
    context.problems.add('FORMULA_SYNTAX', last.at, message, 'join this line to a role, or give it a name')
  } else if (mode === 'scan' && value?.type === 'number') {
    notACondition(context, last.value.at, 'a scan')
  }
}

function tooManyReports({ problems }: Context, statements: readonly Statement[]): void {
  const { at } = statements.at(-1) as Statement
  const message = `every match would carry more than ${MAX_REPORTS} values, a variable or an indicator each`
  problems.add('FORMULA_TOO_LARGE', at, message, 'split it into several formulas')
}

function notACondition(context: Context, at: Range, who: string): void {
  const what = shown(context, at)
  const message = `${who} needs a condition, but ${what} is a number`
  context.problems.add('FORMULA_NOT_A_CONDITION', at, message, `compare it: ${what} > 0`)
}

function unknownParameters(
  parameters: Readonly<Record<string, number>>,
  statements: readonly Statement[],
): FormulaError[] {
  const known = statements.filter((each): each is Param => each.kind === 'param').map((each) => each.name)
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name))
  return unknown.map((name) => {
    const hint = known.length === 0 ? 'it has no param line' : `its parameters are ${listed(known)}`
    const message = `the formula has no parameter "${excerpt(name)}"`
    return new FormulaError('FORMULA_PARAMETER', message, { at: [0, 0], hint, found: name, known })
  })
}
