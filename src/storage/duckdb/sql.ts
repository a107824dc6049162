import { DataError } from '../../domain/errors.ts'

/** A name as SQL: always quoted, so any column name can be used. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A list of texts as SQL. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`
}

/** A list of files as SQL. */
export function fileList(files: readonly string[]): string {
  return literals(files.map(plainPath))
}

/** DuckDB takes every path for a pattern; a bracket makes a pattern letter plain. */
export function plainPath(path: string): string {
  return path.replace(/[[*?]/g, '[$&]')
}

/** A WHERE clause of the conditions that are there; empty without any. */
export function where(...conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length === 0 ? '' : ` where ${given.map((condition) => `(${condition})`).join(' and ')}`
}

/**
 * Runs a step of reading; what DuckDB rejects becomes `DATA_UNREADABLE` naming the data.
 *
 * @param data Its name in messages.
 */
export async function reading<T>(data: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] as string) : String(cause)
    throw new DataError('DATA_UNREADABLE', `cannot read ${data}: ${reason}`, { data, reason }, { cause })
  }
}
