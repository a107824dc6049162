import { DataError } from '../../domain/errors.ts'
import { nearestNames } from '../../domain/nearest.ts'
import { bareName, isUserColumn, type SourceColumn, USER_PREFIX } from '../../domain/user-columns.ts'
import { isFree } from '../user-columns.ts'
import type { ColumnNames } from './column-names.ts'
import type { DuckdbConnection } from './library.ts'
import { identifier } from './sql.ts'

/** A column of the source that is none of the candle's. */
export interface UserColumn {
  /** That of the option `columns`, else that of the source. */
  name: string
  /** SQL as it is, and as DOUBLE, null where there is no number. */
  plain: string
  sql: string
  /** `no` for types that are no numbers; of text the values tell. */
  isNumber: 'yes' | 'no' | 'as text'
}

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/

/**
 * The columns that are left for a formula to read by their names, and those that the options give another one.
 *
 * @param types Of all columns, by name. @param taken Those that are read as something of the candle.
 * @param number SQL of a column as DOUBLE.
 * @throws DataError `DATA_COLUMN_MISSING` for one of the options that is not there.
 */
export function findUserColumns(
  types: ReadonlyMap<string, string>,
  wanted: ColumnNames,
  taken: ReadonlySet<string>,
  number: (name: string) => string,
): UserColumn[] {
  const mapped = Object.entries(wanted).flatMap(([role, name]) => (isUserColumn(role) ? [[role, name] as const] : []))
  for (const [role, name] of mapped) if (!types.has(name)) throw absent(role, name, [...types.keys()], wanted)
  const renamed = new Set(mapped.map(([, name]) => name))
  const isLeft = (name: string) => !taken.has(name) && !renamed.has(name) && isFree(name)
  const own = [...types.keys()].filter(isLeft).map((name) => [name, name] as const)
  return [...mapped.map(([role, name]) => [bareName(role), name] as const), ...own].map(([name, column]) => {
    const type = types.get(column) as string
    const isNumber = type === 'VARCHAR' ? 'as text' : NUMBER.test(type) ? 'yes' : 'no'
    return { name, plain: identifier(column), sql: number(column), isNumber }
  })
}

/** What the columns hold: text is of numbers where most of it can be read so, in some rows. */
export async function describeUserColumns(
  connection: DuckdbConnection,
  columns: readonly UserColumn[],
  sample: string,
): Promise<SourceColumn[]> {
  const texts = columns.filter(({ isNumber }) => isNumber === 'as text')
  const counts = texts.map(({ plain, sql }) => `count(nullif(trim(${plain}), ''))::double, count(${sql})::double`)
  const [row = []] = texts.length === 0 ? [] : await connection.rows(`select ${counts.join(', ')} from (${sample})`)
  return columns.map(({ name, isNumber }) => {
    const at = 2 * texts.findIndex((column) => column.name === name)
    return { name, isNumber: at < 0 ? isNumber === 'yes' : Number(row[at + 1]) * 2 >= Number(row[at]) }
  })
}

function absent(role: string, name: string, names: readonly string[], columns: ColumnNames): DataError {
  const [near] = nearestNames(name, names)
  const setting = `'${role}': '${near ?? 'NAME'}'`
  const message = `there is no column "${name}" for ${role}; the data has ${names.join(', ')}: set the option columns to { ${setting} }`
  const corrected = { ...columns, [role]: near ?? 'NAME' }
  return new DataError('DATA_COLUMN_MISSING', message, { missing: [role], names, columns: corrected })
}

/** The column of a copy that holds a user column: no name of the candle's has a dot in it. */
export function copiedName(name: string): string {
  return identifier(USER_PREFIX + name)
}
