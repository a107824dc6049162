/**
 * Reads `*.case` files. A case is a block of lines `key: value`; blank lines part cases. `formula`, `error` and `warning`
 * may go on over lines of their own, indented by two spaces. See README.md in this folder.
 */

import type { CandleWithColumns } from '../../src/storage/memory.ts'

const COLUMN_KEYS = ['open', 'high', 'low', 'close', 'volume'] as const
const ROLE_KEYS = ['entry', 'exit', 'short', 'cover'] as const
const TEXT_KEYS = ['formula', 'error', 'warning'] as const
const KEYS = ['name', ...COLUMN_KEYS, 'parameters', ...TEXT_KEYS, 'mask', 'values', ...ROLE_KEYS] as const

type UserKey = `col.${string}`
type Key = (typeof KEYS)[number] | UserKey
export type Role = (typeof ROLE_KEYS)[number]
/** One bar of a condition: true, false, unknown. */
export type Mark = '#' | '.' | '?'

export interface Case {
  /** `file:line` of its first line. */
  place: string
  name: string
  formula: string
  parameters: Record<string, number>
  /** User columns are further fields. */
  candles: CandleWithColumns[]
  expected:
    | { kind: 'mask'; marks: Mark[] }
    | { kind: 'roles'; marks: Partial<Record<Role, Mark[]>> }
    /** NaN where unknown. */
    | { kind: 'values'; values: number[] }
    | { kind: 'error' | 'warning'; drawn: string }
}

/** Bar 0 is Monday, 1 January 2024; every bar is a day. */
const FIRST = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

/** @throws Error naming file and line of what is no case. */
export function readCases(file: string, text: string): Case[] {
  const cases: Case[] = []
  let fields = new Map<Key, string[]>()
  let start = 0
  const lines = [...text.split('\n'), '']
  lines.forEach((line, at) => {
    if (line.trim() !== '') {
      if (fields.size === 0) start = at + 1
      addLine(fields, line, `${file}:${at + 1}`)
    } else if (fields.size > 0) {
      cases.push(toCase(fields, `${file}:${start}`))
      fields = new Map()
    }
  })
  return cases
}

function addLine(fields: Map<Key, string[]>, line: string, place: string): void {
  const [, key, value] = /^([a-z]+|col\.\S+):(?: (.*))?$/.exec(line) ?? []
  if (key !== undefined && (isUserKey(key) || KEYS.includes(key as (typeof KEYS)[number]))) {
    if (fields.has(key as Key)) throw new Error(`${place}: ${key} is given twice`)
    fields.set(key as Key, value === undefined ? [] : [value])
    return
  }
  const last = [...fields.keys()].at(-1)
  if (!TEXT_KEYS.includes(last as 'formula') || !line.startsWith('  '))
    throw new Error(`${place}: no such key: ${line}`)
  fields.get(last as Key)?.push(line.slice(2))
}

function isUserKey(key: string): key is UserKey {
  return key.startsWith('col.')
}

function toCase(fields: Map<Key, string[]>, place: string): Case {
  const text = (key: Key) => fields.get(key)?.join('\n')
  const name = text('name') ?? fail(place, 'the case has no name')
  if (!/^[a-z`].*\S \S.* \S.*[^.]$/.test(name)) fail(place, `the name is no sentence (or ends in a full stop): ${name}`)
  const formula = text('formula') ?? fail(place, 'the case has no formula')
  const parameters = Object.fromEntries(
    (text('parameters') ?? '').split(/ *, */).flatMap((each) => {
      const [, key, value] = /^(\w+) = (\S+)$/.exec(each) ?? []
      return key === undefined ? (each === '' ? [] : fail(place, `no parameter: ${each}`)) : [[key, Number(value)]]
    }),
  )
  const candles = toCandles(text, [...fields.keys()].filter(isUserKey), place)
  const expected = toExpected(text, candles.length, place)
  const needsCandles = expected.kind !== 'error' && expected.kind !== 'warning'
  if (candles.length === 0 && needsCandles) fail(place, 'the case has no close')
  return { place, name, formula, parameters, candles, expected }
}

function toCandles(
  text: (key: Key) => string | undefined,
  userKeys: readonly UserKey[],
  place: string,
): Case['candles'] {
  const close = numbers(text('close') ?? '', place)
  const sameLength = (key: string, column: number[]) =>
    column.length === close.length ? column : fail(place, `${key} has another length than close`)
  const user = userKeys.map((key) => [key.slice('col.'.length), sameLength(key, numbers(text(key)!, place))] as const)
  const columns = COLUMN_KEYS.map((key) => {
    const given = text(key)
    if (given === undefined) return key === 'volume' ? close.map(() => 1) : close
    if (given.includes('?') && key !== 'volume') fail(place, 'only a volume can be unknown')
    return sameLength(key, numbers(given, place))
  })
  return close.map((_, bar) => {
    const [open, high, low, last, volume] = columns.map((column) => column[bar] as number) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const fields = Object.fromEntries(user.map(([name, column]) => [name, column[bar]]))
    return { ...fields, timestamp: FIRST + bar * DAY, open, high, low, close: last, volume }
  })
}

function toExpected(text: (key: Key) => string | undefined, bars: number, place: string): Case['expected'] {
  const ofLength = <T>(list: T[]): T[] =>
    list.length === bars ? list : fail(place, `${list.length} are expected of ${bars} bars`)
  const marks = (drawn: string) => ofLength(drawn.split(' ').map((each) => toMark(each, place)))
  const found: Case['expected'][] = []
  const [mask, values] = [text('mask'), text('values')]
  if (mask !== undefined) found.push({ kind: 'mask', marks: marks(mask) })
  if (values !== undefined) found.push({ kind: 'values', values: ofLength(numbers(values, place)) })
  for (const kind of ['error', 'warning'] as const) {
    const drawn = text(kind)
    if (drawn !== undefined) found.push({ kind, drawn })
  }
  const roles = ROLE_KEYS.flatMap((role) => (text(role) === undefined ? [] : [[role, marks(text(role) as string)]]))
  if (roles.length > 0) found.push({ kind: 'roles', marks: Object.fromEntries(roles) })
  const [only] = found
  return only && found.length === 1 ? only : fail(place, 'one of mask, values, roles, error or warning is expected')
}

function toMark(drawn: string, place: string): Mark {
  return drawn === '#' || drawn === '.' || drawn === '?' ? drawn : fail(place, `a mask has no "${drawn}"`)
}

function numbers(text: string, place: string): number[] {
  if (text === '') return []
  return text.split(' ').map((each) => {
    if (each === '?') return Number.NaN
    return each !== '' && Number.isFinite(Number(each)) ? Number(each) : fail(place, `"${each}" is no number`)
  })
}

function fail(place: string, message: string): never {
  throw new Error(`${place}: ${message}`)
}
