import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JobError } from '../../src/domain/errors.ts'
import { checkJob } from '../../src/domain/job.ts'
import { TIMEFRAMES } from '../../src/domain/timeframe.ts'

const JOB = { symbols: ['A'], timeframe: '1d', formula: 'close > 1' }
const DAY = 86_400_000
/** 2 January 2024, midnight UTC. */
const JAN_2 = Date.UTC(2024, 0, 2)

/** The error of a job that is right but for these fields. */
function refusal(changes: Record<string, unknown>): JobError {
  return refusalOf({ ...JOB, ...changes })
}

function refusalOf(request: unknown): JobError {
  try {
    checkJob(request)
  } catch (error) {
    expect(error).toBeInstanceOf(JobError)
    return error as JobError
  }
  throw new Error('the job was accepted')
}

const range = (from?: unknown, to?: unknown) =>
  checkJob({ ...JOB, dateRange: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) } }).dateRange

describe('checkJob › history', () => {
  const dateRange = { from: JAN_2 }

  it('is a number of bars in front of the range', () => {
    expect(checkJob({ ...JOB, dateRange, history: 250 }).history).toBe(250)
    expect(checkJob({ ...JOB, dateRange, history: 0 }).history).toBe(0)
    expect('history' in checkJob({ ...JOB, dateRange })).toBe(false)
  })

  it.each([-1, 2.5, Number.NaN, '250'])('refuses %s', (history) => {
    const { code, message } = refusal({ dateRange, history })
    expect(code).toBe('JOB_HISTORY')
    expect(message).toContain('must be a whole number of bars, 0 or more')
  })

  it('refuses one that is in front of nothing', () => {
    expect(refusal({ history: 5 })).toMatchObject({ code: 'JOB_HISTORY', fields: { path: 'history', found: 5 } })
    expect(refusal({ history: 5, dateRange: { to: JAN_2 } }).message).toContain('dateRange.from')
  })
})

describe('checkJob › last', () => {
  it('is a number of bars of each symbol', () => {
    expect(checkJob({ ...JOB, last: 5 }).last).toBe(5)
    expect('last' in checkJob(JOB)).toBe(false)
  })

  it.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('refuses %s', (last) => {
    const { code, message, fields } = refusal({ last })
    expect(code).toBe('JOB_LAST')
    expect(message).toBe(`last must be a whole number of bars, 1 or more; got ${last === '5' ? "'5'" : last}`)
    expect(fields.path).toBe('last')
  })

  it('is found by a name that is near', () => {
    expect(refusal({ lastBars: 5 }).message).toBe('A job has no field lastBars: did you mean last?')
  })
})

describe('checkJob', () => {
  it('fills in every default', () => {
    expect(checkJob(JOB)).toEqual({
      id: expect.stringMatching(/^job-\d+$/),
      jobType: 'SCAN',
      symbols: ['A'],
      timeframe: '1d',
      dateRange: {},
      formula: 'close > 1',
      parameters: {},
    })
  })

  it('keeps everything that was given', () => {
    const request = {
      id: 'nightly',
      jobType: 'SCAN',
      symbols: ['B', 'A'],
      timeframe: '1M',
      dateRange: { from: 1, to: 2 },
      formula: 'param n = 3; close > n',
      parameters: { n: 4 },
      timezone: 'Asia/Seoul',
    }
    expect(checkJob(request)).toEqual(request)
  })

  it('gives every job without an id another one', () => {
    expect(checkJob(JOB).id).not.toBe(checkJob(JOB).id)
  })

  it('takes every timeframe', () => {
    expect(TIMEFRAMES.map((timeframe) => checkJob({ ...JOB, timeframe }).timeframe)).toEqual(TIMEFRAMES)
  })

  it('does not change the request', () => {
    const request = Object.freeze({
      ...JOB,
      symbols: Object.freeze(['A', 'A']),
      dateRange: Object.freeze({ from: '2024-01-02' }),
    })
    checkJob(request)
    expect(request.symbols).toEqual(['A', 'A'])
    expect(request.dateRange).toEqual({ from: '2024-01-02' })
  })

  it.each([undefined, null, 7, 'close > 1', []])('refuses %j for a job', (request) => {
    expect(refusalOf(request)).toMatchObject({
      code: 'JOB_FIELD',
      message: expect.stringMatching(/^A job is an object like \{ symbols: .* \}; got /),
    })
  })
})

describe('symbols', () => {
  it('are scanned once each, in the order they came first', () => {
    expect(checkJob({ ...JOB, symbols: ['B', 'A', 'B', 'C', 'A'] }).symbols).toEqual(['B', 'A', 'C'])
  })

  it('without a name are left out: a file lists its rows without a symbol as such', () => {
    expect(checkJob({ ...JOB, symbols: ['A', '', 'B'] }).symbols).toEqual(['A', 'B'])
  })

  it.each([[[]], [['']], [undefined]])('"No symbols provided" for %j', (symbols) => {
    const { code, message, fields } = refusal({ symbols })
    expect([code, message, fields.path]).toEqual(['JOB_NO_SYMBOLS', 'No symbols provided', 'symbols'])
  })

  it('"No symbols provided" when the field is not there', () => {
    const { symbols: _, ...job } = JOB
    expect(refusalOf(job).message).toBe('No symbols provided')
  })

  it.each([
    ['A', 'symbols'],
    [['A', 'B', 5], 'symbols.2'],
    [[null], 'symbols.0'],
  ])('refuses %j and says where', (symbols, path) => {
    const { code, message, fields } = refusal({ symbols })
    expect([code, fields.path]).toEqual(['JOB_NO_SYMBOLS', path])
    expect(message).toMatch(/^symbols(\[\d\])? must be /)
  })
})

describe('timeframe', () => {
  it.each(['1D', '7m', '', 'day', 'constructor'])('"Invalid timeframe" for %j, with all there are', (timeframe) => {
    const { code, message, fields } = refusal({ timeframe })
    expect(code).toBe('JOB_TIMEFRAME')
    expect(message).toBe(`Invalid timeframe "${timeframe}": use one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 1d, 1w, 1M`)
    expect(fields).toEqual({ path: 'timeframe', found: timeframe, accepted: TIMEFRAMES })
  })

  it.each([undefined, 1, null])('refuses %j for its shape', (timeframe) => {
    expect(refusal({ timeframe })).toMatchObject({ code: 'JOB_TIMEFRAME', fields: { path: 'timeframe' } })
  })
})

describe('job type', () => {
  it.each(['BACKTEST', 'PATTERN_DISCOVERY'])('%s is refused by name until it exists', (jobType) => {
    const { code, message, fields } = refusal({ jobType })
    expect([code, message]).toEqual(['JOB_TYPE', `Job type ${jobType} does not exist yet: use SCAN`])
    expect(fields).toEqual({ path: 'jobType', found: jobType, accepted: ['SCAN'] })
  })

  it.each(['scan', '', 'REPORT'])('%j is unknown', (jobType) => {
    const { code, message } = refusal({ jobType })
    expect([code, message]).toEqual(['JOB_TYPE', `Unknown job type "${jobType}": use SCAN`])
  })

  it('must be text', () => {
    expect(refusal({ jobType: 3 })).toMatchObject({ code: 'JOB_TYPE', fields: { path: 'jobType' } })
  })
})

describe('date range', () => {
  it('may be open at either end', () => {
    expect(range()).toEqual({})
    expect(range(JAN_2)).toEqual({ from: JAN_2 })
    expect(range(undefined, JAN_2)).toEqual({ to: JAN_2 })
  })

  it('takes Date, milliseconds and ISO text', () => {
    const expected = { from: JAN_2, to: JAN_2 + 5 }
    expect(range(new Date(JAN_2), new Date(JAN_2 + 5))).toEqual(expected)
    expect(range(JAN_2, JAN_2 + 5)).toEqual(expected)
    expect(range('2024-01-02T00:00Z', '2024-01-02T00:00:00.005Z')).toEqual(expected)
    expect(range('2024-01-02T09:00+09:00', JAN_2 + 5)).toEqual(expected)
    expect(range(0, 1)).toEqual({ from: 0, to: 1 })
  })

  it('a day begins at midnight UTC as `from`, and is inclusive as `to`', () => {
    expect(range('2024-01-02', '2024-01-03')).toEqual({ from: JAN_2, to: JAN_2 + 2 * DAY - 1 })
  })

  it('may be a single day', () => {
    expect(range('2024-01-02', '2024-01-02')).toEqual({ from: JAN_2, to: JAN_2 + DAY - 1 })
  })

  it('a time as `to` is that time, also midnight', () => {
    expect(range(undefined, '2024-01-02T00:00Z')).toEqual({ to: JAN_2 })
  })

  it('is refused when reversed', () => {
    const { code, message, fields } = refusal({ dateRange: { from: '2024-01-03', to: '2024-01-02' } })
    expect(code).toBe('JOB_DATE_RANGE')
    expect(message).toBe(
      'The date range is reversed: from 2024-01-03T00:00:00.000Z to 2024-01-02T23:59:59.999Z; put the earlier date first',
    )
    expect(fields).toEqual({ path: 'dateRange', found: { from: JAN_2 + DAY, to: JAN_2 + DAY - 1 } })
  })

  it('may be a single instant', () => {
    expect(range(JAN_2, new Date(JAN_2))).toEqual({ from: JAN_2, to: JAN_2 })
    expect(range('2024-01-02T09:30Z', '2024-01-02T09:30Z')).toMatchObject({ to: Date.UTC(2024, 0, 2, 9, 30) })
  })

  it.each([
    ['from', 'yesterday'],
    ['to', 'yesterday'],
    ['from', ''],
    ['to', '2024-13-01'],
    ['from', Number.POSITIVE_INFINITY],
  ])('"%s" that is not a date is refused: %j', (end, value) => {
    const { code, message, fields } = refusal({ dateRange: { [end]: value } })
    expect(code).toBe('JOB_DATE_RANGE')
    expect(message).toBe(`"${value}" is not a date: write 2024-12-31 or 2024-12-31T09:00Z`)
    expect(fields).toEqual({ path: `dateRange.${end}`, found: String(value) })
  })

  it.each([
    [{ from: Number.NaN }, 'dateRange.from'],
    [{ to: new Date(Number.NaN) }, 'dateRange.to'],
    [{ from: null }, 'dateRange.from'],
    [{ to: {} }, 'dateRange.to'],
    [{ till: '2024-01-02' }, 'dateRange.till'],
    ['2024', 'dateRange'],
  ])('refuses the shape of %j', (dateRange, path) => {
    expect(refusal({ dateRange })).toMatchObject({ code: 'JOB_DATE_RANGE', fields: { path } })
  })
})

describe('other fields', () => {
  it.each([undefined, 3, null, ['close > 1']])('the formula must be text, not %j', (formula) => {
    expect(refusal({ formula })).toMatchObject({ code: 'JOB_FORMULA', fields: { path: 'formula' } })
  })

  it('an empty formula is left to the formula language', () => {
    expect(checkJob({ ...JOB, formula: '' }).formula).toBe('')
  })

  it.each([
    [{ n: '14' }, 'parameters.n'],
    [{ n: Number.NaN }, 'parameters.n'],
    [{ n: Number.POSITIVE_INFINITY }, 'parameters.n'],
    [{ n: null }, 'parameters.n'],
    [{ n: 1, m: [2] }, 'parameters.m'],
    ['n', 'parameters'],
  ])('parameters are finite numbers by name, not %j', (parameters, path) => {
    expect(refusal({ parameters })).toMatchObject({ code: 'JOB_PARAMETERS', fields: { path } })
  })

  it.each(['Mars/Olympus', '', 7])('a time zone must exist: %j', (timezone) => {
    expect(refusal({ timezone })).toMatchObject({ code: 'JOB_FIELD', fields: { path: 'timezone' } })
  })

  it('says what is wrong with a time zone', () => {
    expect(refusal({ timezone: 'Mars/Olympus' }).message).toBe(
      "timezone must be the name of a time zone this machine knows, like 'Asia/Seoul'; got 'Mars/Olympus'",
    )
  })

  it.each(['UTC', 'Asia/Seoul', 'America/New_York'])('%s is a time zone, also asked a second time', (timezone) => {
    expect([checkJob({ ...JOB, timezone }).timezone, checkJob({ ...JOB, timezone }).timezone]).toEqual([
      timezone,
      timezone,
    ])
  })

  it.each(['', 5])('an id cannot be %j', (id) => {
    expect(refusal({ id })).toMatchObject({ code: 'JOB_FIELD', fields: { path: 'id' } })
  })

  it('that are missing are named', () => {
    expect(refusalOf({ symbols: ['A'] }).message).toMatch(/^timeframe is missing: /)
    expect(refusalOf({ symbols: ['A'], timeframe: '1d' }).message).toMatch(/^formula is missing: /)
  })

  it.each(['timeFrame', 'symbol', 'workers'])('%s is not a field of a job', (field) => {
    const { code, message, fields } = refusal({ [field]: 1 })
    expect([code, fields.path]).toEqual(['JOB_FIELD', field])
    expect(message).toContain(`A job has no field ${field}: `)
  })
})

describe('the order of checks', () => {
  const WRONG = {
    jobType: 'BACKTEST',
    symbols: [] as string[],
    timeframe: '7m',
    dateRange: { from: 2, to: 1 },
    formula: 'close > 1',
    timezone: 'Mars/Olympus',
  }

  it('is shape, job type, symbols, timeframe, dates', () => {
    const fixes = { timezone: 'UTC', jobType: 'SCAN', symbols: ['A'], timeframe: '1d', dateRange: { from: 1, to: 2 } }
    const job: Record<string, unknown> = { ...WRONG }
    const codes: string[] = []
    for (const [field, value] of Object.entries(fixes)) {
      codes.push(refusalOf(job).code)
      job[field] = value
    }
    expect(codes).toEqual(['JOB_FIELD', 'JOB_TYPE', 'JOB_NO_SYMBOLS', 'JOB_TIMEFRAME', 'JOB_DATE_RANGE'])
    expect(checkJob(job)).toMatchObject(fixes)
  })
})

describe('what is wrong', () => {
  const TIMES = '1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 1d, 1w, 1M'

  it.each<[Record<string, unknown>, string]>([
    [{ symbols: 'AAPL' }, "symbols must be a list: ['AAPL']"],
    [{ symbols: new Set(['AAPL']) }, "symbols must be a list: ['AAPL']; got a Set"],
    [{ symbols: Promise.resolve(['AAPL']) }, "symbols must be a list: ['AAPL']; got a Promise: await it first"],
    [{ symbols: ['AAPL', 5930] }, "symbols[1] must be text like '5930'; got 5930"],
    [{ symbols: [undefined] }, "symbols[0] must be text like 'AAPL'; got undefined"],
    [{ timeframe: 1 }, `timeframe must be text, one of ${TIMES}; got 1`],
    [{ timeframe: undefined }, `timeframe is missing: it must be text, one of ${TIMES}`],
    [{ jobType: 3 }, "jobType must be text like 'SCAN'; got 3"],
    [{ id: '' }, "id must be text that is not empty, like 'nightly'; got ''"],
    [{ formula: 3 }, "formula must be text like 'close > sma(close, 50)'; got 3"],
    [{ formula: undefined }, "formula is missing: it must be text like 'close > sma(close, 50)'"],
    [{ parameters: { n: '14' } }, "parameters.n must be a finite number; got '14'"],
    [{ parameters: { n: Number.POSITIVE_INFINITY } }, 'parameters.n must be a finite number; got Infinity'],
    [{ parameters: { n: undefined } }, 'parameters.n is missing: it must be a finite number'],
    [{ parameters: new Map([['n', 1]]) }, 'parameters must be an object of numbers like { length: 14 }; got a Map'],
    [{ parameters: [14] }, 'parameters must be an object of numbers like { length: 14 }; got a list'],
    [{ history: '250' }, "history must be a whole number of bars, 0 or more; got '250'"],
    [{ dateRange: '2024' }, "dateRange must be an object like { from: '2024-01-01' }; got '2024'"],
    [{ dateRange: new Date(0) }, "dateRange must be an object like { from: '2024-01-01' }; got a Date"],
    [
      { dateRange: { from: null } },
      "dateRange.from must be a Date, milliseconds UTC or text like '2024-12-31'; got null",
    ],
    [
      { dateRange: { to: new Date(Number.NaN) } },
      "dateRange.to must be a Date, milliseconds UTC or text like '2024-12-31'; got an invalid Date",
    ],
    [{ formula: () => 1 }, "formula must be text like 'close > sma(close, 50)'; got a function"],
    [
      { timezone: 'x'.repeat(1000) },
      `timezone must be the name of a time zone this machine knows, like 'Asia/Seoul'; got '${'x'.repeat(40)}…'`,
    ],
  ])('is said in the words of the job: %o', (changes, message) => {
    expect(refusal(changes).message).toBe(message)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ formula: undefined, formulas: ['close > 1'] }, 'A job has no field formulas: did you mean formula?'],
    [{ symbol: 'AAPL' }, 'A job has no field symbol: did you mean symbols?'],
    [{ timeFrame: '1d' }, 'A job has no field timeFrame: did you mean timeframe?'],
    [{ interval: '1d' }, 'A job has no field interval: did you mean timeframe?'],
    [{ from: '2024-01-01' }, 'A job has no field from: did you mean dateRange: { from }?'],
    [{ startDate: '2024-01-01' }, 'A job has no field startDate: did you mean dateRange: { from }?'],
    [{ expressions: ['close > 1'] }, 'A job has no field expressions: did you mean formula?'],
    [{ dateRange: { start: '2024-01-01' } }, 'dateRange has no field start: did you mean from?'],
    [{ dateRange: { from: '2024-01-01', end: '2024-01-02' } }, 'dateRange has no field end: did you mean to?'],
    [{ dateRange: { form: '2024-01-01' } }, 'dateRange has no field form: did you mean from?'],
    [{ dateRange: { days: 5 } }, 'dateRange has no field days: its fields are from, to'],
    [{ toString: 1 }, expect.stringMatching(/^A job has no field toString: /)],
  ])('is a field by another name: %o', (changes, message) => {
    expect(refusal(changes).message).toEqual(message)
  })

  it('is never said in the words of the library that checks shapes', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
    })
    const field = (right: unknown) => fc.option(fc.oneof(fc.constant(right), anything), { nil: undefined })
    const job = fc.record(
      {
        id: field('a'),
        jobType: field('SCAN'),
        symbols: fc.oneof(field(['A']), fc.array(anything)),
        timeframe: field('1d'),
        dateRange: fc.oneof(
          field({}),
          fc.record({ from: anything, to: anything }),
          fc.dictionary(fc.string(), anything),
        ),
        history: field(5),
        formula: field('close > 1'),
        parameters: fc.oneof(field({}), fc.dictionary(fc.string(), anything)),
        timezone: field('UTC'),
      },
      { requiredKeys: [] },
    )
    let refused = 0
    fc.assert(
      fc.property(fc.oneof(job, anything), (request) => {
        try {
          checkJob(request)
        } catch (error) {
          refused++
          expect(error).toBeInstanceOf(JobError)
          expect((error as JobError).message).not.toMatch(/Invalid (?!timeframe|Date)|expected|received/i)
        }
      }),
      { numRuns: 1000 },
    )
    expect(refused).toBeGreaterThan(500)
  })
})
