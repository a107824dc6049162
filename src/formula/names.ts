import type { CandleColumn } from '../domain/candle.ts'
import { CANDLE_COLUMNS } from '../domain/candle.ts'
import { COLUMN_NAMES, ROLES } from '../domain/codes.generated.ts'
import type { SignalRole } from '../domain/result.ts'
import type { UserColumnName } from '../domain/user-columns.ts'
import { aliased } from '../indicators/aliases.ts'
import type { Callee } from '../indicators/callee.ts'
import { houseCallee } from '../indicators/callee.ts'
import type { CatalogueRow } from '../indicators/catalogue.ts'
import { CATALOGUE, catalogueRow } from '../indicators/catalogue.ts'

export { COLUMN_NAMES, ROLES }

/** A column that every plan has a number for: those of the candle, and its times. */
export type FixedColumnName = (typeof COLUMN_NAMES)[number]

/** A column a plan reads. */
export type ColumnName = FixedColumnName | UserColumnName

/** Means of columns; each is lowered to arithmetic. */
export const MEANS: ReadonlyMap<string, readonly CandleColumn[]> = new Map<string, readonly CandleColumn[]>([
  ['hl2', ['high', 'low']],
  ['hlc3', ['high', 'low', 'close']],
  ['ohlc4', ['open', 'high', 'low', 'close']],
  ['hlcc4', ['high', 'low', 'close', 'close']],
])

/** Written without a call and reserved. */
export const SERIES: ReadonlySet<string> = new Set([...CANDLE_COLUMNS, 'time', ...MEANS.keys()])

/** Columns in one letter, where the script has no variable of that name (`[m, s, h] = macd(close)` is common). */
export const SHORT_COLUMNS: ReadonlyMap<string, CandleColumn> = new Map(
  CANDLE_COLUMNS.map((column) => [column.slice(0, 1), column]),
)

/** Functions that are forms of the language and no rows. */
export const FORMS: ReadonlySet<string> = new Set(['if', 'ref'])

export function isRole(name: string): name is SignalRole {
  return (ROLES as readonly string[]).includes(name)
}

/** Names of the language that this version refuses, and what to do instead. */
const REFUSED: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ['tf', ['another timeframe (tf) is not offered', 'run the formula on candles of that timeframe']],
  ['of', ['another symbol (of) is not offered', 'a formula reads the candles of one symbol']],
  ['universe', ['functions across symbols (universe) are not offered', 'a formula reads the candles of one symbol']],
  ['fn', ['functions of your own (fn) are not offered', 'write the expression out, or give it a name']],
  ['talib', ['the functions of TA-Lib (talib) are not offered', 'use the bare name: sma(close, 30)']],
  ['true', ['there is no value "true"', 'write the condition itself: close > open']],
  ['false', ['there is no value "false"', 'write the opposite with not: not close > open']],
])

export function refusal(name: string): readonly [message: string, hint: string] | undefined {
  return REFUSED.get(name.split('.')[0] as string)
}

/** `ta` and `ema` of `ta.ema`; undefined for a name of the house. */
export function pinePrefix(name: string): { prefix: string; bare: string } | undefined {
  const [, prefix, bare] = /^(ta|math)\.(.*)$/.exec(name) ?? []
  return prefix === undefined || bare === undefined ? undefined : { prefix, bare }
}

/** The row a bare name calls; operators are written with signs and have no name. */
export function callableRow(name: string): CatalogueRow | undefined {
  const row = name.includes('.') ? undefined : catalogueRow(name)
  return row === undefined || (row.group === 'operator' && name !== 'pow') ? undefined : row
}

/**
 * What a name calls: the house row, or what an alias stands for. Aliases are not reserved, so that `ma = sma(close, 20)`
 * is possible.
 */
export function calleeOf(name: string): Callee | undefined {
  const row = callableRow(name)
  return row ? houseCallee(row) : aliased(name)
}

/** True where nothing has to be written, so that the name stands without brackets: `hour`, `tr`, `obv`, `rsi < 30`. */
export function isBare({ inputs, parameters }: Pick<Callee, 'inputs' | 'parameters'>): boolean {
  return [...inputs, ...parameters].every((each) => each.default !== undefined)
}

/** True for rows that are values and never called: the calendar. */
export function isValueOnly(row: CatalogueRow): boolean {
  return row.group === 'calendar' || (row.inputs.length === 0 && row.parameters.length === 0)
}

/** True for names a script cannot give to something of its own. */
export function isReserved(name: string): boolean {
  const isPrefix = name === 'ta' || name === 'math' || name === 'col'
  const isWord = name === 'param' || FORMS.has(name)
  return SERIES.has(name) || isPrefix || isWord || REFUSED.has(name) || callableRow(name) !== undefined
}

const functionNames = CATALOGUE.map((row) => row.name).filter((name) => callableRow(name) !== undefined)

/** What can stand in front of a bracket, as far as it is worth suggesting. */
export const CALLABLE: readonly string[] = [
  ...functionNames.filter((name) => !isValueOnly(catalogueRow(name) as CatalogueRow)),
  ...FORMS,
]

/** What can stand as a value without a bracket, besides the variables of the script. */
export const VALUES: readonly string[] = [
  ...SERIES,
  ...functionNames.filter((name) => isBare(catalogueRow(name) as CatalogueRow)),
]
