import { describe, expect, it } from 'vitest'
import { cleanCandles } from '../../src/storage/clean.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { closes } from '../support/candles.ts'
import { EXECUTORS, matchesOf, start } from './support.ts'

const DAY_MS = 86_400_000
// Monday 4 to Friday 15 March 2024, both weekends left out, each stamped with its midnight in Seoul.
const DATES = [4, 5, 6, 7, 8, 11, 12, 13, 14, 15].map((day) => Date.UTC(2024, 2, day))
const candles = () => ({
  ...closes(DATES.map((_, at) => 10 + at)),
  time: Float64Array.from(DATES, (date) => date - 9 * 3_600_000),
})

/** A repository of somebody else's, which gives times as they are. */
function foreign(): CandleRepository {
  const time = candles().time
  return {
    symbols: async () => ['A'],
    async load(symbol, request) {
      const cleaned = cleanCandles(candles(), request.defects, request)
      if (cleaned.error) return { symbol, ...cleaned }
      const { columns, quality } = cleaned
      return { symbol, series: { symbol, timeframe: request.timeframe, time: cleaned.time, columns }, quality }
    },
    versions: async () => [String(time.length)],
    close: async () => undefined,
  }
}

const SOURCES = { memory: () => memoryRepository({ A: candles() }), 'a repository of somebody else': foreign }

describe.each(EXECUTORS)('daily candles stamped at local midnight › $name', (executor) => {
  it.each(Object.entries(SOURCES))('are computed, cut and shown by their dates: %s', async (_, source) => {
    await using engine = start(executor, source())
    const days = async (formula: string, job = {}) => {
      const result = await engine.scan(formula, ['A'], job)
      expect(result.errors).toEqual([])
      return matchesOf(result).map(({ timestamp }) => new Date(timestamp).toISOString())
    }
    const iso = (...of: number[]) => of.map((day) => new Date(Date.UTC(2024, 2, day)).toISOString())
    expect(await days('weekday == 1')).toEqual(iso(4, 11))
    expect(await days('day == 15')).toEqual(iso(15))
    expect(await days('close > 0', { dateRange: { from: '2024-03-05', to: '2024-03-06' } })).toEqual(iso(5, 6))
    expect(await days('close > 0', { dateRange: { from: '2024-03-15', to: '2024-03-15' } })).toEqual(iso(15))
    // The candle before is known: the range says where matches count, not what is read.
    expect(await days('close > close[1]', { dateRange: { from: '2024-03-05', to: '2024-03-05' } })).toEqual(iso(5))
    expect(await days('weekday == 1', { timezone: 'Asia/Seoul' })).toEqual(iso(4, 11))
    // By the calendar of New York they are of the day before, also for candles that are resident.
    expect(await days('weekday == 7', { timezone: 'America/New_York' })).toEqual(iso(3, 10))
    expect(await days('weekday == 1')).toEqual(iso(4, 11))
  })

  it.each(Object.entries(SOURCES))('are counted: %s', async (_, source) => {
    await using engine = start(executor, source())
    const { dataQuality } = await engine.scan('close > 0', ['A'])
    expect(dataQuality).toMatchObject({ total: { rows: 10, redated: 10, dropped: 0 }, symbols: [{ symbol: 'A' }] })
  })

  it('are left alone where they are dates already, whatever the zone', async () => {
    await using engine = start(executor, memoryRepository({ A: { ...candles(), time: Float64Array.from(DATES) } }))
    for (const timezone of ['UTC', 'America/New_York']) {
      const result = await engine.scan('weekday == 1', ['A'], { timezone })
      expect(matchesOf(result).map(({ timestamp }) => timestamp)).toEqual([DATES[0], DATES[0]! + 7 * DAY_MS])
      expect(result.dataQuality.total.redated).toBe(0)
    }
  })
})
