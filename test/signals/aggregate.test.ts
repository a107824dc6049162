import { describe, expect, it } from 'vitest'
import type { SymbolErrorCode } from '../../src/domain/errors.ts'
import { SignalAggregator } from '../../src/signals/aggregate.ts'
import { MatchTable } from '../../src/signals/matches.ts'
import { columnsOf, names, type Row } from './support.ts'

function aggregator(symbols: readonly string[], rows: readonly Row[], failures: readonly SymbolErrorCode[] = []) {
  const table = new MatchTable(symbols, names(), columnsOf(rows))
  return new SignalAggregator(
    table,
    failures.map((code) => ({ code })),
  )
}

/** A scan in which symbol number n has so many matches, at times 0, 1, 2, … */
function withCounts(...counts: readonly number[]) {
  const rows = counts.flatMap((count, symbol) => Array.from({ length: count }, (_, time) => ({ symbol, time })))
  return aggregator(
    counts.map((_, symbol) => `S${symbol}`),
    rows,
  )
}

/** Four symbols: A matches at 5 and 20, B never, C at 5 and 10, D could not be read. */
const SCAN = aggregator(
  ['A', 'B', 'C', 'D'],
  [
    { symbol: 0, time: 5 },
    { symbol: 0, time: 20 },
    { symbol: 2, time: 5 },
    { symbol: 2, time: 10 },
  ],
  ['NO_DATA'],
)

describe('groups', () => {
  it('by symbol stand in the order of the job and leave out symbols without a match', () => {
    const groups = [...SCAN.bySymbol()].map(([symbol, matches]) => [symbol, matches.map((match) => match.timestamp)])
    expect(groups).toEqual([
      ['A', [5, 20]],
      ['C', [5, 10]],
    ])
  })

  it('by date stand oldest first, symbols of one date in the order of the job', () => {
    const groups = [...SCAN.byDate()].map(([time, matches]) => [time, matches.map((match) => match.symbol)])
    expect(groups).toEqual([
      [5, ['A', 'C']],
      [10, ['C']],
      [20, ['A']],
    ])
  })

  it('have the matches of the table in them', () => {
    expect(SCAN.bySymbol().get('C')?.[1]).toEqual(SCAN.matches.at(3))
    expect(SCAN.byDate().get(10)).toEqual([SCAN.matches.at(3)])
  })

  it('sort dates as numbers', () => {
    const times = [9, 10, 100, -1]
    const scan = aggregator(
      ['A', 'B', 'C', 'D'],
      times.map((time, symbol) => ({ symbol, time })),
    )
    expect([...scan.byDate().keys()]).toEqual([-1, 9, 10, 100])
    expect(scan.statistics().byDate.map(({ timestamp }) => timestamp)).toEqual([-1, 9, 10, 100])
    expect(scan.statistics()).toMatchObject({ first: -1, last: 100 })
  })
})

describe('statistics', () => {
  it('count what a scan came to', () => {
    expect(SCAN.statistics()).toEqual({
      symbols: 4,
      processed: 3,
      failed: 1,
      matches: 4,
      symbolsMatched: 2,
      matchRate: 200 / 3,
      first: 5,
      last: 20,
      perSymbol: { min: 2, median: 2, mean: 2, max: 2 },
      byDate: [
        { timestamp: 5, matches: 2, breadth: 200 / 3 },
        { timestamp: 10, matches: 1, breadth: 100 / 3 },
        { timestamp: 20, matches: 1, breadth: 100 / 3 },
      ],
      mostMatches: [
        { symbol: 'A', matches: 2 },
        { symbol: 'C', matches: 2 },
      ],
      failuresByCode: { NO_DATA: 1 },
    })
  })

  it('count a symbol once in the breadth of a date, however many of its signals are true', () => {
    const rows = [0, 1, 2].map((signal) => ({ symbol: 1, time: 5, signal }))
    expect(aggregator(['A', 'B'], rows).statistics().byDate).toEqual([{ timestamp: 5, matches: 3, breadth: 50 }])
  })

  it('describe an odd number of symbols by the middle one', () => {
    expect(withCounts(9, 1, 0, 2).statistics().perSymbol).toEqual({ min: 1, median: 2, mean: 4, max: 9 })
  })

  it('describe an even number of symbols by the mean of the middle two', () => {
    expect(withCounts(10, 1, 2, 0, 5).statistics().perSymbol).toEqual({ min: 1, median: 3.5, mean: 4.5, max: 10 })
  })

  it('describe a single symbol by itself', () => {
    expect(withCounts(0, 3).statistics().perSymbol).toEqual({ min: 3, median: 3, mean: 3, max: 3 })
  })

  it('name the ten symbols with most matches, equal ones in the order of the job', () => {
    const { mostMatches } = withCounts(1, 2, 3, 0, 3, 2, 1, 1, 1, 1, 1, 12).statistics()
    expect(mostMatches.map(({ symbol, matches }) => `${symbol}:${matches}`)).toEqual([
      'S11:12',
      'S2:3',
      'S4:3',
      'S1:2',
      'S5:2',
      'S0:1',
      'S6:1',
      'S7:1',
      'S8:1',
      'S9:1',
    ])
  })

  it('count failures by code', () => {
    const failures: SymbolErrorCode[] = ['NO_DATA', 'BAD_DATA', 'NO_DATA', 'LOAD_FAILED']
    const statistics = aggregator(['A', 'B', 'C', 'D', 'E'], [{ symbol: 0, time: 1 }], failures).statistics()
    expect(statistics).toMatchObject({ symbols: 5, processed: 1, failed: 4, symbolsMatched: 1, matchRate: 100 })
    expect(statistics.failuresByCode).toEqual({ NO_DATA: 2, BAD_DATA: 1, LOAD_FAILED: 1 })
  })

  it('of a scan without matches have no times and no distribution', () => {
    expect(aggregator(['A', 'B'], []).statistics()).toEqual({
      symbols: 2,
      processed: 2,
      failed: 0,
      matches: 0,
      symbolsMatched: 0,
      matchRate: 0,
      first: null,
      last: null,
      byDate: [],
      mostMatches: [],
      failuresByCode: {},
    })
  })

  it('of a scan in which every symbol failed are zero, not NaN', () => {
    expect(aggregator(['A'], [], ['NO_DATA']).statistics()).toMatchObject({ processed: 0, failed: 1, matchRate: 0 })
    const empty = aggregator(['A'], [])
    expect([[...empty.bySymbol()], [...empty.byDate()]]).toEqual([[], []])
  })
})
