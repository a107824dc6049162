import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type DayTime, dayTimesOf } from '../../src/domain/candle-dates.ts'
import { findDayTimes } from '../../src/storage/duckdb/dates.ts'
import { openConnection } from '../../src/storage/duckdb/library.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { openRepository } from '../../src/storage/open.ts'
import type { CandleRepository, LoadRequest } from '../../src/storage/repository.ts'
import { cleanRows, columnsOf, everything } from './candles.ts'
import { Files } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

// Monday 11 to Friday 15 March 2024, each stamped with its midnight in Seoul.
const DATES = ['2024-03-11', '2024-03-12', '2024-03-13', '2024-03-14', '2024-03-15']
const STAMPS = DATES.map((date) => `${date}T00:00+09:00`)

/** DuckDB's own literals have seconds. */
const seconds = (stamp: string) => stamp.replace('+', ':00+')

const rowsOf = (time: (stamp: string) => string) =>
  `select * from (values ${STAMPS.map((stamp, at) => `('A', ${time(stamp)}, 1.0, 1.0, 1.0, ${at + 1}.0, 5.0)`).join(', ')})
   as rows(symbol, ts, open, high, low, close, volume)`

const sources: Record<string, () => Promise<CandleRepository>> = {
  memory: async () =>
    memoryRepository({ A: { ...columnsOf(cleanRows(5)), time: Float64Array.from(STAMPS, Date.parse) } }),
  TIMESTAMPTZ: async () =>
    files.repository(
      await files.write(
        'tz.parquet',
        rowsOf((stamp) => `timestamptz '${seconds(stamp)}'`),
      ),
    ),
  'TIMESTAMP of pandas': async () =>
    files.repository(
      await files.write(
        'pandas.parquet',
        rowsOf((stamp) => `timestamptz '${seconds(stamp)}' at time zone 'UTC'`),
      ),
    ),
  'epoch milliseconds': async () =>
    files.repository(
      await files.write(
        'epoch.parquet',
        rowsOf((stamp) => `epoch_ms(timestamptz '${seconds(stamp)}')`),
      ),
    ),
  CSV: async () => {
    const path = files.path('seoul.csv')
    const lines = STAMPS.map((stamp, at) => `A,${stamp},1,1,1,${at + 1},5`)
    writeFileSync(path, ['symbol,date,open,high,low,close,volume', ...lines].join('\n'))
    return files.repository(path)
  },
  SQL: async () => files.repository({ sql: rowsOf((stamp) => `timestamptz '${seconds(stamp)}'`) }),
}

async function load(repository: CandleRepository, request: Partial<LoadRequest> = {}) {
  const loaded = await repository.load('A', everything(request))
  if (loaded.error) return loaded.error.code
  const { redated, rows } = loaded.quality
  return { dates: Array.from(loaded.series.time, (ms) => new Date(ms).toISOString()), redated, rows }
}

const midnights = (dates: readonly string[]) => dates.map((date) => `${date}T00:00:00.000Z`)
const range = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(`${to}T23:59:59.999Z`) })

describe.each(Object.keys(sources))('daily candles stamped with the midnight of Seoul › %s', (kind) => {
  it('are delivered with their dates, and counted', async () => {
    const repository = await sources[kind]!()
    expect(await load(repository)).toEqual({ dates: midnights(DATES), redated: 5, rows: 5 })
  })

  it('have the range count their dates', async () => {
    const repository = await sources[kind]!()
    for (const date of [DATES[0]!, DATES[4]!]) {
      expect(await load(repository, range(date, date))).toEqual({ dates: midnights([date]), redated: 1, rows: 1 })
    }
    expect(await load(repository, range('2024-03-10', '2024-03-10'))).toBe('NO_DATA')
    const back = await load(repository, { ...range(DATES[2]!, DATES[3]!), lookbackBars: 1 })
    expect(back).toMatchObject({ dates: midnights(DATES.slice(1, 4)), redated: 3 })
  })

  it('have the dates of the zone that is asked for', async () => {
    const repository = await sources[kind]!()
    expect(await load(repository, { timezone: 'Asia/Seoul' })).toMatchObject({ dates: midnights(DATES) })
    const before = ['2024-03-10', ...DATES.slice(0, 4)]
    expect(await load(repository, { timezone: 'UTC', ...range('2024-03-10', '2024-03-14') })).toEqual({
      dates: midnights(before),
      redated: 5,
      rows: 5,
    })
  })
})

describe('daily candles', () => {
  it('have the same dates in a worker that is told what is known', async () => {
    const data = await files.write(
      'known.parquet',
      rowsOf((stamp) => `timestamptz '${seconds(stamp)}'`),
    )
    const here = files.repository(data)
    await here.load('A', everything())
    const there = await openRepository(structuredClone(here.description!), 2)
    expect(await load(there, range(DATES[1]!, DATES[1]!))).toMatchObject({ dates: midnights([DATES[1]!]) })
    await there.close()
  })

  it('have dates by all symbols together, not by the one that is read', async () => {
    const time = (stamps: readonly string[]) => ({
      ...columnsOf(cleanRows(1)),
      time: Float64Array.from(stamps, Date.parse),
    })
    const repository = memoryRepository({ A: time(['2024-03-11T15:00Z']), B: time(['2024-03-11T21:00Z']) })
    expect(await load(repository)).toMatchObject({ dates: ['2024-03-11T15:00:00.000Z'], redated: 0 })
  })

  it('are dates of others in other timeframes: shorter candles keep their times', async () => {
    const repository = memoryRepository(
      { A: { ...columnsOf(cleanRows(5)), time: Float64Array.from(STAMPS, Date.parse) } },
      { timeframe: '1h' },
    )
    expect(await load(repository, { timeframe: '1h', timezone: 'Asia/Seoul' })).toMatchObject({ redated: 0 })
  })

  it('stand in the day where DuckDB says as well', async () => {
    const connection = await openConnection({ threads: 1, memoryBytes: 1e8, reach: 'any file' })
    const hours = fc.integer({ min: -60 * 24, max: 60 * 24 }).map((hour) => hour * 3_600_000)
    const time = fc.oneof(
      { weight: 5, arbitrary: hours },
      { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 9e15, 1) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 60 }), async (times) => {
        const values = times.map((ms) => `(${Number.isNaN(ms) ? 'null' : ms}::double)`).join(', ')
        const found = await findDayTimes(connection, `(values ${values}) as times(ms)`, 'ms', undefined)
        const order = (a: DayTime, b: DayTime) => a.timeOfDay - b.timeOfDay
        expect([...found].sort(order)).toEqual(dayTimesOf(Float64Array.from(times)).sort(order))
      }),
    )
    await connection.close()
  })
})
