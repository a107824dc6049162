import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { emptyQuality } from '../../src/domain/candle.ts'
import { memoryRepository, openMemory } from '../../src/storage/memory.ts'
import { openRepository } from '../../src/storage/open.ts'
import { cleanRows, columnsOf, DAY_0, DAY_MS, everything, type Row, readable } from './candles.ts'

const candles = cleanRows(20).map(([day, open, high, low, close, volume]) => ({
  timestamp: DAY_0 + day * DAY_MS,
  ...{ open, high, low, close, volume },
}))

describe('memoryRepository', () => {
  it('takes candle objects and typed columns, in an object or a Map', async () => {
    const fromObjects = memoryRepository({ '005930': candles })
    const fromColumns = memoryRepository(new Map([['005930', columnsOf(cleanRows(20))]]))
    expect(await fromObjects.symbols('1d')).toEqual(['005930'])
    const loaded = readable(await fromObjects.load('005930', everything()))
    expect(loaded.quality).toEqual({ ...emptyQuality(), rows: 20 })
    expect(loaded).toEqual(readable(await fromColumns.load('005930', everything())))
  })

  it('hands over views of its own memory, and only the columns asked for', async () => {
    const repository = memoryRepository({ A: candles })
    const first = await repository.load('A', everything({ columns: ['close'] }))
    const second = await repository.load('A', everything({ columns: ['close'], from: DAY_0 + 5 * DAY_MS }))
    if (first.error || second.error) throw new Error('not loaded')
    expect(Object.keys(first.series.columns)).toEqual(['close'])
    expect(first.series.time.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(second.series.time.buffer).toBe(first.series.time.buffer)
    expect(second.series.time.byteOffset).toBe(first.series.time.byteOffset + 5 * 8)
  })

  it('cuts range and lookback', async () => {
    const repository = memoryRepository({ A: candles })
    const request = everything({ from: DAY_0 + 5 * DAY_MS, to: DAY_0 + 6 * DAY_MS, lookbackBars: 2 })
    expect(readable(await repository.load('A', request))).toMatchObject({ days: [3, 4, 5, 6] })
  })

  it('tells which bar of the history the first one is, without the rows that are no candles', async () => {
    const [zero, one, , three, ...rest] = cleanRows(9)
    const rows: Row[] = [one!, zero!, [2, 0, 0, 0, 5, 0], [3, 1, 1, 1, 1, 1], three!, ...rest]
    const repository = memoryRepository({ A: columnsOf(rows) })
    const from = { from: DAY_0 + 6 * DAY_MS, lookbackBars: 1 }
    const firstBar = async (request: Parameters<typeof everything>[0]) => {
      const { firstBar } = (await repository.load('A', everything(request))) as { firstBar?: number }
      return firstBar
    }
    // Of days 0 to 4 day 2 is no candle.
    expect(await firstBar(from)).toBe(4)
    expect(await firstBar({ ...from, defects: 'keep' })).toBe(5)
    expect(await firstBar({})).toBe(0)
  })

  it('delivers the whole history where values must be exact', async () => {
    const repository = memoryRepository({ A: candles })
    const request = everything({ from: DAY_0 + 5 * DAY_MS, to: DAY_0 + 6 * DAY_MS, lookbackBars: 2, exact: true })
    const loaded = await repository.load('A', request)
    expect(readable(loaded)).toMatchObject({ days: [0, 1, 2, 3, 4, 5, 6] })
    expect(loaded).toMatchObject({ firstBar: 0 })
  })

  it('counts rows without a symbol, and lists none', async () => {
    const repository = memoryRepository({ '': candles, A: candles })
    expect(await repository.symbols('1d')).toEqual(['A'])
    expect(await repository.report!('1d')).toEqual({ noSymbol: 20, notes: [], failures: [] })
  })

  it('cleans by the policy of each request', async () => {
    const rows: Row[] = [...cleanRows(3), [3, 0, 0, 0, 5, 1]]
    const repository = memoryRepository({ A: columnsOf(rows) })
    const load = async (defects: 'drop' | 'keep' | 'error') =>
      readable(await repository.load('A', everything({ defects })))
    expect(await load('drop')).toMatchObject({ days: [0, 1, 2], quality: { rows: 4, halt: 1, dropped: 1 } })
    expect(await load('keep')).toMatchObject({ days: [0, 1, 2, 3], quality: { rows: 4, halt: 1, dropped: 0 } })
    expect(await load('error')).toMatchObject({ code: 'BAD_DATA', quality: { rows: 4, halt: 1 } })
  })

  it('answers NO_DATA for a symbol it does not have, and for a range without candles', async () => {
    const repository = memoryRepository({ A: candles })
    const unknown = await repository.load('B', everything())
    expect(unknown.error).toMatchObject({ code: 'NO_DATA', fields: { symbol: 'B' } })
    const late = await repository.load('A', everything({ from: DAY_0 + 99 * DAY_MS, lookbackBars: 5 }))
    expect(late.error?.code).toBe('NO_DATA')
    expect(late.error?.message).toBe('there are no 1d candles of A from 2024-04-09T00:00:00.000Z to its last')
  })

  it('rejects another timeframe than its own', async () => {
    const repository = memoryRepository({ A: candles }, { timeframe: '5m' })
    await expect(repository.symbols('1d')).rejects.toMatchObject({ code: 'DATA_TIMEFRAME' })
    await expect(repository.load('A', everything())).rejects.toMatchObject({
      message: 'the memory holds 5m candles, the job asks for 1d',
    })
  })

  it('changes versions, and only those of the symbol, when candles are set or appended', async () => {
    const repository = memoryRepository({ A: candles, B: candles })
    const versions = () => repository.versions(['A', 'B', 'C'], '1d')
    const before = await versions()
    repository.append('A', [{ ...candles[0], timestamp: DAY_0 + 20 * DAY_MS } as (typeof candles)[0]])
    const after = await versions()
    expect(after[0]).not.toBe(before[0])
    expect(after[1]).toBe(before[1])
    const loaded = await repository.load('A', everything())
    expect(loaded.error ? 0 : loaded.series.time.length).toBe(21)
    repository.set('A', candles)
    expect((await versions())[0]).not.toBe(after[0])
    repository.append('C', candles)
    expect(await repository.symbols('1d')).toEqual(['A', 'B', 'C'])
  })

  it('lets an appended candle replace the one of its time', async () => {
    const repository = memoryRepository({ A: candles })
    repository.append('A', [{ ...candles[19], close: 101, high: 200 } as (typeof candles)[0]])
    const loaded = await repository.load('A', everything())
    expect(readable(loaded)).toMatchObject({ quality: { rows: 21, duplicates: 1 } })
    expect(loaded.error ? 0 : loaded.series.columns.close?.at(-1)).toBe(101)
  })

  it('is the same memory when another thread opens its description', async () => {
    const repository = memoryRepository({ A: candles, B: columnsOf([[0, 0, 0, 0, 1, -1], ...cleanRows(3, 1)]) })
    const { port1, port2 } = new MessageChannel()
    const arrived = new Promise<typeof repository.description>((resolve) => port2.once('message', resolve))
    port1.postMessage(repository.description)
    const opened = await openRepository(await arrived)
    port1.close()
    expect(await opened.versions(['A', 'B'], '1d')).toEqual(await repository.versions(['A', 'B'], '1d'))
    for (const symbol of ['A', 'B']) {
      const there = readable(await opened.load(symbol, everything()))
      expect(there).toEqual(readable(await repository.load(symbol, everything())))
    }
    const here = await repository.load('A', everything())
    const there = await opened.load('A', everything())
    if (here.error || there.error) throw new Error('not loaded')
    ;(here.series.columns.close as Float64Array)[7] = 12345
    expect(there.series.columns.close?.[7]).toBe(12345)
  })

  it('never gives a changed symbol a version it had before, also when opened again', async () => {
    const repository = memoryRepository({ A: candles })
    repository.set('A', candles)
    const opened = openMemory(repository.description.options)
    const before = await opened.versions(['A'], '1d')
    opened.set('A', candles)
    expect(await opened.versions(['A'], '1d')).not.toEqual(before)
  })

  it('says which column has the wrong length, or what a candle lacks', () => {
    const { open: _, ...rest } = columnsOf(cleanRows(3))
    expect(() => memoryRepository({ A: { ...rest, open: new Float64Array(2) } })).toThrow(
      'column open of A has 2 values, time has 3: give equal lengths',
    )
    const nameless = [{ time: 1, close: 2 }] as never
    expect(() => memoryRepository({ A: nameless })).toThrow(
      'candle 0 of A has no number "timestamp" (milliseconds UTC): its fields are time, close',
    )
    expect(() => memoryRepository({}, { timeframe: '7d' as never })).toThrow('timeframe must be one of 1m, 3m')
  })

  describe('times in seconds', () => {
    const inSeconds = candles.map((candle) => ({ ...candle, timestamp: candle.timestamp / 1000 }))
    const refusal = expect.objectContaining({
      code: 'DATA_SHAPE',
      message:
        'the times of A are seconds, and have to be milliseconds: 1704067200 would be 1970-01-20T17:21:07.200Z; multiply them by 1000',
    })

    it.each([
      ['1m', 60],
      ['1h', 3600],
      ['1d', DAY_MS / 1000],
      ['1M', (31 * DAY_MS) / 1000],
    ] as const)('are refused: %s', (timeframe, step) => {
      const given = candles.map((candle, at) => ({ ...candle, timestamp: DAY_0 / 1000 + at * step }))
      expect(() => memoryRepository({ A: given }, { timeframe })).toThrow(refusal)
      expect(() => memoryRepository({ A: given.slice(0, 1) }, { timeframe })).toThrow(refusal)
    })

    it('are refused where candles are added or replaced, and in columns with a hole', () => {
      const repository = memoryRepository({ A: candles })
      expect(() => repository.append('A', inSeconds)).toThrow(refusal)
      expect(() => repository.set('A', inSeconds)).toThrow(refusal)
      const time = Float64Array.of(Number.NaN, DAY_0 / 1000, DAY_0 / 1000 + 60)
      expect(() => repository.set('A', { ...columnsOf(cleanRows(3)), time })).toThrow(refusal)
    })

    it('are not seen in candles of early 1970, nor in times counted from 0', async () => {
      const firstQuarter = candles.map((candle, at) => ({ ...candle, timestamp: (5 + at) * DAY_MS }))
      const counted = candles.map((candle, at) => ({ ...candle, timestamp: at }))
      const repository = memoryRepository({ A: firstQuarter, B: counted })
      expect(await repository.symbols('1d')).toEqual(['A', 'B'])
    })
  })

  it('works where there is no shared memory', async () => {
    const shared = globalThis.SharedArrayBuffer
    try {
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
      const loaded = await memoryRepository({ A: candles }).load('A', everything())
      expect(loaded.error ? undefined : loaded.series.time.buffer).toBeInstanceOf(ArrayBuffer)
    } finally {
      globalThis.SharedArrayBuffer = shared
    }
  })
})
