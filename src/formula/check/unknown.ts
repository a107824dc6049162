import { nearestNames } from '../../domain/nearest.ts'
import { aliased, PINE_NAMES } from '../../indicators/aliases.ts'
import { signature } from '../../indicators/callee.ts'
import type { Range } from '../errors/problems.ts'
import { excerpt, listed } from '../errors/problems.ts'
import { CALLABLE, calleeOf, isReserved, pinePrefix, refusal, SHORT_COLUMNS, VALUES } from '../names.ts'
import type { Context } from './context.ts'
import { elsewhere } from './elsewhere.ts'

/** Variables looked through for a similar name, the latest first: comparing with all 5,000 took a second. */
const MAX_VARIABLES = 500

/** Says that there is no such function, and what it may mean. */
export function unknownFunction(context: Context, name: string, at: Range): void {
  unknown(context, name, at, 'indicator', CALLABLE, 'the reference of indicators lists what there is')
}

/** Says that there is no such variable or series, and what it may mean. */
export function unknownValue(context: Context, name: string, at: Range): void {
  const candidates = [...[...context.scope.names].slice(-MAX_VARIABLES), ...VALUES, ...CALLABLE]
  const short = excerpt(name)
  const column = name.includes('.') ? '' : `; a column of your data is written col.${short}`
  unknown(context, name, at, 'name', candidates, `define it on a line above: ${short} = …${column}`)
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
  const missing = `there is no ${kind} "${excerpt(name)}"`
  const say = (message: string, hint: string, closest: readonly string[] = []) => {
    context.problems.add('FORMULA_UNKNOWN_NAME', at, message, hint, { found: name, closest })
  }
  const isPine = pinePrefix(name) !== undefined
  const lower = name.toLowerCase()
  const isCased = lower !== name && (isPine ? aliased(lower) !== undefined : isKnown(context, lower))
  const latin = inLatin(name)
  const known = elsewhere(lower) ?? refusal(lower)
  const house = isPine ? houseHint(name) : undefined
  if (latin !== undefined) say(`"${excerpt(name)}" has letters of another alphabet in it`, `write ${latin}`, [latin])
  else if (isCased && known === undefined) say(missing, `names are written in lower case: ${lower}`, [lower])
  else if (known !== undefined) say(...known)
  else if (house !== undefined) say(`Pine has no ${excerpt(name)}`, house)
  else {
    const closest = context.problems.isFull ? [] : nearestNames(name, isPine ? PINE_NAMES : candidates)
    const nearest = `the nearest ${closest.length === 1 ? 'name is' : 'names are'} ${listed(closest)}`
    say(missing, closest.length > 0 ? nearest : otherwise, closest)
  }
}

function isKnown({ scope }: Context, name: string): boolean {
  return scope.has(name) || isReserved(name) || aliased(name) !== undefined || SHORT_COLUMNS.has(name)
}

/** What to write for a prefix in front of a name that is there without it, or behind the other prefix. */
function houseHint(name: string): string | undefined {
  const { prefix, bare } = pinePrefix(name) as { prefix: string; bare: string }
  const other = aliased(`${prefix === 'ta' ? 'math' : 'ta'}.${bare}`)
  if (other !== undefined) return `write ${signature(other)}`
  const callee = calleeOf(bare)
  if (callee === undefined) return VALUES.includes(bare) ? `write ${bare}` : undefined
  const written = `write ${signature(callee)}`
  return bare === 'adx' ? `${written}, or [plus, minus, adx] = ta.dmi(14, 14)` : written
}

/** Letters of other alphabets that look like Latin ones, each in front of the one it looks like. */
const LOOK_ALIKE = 'аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs һh ԁd ԛq ԝw αa οo νv ρp τt υu χx ιi κk εe'
const LATIN: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKE.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)]),
)

/** The name in Latin letters, where some of it only looks so; undefined for a name of one alphabet. */
function inLatin(name: string): string | undefined {
  if (!/[a-z]/i.test(name)) return undefined
  const latin = [...name].map((letter) => LATIN.get(letter.toLowerCase()) ?? letter).join('')
  return latin !== name && /^[\w.]+$/.test(latin) ? latin : undefined
}
