import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { closes, START, universe } from '../support/candles.ts'
import { compareWithOracle } from '../support/compare.ts'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const LENGTHS = [0, 1, 2, 15, 60, 61, 64, 250, 250, 250, 250, 250, 250, 250, 250, 250, 300, 512, 513, 700]
const candles = universe(LENGTHS)
const symbols = [...candles.keys()]
const repository = () => memoryRepository(candles)

const FORMULAS = [
  'crossover(ema(close, 12), ema(close, 26)) and rsi(close, 14) < 70',
  'close > bbands(close, 20, 2).upper or volume > 3 * sma(volume, 20)',
  'entry = crossover(close, sma(close, 20))\nexit = crossunder(close, sma(close, 20)) or obv() < obv()[5]',
  'not (adx(14) > 20) and bar_index > 3',
  'bar_index == 0',
  '1 < 2',
  '1 > 2',
]

describe.each(EXECUTORS)('$name', (executor) => {
  it('finds what the oracle finds, for every symbol however short', async () => {
    await using engine = start(executor, repository())
    for (const formula of FORMULAS) {
      const result = await engine.scan(formula, symbols)
      const found = compareWithOracle(result, candles)
      expect(found, formula).toMatchObject({ wrong: [], wrongValues: [] })
      expect(found.agreed, formula).toBe(result.matches.length)
      if (formula !== '1 > 2') expect(found.agreed, formula).toBeGreaterThan(10)
      expect(result.errors, formula).toEqual([
        { symbol: 'S0', code: 'NO_DATA', message: expect.any(String), fields: expect.anything() },
      ])
      expect(result.bars, formula).toBe(LENGTHS.reduce((sum, bars) => sum + bars, 0))
      expect(result.results().map(({ bars }) => bars)).toEqual(LENGTHS)
    }
  })

  it('finds the same again, in any order of the symbols, and for a part of them', async () => {
    await using engine = start(executor, repository())
    const [formula] = FORMULAS as [string]
    const first = matchesOf(await engine.scan(formula, symbols))
    expect(matchesOf(await engine.scan(formula, symbols))).toEqual(first)
    const backwards = await engine.scan(formula, [...symbols].reverse())
    expect([...backwards.bySymbol()].reverse().flatMap(([, matches]) => matches)).toEqual(first)
    const part = await engine.scan(formula, ['S9', 'S3', 'S12'])
    expect(matchesOf(part)).toEqual(
      ['S9', 'S3', 'S12'].flatMap((name) => first.filter(({ symbol }) => symbol === name)),
    )
    // Nothing of one job is left in another.
    const other = await engine.scan(FORMULAS[1]!, symbols)
    await using fresh = start(executor, repository())
    expect(matchesOf(other)).toEqual(matchesOf(await fresh.scan(FORMULAS[1]!, symbols)))
  })

  it('says where it ran', async () => {
    await using engine = start(executor, repository())
    const { executor: ran } = await engine.scan('close > open', symbols)
    expect(ran).toEqual({ name: executor.options.executor, workers: executor.workers })
  })

  it('keeps going when some symbols are broken', async () => {
    const broken = () => moduleRepository({ candles, broken: ['S4', 'S8'] })
    for (const source of [broken(), withoutDescription(broken())]) {
      await using engine = start(executor, source)
      const asked = [...symbols, 'NOBODY']
      const result = await engine.scan(FORMULAS[0]!, asked)
      expect(result.errors.map(({ symbol, code }) => `${symbol} ${code}`)).toEqual([
        'S0 NO_DATA',
        'S4 LOAD_FAILED',
        'S8 LOAD_FAILED',
        'NOBODY NO_DATA',
      ])
      expect(result.errors[1]).toMatchObject({ message: expect.stringContaining('the file of S4 is torn') })
      await using sound = start(executor, repository())
      const others = matchesOf(await sound.scan(FORMULAS[0]!, asked)).filter(
        ({ symbol }) => !['S4', 'S8'].includes(symbol),
      )
      expect(matchesOf(result)).toEqual(others)
      expect(result.statistics).toMatchObject({ processed: asked.length - 4, failed: 4 })
      expect(result.results()[4]).toMatchObject({ symbol: 'S4', matches: [], bars: 0, error: { code: 'LOAD_FAILED' } })
    }
  })

  it('refuses symbols with bad rows under "error", and only these', async () => {
    const bad = new Map(universe([100, 100, 100]))
    bad.get('S1')!.low.fill(0, 50, 53)
    bad.get('S2')!.volume[7] = Number.NaN
    const formula = 'close > sma(close, 20)'
    const source = () => memoryRepository(bad)
    await using strict = start(executor, source(), { defects: 'error' })
    const result = await strict.scan(formula, [...bad.keys()])
    expect(result.errors).toMatchObject([{ symbol: 'S1', code: 'BAD_DATA', fields: { notPositive: 3, rows: 100 } }])
    await using lenient = start(executor, source())
    const dropped = await lenient.scan(formula, [...bad.keys()])
    expect(dropped.errors).toEqual([])
    expect(dropped.dataQuality.total).toMatchObject({
      rows: 300,
      dropped: 3,
      notPositive: 3,
      unknownVolume: 1,
    })
    expect(dropped.dataQuality.symbols).toMatchObject([
      { symbol: 'S1', rows: 100, dropped: 3, unknownVolume: 0 },
      { symbol: 'S2', rows: 100, dropped: 0, unknownVolume: 1 },
    ])
    expect(dropped.matches.of(0)).toEqual(result.matches.of(0))
    expect(dropped.matches.of(2)).toEqual(result.matches.of(2))
    expect(dropped.results().map(({ bars }) => bars)).toEqual([100, 97, 100])
    await using keeping = start(executor, source(), { defects: 'keep' })
    expect((await keeping.scan(formula, [...bad.keys()])).bars).toBe(300)
  })

  it('reports progress that rises and ends complete', async () => {
    await using engine = start(executor, repository())
    for (const asked of [symbols, ['S5'], ['NOBODY']]) {
      const reports: { completed: number; failed: number; total: number; remainingMs: number | null }[] = []
      await engine.scan('close > open', asked, {}, { onProgress: (progress) => reports.push(progress) })
      expect(reports.length).toBeGreaterThan(0)
      const done = reports.map(({ completed, failed }) => completed + failed)
      expect(done).toEqual([...done].sort((a, b) => a - b))
      expect(reports.at(-1)).toMatchObject({ total: asked.length, remainingMs: 0 })
      expect(done.at(-1)).toBe(asked.length)
      expect(reports.every(({ total }) => total === asked.length)).toBe(true)
    }
  })

  it('runs a thousand symbols of very different lengths', async () => {
    const lengths = Array.from(
      { length: 1000 },
      (_, at) => [0, 1, 13, 26, 27, 40, 90, 130][at % 8]! + (at % 11 === 5 ? 200 : 0),
    )
    const many = universe(lengths)
    await using engine = start(executor, memoryRepository(many))
    const result = await engine.scan('macd(close, 5, 12, 4).histogram > 0 and close > close[10]', [...many.keys()])
    const found = compareWithOracle(result, many)
    expect(found).toMatchObject({ wrong: [], wrongValues: [] })
    expect(found.agreed).toBeGreaterThan(10_000)
    expect(result.bars).toBe(lengths.reduce((sum, bars) => sum + bars, 0))
    expect(result.statistics.failed).toBe(lengths.filter((bars) => bars === 0).length)
  })

  it('finds in a date range what a run over everything finds there', async () => {
    await using engine = start(executor, repository())
    // Without room, so that it does not find everything resident.
    await using fresh = start(executor, repository(), { residentBytes: 0 })
    const range = { from: START + 120 * 86_400_000, to: START + 260 * 86_400_000 }
    const examples = CATALOGUE.map(({ example }) => example).filter((example) => example !== '')
    const more = [
      'ema(close, 50) > ema(close, 100) and rsi(14) > 50',
      'barssince(close > highest(high, 50)[1]) < 5',
      'obv() > obv()[20]',
      'up_streak(close) >= 3',
      'bar_index % 7 == 0',
      'filter(close > open, 9)',
      'valuewhen(close > open, close, 30) < close',
      'cum(close > open ? 1 : -1) > 0',
      'close >= max(close)',
      'rma(rma(rma(close, 20), 20), 20) < close',
    ]
    const from = new Map<string, number>()
    for (const formula of [...examples, ...more]) {
      const all = await engine.scan(formula, symbols)
      const inRange = matchesOf(all).filter(({ timestamp }) => timestamp >= range.from && timestamp <= range.to)
      const part = await fresh.scan(formula, symbols, { dateRange: range })
      const seen = (match: (typeof inRange)[number]) => `${match.symbol} ${match.timestamp} ${match.role}`
      expect(matchesOf(part).map(seen), formula).toEqual(inRange.map(seen))
      matchesOf(part).forEach((match, at) => {
        for (const [name, value] of Object.entries(match.indicatorValues)) {
          const expected = inRange[at]!.indicatorValues[name] ?? null
          if (value === null || expected === null) expect(value, `${formula} ${name}`).toBe(expected)
          else
            expect(Math.abs(value - expected), `${formula} ${name}`).toBeLessThanOrEqual(
              1e-12 * Math.abs(expected) + 1e-12,
            )
        }
      })
      from.set(formula, inRange.length)
    }
    expect([...from.values()].filter((matches) => matches > 0).length).toBeGreaterThan(50)
  })

  it.each([0, 1, 5000, 40_000.5, Number.POSITIVE_INFINITY])(
    'is right with room for %d bytes of candles',
    async (residentBytes) => {
      await using engine = start(executor, repository(), { residentBytes })
      await using roomy = start(executor, repository())
      for (const formula of FORMULAS.slice(0, 3)) {
        const result = await engine.scan(formula, symbols)
        expect(matchesOf(result)).toEqual(matchesOf(await roomy.scan(formula, symbols)))
        expect(result.cache.residentBytes).toBeLessThanOrEqual(residentBytes)
      }
    },
  )

  it('knows the hour in a time zone whose clocks change', async () => {
    const HOUR_MS = 3_600_000
    // From the Friday before the clocks of New York go forward to the Monday behind it.
    const start0 = Date.UTC(2024, 2, 8)
    const hours = closes(
      Array.from({ length: 96 }, (_, hour) => 10 + (hour % 5)),
      { stepMs: HOUR_MS, start: start0 },
    )
    await using engine = start(executor, memoryRepository({ NY: hours }, { timeframe: '1h' }))
    const times = async (formula: string, timezone?: string) => {
      const result = await engine.scan(formula, ['NY'], {
        timeframe: '1h',
        ...(timezone !== undefined && { timezone }),
      })
      return matchesOf(result).map(({ timestamp }) => new Date(timestamp).toISOString().slice(5, 13))
    }
    const newYork = 'America/New_York'
    expect(await times('hour == 9', newYork)).toEqual(['03-08T14', '03-09T14', '03-10T13', '03-11T13'])
    expect(await times('hour == 9')).toEqual(['03-08T09', '03-09T09', '03-10T09', '03-11T09'])
    // Two o'clock is left out on the day of the change.
    expect(await times('hour == 2', newYork)).toEqual(['03-08T07', '03-09T07', '03-11T06'])
    expect(await times('weekday == 7 and hour < 4', newYork)).toEqual(['03-10T05', '03-10T06', '03-10T07'])
    expect(await times('hour == 9', 'Asia/Kathmandu')).toEqual(['03-08T04', '03-09T04', '03-10T04', '03-11T04'])
    expect(await times('minute == 45 and hour == 9', 'Asia/Kathmandu')).toHaveLength(4)
  })

  it('runs two jobs at once', async () => {
    await using engine = start(executor, repository())
    await using alone = start(executor, repository())
    const jobs = [FORMULAS[0]!, FORMULAS[2]!, FORMULAS[1]!, FORMULAS[0]!]
    const results = await Promise.all(jobs.map((formula) => engine.scan(formula, symbols)))
    for (const [at, formula] of jobs.entries()) {
      expect(matchesOf(results[at]!)).toEqual(matchesOf(await alone.scan(formula, symbols)))
      expect(results[at]!.job.formula).toBe(formula)
    }
  })

  it('reads in this thread what workers cannot open', async () => {
    await using described = start(executor, repository())
    await using given = start(executor, withoutDescription(repository()))
    for (const dateRange of [{}, { from: START + 90 * 86_400_000 }, { to: START + 90 * 86_400_000 }]) {
      const job = { dateRange }
      const result = await given.scan(FORMULAS[0]!, symbols, job)
      expect(matchesOf(result)).toEqual(matchesOf(await described.scan(FORMULAS[0]!, symbols, job)))
    }
  })

  it('gives whole series of expressions', async () => {
    await using engine = start(executor, repository())
    const { series, errors } = await engine.series.execute({
      symbols: ['S7', 'S0', 'S3'],
      timeframe: '1d',
      expressions: ['sma(close, 5)', 'bbands(close, 5, 2)', 'close > open', '1'],
      dateRange: { from: START + 10 * 86_400_000 },
    })
    expect(errors.map(({ symbol, code }) => `${symbol} ${code}`)).toEqual(['S0 NO_DATA'])
    expect(series.map(({ symbol, output, type }) => `${symbol} ${output} ${type}`)).toEqual([
      ...['S7', 'S3'].map((symbol) => `${symbol} sma(close, 5) number`),
      ...['S7', 'S3'].flatMap((symbol) =>
        ['upper', 'middle', 'lower'].map((name) => `${symbol} bbands(close, 5, 2).${name} number`),
      ),
      ...['S7', 'S3'].map((symbol) => `${symbol} close > open condition`),
      ...['S7', 'S3'].map((symbol) => `${symbol} 1 number`),
    ])
    const [seven] = series
    const { time, close } = candles.get('S7')!
    expect([...seven!.timestamps]).toEqual([...time.slice(10)])
    const mean = (bar: number) => close.slice(bar - 4, bar + 1).reduce((sum, value) => sum + value, 0) / 5
    for (const [at, value] of seven!.values.entries()) expect(value).toBeCloseTo(mean(at + 10), 9)
  })
})
