import { DataError } from '../domain/errors.ts'

/** How a column of times is read. */
export interface TimeReader {
  /** SQL of the time as DOUBLE milliseconds UTC, null where it cannot be read. */
  milliseconds: string
  /** SQL that is true from a time on; of the bare column where possible, so that DuckDB can skip row groups. */
  from(ms: number): string
  /** SQL that is true up to a time, inclusive. */
  to(ms: number): string
}

const TEXT_FORMATS = ['%Y%m%d', '%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y.%m.%d', '%Y.%m.%d %H:%M:%S', '%Y.%m.%d %H:%M']
const FORMAT_LIST = `[${TEXT_FORMATS.map((format) => `'${format}'`).join(', ')}]`
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/

/**
 * Reads times of any type: timestamps of any unit, dates, epoch numbers in s, ms, µs or ns (told by their size), numbers
 * like 20240131, and text (ISO, with or without zone, 2024-01-31, 2024.01.31, 20240131 or any of the numbers). Without a
 * zone a time is UTC.
 *
 * @param column The column as SQL.
 * @param type DuckDB's name of its type.
 * @param sample Some of its values as text.
 * @throws DataError `DATA_SHAPE` when the sample cannot be times.
 */
export function timeReader(column: string, type: string, sample: readonly string[]): TimeReader {
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) {
    return {
      milliseconds: `epoch_ms(${column})::double`,
      from: (ms) => `${column} >= make_timestamp_ms(${Math.ceil(ms)})`,
      to: (ms) => `${column} < make_timestamp_ms(${Math.floor(ms) + 1})`,
    }
  }
  if (NUMERIC.test(type)) {
    const isCompact = sample.length > 0 && sample.every(isCompactDate)
    return isCompact ? textReader(`${column}::bigint`) : epochReader(column, sample)
  }
  if (type !== 'VARCHAR') throw unreadableTime(column, type, sample)
  if (sample.length > 0 && sample.every(isEpochText)) {
    return epochReader(`try_cast(${column} as double)`, sample)
  }
  return textReader(column)
}

function epochReader(column: string, sample: readonly string[]): TimeReader {
  const largest = Math.max(0, ...sample.map((text) => Math.abs(Number(text))))
  const perMs = unitPerMs(largest)
  return exactReader(perMs < 1 ? `${column} * ${1 / perMs}.0` : perMs === 1 ? column : `floor(${column} / ${perMs})`)
}

/** Epoch numbers of the years 1973 to 5138 in one unit are never as large as those in the next. */
function unitPerMs(largest: number): number {
  if (largest < 1e11) return 0.001
  if (largest < 1e14) return 1
  return largest < 1e17 ? 1e3 : 1e6
}

function textReader(column: string): TimeReader {
  const text = `trim(${column}::varchar)`
  return exactReader(`epoch_ms(coalesce(try_cast(${text} as timestamptz), try_strptime(${text}, ${FORMAT_LIST})))`)
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

export function unreadableTime(column: string, type: string, sample: readonly string[]): DataError {
  const message =
    `column ${column} (${type}, for example ${sample[0] ?? 'no value'}) cannot be read as times: ` +
    'set the option columns.time to a column of timestamps, dates, epoch numbers or ISO text'
  return new DataError('DATA_SHAPE', message, { column, type })
}
