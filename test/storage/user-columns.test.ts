import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meantColumn, nearestColumns, writtenColumn } from '../../src/domain/user-columns.ts'
import { cleanCandles } from '../../src/storage/clean.ts'
import { memoryRepository, openMemory } from '../../src/storage/memory.ts'
import { cleanRows, columnsOf, DAY_0, DAY_MS, dirtyRows, everything, readable } from './candles.ts'

const days = cleanRows(4).map(([day, open, high, low, close, volume]) => ({
  timestamp: DAY_0 + day * DAY_MS,
  ...{ open, high, low, close, volume },
}))

const columns = (names: readonly string[]) => names.map((name) => ({ name, isNumber: true }))

describe('the column that a formula means', () => {
  it.each([
    ['col.marketcap', ['marketcap', 'MarketCap'], 'marketcap'],
    ['col.marketcap', ['a', 'Market Cap'], 'Market Cap'],
    ['col.market_cap_krw', ['Market Cap (KRW)'], 'Market Cap (KRW)'],
    ['col.pe', ['P/E'], 'P/E'],
    ['col.시가총액', ['시가총액'], '시가총액'],
    ['col.시가총액', ['시가 총액'.normalize('NFD')], '시가 총액'.normalize('NFD')],
    // Two that are as near as each other are none.
    ['col.marketcap', ['Market Cap', 'market_cap'], undefined],
    ['col._', ['%'], undefined],
    ['col.toString', [], undefined],
  ] as const)('%s of %j is %s', (name, names, expected) => {
    expect(meantColumn(name, columns(names))?.name).toBe(expected)
  })

  it('is found again by the name it is offered under', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(/[\p{L}\p{Nd}]/u.test(name))
        const written = writtenColumn(name)
        expect(written).toMatch(/^col\.[\p{L}_][\p{L}\p{M}\p{Nd}_]*$/u)
        expect(meantColumn(written, columns([name]))?.name).toBe(name)
      }),
    )
  })

  it('is offered for a name that is nearly its own, when it holds numbers', () => {
    const known = [...columns(['marketcap', 'foreign_net']), { name: 'marketcaq', isNumber: false }]
    expect(nearestColumns('col.marketcpa', known)).toEqual(['col.marketcap'])
  })
})

describe('user columns in memory', () => {
  const request = (userColumns: readonly string[]) => everything({ columns: ['close'], userColumns })

  it('are further fields of candles that are numbers, unknown where one is not there', async () => {
    const rows = days.map((candle, day) => ({
      ...candle,
      marketcap: day * 1e9,
      name: 'Apple',
      ...(day !== 1 && { flow: day === 2 ? null : -day }),
      mixed: day === 1 ? 'n/a' : day,
      ['__proto__']: day,
    }))
    const repository = memoryRepository({ A: rows, B: days })
    expect((await repository.userColumns?.('1d'))?.map(({ name }) => name)).toEqual(['marketcap', 'flow', '__proto__'])
    const loaded = readable(await repository.load('A', request(['marketcap', 'flow', '__proto__'])))
    expect(Object.entries(loaded.columns!)).toEqual([
      ['close', rows.map(({ close }) => close)],
      ['marketcap', [0, 1e9, 2e9, 3e9]],
      ['flow', [-0, Number.NaN, Number.NaN, -3]],
      ['__proto__', [0, 1, 2, 3]],
    ])
    // Only what is asked for, and what the symbol has.
    expect(readable(await repository.load('A', request([]))).columns).toEqual({ close: rows.map(({ close }) => close) })
    expect(Object.keys(readable(await repository.load('B', request(['marketcap']))).columns!)).toEqual(['close'])
  })

  it('are further columns of numbers, which have to be of equal length', async () => {
    const typed = { ...columnsOf(cleanRows(3)), marketcap: Float64Array.of(1, 2, 3), label: 'no column' as never }
    const repository = memoryRepository({ A: typed })
    expect(readable(await repository.load('A', request(['marketcap']))).columns).toMatchObject({ marketcap: [1, 2, 3] })
    expect(() => memoryRepository({ A: { ...typed, marketcap: Float64Array.of(1) } })).toThrow(
      'column marketcap of A has 1 values, time has 3: give equal lengths',
    )
  })

  it('go into another thread, and candles that are appended bring theirs', async () => {
    const repository = memoryRepository({ A: days.map((candle, day) => ({ ...candle, a: day })) })
    repository.append('A', [{ ...days[3]!, timestamp: DAY_0 + 4 * DAY_MS, b: 7 } as never])
    const other = openMemory(structuredClone(repository.description.options))
    const loaded = readable(await other.load('A', request(['a', 'b'])))
    expect(loaded.columns).toMatchObject({
      a: [0, 1, 2, 3, Number.NaN],
      b: [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 7],
    })
  })

  it('stay with their rows, whatever is dropped, sorted or replaced', async () => {
    await fc.assert(
      fc.asyncProperty(dirtyRows, async (rows) => {
        const raw = columnsOf(rows)
        // A value that says which row it belongs to: that of its close, and its place.
        const mark = raw.close.map((close, at) => (Number.isFinite(close) ? close : 0) + at * 1000)
        const place = Float64Array.from(rows.keys())
        const repository = memoryRepository({ A: { ...raw, mark, place } })
        const loaded = readable(await repository.load('A', request(['mark', 'place'])))
        if (!loaded.columns) return
        const { close, mark: marks, place: places } = loaded.columns as Record<string, number[]>
        marks!.forEach((value, at) => {
          expect(value).toBe(close![at]! + places![at]! * 1000)
          expect(loaded.days![at]).toBe(rows[places![at]!]![0])
        })
        const cleaned = cleanCandles({ ...raw, mark, place }, 'drop')
        if (!cleaned.error) expect([...cleaned.columns.mark!]).toEqual(marks)
      }),
    )
  })
})
