import type { Context } from './context.ts'
import { CALLABLE, refusal, VALUES, withoutPrefix } from './names.ts'
import { nearestNames } from './nearest.ts'
import type { Range } from './problems.ts'
import { excerpt, listed } from './problems.ts'

/** Variables looked through for a similar name, the latest first: comparing with all 5,000 took a second. */
const MAX_VARIABLES = 500

/** Says that there is no such function, and what it may mean. */
export function unknownFunction(context: Context, name: string, at: Range): void {
  unknown(context, name, at, 'indicator', CALLABLE, 'the reference of indicators lists what there is')
}

/** Says that there is no such variable or series, and what it may mean. */
export function unknownValue(context: Context, name: string, at: Range): void {
  const candidates = [...[...context.scope.names].slice(-MAX_VARIABLES), ...VALUES, ...CALLABLE]
  unknown(context, name, at, 'name', candidates, `define it on a line above: ${excerpt(name)} = …`)
}

/** True, with the problem written down, for names that this version of the language refuses. */
export function isRefused(context: Context, name: string, at: Range): boolean {
  const refused = refusal(name)
  if (refused === undefined) return false
  context.problems.add('FORMULA_UNKNOWN_NAME', at, refused[0], refused[1], { found: name, closest: [] })
  return true
}

function unknown(
  context: Context,
  name: string,
  at: Range,
  kind: string,
  candidates: readonly string[],
  otherwise: string,
): void {
  const closest = context.problems.isFull ? [] : nearestNames(withoutPrefix(name), candidates)
  const nearest = `the nearest ${closest.length === 1 ? 'name is' : 'names are'} ${listed(closest)}`
  const hint = closest.length > 0 ? nearest : otherwise
  context.problems.add('FORMULA_UNKNOWN_NAME', at, `there is no ${kind} "${excerpt(name)}"`, hint, {
    found: name,
    closest,
  })
}
