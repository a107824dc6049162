import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import { plainColumns } from './columns.ts'
import type { DuckdbConnection } from './library.ts'
import type { CandleTable } from './row-index.ts'
import { copiedName } from './user-columns.ts'

/**
 * Reads everything once into a temporary table, each symbol's rows side by side and in the order of the source: for CSV
 * and SQL, which cannot be read in parts, and for rows that are mixed too much. What does not fit into memory DuckDB puts
 * into the system's temporary folder.
 *
 * @param userColumns Names of those to be read as well.
 */
export async function stage(
  connection: DuckdbConnection,
  { source, columns }: CandleTable,
  name: string,
  userColumns: ReadonlySet<string>,
): Promise<CandleTable> {
  const { values, timeframe } = columns
  const named = CANDLE_COLUMNS.flatMap((column) =>
    values[column] === undefined ? [] : [`${values[column]} as ${column}`],
  )
  const user = columns.userColumns
    .filter((column) => userColumns.has(column.name))
    .map((column) => ({ ...column, copied: copiedName(column.name) }))
  named.push(...user.map(({ sql, copied }) => `${sql} as ${copied}`))
  const read = [`${columns.symbol} as symbol`, `${columns.time.milliseconds} as time`, ...named]
  if (timeframe !== undefined) read.push(`${timeframe} as timeframe`)
  const order = [...(timeframe === undefined ? [] : ['timeframe']), 'symbol', 'source_row']
  await connection.query(
    `create temp table ${name} as select * exclude (source_row)
     from (select ${read.join(', ')}, row_number() over () as source_row from ${source.from}) order by ${order.join(', ')}`,
  )
  return {
    source: { kind: 'table', from: name, files: source.files, rowNumber: 'rowid' },
    columns: plainColumns(
      values.volume !== undefined,
      timeframe !== undefined,
      user.map(({ name, copied }) => ({ name, plain: copied, sql: copied, isNumber: 'yes' })),
    ),
  }
}
