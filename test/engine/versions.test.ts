import { afterAll, describe, expect, it } from 'vitest'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { cleanRows } from '../storage/candles.ts'
import { Files, fileRows, queryOf } from '../storage/files.ts'
import { closes, DAY_MS, START, universe } from '../support/candles.ts'
import { CLOSED, LOADS, OPENED } from './module-repository.mjs'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const LENGTHS = Array.from({ length: 30 }, (_, at) => 40 + at)
const BARS = LENGTHS.reduce((sum, bars) => sum + bars, 0)
const candles = universe(LENGTHS)
const symbols = [...candles.keys()]
const FORMULA = 'close > sma(close, 20)'

/** A bar behind those of S7, far above them. */
const BAR = { timestamp: START + 200 * DAY_MS, open: 900, high: 900, low: 900, close: 900, volume: 1 }

/** A repository that only this thread can read, and what it was asked for. */
function counting(source: CandleRepository) {
  const loads: string[] = []
  const repository: CandleRepository = {
    ...withoutDescription(source),
    load(symbol, request) {
      loads.push(symbol)
      return source.load(symbol, request)
    },
  }
  return { repository, loads }
}

const files = new Files()
afterAll(() => files.close())

describe.each(EXECUTORS)('$name', (executor) => {
  it('reads the one symbol that has changed, and keeps all others', async () => {
    const memory = memoryRepository(candles)
    const { repository, loads } = counting(memory)
    await using engine = start(executor, repository)
    const before = await engine.scan(FORMULA, symbols)
    loads.length = 0
    memory.append('S7', [BAR])
    const after = await engine.scan(FORMULA, symbols)
    expect(loads).toEqual(['S7'])
    expect(after.cache).toMatchObject({ hits: 29, misses: 1 })
    expect(after.bars).toBe(before.bars + 1)
    expect(matchesOf(after).filter(({ timestamp }) => timestamp === BAR.timestamp)).toMatchObject([
      { symbol: 'S7', candle: { close: 900 } },
    ])
  })

  it('reads it again for a job that had no part in the change', async () => {
    const memory = memoryRepository(candles)
    const { repository, loads } = counting(memory)
    await using engine = start(executor, repository)
    await engine.scan(FORMULA, symbols)
    loads.length = 0
    memory.append('S7', [BAR])
    memory.append('S20', [BAR])
    await engine.scan(FORMULA, ['S7'])
    expect(loads).toEqual(['S7'])
    // Another worker may have S7 from before, and must not take it for what it is now.
    const after = await engine.scan(FORMULA, symbols)
    expect(after.bars).toBe(BARS + 2)
    expect(loads.filter((symbol) => symbol === 'S20')).toHaveLength(1)
    expect(new Set(loads)).toEqual(new Set(['S7', 'S20']))
  })

  it('keeps timeframes apart', async () => {
    const hours = memoryRepository(candles, { timeframe: '1h' })
    const days = memoryRepository(candles)
    const of = (timeframe: string) => (timeframe === '1h' ? hours : days)
    await using engine = start(executor, {
      symbols: (timeframe) => of(timeframe).symbols(timeframe),
      load: (symbol, request) => of(request.timeframe).load(symbol, request),
      versions: (asked, timeframe) => of(timeframe).versions(asked, timeframe),
      close: () => days.close(),
    })
    for (const timeframe of ['1d', '1h', '1d', '1h'] as const) {
      expect((await engine.scan(FORMULA, symbols, { timeframe })).bars).toBe(BARS)
    }
    hours.append('S7', [BAR])
    expect((await engine.scan(FORMULA, symbols, { timeframe: '1d' })).bars).toBe(BARS)
    expect((await engine.scan(FORMULA, symbols, { timeframe: '1h' })).bars).toBe(BARS + 1)
  })

  it('reads all symbols of a file again that has changed', async () => {
    const rows = { A: cleanRows(30), B: cleanRows(30, 3), C: cleanRows(30, 2) }
    const name = `changed-${executor.name.replaceAll(' ', '-')}.parquet`
    const file = await files.write(name, queryOf(fileRows(rows)))
    await using engine = start(executor, executor.api.duckdbRepository({ data: file }))
    expect((await engine.scan('close > 0', ['A', 'B', 'C'])).cache).toMatchObject({ hits: 0, misses: 3 })
    await files.write(name, queryOf(fileRows({ ...rows, B: cleanRows(31, 3) })))
    const after = await engine.scan('close > 0', ['A', 'B', 'C'])
    expect(after.cache).toMatchObject({ hits: 0, misses: 3 })
    expect(after.bars).toBe(91)
  })

  it('finds a symbol that is added after the first job', async () => {
    const memory = executor.api.memoryRepository(candles)
    await using engine = start(executor, memory)
    await engine.scan(FORMULA, symbols)
    memory.set('NEW', closes([1, 2, 3]))
    const result = await engine.scan('close > close[1]', [...symbols.slice(1), 'NEW'])
    expect(result.errors).toEqual([])
    expect(matchesOf(result).filter(({ symbol }) => symbol === 'NEW')).toHaveLength(2)
    // Symbols have moved from worker to worker by one place.
    if (executor.workers === 1) expect(result.cache).toMatchObject({ hits: 29, misses: 1 })
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('opens a module repository again when a symbol has changed, and reads that symbol from it', async () => {
    const repository = moduleRepository({ candles })
    const versions = symbols.map(() => 'first')
    await using engine = start(executor, { ...repository, versions: async () => versions })
    await engine.scan(FORMULA, symbols)
    const [loads, opened] = [LOADS, OPENED].map((at) => Atomics.load(repository.counters, at)) as [number, number]
    versions[7] = 'second'
    const { cache } = await engine.scan(FORMULA, symbols)
    expect(cache).toMatchObject({ hits: 29, misses: 1 })
    expect(Atomics.load(repository.counters, LOADS)).toBe(loads + 1)
    expect(Atomics.load(repository.counters, OPENED)).toBe(opened + executor.workers)
    expect(Atomics.load(repository.counters, CLOSED)).toBe(executor.workers)
  })
})

describe.each(EXECUTORS)('$name', (executor) => {
  /** The close, which the formula reads; the rest is the repository's. And a share of what is told about a symbol. */
  const IN_WORKERS = BARS * 8 + 30 * 256
  /** Time and five columns of a candle. */
  const HANDED_OVER = BARS * 6 * 8 + 30 * 256

  it('tells the bytes that all workers keep, and what is handed over to them', async () => {
    await using described = start(executor, memoryRepository(candles))
    expect((await described.scan(FORMULA, symbols)).cache.residentBytes).toBe(IN_WORKERS)
    // Of the workers that have nothing to do in a job as well.
    const few = (await described.scan(FORMULA, ['S3'])).cache
    expect(few.residentBytes).toBeGreaterThanOrEqual(IN_WORKERS)
    await using given = start(executor, withoutDescription(memoryRepository(candles)))
    const { residentBytes } = (await given.scan(FORMULA, symbols)).cache
    expect(residentBytes).toBe(executor.name === 'inline' ? IN_WORKERS : IN_WORKERS + HANDED_OVER)
  })

  it('lets go of candles that are more than it may keep, handed over or not', async () => {
    const { repository, loads } = counting(memoryRepository(candles))
    const room = 20_000
    await using engine = start(executor, repository, { residentBytes: room })
    await using roomy = start(executor, withoutDescription(memoryRepository(candles)))
    const expected = matchesOf(await roomy.scan(FORMULA, symbols))
    for (const _ of [1, 2, 3]) {
      const result = await engine.scan(FORMULA, symbols)
      expect(matchesOf(result)).toEqual(expected)
      expect(result.cache.residentBytes).toBeLessThanOrEqual(room)
      expect(result.cache.residentBytes).toBeGreaterThan(room / 4)
    }
    // What there is no room for is read by each job, what there is room for by the first.
    expect(loads.length).toBeGreaterThan(30)
    expect(loads.length).toBeLessThan(30 * 3)
  })
})
