import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { memoryBytes, memoryShare } from '../../src/storage/duckdb/memory.ts'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { everything, loadAll } from './candles.ts'
import { Files } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

/** Parquet with so many rows of A and three of B, each close its position in its symbol. */
function write(name: string, rows: number): Promise<string> {
  const candles = (symbol: string, count: number) =>
    `select '${symbol}' as symbol, epoch_ms(i * 60000) as ts, 1.0 as open, 1e9 as high, 0.5 as low, 1.0 + i as close,
       1.0 as volume from range(${count}) t(i)`
  return files.write(name, `${candles('A', rows)} union all ${candles('B', 3)}`, ', row_group_size 122880')
}

describe('memory of a repository', () => {
  it.each([1, 2, 3, 7])('is one for the thread that opened it and %i workers together', (workers) => {
    const shares = [
      memoryShare('1GB', true, 0),
      ...Array.from({ length: workers }, () => memoryShare('1GB', true, workers)),
    ]
    expect(shares.reduce((sum, share) => sum + share)).toBeLessThanOrEqual(1e9)
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(64e6)
  })

  it('is all of one thread where no worker reads', () => {
    expect(memoryShare('2GiB', false, 0)).toBe(2 ** 31)
  })

  it.each(['', '1', '0GB', '10MB', '80%', 'much'])('must be a size: %j', (memoryLimit) => {
    expect(() => duckdbRepository({ data: 'x', memoryLimit })).toThrow('memoryLimit must be a size from 64MB')
    expect(() => memoryBytes(memoryLimit)).toThrow('memoryLimit')
  })

  it('refuses a symbol whose rows do not fit, and only it', async () => {
    // With time 48 bytes a row: 64 MB hold 1,333,333 rows.
    const repository = files.repository(await write('large.parquet', 1_400_000), {
      memoryLimit: '64MB',
      timeframe: '1m',
    })
    const request = everything({ timeframe: '1m' })
    const found = await loadAll(repository, ['A', 'B'], request)
    expect(found.get('A')!.error).toMatchObject({
      code: 'LOAD_FAILED',
      message:
        'cannot read A: its 1400000 rows do not fit into the 64 MB there are for one reader: raise memoryLimit, or repair the source',
    })
    expect(found.get('B')).toMatchObject({ quality: { rows: 3 } })
    await expect(repository.load('A', request)).rejects.toThrow('its more than 1333333 rows do not fit into the 64 MB')
    const fewer = await loadAll(repository, ['A'], everything({ timeframe: '1m', columns: ['close'] }))
    expect(fewer.get('A')).toMatchObject({ quality: { rows: 1_400_000 } })
  })

  it('is read into in pieces: a symbol of many rows is whole, in order', async () => {
    const rows = 1_100_003
    const repository = files.repository(await write('pieces.parquet', rows), { timeframe: '1m' })
    const found = await loadAll(repository, ['B', 'A'], everything({ timeframe: '1m', columns: ['close'] }))
    const loaded = found.get('A')!
    if (loaded.error) throw new Error(loaded.error.message)
    const close = loaded.series.columns.close!
    expect(close).toHaveLength(rows)
    expect(close.findIndex((value, at) => value !== 1 + at)).toBe(-1)
  })
})
