import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository, LoadRequest } from '../../src/storage/repository.ts'
import { DAY_MS, random, START, universe } from '../support/candles.ts'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const LENGTHS = [1, 15, 64, 65, 130, 250, 250, 251, 300, 40]

/** Candles with a copy of the close, a flow that can be unknown, and two columns of small whole numbers. */
function data() {
  return new Map(
    [...universe(LENGTHS)].map(([symbol, candles], at) => {
      const next = random(at + 1)
      const flow = candles.close.map((_, bar) => {
        if (bar % 17 === 3) return [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][bar % 3]!
        return Math.round(2000 * (next() - 0.5))
      })
      const counted = (step: number) => candles.close.map((_, bar) => (bar * step) % 7)
      return [symbol, { ...candles, copy: candles.close.slice(), flow, a: counted(3), b: counted(5) }] as const
    }),
  )
}

const candles = data()
const symbols = [...candles.keys()]

/** The ways by which candles come to a worker. */
const SOURCES: readonly (readonly [name: string, open: () => CandleRepository])[] = [
  ['that workers open', () => memoryRepository(candles)],
  ['that this thread reads', () => withoutDescription(memoryRepository(candles))],
  ['of a module', () => moduleRepository({ candles })],
]

const FORMULA = 'col.flow > sma(col.flow, 5) and col.a > col.b[1] or crossover(col.flow, 0)'

/** The repository, and every request that it gets. */
function watched(repository: CandleRepository) {
  const requests: LoadRequest[] = []
  const { symbols, versions, close, userColumns } = repository
  return {
    requests,
    repository: {
      ...{ symbols, versions, close },
      ...(userColumns && { userColumns }),
      load(symbol: string, request: LoadRequest) {
        requests.push(request)
        return repository.load(symbol, request)
      },
    } satisfies CandleRepository,
  }
}

describe.each(EXECUTORS)('$name', (executor) => {
  it.each(SOURCES)(
    'a copy of the close has the bits of the close, in every function, of a repository %s',
    async (_, open) => {
      await using engine = start(executor, open())
      const examples = CATALOGUE.map(({ example }) => example).filter((example) => /\bclose\b/.test(example))
      const copies = examples.map((example) => example.replaceAll(/\bclose\b/g, 'col.copy'))
      const request = { symbols, timeframe: '1d' as const }
      const [own, copied] = await Promise.all(
        [examples, copies].map((expressions) => engine.series.execute({ ...request, expressions })),
      )
      expect(examples.length).toBeGreaterThan(30)
      expect(copied!.errors).toEqual([])
      expect(copied!.series).toHaveLength(own!.series.length)
      own!.series.forEach(({ values, symbol, expr }, at) => {
        const bits = new BigInt64Array(values.buffer, values.byteOffset, values.length)
        const other = copied!.series[at]!.values
        expect(new BigInt64Array(other.buffer, other.byteOffset, other.length), `${symbol} ${expr}`).toEqual(bits)
      })
    },
  )

  it('finds the same from wherever the candles come, and in a range what it finds there over everything', async () => {
    await using first = start(executor, SOURCES[0]![1]())
    const all = await first.scan(FORMULA, symbols)
    expect(all.errors).toEqual([])
    expect(all.matches.length).toBeGreaterThan(100)
    for (const [name, open] of SOURCES) {
      await using engine = start(executor, open(), { residentBytes: 0 })
      expect(matchesOf(await engine.scan(FORMULA, symbols)), name).toEqual(matchesOf(all))
      const range = { from: START + 60 * DAY_MS, to: START + 200 * DAY_MS }
      const inRange = matchesOf(all).filter(({ timestamp }) => timestamp >= range.from && timestamp <= range.to)
      expect(matchesOf(await engine.scan(FORMULA, symbols, { dateRange: range })), name).toEqual(inRange)
    }
  })

  it('shows them with a match by their canonical text, beside the candle', async () => {
    await using engine = start(executor, SOURCES[0]![1]())
    const { matches } = await engine.scan('col.flow > 900 and close > 1', ['S7'])
    const { flow, close, time } = candles.get('S7')!
    const bar = flow.findIndex((value) => value > 900 && Number.isFinite(value))
    expect(matches.at(0)).toMatchObject({
      timestamp: time[bar],
      candle: { close: close[bar] },
      indicatorValues: { 'col.flow': flow[bar] },
    })
  })

  it('takes holes and infinities for unknown', async () => {
    await using engine = start(executor, SOURCES[0]![1]())
    const { matches } = await engine.scan('na(col.flow)', ['S8'])
    const unknown = [...candles.get('S8')!.flow.entries()].filter(([, value]) => !Number.isFinite(value))
    expect(matches.map(({ timestamp }) => (timestamp - START) / DAY_MS)).toEqual(unknown.map(([bar]) => bar))
    expect(unknown.length).toBeGreaterThan(5)
    expect((await engine.scan('col.flow > 1e9 or col.flow < -1e9', ['S8'])).matches).toHaveLength(0)
  })

  it.each(SOURCES)('is right when jobs read one column after the other, of a repository %s', async (_, open) => {
    await using engine = start(executor, open())
    type Bar = { a: number; b: number; open: number; close: number; bar: number }
    const jobs: [formula: string, isTrue: (bar: Bar) => boolean][] = [
      ['col.a > 3', ({ a }) => a > 3],
      ['close > open', ({ close, open: first }) => close > first],
      ['col.b > 3', ({ b }) => b > 3],
      ['col.a > col.b', ({ a, b }) => a > b],
      ['bar_index > 20', ({ bar }) => bar > 20],
      ['col.b > col.a', ({ a, b }) => b > a],
      ['col.a > 3 and col.b > close - close', ({ a, b }) => a > 3 && b > 0],
    ]
    for (const [formula, isTrue] of [...jobs, ...jobs]) {
      const expected = symbols.flatMap((symbol) => {
        const { a, b, open: first, close, time } = candles.get(symbol)!
        const bars = Array.from(time, (at, bar) => ({
          at,
          a: a[bar]!,
          b: b[bar]!,
          open: first[bar]!,
          close: close[bar]!,
          bar,
        }))
        return bars.filter(isTrue).map(({ at }) => `${symbol} ${at}`)
      })
      const { matches } = await engine.scan(formula, symbols)
      expect(
        matches.map(({ symbol, timestamp }) => `${symbol} ${timestamp}`),
        formula,
      ).toEqual(expected)
    }
    // By then everything is at hand.
    const { cache } = await engine.scan('col.a + col.b > 8', symbols)
    if (executor.workers === 1) expect(cache).toMatchObject({ hits: symbols.length, misses: 0 })
  })

  it('reads what is asked for, and keeps what it has of others', async () => {
    const { repository, requests } = watched(memoryRepository(candles))
    await using engine = start(executor, repository)
    await engine.scan('close > open', ['S4'])
    await engine.scan('col.a > 3', ['S4'])
    await engine.scan('col.b > 3', ['S4'])
    await engine.scan('col.a > col.b', ['S4'])
    await engine.scan('close > open', ['S4'])
    expect(requests.map(({ userColumns }) => [...userColumns].sort())).toEqual([[], ['a'], ['a', 'b']])
  })

  it('counts their bytes', async () => {
    await using engine = start(executor, withoutDescription(memoryRepository(candles)))
    const without = (await engine.scan('close > 1', ['S8'])).cache.residentBytes
    const { cache } = await engine.scan('col.a > col.b', ['S8'])
    // In the worker they are in place of the close; where they are handed over they come beside the candle.
    const columns = executor.options.executor === 'pool' ? 1 + 2 : 1
    expect(cache.residentBytes - without).toBe(columns * 8 * candles.get('S8')!.close.length)
  })

  it('refuses a column that the data has not, before anything is read', async () => {
    const { repository, requests } = watched(memoryRepository(candles))
    await using engine = start(executor, repository)
    const formula = 'close > open and\n col.flwo > col.A'
    await expect(engine.scan(formula, symbols)).rejects.toMatchObject({
      name: 'FormulaError',
      code: 'FORMULA_UNKNOWN_COLUMN',
      message: expect.stringMatching(
        /^the data has no column flwo; the nearest is col\.flow; to .* --columns col\.flwo=NAME.* \(line 2, column 2\)$/,
      ),
      fields: {
        at: [18, 26],
        found: 'col.flwo',
        closest: ['col.flow'],
        known: ['col.copy', 'col.flow', 'col.a', 'col.b'],
      },
    })
    await expect(engine.series.execute({ symbols, timeframe: '1d', expressions: ['col.Close'] })).rejects.toMatchObject(
      {
        message: expect.stringContaining('the nearest is close'),
      },
    )
    await expect(engine.scan('col.quite_another > 1', symbols)).rejects.toMatchObject({
      message: expect.stringContaining('it has col.copy, col.flow, col.a, col.b'),
    })
    expect(requests).toEqual([])
    // The engine can take the next job, and writes names as it likes: only one is meant.
    expect((await engine.scan('col.FLOW > 0', symbols)).errors).toEqual([])
  })

  it('refuses a column that holds no numbers', async () => {
    const { repository } = watched(memoryRepository(candles))
    const userColumns = async () => [{ name: 'sector', isNumber: false }]
    await using engine = start(executor, { ...repository, userColumns })
    await expect(engine.scan('col.sector > 1', symbols)).rejects.toMatchObject({
      code: 'FORMULA_UNKNOWN_COLUMN',
      message: expect.stringContaining('the column sector of the data holds no numbers'),
    })
  })

  it('fails a symbol that does not have it, and only that', async () => {
    const { flow: _, ...bare } = candles.get('S3')!
    const some = new Map([...candles, ['S3', bare as never]])
    const short = { ...withoutDescription(memoryRepository(some)) }
    short.load = async (symbol, request) => {
      const loaded = await memoryRepository(some).load(symbol, request)
      if (symbol === 'S5' && !loaded.error) loaded.series.columns.flow = new Float64Array(3)
      return loaded
    }
    for (const [source, lacking] of [
      [memoryRepository(some), ['S3']],
      [withoutDescription(memoryRepository(some)), ['S3']],
      [short, ['S3', 'S5']],
    ] as const) {
      await using engine = start(executor, source)
      const result = await engine.scan('col.flow > 0', symbols)
      expect(result.errors.map(({ symbol, code }) => `${symbol} ${code}`)).toEqual(
        lacking.map((name) => `${name} NO_COLUMN`),
      )
      expect(result.errors[0]).toMatchObject({
        message: 'S3 has no column flow, which the formula reads as col.flow: the repository did not deliver it',
        fields: { symbol: 'S3', column: 'flow', name: 'col.flow' },
      })
      expect(result.statistics.failuresByCode).toEqual({ NO_COLUMN: lacking.length })
      // Candles are kept nevertheless, and the rest of the symbol is as it was.
      const again = await engine.scan('col.flow > 0', symbols)
      expect(again.errors).toEqual(result.errors)
      expect((await engine.scan('col.a > 3', symbols)).errors).toEqual([])
    }
  })
})
