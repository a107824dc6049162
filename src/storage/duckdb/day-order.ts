import { DataError } from '../../domain/errors.ts'
import type { DuckdbConnection } from './library.ts'
import { literal } from './sql.ts'

const NUMBERS = /^\s*\d{1,2}([/.-])\d{1,2}\1\d{4}( .*)?$/
const TIMES_OF_DAY = ['', ' %H:%M:%S', ' %H:%M', ' %H%M%S', ' %H%M']

/** Formats of dates in the order that was found, and the order as a sentence. */
export interface DayOrder {
  formats: readonly string[]
  note: string
}

/**
 * Whether the day or the month comes first in dates like 01/04/2016. All rows are asked: one that says 13 tells, the first
 * twelve days of a month never do.
 *
 * @param from All rows as SQL. @param column The text as SQL, and its name in messages. @param sample Some of its values.
 * @returns Undefined where dates are written in another way.
 * @throws DataError `DATA_SHAPE` when no row tells, or rows contradict each other.
 */
export async function findDayOrder(
  connection: DuckdbConnection,
  from: string,
  column: { sql: string; label: string },
  sample: readonly string[],
): Promise<DayOrder | undefined> {
  const written = sample.filter((text) => NUMBERS.test(text))
  if (written.length * 2 <= sample.length) return undefined
  const [, separator] = NUMBERS.exec(written[0] as string) as unknown as [string, string]
  const number = (at: number) => {
    return `try_cast(regexp_extract(${column.sql}, '^\\s*(\\d{1,2})[/.-](\\d{1,2})[/.-]\\d{4}', ${at}) as integer)`
  }
  const kinds = [
    'first > 12 and second <= 12',
    'second > 12 and first <= 12',
    'first <= 12 and second <= 12 and first <> second',
  ]
  const examples = kinds.map((kind) => `any_value(text) filter (${kind})`)
  const [row = []] = await connection.rows(
    `select ${examples.join(', ')} from (select trim(${column.sql}) as text, ${number(1)} as first, ${number(2)} as second from ${from})`,
  )
  const [dayFirst, monthFirst, unclear] = row
  const day = `%d${separator}%m${separator}%Y`
  const month = `%m${separator}%d${separator}%Y`
  if (dayFirst !== null && monthFirst !== null) {
    throw undecided(
      column.label,
      `has dates with the day first (${dayFirst}) and with the month first (${monthFirst})`,
      [day, month],
    )
  }
  if (dayFirst === null && monthFirst === null && unclear !== null) {
    const problem = `(for example ${unclear}) can be read with the day first (${day}) and with the month first (${month}), and no row tells`
    throw undecided(column.label, problem, [day, month])
  }
  const format = monthFirst === null ? day : month
  const formats = TIMES_OF_DAY.map((time) => `${format}${time}`)
  return { formats, note: `the dates of column ${column.label} are read as ${format}; the option dateFormat sets it` }
}

function undecided(label: string, problem: string, formats: readonly string[]): DataError {
  const options = formats.map((format) => `--date-format ${literal(format)}`)
  const message =
    `column ${label} ${problem}: set the option dateFormat to ${formats.map(literal).join(' or ')}, ` +
    `on the command line ${options.join(' or ')}`
  return new DataError('DATA_SHAPE', message, { column: label, formats })
}
