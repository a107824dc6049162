import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/domain/errors.ts'
import { MatchTable } from '../../src/signals/matches.ts'
import { columnsOf, names, type Row } from './support.ts'

const DAY = 86_400_000

/** So many matches at days 0, 1, 2 …, all of A. */
const tableOf = (matches: number) =>
  new MatchTable(['A'], names(), columnsOf(Array.from({ length: matches }, (_, at) => ({ symbol: 0, time: at * DAY }))))
const TABLE = new MatchTable(
  ['A', 'B'],
  names(['rsi']),
  columnsOf(
    [
      { symbol: 0, time: DAY, close: 10, volume: 100, values: [30] },
      { symbol: 0, time: 2 * DAY, close: 20, volume: Number.NaN, values: [Number.NaN] },
      { symbol: 1, time: 2 * DAY, close: 30, volume: 300, values: [32] },
    ],
    1,
  ),
)
const ALL = [0, 1, 2].map((at) => TABLE.at(at)!)

describe('a table of matches as a list', () => {
  it('does what an array of its matches does', () => {
    const places: unknown[] = []
    const isLate = ({ timestamp }: { timestamp: number }, index: number) => timestamp > DAY && index > 0
    TABLE.forEach((match, index) => {
      places.push([match, index])
    })
    expect(places).toEqual(ALL.map((match, index) => [match, index]))
    expect([...TABLE.entries()]).toEqual([...ALL.entries()])
    expect(TABLE.toArray()).toEqual(ALL)
    expect(TABLE.map(({ symbol }, index) => `${index}${symbol}`)).toEqual(['0A', '1A', '2B'])
    expect(TABLE.filter(isLate)).toEqual([ALL[1], ALL[2]])
    expect(TABLE.find(isLate)).toEqual(ALL[1])
    expect(TABLE.find(() => false)).toBeUndefined()
    expect([TABLE.some(isLate), TABLE.some(() => false)]).toEqual([true, false])
    expect([TABLE.every(isLate), TABLE.every(() => true)]).toEqual([false, true])
    expect(TABLE.reduce((sum, { candle }, index) => sum + index * candle.close, 5)).toBe(5 + 20 + 60)
  })

  it('is sliced as an array is', () => {
    const bound = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom(undefined, Number.NaN, 1.5, -1.5, Infinity, -Infinity),
    )
    fc.assert(
      fc.property(fc.nat({ max: 6 }), bound, bound, (matches, start, end) => {
        const table = tableOf(matches)
        expect(table.slice(start, end)).toEqual(table.toArray().slice(start, end))
      }),
    )
  })

  it('looks no further than the match it was asked to find', () => {
    const seen: number[] = []
    TABLE.find((_, index) => seen.push(index) === 2)
    expect(seen).toEqual([0, 1])
  })

  it('is its matches as JSON, an unknown volume null', () => {
    const parsed = JSON.parse(JSON.stringify({ matches: TABLE })).matches
    expect(parsed[0]).toEqual(ALL[0])
    expect(parsed[1].candle).toEqual({ ...ALL[1]!.candle, volume: null })
    expect(parsed).toHaveLength(3)
  })
})

describe('rows', () => {
  it('are flat, with dates as text and null where unknown', () => {
    expect(TABLE.rows()).toEqual([
      {
        symbol: 'A',
        date: '1970-01-02',
        signal: 'SCAN_HIT',
        open: 11,
        high: 12,
        low: 9,
        close: 10,
        volume: 100,
        rsi: 30,
      },
      {
        symbol: 'A',
        date: '1970-01-03',
        signal: 'SCAN_HIT',
        open: 21,
        high: 22,
        low: 19,
        close: 20,
        volume: null,
        rsi: null,
      },
      {
        symbol: 'B',
        date: '1970-01-03',
        signal: 'SCAN_HIT',
        open: 31,
        high: 32,
        low: 29,
        close: 30,
        volume: 300,
        rsi: 32,
      },
    ])
    expect(TABLE.rows(-1)).toEqual([TABLE.rows()[2]])
    expect(TABLE.rows(0, 2)).toEqual(TABLE.rows().slice(0, 2))
  })

  it('have the time where a match is not at midnight, in every row alike', () => {
    const table = new MatchTable(
      ['A'],
      names(),
      columnsOf([
        { symbol: 0, time: 0 },
        { symbol: 0, time: 90_000 },
      ]),
    )
    expect(table.rows().map(({ date }) => date)).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:30.000Z'])
    expect(table.rows(0, 1)[0]!.date).toBe('1970-01-01T00:00:00.000Z')
  })

  it('say the role where the script has roles', () => {
    const roles = names([], [{ signalType: 'ENTRY', role: 'short' }])
    const [row] = new MatchTable(['A'], roles, columnsOf([{ symbol: 0, time: 0 }])).rows()
    expect(row).toMatchObject({ signal: 'ENTRY', role: 'short' })
    expect(TABLE.rows()[0]).not.toHaveProperty('role')
  })

  it('keep values that are called like a field, or __proto__', () => {
    const values = [1, 2, 3]
    const table = new MatchTable(
      ['A'],
      names(['signal', '__proto__', 'x']),
      columnsOf([{ symbol: 0, time: 0, values }], 3),
    )
    expect(Object.entries(table.rows()[0]!).slice(-3)).toEqual([
      ['signal (value)', 1],
      ['__proto__', 2],
      ['x', 3],
    ])
  })
})

describe('on the way to another thread', () => {
  it('a table is plain columns, and the same table again there', () => {
    const there = MatchTable.from(structuredClone(TABLE.toColumns()))
    expect(there).toBeInstanceOf(MatchTable)
    expect(there.toArray()).toEqual(ALL)
    expect([there.countOf(0), there.countOf(1)]).toEqual([2, 1])
    expect(there.toColumns()).toEqual(TABLE.toColumns())
  })

  it('roles and empty tables come along, what else a plan says of a signal does not', () => {
    const signals = [{ signalType: 'EXIT', role: 'cover', value: { node: 1, output: 0 } }] as const
    const table = new MatchTable(['A'], names([], signals), columnsOf([{ symbol: 0, time: 0 }]))
    expect(table.toColumns().names).toEqual({ signals: [{ signalType: 'EXIT', role: 'cover' }], values: [] })
    expect(MatchTable.from(structuredClone(table.toColumns())).at(0)).toEqual(table.at(0))
    expect(MatchTable.from(structuredClone(tableOf(0).toColumns())).length).toBe(0)
  })

  const plain = () => structuredClone(TABLE.toColumns())
  const rows = (...rows: Row[]) => columnsOf(rows, 1)
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['the columns alone', TABLE.columns],
    ['matches', ALL],
    ['the table itself as JSON', JSON.parse(JSON.stringify(plain()))],
    ['a symbol that is not there', { ...plain(), columns: rows({ symbol: 2, time: 0 }) }],
    ['a signal that is not there', { ...plain(), columns: rows({ symbol: 0, time: 0, signal: 1 }) }],
    ['a column that is too short', { ...plain(), columns: { ...TABLE.columns, time: new Float64Array(2) } }],
    ['too many values', { ...plain(), columns: { ...TABLE.columns, values: new Float64Array(6) } }],
    ['a column that is missing', { ...plain(), columns: { ...TABLE.columns, candle: { open: new Float64Array(3) } } }],
  ])('%s is refused', (_, given) => {
    const refusal = { code: 'DATA_SHAPE', message: expect.stringContaining('matches.toColumns()') }
    expect(() => MatchTable.from(given as never)).toThrow(expect.objectContaining(refusal))
    expect(() => MatchTable.from(given as never)).toThrow(DataError)
  })
})
