import { DataError } from '../../domain/errors.ts'
import type { ColumnNames, FoundColumns } from './column-names.ts'
import type { DuckdbConnection } from './library.ts'
import type { Source } from './source.ts'
import { suggestColumns } from './suggest.ts'

/**
 * All that is missing at once, with what to set for it: the columns asked for before, and for every missing one the
 * column left over that fits, or the word NAME.
 */
export async function columnsMissing(
  connection: DuckdbConnection,
  source: Source,
  { found, missing }: FoundColumns,
  wanted: ColumnNames,
  names: readonly string[],
): Promise<DataError> {
  const unknown = missing.filter((role) => wanted[role] === undefined).map((role) => `the ${role}`)
  const absent = missing.filter((role) => wanted[role] !== undefined).map((role) => `"${wanted[role]}"`)
  const problems = [
    ...(unknown.length > 0 ? [`no column looks like ${either(unknown)}`] : []),
    ...(absent.length > 0 ? [`there is no column ${either(absent)}`] : []),
  ]
  const fitting = await suggestColumns(connection, source, { found, missing }, names)
  const columns = { ...wanted }
  for (const role of missing) columns[role] = fitting[role] ?? 'NAME'
  const setting = Object.entries(columns).map(
    ([role, name]) => `${role.includes('.') ? quoted(role) : role}: ${quoted(name)}`,
  )
  const single = missing.includes('symbol') ? `, or symbol: 'NAME' when the data is of one symbol` : ''
  const message =
    `${problems.join(', and ')}; ${whoHas(source)} ${names.join(', ')}: ` +
    `set the option columns to { ${setting.join(', ')} }${single}`
  return new DataError('DATA_COLUMN_MISSING', message, { missing, names, columns })
}

function whoHas({ kind, files }: Source): string {
  if (kind === 'sql') return 'the data has'
  if (kind === 'table' || files.length === 1) return `${files[0]} has`
  return `${files[0]} and ${files.length - 1} more ${files.length === 2 ? 'file' : 'files'} have`
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function quoted(name: string): string {
  return `'${name.replace(/['\\]/g, '\\$&')}'`
}
