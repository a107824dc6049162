import * as v from 'valibot'
import { JobError, type JobErrorCode } from './errors.ts'
import { isTimezone } from './local-time.ts'
import { nearestNames } from './nearest.ts'
import { TIMEFRAMES } from './timeframe.ts'

const EXAMPLE = "{ symbols: ['AAPL'], timeframe: '1d', formula: 'close > sma(close, 50)' }"

/** What goes into each field, as the end of "… must be". */
const MUST_BE = {
  id: "text that is not empty, like 'nightly'",
  jobType: "text like 'SCAN'",
  timeframe: `text, one of ${TIMEFRAMES.join(', ')}`,
  date: "a Date, milliseconds UTC or text like '2024-12-31'",
  history: 'a whole number of bars, 0 or more',
  last: 'a whole number of bars, 1 or more',
  formula: "text like 'close > sma(close, 50)'",
  timezone: "the name of a time zone this machine knows, like 'Asia/Seoul'",
}

/** Words that people use for the ends of a range; those that are near enough in letters are found without. */
const MEANT_DATE: Readonly<Record<string, string>> = {
  ...{ start: 'from', startDate: 'from', begin: 'from', after: 'from', since: 'from', gte: 'from' },
  ...{ end: 'to', endDate: 'to', until: 'to', till: 'to', before: 'to', lte: 'to' },
}

/** Words that people use for a field. */
const MEANT: Readonly<Record<string, string>> = {
  ...{ ticker: 'symbols', tickers: 'symbols', universe: 'symbols' },
  ...{ interval: 'timeframe', period: 'timeframe', tf: 'timeframe' },
  ...{ condition: 'formula', expression: 'formula', expressions: 'formula', query: 'formula' },
  ...{ lookback: 'history', lastBars: 'last', params: 'parameters', tz: 'timezone' },
  ...Object.fromEntries(
    Object.entries({ from: 'from', to: 'to', ...MEANT_DATE }).map(([word, end]) => [word, `dateRange: { ${end} }`]),
  ),
}

/** Whether a value has fields to be read: a list, a Map or a Date would be read as if it had none. */
function hasFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value) && !(value instanceof Date)
}

const fieldsOnly = (mustBe: string) => v.custom<Record<string, unknown>>(hasFields, wrong(mustBe))
const text = (mustBe: string) => v.string(wrong(mustBe))
const date = v.union([v.date(), v.number(), v.string()], wrong(MUST_BE.date))
const bars = wrong(MUST_BE.history)
const lastBars = wrong(MUST_BE.last)
const number = wrong('a finite number')

function texts(example: string) {
  return v.array(
    v.string(({ input }) => `must be text like '${textOf(input) ?? example}'; got ${shown(input)}`),
    ({ input }) =>
      typeof input === 'string'
        ? `must be a list: ['${clipped(input)}']`
        : `must be a list: ['${example}']; got ${shown(input)}`,
  )
}

const DATE_RANGE = { from: v.optional(date), to: v.optional(date) }

const FIELDS = {
  id: v.optional(v.pipe(text(MUST_BE.id), v.minLength(1, wrong(MUST_BE.id)))),
  jobType: v.optional(text(MUST_BE.jobType), 'SCAN'),
  symbols: texts('AAPL'),
  timeframe: text(MUST_BE.timeframe),
  dateRange: v.optional(v.pipe(fieldsOnly("an object like { from: '2024-01-01' }"), v.object(DATE_RANGE)), {}),
  history: v.optional(v.pipe(v.number(bars), v.integer(bars), v.minValue(0, bars))),
  last: v.optional(v.pipe(v.number(lastBars), v.integer(lastBars), v.minValue(1, lastBars))),
  formula: text(MUST_BE.formula),
  parameters: v.optional(
    v.pipe(
      fieldsOnly('an object of numbers like { length: 14 }'),
      v.record(v.string(), v.pipe(v.number(number), v.finite(number))),
    ),
    {},
  ),
  timezone: v.optional(v.pipe(text(MUST_BE.timezone), v.check(isTimezone, wrong(MUST_BE.timezone)))),
}

const jobSchema = v.object(FIELDS)

const FIELD_CODES: Readonly<Record<string, JobErrorCode>> = {
  symbols: 'JOB_NO_SYMBOLS',
  timeframe: 'JOB_TIMEFRAME',
  dateRange: 'JOB_DATE_RANGE',
  history: 'JOB_HISTORY',
  last: 'JOB_LAST',
  jobType: 'JOB_TYPE',
  formula: 'JOB_FORMULA',
  parameters: 'JOB_PARAMETERS',
}

/**
 * A job whose fields have the right types, with defaults filled in.
 *
 * @throws JobError: a field that no job has comes before one that is missing, because it is often the same under
 * another name; then the first that is wrong.
 */
export function readShape(request: unknown): v.InferOutput<typeof jobSchema> {
  if (!hasFields(request)) {
    const message = `A job is an object like ${EXAMPLE}; got ${shown(request)}`
    throw new JobError('JOB_FIELD', message, { path: '', found: shown(request) })
  }
  refuseUnknown(request, '', Object.keys(FIELDS), MEANT)
  if (hasFields(request.dateRange)) {
    refuseUnknown(request.dateRange, 'dateRange', Object.keys(DATE_RANGE), MEANT_DATE)
  }
  // With every field there, absent ones as undefined, the schema's own sentence for a missing key is never said.
  const fields = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, request[name]]))
  const parsed = v.safeParse(jobSchema, fields, { abortEarly: true })
  if (!parsed.success) throw shapeError(parsed.issues[0])
  refuseLost(request.parameters ?? {}, parsed.output.parameters)
  return parsed.output
}

function refuseUnknown(
  given: Record<string, unknown>,
  path: '' | 'dateRange',
  fields: readonly string[],
  meant: Readonly<Record<string, string>>,
) {
  const unknown = Object.keys(given).find((name) => !fields.includes(name))
  if (unknown === undefined) return
  const known = Object.hasOwn(meant, unknown) ? meant[unknown] : nearestNames(unknown, fields)[0]
  const hint = known === undefined ? `its fields are ${fields.join(', ')}` : `did you mean ${known}?`
  const message = `${path || 'A job'} has no field ${shownName(unknown)}: ${hint}`
  throw new JobError(path === '' ? 'JOB_FIELD' : 'JOB_DATE_RANGE', message, {
    path: path === '' ? unknown : `${path}.${unknown}`,
    found: unknown,
  })
}

function shapeError(issue: v.InferIssue<typeof jobSchema>): JobError {
  const path = v.getDotPath(issue) ?? ''
  const [field = ''] = path.split('.')
  const code = FIELD_CODES[field] ?? 'JOB_FIELD'
  if (path === 'symbols' && issue.input === undefined) return new JobError(code, 'No symbols provided', { path })
  const place = field === 'symbols' ? inList(path) : shownName(path)
  return new JobError(code, `${place} ${issue.message}`, { path, found: shown(issue.input) })
}

/**
 * Refuses what is no list of texts.
 *
 * @throws JobError with the code, naming the first entry that is wrong.
 */
export function checkTexts(code: JobErrorCode, field: string, given: unknown, example: string): void {
  const { issues } = v.safeParse(texts(example), given, { abortEarly: true })
  if (!issues) return
  const inner = v.getDotPath(issues[0])
  const path = inner === null ? field : `${field}.${inner}`
  throw new JobError(code, `${inList(path)} ${issues[0].message}`, { path, found: shown(issues[0].input) })
}

/** `symbols.2` as people write it. */
function inList(path: string): string {
  return path.replace(/\.(\d+)$/, '[$1]')
}

/** The schema leaves out names that would change an object instead of standing in it. */
function refuseLost(given: object, kept: object) {
  const lost = Object.keys(given).find((name) => !Object.hasOwn(kept, name))
  if (lost === undefined) return
  const message = `A parameter cannot be called "${lost}": give it another name`
  throw new JobError('JOB_PARAMETERS', message, { path: 'parameters', found: lost })
}

function wrong(mustBe: string): (issue: { input: unknown }) => string {
  return ({ input }) =>
    input === undefined ? `is missing: it must be ${mustBe}` : `must be ${mustBe}; got ${shown(input)}`
}

/** The text that a number probably stands for. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

/** A value as it may stand in a message; what is no text or number by its kind. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${clipped(value)}'`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (value instanceof Promise) return 'a Promise: await it first'
  if (Array.isArray(value)) return 'a list'
  return value instanceof Set ? 'a Set' : value instanceof Map ? 'a Map' : 'an object'
}

function shownName(name: string): string {
  return name === '' ? "''" : clipped(name)
}

const SHOWN_LENGTH = 40

function clipped(value: string): string {
  return value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value
}
