import { JobError } from './errors.ts'
import { readShape } from './job-shape.ts'
import { DAY_MS, isTimeframe, TIMEFRAMES, type Timeframe } from './timeframe.ts'

/** What can be run. A backtest and pattern discovery are known by name and refused until they exist. */
export const JOB_TYPES = ['SCAN'] as const

export type JobType = (typeof JOB_TYPES)[number]

const PLANNED_JOB_TYPES: readonly string[] = ['BACKTEST', 'PATTERN_DISCOVERY']

/** The bars on which matches count, milliseconds UTC, both ends inclusive; open where absent. */
export interface DateRange {
  from?: number
  to?: number
}

/**
 * What a caller asks for. Dates may be `Date`, milliseconds or ISO text: `2024-12-31` is the whole UTC day, a time
 * without a zone is UTC. A symbol that stands twice runs once; one without a name is nothing that could run, and left out.
 */
export interface JobRequest {
  /** Shows up in the result; made up when absent. */
  id?: string
  jobType?: JobType
  symbols: readonly string[]
  timeframe: Timeframe
  dateRange?: { from?: Date | number | string; to?: Date | number | string }
  /**
   * Bars read in front of `dateRange.from`; the whole history where absent. For stores where that is too much: values may
   * then depend on where reading began, and the result says `exact: false` where they do.
   */
  history?: number
  /**
   * Only the last so many bars of each symbol count, of those in `dateRange`; all where absent. Values are the same: it
   * says where matches (or series) begin.
   */
  last?: number
  formula: string
  /** Values for the formula's `param` statements. */
  parameters?: Readonly<Record<string, number>>
  /**
   * IANA zone for `year` … `minute` of intraday candles; UTC where absent. Daily and longer candles carry dates: where
   * their times are no dates (00:00 UTC) already, the calendar dates in this zone, or of the nearest midnight.
   */
  timezone?: string
}

/** A checked job. */
export interface ProcessingJob {
  id: string
  jobType: JobType
  symbols: readonly string[]
  timeframe: Timeframe
  dateRange: DateRange
  history?: number
  last?: number
  formula: string
  parameters: Readonly<Record<string, number>>
  /** Absent where the job gives none. */
  timezone?: string
}

const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/

/**
 * Milliseconds UTC of a date as people write it, NaN for what is none. A day without a time ends at its last
 * millisecond; a time without a zone is UTC, so that a job means the same on every machine.
 */
function milliseconds(value: Date | number | string, end: boolean): number {
  if (typeof value !== 'string') return new Date(value).getTime()
  const [, day, time = '00:00', zone = 'Z'] = ISO_DATE.exec(value.trim()) ?? []
  if (day === undefined || !isDay(day)) return Number.NaN
  const start = Date.parse(`${day}T${time}${zone}`)
  return end && value.trim() === day ? start + DAY_MS - 1 : start
}

/** `Date.parse` takes 30 February for a day in March. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

let jobs = 0

/**
 * A checked job with every default filled in.
 *
 * @throws JobError with the first thing that is wrong: fields that no job has, shape, job type, symbols, timeframe, dates, in this order.
 *
 * @example
 * const job = { symbols: ['AAPL', 'AAPL'], timeframe: '1d', formula: 'close > 1', dateRange: { to: '2024-12-31' } }
 * const { jobType, symbols, dateRange } = checkJob(job)
 * [jobType, symbols, new Date(dateRange.to).toISOString()]
 * // [ 'SCAN', [ 'AAPL' ], '2024-12-31T23:59:59.999Z' ]
 */
export function checkJob(request: unknown): ProcessingJob {
  const shape = readShape(request)
  const { jobType, symbols, timeframe, formula, parameters, timezone, id, history, last } = shape
  if (!JOB_TYPES.includes(jobType as JobType)) throw jobTypeError(jobType)
  const named = [...new Set(symbols)].filter((symbol) => symbol !== '')
  if (named.length === 0) throw new JobError('JOB_NO_SYMBOLS', 'No symbols provided', { path: 'symbols' })
  if (!isTimeframe(timeframe)) {
    throw new JobError('JOB_TIMEFRAME', `Invalid timeframe "${timeframe}": use one of ${TIMEFRAMES.join(', ')}`, {
      path: 'timeframe',
      found: timeframe,
      accepted: TIMEFRAMES,
    })
  }
  const dateRange = checkRange(shape.dateRange)
  return {
    id: id ?? `job-${++jobs}`,
    jobType: jobType as JobType,
    symbols: named,
    timeframe,
    dateRange,
    ...(history !== undefined && { history: checkHistory(history, dateRange) }),
    ...(last !== undefined && { last }),
    formula,
    parameters,
    ...(timezone !== undefined && { timezone }),
  }
}

function checkHistory(history: number, { from }: DateRange): number {
  if (from !== undefined) return history
  const message = 'history counts the bars in front of dateRange.from: give that too, or leave history out'
  throw new JobError('JOB_HISTORY', message, { path: 'history', found: history })
}

function jobTypeError(jobType: string): JobError {
  const message = PLANNED_JOB_TYPES.includes(jobType)
    ? `Job type ${jobType} does not exist yet: use ${JOB_TYPES.join(', ')}`
    : `Unknown job type "${jobType}": use ${JOB_TYPES.join(', ')}`
  return new JobError('JOB_TYPE', message, { path: 'jobType', found: jobType, accepted: JOB_TYPES })
}

type DateInput = Date | number | string | undefined

function checkRange(range: { from?: DateInput; to?: DateInput }): DateRange {
  const checked: DateRange = {}
  for (const end of ['from', 'to'] as const) {
    const value = range[end]
    if (value === undefined) continue
    const time = milliseconds(value, end === 'to')
    if (!Number.isFinite(time)) {
      throw new JobError('JOB_DATE_RANGE', `"${value}" is not a date: write 2024-12-31 or 2024-12-31T09:00Z`, {
        path: `dateRange.${end}`,
        found: String(value),
      })
    }
    checked[end] = time
  }
  const { from, to } = checked
  if (from !== undefined && to !== undefined && from > to) {
    const day = (time: number) => new Date(time).toISOString()
    throw new JobError(
      'JOB_DATE_RANGE',
      `The date range is reversed: from ${day(from)} to ${day(to)}; put the earlier date first`,
      {
        path: 'dateRange',
        found: checked,
      },
    )
  }
  return checked
}
