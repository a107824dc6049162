import { DataError } from '../../domain/errors.ts'
import type { TimeUnit } from '../../domain/timeframe.ts'
import { findDayOrder } from './day-order.ts'
import type { DuckdbConnection } from './library.ts'
import { literals } from './sql.ts'
import type { TimeColumn } from './time-column.ts'

/** How a column of times is read. */
export interface TimeReader {
  /** SQL of the time as DOUBLE milliseconds UTC, null where it cannot be read. */
  milliseconds: string
  /** SQL that is true from a time on; of the bare column where possible, so that DuckDB can skip row groups. */
  from(ms: number): string
  /** SQL that is true up to a time, inclusive. */
  to(ms: number): string
  /** The unit of epoch numbers. */
  unit?: TimeUnit
  /** What was guessed, as a sentence. */
  note?: string
}

/** What is known of the times; what is not is told from the data. */
export interface TimeOptions {
  timeUnit?: TimeUnit | undefined
  dateFormat?: string | undefined
}

const UNITS_PER_MS: Record<TimeUnit, number> = { s: 0.001, ms: 1, us: 1e3, ns: 1e6 }

const TEXT_FORMATS = [
  ...['%Y%m%d', '%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%d %H%M%S', '%Y%m%d %H%M', '%Y%m%d %H:%M:%S', '%Y%m%d %H:%M'],
  ...['%Y.%m.%d', '%Y.%m.%d %H:%M:%S', '%Y.%m.%d %H:%M', '%Y년 %m월 %d일', '%Y年%m月%d日'],
]
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/

/** Values looked at to see what text is. */
const SAMPLE = 1000

/**
 * Reads times of any type: timestamps of any unit, dates, epoch numbers in s, ms, µs or ns (told by the largest of the
 * column), numbers like 20240131, and text (ISO, with or without zone, 2024-01-31, 2024.01.31, 20240131, 31/01/2024 or
 * 01/31/2024 where the column tells which, or any of the numbers). Without a zone a time is UTC.
 *
 * @param from Where the column is, as SQL, and where some of its values are.
 * @throws DataError `DATA_SHAPE` when what there is cannot be times, `DATA_OPTION` for a format that is none.
 */
export async function findTime(
  connection: DuckdbConnection,
  from: { all: string; sample: string },
  column: TimeColumn,
  options: TimeOptions,
): Promise<TimeReader> {
  const { sql, type } = column
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return timestampReader(sql)
  const isNumber = NUMERIC.test(type)
  if (!isNumber && type !== 'VARCHAR') throw unreadableTime(column, [], options)
  const known = `from ${from.sample} where ${sql} is not null limit ${SAMPLE}`
  const sample = (await connection.rows(`select ${sql}::varchar ${known}`)).map(([text]) => String(text))
  const reader = await readerOf(connection, from.all, column, isNumber, sample, options)
  const [count] = await formatted(options, () => {
    return connection.rows(`select count(${reader.milliseconds})::double from (select * ${known})`)
  })
  if (sample.length > 0 && count?.[0] === 0) throw unreadableTime(column, sample, options)
  return reader
}

async function readerOf(
  connection: DuckdbConnection,
  from: string,
  { sql: column, label }: TimeColumn,
  isNumber: boolean,
  sample: readonly string[],
  { timeUnit, dateFormat }: TimeOptions,
): Promise<TimeReader> {
  if (dateFormat !== undefined) return textReader(column, [dateFormat])
  const number = isNumber ? column : `try_cast(${column} as double)`
  if (timeUnit !== undefined) return epochReader(number, timeUnit)
  if (!isNumber && !(sample.length > 0 && sample.every(isEpochText))) {
    const order = await findDayOrder(connection, from, { sql: column, label }, sample)
    return order ? { ...textReader(column, order.formats), note: order.note } : textReader(column)
  }
  // Of the whole column: that the first rows are small says nothing about the others.
  const [row] = await connection.rows(
    `select min(${number})::double, max(${number})::double, max(abs(${number}))::double from ${from}`,
  )
  const [least, most, largest] = (row ?? []).map(Number) as [number, number, number]
  if (isCompactDate(`${least}`) && isCompactDate(`${most}`)) return textReader(`${column}::bigint`)
  const unit = unitOf(largest)
  const note = `the numbers of column ${label} are read as ${unit} since 1970, by their size; the option timeUnit sets it`
  return { ...epochReader(number, unit), note }
}

function timestampReader(column: string): TimeReader {
  return {
    milliseconds: `epoch_ms(${column})::double`,
    from: (ms) => `${column} >= make_timestamp_ms(${Math.ceil(ms)})`,
    to: (ms) => `${column} < make_timestamp_ms(${Math.floor(ms) + 1})`,
  }
}

function epochReader(column: string, unit: TimeUnit): TimeReader {
  const perMs = UNITS_PER_MS[unit]
  const reader = exactReader(
    perMs < 1 ? `${column} * ${1 / perMs}.0` : perMs === 1 ? column : `floor(${column} / ${perMs})`,
  )
  return { ...reader, unit }
}

/** Epoch numbers of the years 1973 to 5138 in one unit are never as large as those in the next. */
function unitOf(largest: number): TimeUnit {
  if (largest < 1e11) return 's'
  if (largest < 1e14) return 'ms'
  return largest < 1e17 ? 'us' : 'ns'
}

/** @param formats What the text is written in; ISO and the usual ones where absent. */
function textReader(column: string, formats?: readonly string[]): TimeReader {
  const text = `trim(${column}::varchar)`
  const inFormat = `try_strptime(${text}, ${literals(formats ?? TEXT_FORMATS)})`
  if (formats) return exactReader(`epoch_ms(${inFormat})`)
  // DuckDB wants seconds in front of a zone, and no space: 2024-03-12T09:00Z, 2024-03-12 09:00:00 +09:00.
  const closed = `regexp_replace(${text}, ' ([+-]\\d\\d.*)$', '\\1')`
  const whole = `regexp_replace(${closed}, '^(\\S{10}[T ]\\d\\d:\\d\\d)(Z|[+-]\\d\\d.*)$', '\\1:00\\2')`
  return exactReader(
    `epoch_ms(coalesce(try_cast(${text} as timestamptz), ${inFormat}, try_cast(${whole} as timestamptz)))`,
  )
}

/** Runs a query with the format that was asked for; DuckDB says when it is none. */
async function formatted<T>({ dateFormat }: TimeOptions, query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (cause) {
    if (dateFormat === undefined || !/strptime|format/i.test(String(cause))) throw cause
    const reason = (cause as Error).message.split('\n')[0]
    const message = `dateFormat "${dateFormat}" is no format of dates, like %d/%m/%Y: ${reason}`
    throw new DataError('DATA_OPTION', message, { option: 'dateFormat', found: dateFormat }, { cause })
  }
}

function exactReader(expression: string): TimeReader {
  const milliseconds = `(${expression})::double`
  return { milliseconds, from: (ms) => `${milliseconds} >= ${ms}`, to: (ms) => `${milliseconds} <= ${ms}` }
}

function isCompactDate(text: string): boolean {
  return /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\.0+)?$/.test(text)
}

function isEpochText(text: string): boolean {
  const digits = text.trim().replace(/\.\d*$/, '')
  return /^\d{9,19}$/.test(digits) && digits.length !== 12 && digits.length !== 14
}

function unreadableTime(
  { label, type }: TimeColumn,
  sample: readonly string[],
  { dateFormat }: TimeOptions,
): DataError {
  const what = `column ${label} (${type}, for example ${sample[0] ?? 'no value'}) cannot be read as times`
  const way =
    type === 'VARCHAR' && sample.length > 0
      ? "say how they are written with the option dateFormat, on the command line --date-format '%d/%m/%Y', or"
      : ''
  const message =
    dateFormat === undefined
      ? `${what}: ${[way, 'set the option columns.time to a column of timestamps, dates, epoch numbers or ISO text'].join(' ').trim()}`
      : `${what} in the format ${dateFormat}: %d is the day, %m the month, %Y the year, %H:%M:%S the time`
  return new DataError('DATA_SHAPE', message, { column: label, type })
}
