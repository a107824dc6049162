import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyColumns, joinColumns, MatchTable, orderColumns } from '../../src/signals/matches.ts'
import { columnsOf, names, rowsOf } from './support.ts'

/** Matches of A at 1, 2 and 3, none of B, of C at 2 and 3. */
const TABLE = new MatchTable(
  ['A', 'B', 'C'],
  names(['rsi', 'fast']),
  columnsOf(
    [
      { symbol: 0, time: 1, close: 10, volume: 100, values: [30, 1] },
      { symbol: 0, time: 2, close: 20, volume: 200, values: [31, 2] },
      { symbol: 0, time: 3, close: 30, volume: 300, values: [32, 3] },
      { symbol: 2, time: 2, close: 40, volume: 400, values: [33, 4] },
      { symbol: 2, time: 3, close: 50, volume: 500, values: [34, 5] },
    ],
    2,
  ),
)
const EMPTY = new MatchTable(['A', 'B'], names(['rsi']), emptyColumns(0, 1))
const short = (table: MatchTable, symbol: number) =>
  table.of(symbol).map(({ symbol, timestamp }) => [symbol, timestamp])

describe('MatchTable', () => {
  it('makes a match of the columns', () => {
    expect(TABLE.at(3)).toEqual({
      symbol: 'C',
      timestamp: 2,
      candle: { timestamp: 2, open: 41, high: 42, low: 39, close: 40, volume: 400 },
      signalType: 'SCAN_HIT',
      indicatorValues: { rsi: 33, fast: 4 },
    })
  })

  it('counts from the end when negative, and knows nothing beyond', () => {
    expect(TABLE.at(-1)).toEqual(TABLE.at(4))
    expect(TABLE.at(-5)).toEqual(TABLE.at(0))
    expect([TABLE.at(5), TABLE.at(-6), EMPTY.at(0), EMPTY.at(-1)]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('gives all matches in order when walked, as often as wanted', () => {
    const all = [0, 1, 2, 3, 4].map((at) => TABLE.at(at))
    expect([...TABLE]).toEqual(all)
    expect([...TABLE]).toEqual(all)
    expect(TABLE.length).toBe(5)
    expect([...EMPTY]).toEqual([])
  })

  it('knows the matches of each symbol', () => {
    expect([0, 1, 2].map((symbol) => TABLE.countOf(symbol))).toEqual([3, 0, 2])
    expect(short(TABLE, 0)).toEqual([
      ['A', 1],
      ['A', 2],
      ['A', 3],
    ])
    expect(short(TABLE, 1)).toEqual([])
    expect(short(TABLE, 2)).toEqual([
      ['C', 2],
      ['C', 3],
    ])
    expect([EMPTY.countOf(1), EMPTY.of(1)]).toEqual([0, []])
  })

  it('gives the latest first, and those of one time in the order of the symbols', () => {
    expect(TABLE.latest(5)).toEqual([2, 4, 1, 3, 0])
    expect(TABLE.latest(3)).toEqual([2, 4, 1])
    expect([TABLE.latest(0), TABLE.latest(99).length, EMPTY.latest(3)]).toEqual([[], 5, []])
  })

  it('shows unknown values as null, and zero as zero', () => {
    const values = [Number.NaN, 0]
    const table = new MatchTable(['A'], names(['rsi', 'fast']), columnsOf([{ symbol: 0, time: 1, values }], 2))
    expect(table.at(0)?.indicatorValues).toEqual({ rsi: null, fast: 0 })
  })

  it('keeps a value named __proto__ and leaves prototypes alone', () => {
    const columns = columnsOf([{ symbol: 0, time: 1, values: [7, 8] }], 2)
    const values = new MatchTable(['A'], names(['__proto__', 'rsi']), columns).at(0)?.indicatorValues
    expect(Object.entries(values ?? {})).toEqual([
      ['__proto__', 7],
      ['rsi', 8],
    ])
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype)
  })

  it('says which role a match comes from, and has no role for a plain condition', () => {
    const roles = names(
      [],
      [
        { signalType: 'ENTRY', role: 'entry' },
        { signalType: 'EXIT', role: 'exit' },
        { signalType: 'ENTRY', role: 'short' },
        { signalType: 'EXIT', role: 'cover' },
      ],
    )
    const columns = columnsOf([2, 0, 3, 1].map((signal, time) => ({ symbol: 0, time, signal })))
    expect(Array.from(new MatchTable(['A'], roles, columns), ({ signalType, role }) => [signalType, role])).toEqual([
      ['ENTRY', 'short'],
      ['ENTRY', 'entry'],
      ['EXIT', 'cover'],
      ['EXIT', 'exit'],
    ])
    expect(TABLE.at(0)).not.toHaveProperty('role')
  })
})

describe('joinColumns', () => {
  const first = columnsOf([{ symbol: 1, time: 1, close: 5, values: [1, 2] }], 2)
  const second = columnsOf(
    [
      { symbol: 0, time: 7, signal: 1, close: 6, values: [3, 4] },
      { symbol: 2, time: 8, volume: 9, values: [5, 6] },
    ],
    2,
  )

  it('puts parts one behind the other, empty ones too', () => {
    const joined = joinColumns([first, emptyColumns(0, 2), second], 2)
    expect(rowsOf(joined, 2)).toEqual([...rowsOf(first, 2), ...rowsOf(second, 2)])
  })

  it('has no matches for no parts', () => {
    expect(rowsOf(joinColumns([], 2), 2)).toEqual([])
  })

  it('does not copy a single part', () => {
    expect(joinColumns([second], 2)).toBe(second)
  })
})

describe('orderColumns', () => {
  const symbols = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 })
  const valuesPerMatch = fc.integer({ min: 0, max: 3 })
  /** Matches that differ in every column. */
  const distinct = (order: readonly number[], width: number) =>
    columnsOf(
      order.map((symbol, at) => ({
        symbol,
        time: 1000 + at,
        bar: at,
        signal: at % 4,
        close: 5 + at,
        volume: 7 * at,
        values: Array.from({ length: width }, (_, value) => at + value / 4),
      })),
      width,
    )

  it('is a stable sort by symbol that keeps every match whole', () => {
    fc.assert(
      fc.property(symbols, valuesPerMatch, (order, width) => {
        const rows = rowsOf(distinct(order, width), width)
        // Array.prototype.sort is stable by the standard.
        const expected = [...rows].sort((a, b) => a[0]! - b[0]!)
        expect(rowsOf(orderColumns(distinct(order, width), width), width)).toEqual(expected)
      }),
    )
  })

  it('does not change what it was given', () => {
    const columns = distinct([2, 0, 1], 1)
    const before = rowsOf(columns, 1)
    orderColumns(columns, 1)
    expect(rowsOf(columns, 1)).toEqual(before)
  })

  it('does not copy what is in order', () => {
    const columns = distinct([0, 0, 1, 3], 1)
    expect(orderColumns(columns, 1)).toBe(columns)
  })
})
