import { afterAll, describe, expect, it } from 'vitest'
import { JobError } from '../../src/domain/errors.ts'
import {
  BatchScanResult,
  BatchScanUseCase,
  createEngine,
  memoryRepository,
  planFormula,
  SeriesUseCase,
} from '../../src/node.ts'
import { closes, DAY_MS, START } from '../support/candles.ts'

// Rising on days 1, 3, 4 (A) and 1, 2 (B); C never.
const candles = {
  A: closes([10, 11, 10, 12, 13]),
  B: closes([10, 11, 12]),
  C: closes([12, 11, 10, 9]),
}
const engine = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
afterAll(() => engine.close())

const job = { symbols: ['A', 'B', 'C'], timeframe: '1d' } as const
const RISING = 'close > close[1]'
const day = (number: number) => START + number * DAY_MS
const seen = (matches: Iterable<{ symbol: string; timestamp: number }>) =>
  Array.from(matches, ({ symbol, timestamp }) => `${symbol}${(timestamp - START) / DAY_MS}`)

describe('an engine', () => {
  it('scans what a person writes, as the use case does', async () => {
    const result = await engine.scan({ ...job, formula: RISING })
    expect(result).toBeInstanceOf(BatchScanResult)
    expect(seen(result.matches)).toEqual(['A1', 'A3', 'A4', 'B1', 'B2'])
    const same = await new BatchScanUseCase(engine).execute({ ...job, formula: RISING })
    expect(same.matches.toArray()).toEqual(result.matches.toArray())
  })

  it('takes progress, columns and a signal for a run', async () => {
    const totals: number[] = []
    const result = await engine.scan(
      { ...job, formula: RISING },
      { onProgress: ({ total }) => void totals.push(total), candleColumns: [] },
    )
    expect(totals).toEqual([3])
    expect(result.matches.at(0)!.candle).toMatchObject({ close: 11, volume: Number.NaN })
    const aborted = engine.scan({ ...job, formula: RISING }, { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('gives series, as the use case does', async () => {
    const request = { ...job, symbols: ['B'], expressions: ['close - close[1]', RISING] }
    const result = await engine.series(request)
    expect(result.series.map(({ expr, values }) => [expr, [...values]])).toEqual([
      ['close - close[1]', [Number.NaN, 1, 1]],
      [RISING, [Number.NaN, 1, 1]],
    ])
    expect(await new SeriesUseCase(engine).execute(request)).toEqual(result)
  })

  it('rejects with what is wrong, and does not throw it', async () => {
    await expect(engine.scan(undefined as never)).rejects.toThrow(JobError)
    await expect(engine.series(undefined as never)).rejects.toThrow(JobError)
  })
})

describe('a result', () => {
  it('has the matches of a symbol by its name', async () => {
    const result = await engine.scan({ ...job, symbols: ['C', 'B', 'NOBODY', 'A'], formula: RISING })
    expect(seen(result.of('A'))).toEqual(['A1', 'A3', 'A4'])
    expect(result.of('B')).toEqual(result.matches.of(1))
    // Without a match, failed, not of the job, and called like something that every object has.
    for (const symbol of ['C', 'NOBODY', 'Z', 'constructor']) expect(result.of(symbol)).toEqual([])
  })

  it('has its latest matches, latest first, of one time in the order of the symbols', async () => {
    const result = await engine.scan({ ...job, symbols: ['B', 'A'], formula: RISING })
    expect(seen(result.latest(4))).toEqual(['A4', 'A3', 'B2', 'B1'])
    expect(seen(result.latest(99))).toEqual(['A4', 'A3', 'B2', 'B1', 'A1'])
    expect(result.latest(1)[0]).toEqual(result.of('A').at(-1))
    expect(result.latest(0)).toEqual([])
  })
})

describe('a plan instead of a text', () => {
  const plan = planFormula('param n = 1; close > close[n]', { n: 2 })

  it('is run as it is, and not parsed again', async () => {
    const unreadable = { ...plan, text: 'this is no formula (' }
    const result = await engine.scan({ ...job, formula: unreadable })
    // Two bars back: 12 > 11 and 13 > 10 of A, 12 > 10 of B.
    expect(seen(result.matches)).toEqual(['A3', 'A4', 'B2'])
    expect(result.plan).toBe(unreadable)
    expect(result.job).toMatchObject({ formula: 'this is no formula (', parameters: { n: 2 } })
    const there = await engine.scan({ ...job, formula: structuredClone(plan) })
    expect(seen(there.matches)).toEqual(['A3', 'A4', 'B2'])
  })

  it('stands beside texts in series, whose parameters it does not take', async () => {
    const ready = planFormula('param n = 2; close[n]', { n: 1 }, { mode: 'series' })
    const request = { ...job, symbols: ['B'], expressions: [ready, 'param n = 3; close[n]'], parameters: { n: 2 } }
    const { series } = await engine.series(request)
    expect(series.map(({ values }) => [...values])).toEqual([
      [Number.NaN, 10, 11],
      [Number.NaN, Number.NaN, 10],
    ])
    const unreadable = { ...ready, text: 'this is no formula (' }
    expect((await engine.series({ ...job, expressions: [unreadable] })).series).toHaveLength(3)
  })

  it('is refused when it was made for something else', async () => {
    const series = planFormula(RISING, {}, { mode: 'series' })
    await expect(engine.scan({ ...job, formula: series })).rejects.toMatchObject({
      name: 'JobError',
      code: 'JOB_FORMULA',
      message: 'formula is a plan for series, and this is a scan: make one by planFormula(text)',
      fields: { path: 'formula' },
    })
    await expect(engine.series({ ...job, expressions: ['close', plan] })).rejects.toMatchObject({
      name: 'JobError',
      code: 'JOB_FORMULA',
      message:
        "expressions[1] is a plan for a scan, and this is series: make one by planFormula(text, {}, { mode: 'series' })",
      fields: { path: 'expressions[1]' },
    })
  })

  it('has its parameters already', async () => {
    const refusal = {
      name: 'JobError',
      code: 'JOB_PARAMETERS',
      message: 'a plan has its parameters already: give n to planFormula, or the formula as text',
      fields: { path: 'parameters' },
    }
    await expect(engine.scan({ ...job, formula: plan, parameters: { n: 3 } })).rejects.toMatchObject(refusal)
    const ready = planFormula('close', {}, { mode: 'series' })
    const series = engine.series({ ...job, expressions: [ready], parameters: { n: 3 } })
    await expect(series).rejects.toMatchObject(refusal)
    expect((await engine.scan({ ...job, formula: plan, parameters: {} })).matches.length).toBe(3)
  })

  it('is nothing that only looks like one', async () => {
    const asJson = JSON.parse(JSON.stringify(plan))
    for (const formula of [asJson, {}, null, { text: RISING }, plan.bytes]) {
      await expect(engine.scan({ ...job, formula } as never)).rejects.toMatchObject({ code: 'JOB_FORMULA' })
      await expect(engine.series({ ...job, expressions: [formula] } as never)).rejects.toMatchObject({
        code: 'JOB_FORMULA',
      })
    }
  })
})

describe('the last bars of a job', () => {
  it('are those of each symbol by itself', async () => {
    const result = await engine.scan({ ...job, formula: RISING, last: 2 })
    expect(seen(result.matches)).toEqual(['A3', 'A4', 'B1', 'B2'])
    expect(result.statistics).toMatchObject({ matches: 4, symbolsMatched: 2, processed: 3, first: day(1) })
    expect(result.job.last).toBe(2)
    expect(result.exact).toBe(true)
    expect(seen((await engine.scan({ ...job, formula: RISING, last: 1 })).matches)).toEqual(['A4', 'B2'])
    expect((await engine.scan({ ...job, formula: RISING, last: 99 })).matches.length).toBe(5)
  })

  it('end with the range, whatever candles behind it are at hand', async () => {
    const upTo = { dateRange: { to: day(3) }, last: 1 }
    await engine.scan({ ...job, formula: RISING })
    // B and C end before the range does: their last bars are of days 2 and 3.
    expect(seen((await engine.scan({ ...job, formula: RISING, ...upTo })).matches)).toEqual(['A3', 'B2'])
    await using cold = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
    expect(seen((await cold.scan({ ...job, formula: RISING, ...upTo })).matches)).toEqual(['A3', 'B2'])
  })

  it('begin with the range where that is later', async () => {
    const result = await engine.scan({ ...job, formula: RISING, dateRange: { from: day(2) }, last: 4 })
    expect(seen(result.matches)).toEqual(['A3', 'A4', 'B2'])
    const late = await engine.scan({ ...job, formula: RISING, dateRange: { from: day(4) }, last: 4 })
    expect(late.errors.map(({ symbol, code }) => `${symbol} ${code}`)).toEqual(['B NO_DATA', 'C NO_DATA'])
  })

  it('say where series begin as well, with the values of the whole history', async () => {
    const { series } = await engine.series({ ...job, expressions: ['cum(1)', 'close[1]'], last: 2 })
    expect(series.map(({ symbol, values }) => [symbol, [...values]])).toEqual([
      ['A', [4, 5]],
      ['B', [2, 3]],
      ['C', [3, 4]],
      ['A', [10, 12]],
      ['B', [10, 11]],
      ['C', [11, 10]],
    ])
    expect([...series[0]!.timestamps]).toEqual([day(3), day(4)])
  })

  it('are judged exact by what they depend on, not by what stands in front of them', async () => {
    const short = { dateRange: { from: day(1) }, history: 0 }
    // What an earlier scan has read is there; without it, the bar in front of the range is missing.
    await engine.scan({ ...job, formula: RISING })
    expect((await engine.scan({ ...job, formula: RISING, ...short })).exact).toBe(true)
    await using cold = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
    expect((await cold.scan({ ...job, formula: RISING, ...short })).exact).toBe(false)
    await using fresh = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
    expect((await fresh.scan({ ...job, formula: RISING, ...short, last: 1 })).exact).toBe(true)
  })
})
