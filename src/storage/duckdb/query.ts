import { DataError } from '../../domain/errors.ts'
import type { DuckdbConnection } from './library.ts'
import { literal } from './sql.ts'

/**
 * Table functions a query may use: they read files, or make rows of their arguments. The others of DuckDB change
 * settings, write logs, or run text that nobody has looked at.
 */
const READERS: readonly string[] = [
  ...['read_parquet', 'parquet_scan', 'read_csv', 'read_csv_auto', 'read_text', 'read_blob', 'glob'],
  ...['read_json', 'read_json_auto', 'read_json_objects', 'read_json_objects_auto'],
  ...['read_ndjson', 'read_ndjson_auto', 'read_ndjson_objects', 'read_duckdb'],
  ...['range', 'generate_series', 'unnest', 'repeat', 'repeat_row', 'json_each', 'json_tree'],
]

/**
 * What stands behind FROM for the rows of a query: one SELECT and nothing else. DuckDB parses the text, which is never
 * put into other SQL but as a quoted value of DuckDB's own function `query`, which takes one SELECT only as well.
 *
 * @throws DataError `DATA_OPTION` when it is anything else.
 */
export async function queryFrom(connection: DuckdbConnection, sql: string): Promise<string> {
  // DuckDB would read up to the zero and leave the rest unseen.
  if (sql.includes('\0')) throw notSelect('it has a zero character in it')
  const [row] = await connection.rows(`select json_serialize_sql(${literal(sql)})::varchar`)
  const parsed = JSON.parse(String(row?.[0])) as { error: boolean; error_message?: string; statements?: unknown[] }
  if (parsed.error) {
    const [reason] = String(parsed.error_message).split('\n') as [string]
    throw notSelect(reason.startsWith('Only SELECT') ? 'it is a statement of another kind' : reason)
  }
  if (parsed.statements?.length !== 1) throw notSelect(`it has ${parsed.statements?.length} statements`)
  for (const name of tableFunctions(parsed.statements)) {
    if (READERS.includes(name.toLowerCase())) continue
    throw notSelect(`the function ${name} is none of those that only read: ${READERS.join(', ')}`)
  }
  return `query(${literal(sql)})`
}

function notSelect(reason: string): DataError {
  return new DataError('DATA_OPTION', `sql must be one SELECT and nothing else: ${reason}`, { option: 'data', reason })
}

/** The names of the table functions anywhere in a statement. */
function tableFunctions(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const inside = Object.values(node).flatMap(tableFunctions)
  const { type, function: call } = node as { type?: unknown; function?: { function_name?: unknown } }
  return type === 'TABLE_FUNCTION' ? [String(call?.function_name), ...inside] : inside
}
