import { DAY_TIMES, type DayTime } from '../../domain/candle-dates.ts'
import { DAY_MS } from '../../domain/timeframe.ts'
import type { DuckdbConnection } from './library.ts'
import { where } from './sql.ts'

/** Rows looked at first: where they are dates, the others are taken to be. */
const SAMPLE_ROWS = 4_000

/**
 * When the candles of a source stand in the day: as `dayTimesOf` says of their times.
 *
 * @param milliseconds SQL of the time.
 * @param filter SQL that is true for the rows that count; all where absent.
 */
export async function findDayTimes(
  connection: DuckdbConnection,
  from: string,
  milliseconds: string,
  filter: string | undefined,
): Promise<readonly DayTime[]> {
  const rows = `select ${milliseconds} as ms from ${from}${where(filter)}`
  const sample = await ask(connection, `${rows} limit ${SAMPLE_ROWS}`)
  if (sample.every(({ timeOfDay }) => timeOfDay === 0)) return sample
  // Where some row cannot be read, those that can be read first have to tell.
  return ask(connection, rows).catch(() => sample)
}

async function ask(connection: DuckdbConnection, rows: string): Promise<DayTime[]> {
  // 1 January 1970, day 0, was a Thursday; the double remainder is for days before it.
  const isWeekend = (day: string) => `((${day} + 4) % 7 + 7) % 7 in (0, 6)`
  const found = await connection.rows(
    `select ms - day * ${DAY_MS}, min(day), max(day), count(*) filter (${isWeekend('day')})::double,
       count(*) filter (${isWeekend('(day + 1)')})::double
     from (select ms, floor(ms / ${DAY_MS}) as day from (${rows}) where abs(ms) <= 8.64e15)
     group by 1 limit ${DAY_TIMES + 1}`,
  )
  return found.map((row) => {
    const [timeOfDay, firstDay, lastDay, weekends, weekendsAhead] = row.map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return { timeOfDay, firstDay, lastDay, weekends, weekendsAhead }
  })
}
