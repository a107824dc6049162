import { describe, expect, it, vi } from 'vitest'
import type { CandleColumn } from '../../src/domain/candle.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { DAY_MS, START, universe, walk } from '../support/candles.ts'
import { LOADS, OPENED } from './module-repository.mjs'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const LENGTHS = Array.from({ length: 30 }, (_, at) => 40 + at)
const candles = universe(LENGTHS)
const symbols = [...candles.keys()]
const FORMULA = 'close > sma(close, 20)'

/** A repository that counts what is read, in this thread. */
function counting(source: CandleRepository) {
  const loads = new Map<string, number>()
  const repository: CandleRepository = {
    ...withoutDescription(source),
    load(symbol, request) {
      loads.set(symbol, (loads.get(symbol) ?? 0) + 1)
      return source.load(symbol, request)
    },
  }
  return { repository, loads }
}

describe.each(EXECUTORS)('$name', (executor) => {
  it('reads every symbol once for any number of jobs', async () => {
    const { repository, loads } = counting(memoryRepository(candles))
    await using engine = start(executor, repository)
    const first = await engine.scan(FORMULA, symbols)
    expect(first.cache).toMatchObject({ hits: 0, misses: 30 })
    expect(first.cache.residentBytes).toBeGreaterThan(0)
    const second = await engine.scan(FORMULA, symbols)
    // An idle worker takes symbols over from another, and has to place their candles then.
    if (executor.workers === 1) expect(second.cache).toMatchObject({ hits: 30, misses: 0 })
    expect(second.cache.hits + second.cache.misses).toBe(30)
    expect(matchesOf(second)).toEqual(matchesOf(first))
    // Other columns, a range inside what is there, fewer symbols.
    await engine.scan('volume > 2000 and high > highest(high, 9)[1]', symbols)
    await engine.scan(FORMULA, symbols.slice(3, 9), { dateRange: { from: START + 20 * DAY_MS } })
    expect([...loads.values()]).toEqual(LENGTHS.map(() => 1))
  })

  it('counts the time of reading as loading, whichever thread reads', async () => {
    const memory = memoryRepository(candles)
    let now = 1000
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    try {
      const load: CandleRepository['load'] = (symbol, request) => {
        now += 1000
        return memory.load(symbol, request)
      }
      await using engine = start(executor, { ...withoutDescription(memory), load })
      const { timing } = await engine.scan(FORMULA, symbols)
      // Workers that wait for the same thread wait at once.
      expect(timing.loadMs).toBeGreaterThanOrEqual(30 * 1000)
      expect(timing.totalMs).toBe(30 * 1000)
    } finally {
      clock.mockRestore()
    }
  })

  it('reads again when the candles have changed, and finds the new matches', async () => {
    const memory = memoryRepository(candles)
    const { repository, loads } = counting(memory)
    // With a description workers see the memory itself.
    for (const source of [repository, memory]) {
      await using engine = start(executor, source === memory ? memoryRepository(candles) : source)
      const changing = source === memory ? (engine.engine.repository as typeof memory) : memory
      const before = await engine.scan(FORMULA, symbols)
      const time = START + 200 * DAY_MS
      const last = candles.get('S7')!.close.at(-1)!
      changing.append('S7', [{ timestamp: time, open: last, high: 3 * last, low: last, close: 3 * last, volume: 1 }])
      const after = await engine.scan(FORMULA, symbols)
      expect(
        matchesOf(after)
          .filter(({ timestamp }) => timestamp === time)
          .map(({ symbol }) => symbol),
      ).toEqual(['S7'])
      expect(after.matches.length).toBe(before.matches.length + 1)
      expect(after.bars).toBe(before.bars + 1)
      // Corrected, and then taken away.
      changing.append('S7', [{ timestamp: time, open: last, high: last, low: last / 2, close: last / 2, volume: 1 }])
      expect(matchesOf(await engine.scan(FORMULA, symbols))).toEqual(matchesOf(before))
      changing.set('S7', [])
      expect((await engine.scan(FORMULA, symbols)).errors).toMatchObject([{ symbol: 'S7', code: 'NO_DATA' }])
      changing.set('S7', candles.get('S7')!)
      expect(matchesOf(await engine.scan(FORMULA, symbols))).toEqual(matchesOf(before))
      const { cache } = await engine.scan(FORMULA, symbols)
      expect(cache.hits + cache.misses).toBe(30)
      if (executor.workers === 1) expect(cache.misses).toBe(0)
    }
    expect(loads.get('S7')).toBe(5)
  })

  it('sees a change that a repository reports in the array it gave before', async () => {
    const memory = memoryRepository(candles)
    const versions = symbols.map(() => 'first')
    await using engine = start(executor, { ...withoutDescription(memory), versions: async () => versions })
    const before = await engine.scan(FORMULA, symbols)
    await engine.scan(FORMULA, symbols)
    memory.set('S3', walk(99, 60))
    versions[3] = 'second'
    const after = await engine.scan(FORMULA, symbols)
    expect(after.bars).toBe(before.bars - LENGTHS[3]! + 60)
  })

  it('reads more when a job needs more history', async () => {
    const { repository, loads } = counting(memoryRepository(universe(symbols.map(() => 200))))
    await using engine = start(executor, repository)
    const range = { dateRange: { from: START + 150 * DAY_MS } }
    const short = await engine.scan('close > sma(close, 60)', symbols, { ...range, history: 5 })
    expect(short.results()[0]!.bars).toBe(55)
    expect(short.exact).toBe(false)
    const long = await engine.scan('close > sma(close, 60)', symbols, { ...range, history: 60 })
    expect(long.results()[0]!.bars).toBe(110)
    expect(long.exact).toBe(true)
    // What was read for that says nothing of the start: an average that never forgets needs all.
    const whole = await engine.scan('close > ema(close, 60)', symbols, range)
    expect(whole.results()[0]!.bars).toBe(200)
    expect(whole.exact).toBe(true)
    expect(loads.get('S0')).toBe(3)
    const again = await engine.scan('close > sma(close, 60)', symbols, range)
    if (executor.workers === 1) expect(again.cache).toMatchObject({ hits: 30, misses: 0 })
    expect(matchesOf(again)).toEqual(matchesOf(long))
    await using fresh = start(executor, memoryRepository(universe(symbols.map(() => 200))))
    const all = matchesOf(await fresh.scan('close > sma(close, 60)', symbols))
    expect(matchesOf(long)).toEqual(all.filter(({ timestamp }) => timestamp >= range.dateRange.from))
  })

  it('answers NO_DATA for a range without candles, whatever it has read before', async () => {
    await using engine = start(executor, memoryRepository(universe([40, 60])))
    const late = { dateRange: { from: START + 50 * DAY_MS } }
    const noData = [{ symbol: 'S0', code: 'NO_DATA' }]
    expect((await engine.scan(FORMULA, ['S0', 'S1'], late)).errors).toMatchObject(noData)
    expect((await engine.scan(FORMULA, ['S0', 'S1'])).errors).toEqual([])
    const again = await engine.scan(FORMULA, ['S0', 'S1'], late)
    expect(again.errors).toMatchObject(noData)
    expect(again.statistics).toMatchObject({ processed: 1, failed: 1 })
    expect(
      (await engine.series.execute({ expressions: ['close'], symbols: ['S0'], timeframe: '1d', ...late })).errors,
    ).toMatchObject(noData)
  })

  it('reads only the columns that are read or shown, and more when a job wants more', async () => {
    const asked: string[] = []
    const memory = memoryRepository(candles)
    await using engine = start(executor, {
      ...withoutDescription(memory),
      load(symbol, request) {
        asked.push(request.columns.join(' '))
        return memory.load(symbol, request)
      },
    })
    const shown = async (formula: string, candleColumns?: CandleColumn[]) => {
      const result = await engine.scan(formula, ['S1', 'S2'], {}, { ...(candleColumns && { candleColumns }) })
      const { timestamp, ...columns } = result.matches.at(0)!.candle
      expect(timestamp).toBeGreaterThan(0)
      return Object.entries(columns).flatMap(([name, value]) => (Number.isNaN(value) ? [] : [name]))
    }
    expect(await shown(FORMULA, [])).toEqual(['close'])
    expect(await shown('close > low', ['volume'])).toEqual(['low', 'close', 'volume'])
    expect(await shown(FORMULA)).toEqual(['open', 'high', 'low', 'close', 'volume'])
    expect(await shown('bar_index > 3', [])).toEqual([])
    // A worker reads what a task wants; the main thread reads all for workers, once.
    if (executor.name === 'inline') {
      const all = 'open high low close volume'
      expect(asked).toEqual(['close', 'close', 'low close volume', 'low close volume', all, all])
    } else expect(asked).toHaveLength(2)
  })

  it('tries a symbol again whose loader had failed', async () => {
    const memory = memoryRepository(candles)
    let isBroken = true
    await using engine = start(executor, {
      ...withoutDescription(memory),
      async load(symbol, request) {
        if (isBroken && symbol === 'S2') throw new Error('no luck')
        return memory.load(symbol, request)
      },
    })
    expect((await engine.scan(FORMULA, symbols)).errors).toMatchObject([{ symbol: 'S2', code: 'LOAD_FAILED' }])
    isBroken = false
    const again = await engine.scan(FORMULA, symbols)
    expect(again.errors).toEqual([])
    if (executor.workers === 1) expect(again.cache).toMatchObject({ hits: 29, misses: 1 })
  })

  it('takes what `loadMany` delivers in any order, and reports what it does not', async () => {
    const memory = memoryRepository(candles)
    const repository: CandleRepository = {
      ...withoutDescription(memory),
      async *loadMany(wanted, request) {
        for (const symbol of [...wanted].reverse()) {
          if (symbol === 'S4') continue
          yield memory.load(symbol, request)
          // Twice, and one that nobody has asked for.
          if (symbol === 'S5') yield memory.load(symbol, request)
          yield { symbol: 'STRANGER', error: { code: 'NO_DATA', message: '', fields: {} } }
        }
      },
    }
    await using engine = start(executor, repository)
    const result = await engine.scan(FORMULA, symbols)
    expect(result.errors).toMatchObject([{ symbol: 'S4', code: 'LOAD_FAILED' }])
    await using plain = start(executor, memoryRepository(candles))
    const expected = matchesOf(await plain.scan(FORMULA, symbols)).filter(({ symbol }) => symbol !== 'S4')
    expect(matchesOf(result)).toEqual(expected)
  })
})

describe.each(EXECUTORS)('$name', (executor) => {
  it('keeps the candles of two jobs apart that run at once over different ranges', async () => {
    const memory = memoryRepository(candles)
    const slow: CandleRepository = {
      ...withoutDescription(memory),
      async load(symbol, request) {
        await Promise.resolve()
        return memory.load(symbol, request)
      },
    }
    await using engine = start(executor, slow)
    await using plain = start(executor, memoryRepository(candles))
    // The shortest last: what it reads must not be taken for what the others want.
    const ranges = [{}, { from: START + 25 * DAY_MS }, { to: START + 45 * DAY_MS }, { to: START + 30 * DAY_MS }]
    const results = await Promise.all(ranges.map((dateRange) => engine.scan(FORMULA, symbols, { dateRange })))
    for (const [at, dateRange] of ranges.entries()) {
      expect(results[at]!.errors).toEqual([])
      expect(matchesOf(results[at]!)).toEqual(matchesOf(await plain.scan(FORMULA, symbols, { dateRange })))
    }
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('opens a module repository once per worker and reads every symbol once', async () => {
    const repository = moduleRepository({ candles })
    const { counters } = repository
    const opened = Atomics.load(counters, OPENED)
    await using engine = start(executor, repository)
    const first = await engine.scan(FORMULA, symbols)
    expect(Atomics.load(counters, LOADS)).toBe(symbols.length)
    const { cache } = await engine.scan(FORMULA, symbols)
    expect(Atomics.load(counters, OPENED) - opened).toBe(executor.workers)
    expect(Atomics.load(counters, LOADS)).toBe(symbols.length + cache.misses)
    if (executor.workers === 1) expect(cache.misses).toBe(0)
    await using plain = start(executor, memoryRepository(candles))
    expect(matchesOf(first)).toEqual(matchesOf(await plain.scan(FORMULA, symbols)))
  })
})
