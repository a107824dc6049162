import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type DataQuality, emptyQuality } from '../../src/domain/candle.ts'
import { type DuckdbOptions, duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { everything, loadAll } from './candles.ts'

const root = join(import.meta.dirname, '../..')
const shared = process.env.MILLRACE_SHARED ?? join(root, '../shared/data')
const isThere = existsSync(shared)

const opened: CandleRepository[] = []
afterAll(() => Promise.all(opened.map((repository) => repository.close())))

function repositoryOf(data: string, options: Omit<DuckdbOptions, 'data'> = {}) {
  const repository = duckdbRepository({ data, ...options })
  opened.push(repository)
  return repository
}

/** All symbols of a repository, and their quality added up. */
async function survey(repository: CandleRepository, request = everything({ columns: ['close'] })) {
  const loaded = await loadAll(repository, await repository.symbols('1d'), request)
  const quality = emptyQuality()
  const codes = new Map<string, number>()
  let bars = 0
  for (const each of loaded.values()) {
    for (const name of Object.keys(quality) as (keyof DataQuality)[]) quality[name] += each.quality?.[name] ?? 0
    if (each.error) codes.set(each.error.code, (codes.get(each.error.code) ?? 0) + 1)
    else bars += each.series.time.length
  }
  return { symbols: loaded.size, bars, quality, codes: Object.fromEntries(codes) }
}

describe('bundled data', () => {
  const data = join(root, 'test/data/us_daily_2500.parquet')

  it('has 2,500 symbols of one clean year', async () => {
    const found = await survey(repositoryOf(data), everything())
    expect(found).toEqual({ symbols: 2500, bars: 631_877, quality: { ...emptyQuality(), rows: 631_877 }, codes: {} })
  })

  it('knows its timeframe and gives one symbol by name', async () => {
    const repository = repositoryOf(data)
    expect(await repository.timeframe()).toBe('1d')
    const apple = await repository.load('AAPL', everything({ columns: ['close'], from: Date.UTC(2017, 2, 31) }))
    expect(apple.error ? [] : [...(apple.series.columns.close ?? [])]).toEqual([143.660004])
  })
})

// The files are not part of the package: set MILLRACE_SHARED to their folder.
describe.skipIf(!isThere)(`shared data${isThere ? '' : ' (skipped: MILLRACE_SHARED names no folder)'}`, () => {
  it('leaves out the 27,763 halt rows of krx_daily, whichever columns are read', async () => {
    const halted = { rows: 893_776, halt: 27_763, inconsistent: 78 }
    const repository = repositoryOf(join(shared, 'krx_daily.parquet'))
    const dropped = await survey(repository)
    expect(dropped.quality).toEqual({ ...emptyQuality(), ...halted, dropped: 27_763 })
    expect(dropped.bars).toBe(893_776 - 27_763)
    expect(dropped.codes).toEqual({})
  })

  it('keeps them under keep, and refuses their symbols under error', async () => {
    const repository = repositoryOf(join(shared, 'krx_daily.parquet'))
    const kept = await survey(repository, everything({ columns: ['open'], defects: 'keep' }))
    expect(kept).toMatchObject({ bars: 893_776, quality: { halt: 27_763, dropped: 0 }, codes: {} })
    const refused = await survey(repository, everything({ columns: ['open'], defects: 'error' }))
    expect(Object.keys(refused.codes)).toEqual(['BAD_DATA'])
  })

  it('counts the 298 rows that krx_daily_long has twice', async () => {
    const found = await survey(repositoryOf(join(shared, 'krx_daily_long.parquet')))
    expect(found.quality).toMatchObject({ rows: 1_647_088, duplicates: 298, outOfOrder: 0, dropped: 0 })
    expect(found.bars).toBe(1_647_088 - 298)
  })

  it('counts the 11 zero rows of CUI in us_daily', async () => {
    const cui = await repositoryOf(join(shared, 'us_daily.parquet')).load('CUI', everything({ columns: ['volume'] }))
    expect(cui.quality).toMatchObject({ notPositive: 11, dropped: 11 })
  })

  it.each([
    ['crypto_1m.parquet', '1m'],
    ['us_1m.parquet', '1m'],
    ['forex_1m.parquet', '1m'],
    ['crypto_5m.parquet', '5m'],
    ['crypto_btc_5m.parquet', '5m'],
    ['us_daily_long.parquet', '1d'],
    ['krx_etf_daily_long.parquet', '1d'],
  ] as const)('tells that %s holds %s candles', async (name, timeframe) => {
    const repository = repositoryOf(join(shared, name))
    expect(await repository.timeframe()).toBe(timeframe)
    expect((await repository.symbols(timeframe)).length).toBeGreaterThan(0)
  })
})
