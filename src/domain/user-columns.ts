import { nearestNames } from './nearest.ts'

/** What stands in front of a user column's name, in formulas and wherever else such columns have names. */
export const USER_PREFIX = 'col.'

/** What the language takes for a name. */
const NAME = /^[\p{L}_][\p{L}\p{M}\p{Nd}_]*$/u

/** A user column as a formula writes it. */
export type UserColumnName = `${typeof USER_PREFIX}${string}`

/** A column that a source of candles has besides those of the candle. */
export interface SourceColumn {
  /** As the source calls it. */
  name: string
  /** Whether it holds numbers: a formula reads nothing else. */
  isNumber: boolean
}

export function isUserColumn(name: string): name is UserColumnName {
  return name.startsWith(USER_PREFIX)
}

/** Whether a formula can write it so. */
export function isReadable(name: UserColumnName): boolean {
  return NAME.test(bareName(name).normalize('NFC'))
}

/** `marketcap` of `col.marketcap`. */
export function bareName(name: UserColumnName): string {
  return name.slice(USER_PREFIX.length)
}

/** How a formula writes a column of a source: `col.market_cap` for `Market Cap`. */
export function writtenColumn(name: string): UserColumnName {
  const own = name.normalize('NFC')
  if (NAME.test(own)) return `${USER_PREFIX}${own}`
  const letters = name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, '_')
    .replace(/^_|_$/g, '')
  return `${USER_PREFIX}${/^\p{L}/u.test(letters) ? letters : `_${letters}`}`
}

/**
 * The column of a source that a formula means: the one of that name, else the only one whose name has the same letters and
 * digits, in either case.
 */
export function meantColumn(name: UserColumnName, columns: readonly SourceColumn[]): SourceColumn | undefined {
  const bare = bareName(name)
  const exact = columns.find((column) => column.name.normalize('NFC') === bare)
  if (exact) return exact
  const wanted = lettersOf(bare)
  const alike = columns.filter((column) => lettersOf(column.name) === wanted)
  return alike.length === 1 && wanted !== '' ? alike[0] : undefined
}

/** Columns that a mistyped name probably means, as formulas write them. */
export function nearestColumns(name: UserColumnName, columns: readonly SourceColumn[]): string[] {
  const written = columns.filter(({ isNumber }) => isNumber).map((column) => bareName(writtenColumn(column.name)))
  return nearestNames(bareName(name), written).map((near) => USER_PREFIX + near)
}

function lettersOf(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{Nd}]/gu, '')
}
