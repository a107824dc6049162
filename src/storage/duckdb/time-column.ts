import { type ColumnNames, dateAndTime } from './column-names.ts'
import type { DuckdbConnection } from './library.ts'
import { identifier } from './sql.ts'

/** Rows looked at before all are. */
const SAMPLE = 1000

/** Where the times are. */
export interface TimeColumn {
  /** SQL of the column, or of what several hold together. */
  sql: string
  /** As the source calls it, and as SQL in messages. */
  name: string
  label: string
  /** DuckDB's name of the type. */
  type: string
}

/**
 * The column of times; with the time of the day where that stands beside the date and says something: what is the same in
 * all rows, like the close of a market, only makes another date of a daily candle.
 */
export async function findTimeColumn(
  connection: DuckdbConnection,
  from: { all: string; sample: string },
  time: string,
  { names, types, wanted }: { names: readonly string[]; types: ReadonlyMap<string, string>; wanted: ColumnNames },
): Promise<TimeColumn> {
  const column = (name: string) => ({
    sql: identifier(name),
    name,
    label: identifier(name),
    type: types.get(name) as string,
  })
  const both = wanted.time === undefined ? dateAndTime(names, time) : undefined
  if (!both || types.get(both.date) !== 'VARCHAR' || types.get(both.timeOfDay) !== 'VARCHAR') return column(time)
  const [date, timeOfDay] = [identifier(both.date), identifier(both.timeOfDay)]
  const isTimeOfDay = `regexp_full_match(trim(${timeOfDay}), '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?|\\d{4}|\\d{6}')`
  const look = async (rows: string) => {
    const [row] = await connection.rows(
      `select bool_and(${isTimeOfDay})::int::double, (min(${timeOfDay}) <> max(${timeOfDay}))::int::double from (${rows})`,
    )
    return { isTimeOfDay: row?.[0] === 1, isSeveral: row?.[1] === 1 }
  }
  const some = await look(`select ${timeOfDay} from ${from.sample} limit ${SAMPLE}`)
  if (!some.isTimeOfDay) return column(time)
  const isSeveral = some.isSeveral || (await look(`select ${timeOfDay} from ${from.all}`)).isSeveral
  if (!isSeveral) return column(both.date)
  return {
    sql: `(trim(${date}) || ' ' || trim(${timeOfDay}))`,
    name: `${both.date} ${both.timeOfDay}`,
    label: `${date} with ${timeOfDay}`,
    type: 'VARCHAR',
  }
}
