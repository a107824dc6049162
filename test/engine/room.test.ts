import { describe, expect, it } from 'vitest'
import { JobCache, type JobUse } from '../../src/engine/shared/job-cache.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { universe } from '../support/candles.ts'
import { EXECUTORS, start, withoutDescription } from './support.ts'

const BARS = 100
const COLUMN_BYTES = 8 * BARS
const SYMBOL_BYTES = 256
const candles = universe(Array.from({ length: 60 }, () => BARS))
const symbols = [...candles.keys()]
const FORMULA = 'close > sma(close, 20)'

/** A repository that gives arrays of its own, as one that reads a file does, and what it was asked for. */
function reading(source: CandleRepository) {
  const loads: string[] = []
  const repository: CandleRepository = {
    ...withoutDescription(source),
    async load(symbol, request) {
      loads.push(symbol)
      const loaded = await source.load(symbol, request)
      if (loaded.error) return loaded
      const { time, columns } = loaded.series
      const own = Object.entries(columns).map(([name, values]) => [name, values!.slice()])
      return { ...loaded, series: { ...loaded.series, time: time.slice(), columns: Object.fromEntries(own) } }
    },
  }
  return { repository, loads }
}

const inline = EXECUTORS[0]!

describe('the bytes of candles', () => {
  it('are those of the columns that were read, in WASM memory or beside it, and of times once', async () => {
    const { repository } = reading(memoryRepository(candles))
    await using engine = start(inline, repository)
    const bytes = async (formula: string, shown: 'volume'[] = []) =>
      (await engine.scan(formula, symbols, {}, { candleColumns: shown })).cache.residentBytes
    const of = (columns: number) => 60 * (columns * COLUMN_BYTES + SYMBOL_BYTES) + COLUMN_BYTES
    expect(await bytes('close > 1')).toBe(of(1))
    expect(await bytes('close > 1', ['volume'])).toBe(of(2))
    // From beside WASM memory into it.
    expect(await bytes('volume > 1', ['volume'])).toBe(of(2))
    expect(await bytes('bar_index > 1 and month > 0')).toBe(of(3))
  })

  it('are none where columns are views on memory that threads share, until kernels read them', async () => {
    await using engine = start(inline, memoryRepository(candles))
    const bytes = async (formula: string) => (await engine.scan(formula, symbols)).cache.residentBytes
    expect(await bytes('close > 1')).toBe(60 * (COLUMN_BYTES + SYMBOL_BYTES))
    expect(await bytes('close > low')).toBe(60 * (2 * COLUMN_BYTES + SYMBOL_BYTES))
  })

  it('are those of the whole buffer that a column is a view on, once', async () => {
    const source = memoryRepository(candles)
    const repository: CandleRepository = {
      ...withoutDescription(source),
      async load(symbol, request) {
        const loaded = await source.load(symbol, request)
        if (loaded.error) return loaded
        const { time, columns } = loaded.series
        const all = [time, ...Object.values(columns)] as Float64Array[]
        const table = new Float64Array(BARS * all.length)
        all.forEach((values, at) => {
          table.set(values, BARS * at)
        })
        const views = Object.keys(columns).map((name, at) => [name, table.subarray(BARS * (at + 1), BARS * (at + 2))])
        return { ...loaded, series: { ...loaded.series, time: time.slice(), columns: Object.fromEntries(views) } }
      },
    }
    await using engine = start(inline, repository)
    const { residentBytes } = (await engine.scan('close > 1', symbols)).cache
    expect(residentBytes).toBe(60 * (6 * COLUMN_BYTES + COLUMN_BYTES + SYMBOL_BYTES) + COLUMN_BYTES)
  })
})

/** Room for so many symbols of which the close is read. */
const roomFor = (count: number) => count * (COLUMN_BYTES + SYMBOL_BYTES)

// An idle worker takes shards over from another, and has to place their candles then.
describe.each(EXECUTORS.filter(({ workers }) => workers === 1))('$name', (executor) => {
  it('finds what there is room for again when a scan is repeated that does not fit', async () => {
    await using engine = start(executor, memoryRepository(candles), { residentBytes: roomFor(30) })
    const hits: number[] = []
    for (const _ of [1, 2, 3, 4]) hits.push((await engine.scan(FORMULA, symbols)).cache.hits)
    expect(hits[0]).toBe(0)
    for (const each of hits.slice(1)) expect(each).toBeGreaterThanOrEqual(0.9 * 30)
  })

  it('gives the room to other symbols, at once where they are new, and keeps it when the first come again', async () => {
    await using engine = start(executor, memoryRepository(candles), { residentBytes: roomFor(20) })
    const [one, other] = [symbols.slice(0, 30), symbols.slice(30)]
    const hits = async (some: readonly string[]) => (await engine.scan(FORMULA, some)).cache.hits
    expect([await hits(one), await hits(other)]).toEqual([0, 0])
    expect(await hits(other)).toBeGreaterThanOrEqual(0.9 * 20)
    expect(await hits(one)).toBeLessThanOrEqual(2)
    expect(await hits(other)).toBeGreaterThanOrEqual(0.9 * 20)
    // Wanted again and again, they get the place.
    for (const _ of [1, 2, 3]) await hits(one)
    expect(await hits(one)).toBeGreaterThanOrEqual(0.9 * 20)
  })
})

describe('jobs that read one column after the other', () => {
  it('read until every column is there, and then nothing', async () => {
    const source = memoryRepository(candles)
    const asked: string[] = []
    const repository: CandleRepository = {
      ...withoutDescription(source),
      load(symbol, request) {
        asked.push(request.columns.join(' '))
        return source.load(symbol, request)
      },
    }
    await using engine = start(inline, repository)
    for (const _ of [1, 2, 3]) {
      for (const formula of ['close > 1', 'volume > 1', 'high > 1']) {
        await engine.scan(formula, ['S1'], {}, { candleColumns: [] })
      }
    }
    expect(asked).toEqual(['close', 'close volume', 'high close volume'])
  })
})

describe('what this thread reads for others', () => {
  it('is not read again as far as there is room for it', async () => {
    const { repository, loads } = reading(memoryRepository(candles))
    const handedOver = 6 * COLUMN_BYTES + SYMBOL_BYTES
    await using engine = start(EXECUTORS[2]!, repository, { residentBytes: 2 * 20 * handedOver })
    const scans = [1, 2, 3]
    for (const _ of scans) await engine.scan(FORMULA, symbols)
    expect(loads).toHaveLength(60 + 2 * 40)
  })
})

describe('a cache of jobs', () => {
  interface Thing extends JobUse {
    bytes: number
  }

  function cacheOf(maxBytes: number) {
    const kept = new Set<Thing>()
    const bytes = () => [...kept].reduce((sum, thing) => sum + thing.bytes, 0)
    const cache = new JobCache<Thing>(maxBytes, bytes, (thing) => kept.delete(thing))
    const run = (job: number, keys: string) => {
      const things = Array.from(keys, (key) => {
        const found = cache.get(key)
        const thing = found ?? { key, lastJob: 0, jobBefore: 0, bytes: 1 }
        if (found) cache.use(found, job)
        else {
          kept.add(thing)
          cache.add(thing, job)
        }
        return thing
      })
      cache.settle(things, job)
      return things
    }
    const keys = () =>
      Array.from(kept, ({ key }) => key)
        .sort()
        .join('')
    return { cache, run, keys }
  }

  it('lets a job displace nothing that it has used, nor what it comes to later as it did the last time', () => {
    const { cache, run, keys } = cacheOf(3)
    for (const shard of ['ab', 'cd', 'ef']) run(1, shard)
    const first = keys()
    for (const job of [2, 3]) {
      let hits = 0
      for (const shard of ['ab', 'cd', 'ef']) {
        for (const key of shard) if (cache.get(key)) hits++
        run(job, shard)
      }
      expect([hits, keys()]).toEqual([3, first])
    }
  })

  it('gives the place of the oldest to what is new, and only so much', () => {
    const { run, keys } = cacheOf(4)
    run(1, 'ab')
    run(2, 'cd')
    // X was never wanted; a, b, c and d stay where they were wanted as recently.
    run(3, 'x')
    expect(keys()).toBe('bcdx')
    run(4, 'a')
    // What was wanted by an older job than the oldest that is kept does not come in.
    expect(keys()).toBe('bcdx')
  })

  it('makes room for what grows by what is older, or lets it go', () => {
    const { cache, run, keys } = cacheOf(3)
    run(1, 'a')
    const [b, c] = run(2, 'bc')
    cache.use(b!, 3)
    b!.bytes = 2
    cache.settle([b!], 3)
    expect(keys()).toBe('bc')
    cache.use(c!, 4)
    c!.bytes = 3
    cache.settle([c!], 4)
    expect(keys()).toBe('b')
  })
})
