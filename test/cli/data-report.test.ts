import { describe, expect, it } from 'vitest'
import { GapCounter } from '../../src/cli/gaps.ts'
import { candles, day, run, scratch } from './support.ts'

const write = scratch()
const HOUR = 3_600_000
const DAY = 24 * HOUR

function gapsOf(timeframe: '1h' | '1d' | '1M', ...symbols: number[][]) {
  const counter = new GapCounter()
  symbols.forEach((times, at) => {
    counter.add(`S${at}`, Float64Array.from(times))
  })
  return counter.gaps(timeframe)
}

const range = (count: number, step: number) => Array.from({ length: count }, (_, at) => at * step)

describe('a gap', () => {
  it('of daily candles is no weekend, nor one with a holiday', () => {
    const weeks = range(10, 7).flatMap((monday) => [0, 1, 2, 3, 4].map((weekday) => (monday + weekday) * DAY))
    expect(gapsOf('1d', weeks)).toEqual({ usualMs: 4 * DAY, count: 0, longest: [] })
    const halted = weeks.filter((time) => time < 21 * DAY || time >= 35 * DAY)
    const longest = [{ symbol: 'S1', from: 18 * DAY, to: 35 * DAY }]
    expect(gapsOf('1d', weeks, halted)).toEqual({ usualMs: 4 * DAY, count: 1, longest })
  })

  it('of hours around the clock is any hour without a candle', () => {
    const hours = range(1000, HOUR)
    expect(gapsOf('1h', hours).count).toBe(0)
    const holed = hours.filter((_, at) => at !== 500)
    expect(gapsOf('1h', holed)).toEqual({
      usualMs: HOUR,
      count: 1,
      longest: [{ symbol: 'S0', from: 499 * HOUR, to: 501 * HOUR }],
    })
  })

  it('of the hours of an exchange is no night', () => {
    const hours = range(20, DAY).flatMap((midnight) => range(7, HOUR).map((hour) => midnight + hour))
    expect(gapsOf('1h', hours)).toEqual({ usualMs: 18 * HOUR, count: 0, longest: [] })
  })

  it('of months is none of 31 days', () => {
    const months = range(12, 1).map((month) => Date.UTC(2024, month, 1))
    expect(gapsOf('1M', months).count).toBe(0)
    expect(gapsOf('1M', months.toSpliced(5, 1)).count).toBe(1)
  })
})

describe('data', () => {
  const halted = 'CCC,2024-01-03,0,0,0,11,0\nBBB,2024-02-20,9,11,8,10,\n'
  const rows = candles({ AAA: [10, 11, 12, 13, 14, 15], BBB: [20, 21], CCC: [30, 31] }) + halted

  it('tells as JSON what is in a file', async () => {
    const data = write('some.csv', rows)
    const { stdout, code } = await run(['data', data, '--format', 'json'])
    const { quality, ...report } = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(report).toEqual({
      source: data,
      timeframe: '1d',
      symbols: ['AAA', 'BBB', 'CCC'],
      first: day(0),
      last: Date.UTC(2024, 1, 20),
      candles: 11,
      gaps: { usualMs: 4 * DAY, count: 1, longest: [{ symbol: 'BBB', from: day(1), to: Date.UTC(2024, 1, 20) }] },
      sample: {
        symbol: 'AAA',
        candles: [11, 12, 13, 14, 15].map((close, at) => {
          const prices = { open: close - 1, high: close + 1, low: close - 2, close }
          return { timestamp: day(at + 1), ...prices, volume: 1000 * (at + 2) }
        }),
      },
      columns: [],
      noSymbol: 0,
      notes: [],
      errors: [],
    })
    expect(quality).toMatchObject({ rows: 12, halt: 1, dropped: 1, unknownVolume: 1 })
  })

  it('tells it as a table', async () => {
    const data = write('table.csv', rows)
    const { stdout } = await run(['data', '--data', data])
    expect(stdout.split('\n').slice(3)).toEqual([
      ' symbols    3: AAA, BBB, CCC',
      ' timeframe  1d',
      ' dates      2024-01-01 to 2024-02-20',
      ' rows       12, of them 11 candles',
      ' defects    1 of a halt with open, high and low 0 (dropped)',
      '            1 with unknown volume (kept)',
      ' gaps       1 step longer than 4 days, which is usual here; the longest:',
      '            BBB 2024-01-02 to 2024-02-20 (49 days)',
      '',
      ' AAA, its last 5 candles',
      '',
      ' date        open  high  low  close  volume',
      ' ──────────  ────  ────  ───  ─────  ──────',
      ' 2024-01-02    10    12    9     11   2,000',
      ' 2024-01-03    11    13   10     12   3,000',
      ' 2024-01-04    12    14   11     13   4,000',
      ' 2024-01-05    13    15   12     14   5,000',
      ' 2024-01-06    14    16   13     15   6,000',
      '',
    ])
  })

  it('tells dates and times in a zone, as its words for times of day say', async () => {
    const seoul = write(
      'seoul.csv',
      `${rows.slice(0, rows.indexOf('\n'))}
A,2024-03-11T00:00+09:00,9,11,8,10,5
A,2024-03-12T00:00+09:00,9,11,8,11,5
`,
    )
    const nearest = (await run(['data', seoul])).stdout
    expect(nearest).toContain('taken as the date of the nearest midnight')
    expect(nearest).toContain('--timezone ZONE')
    const there = (await run(['data', seoul, '--timezone', 'Asia/Seoul'])).stdout
    expect(there).toContain('2 stamped with a time of day, taken as the date in Asia/Seoul')
    expect(there).toContain('2024-03-11 to 2024-03-12')
    expect((await run(['data', seoul, '--timezone', 'UTC'])).stdout).toContain('2024-03-10 to 2024-03-11')
    const hours = seoul.replace('seoul', 'hours')
    write(
      'hours.csv',
      `symbol,date,open,high,low,close\nA,2024-03-11T00:00Z,9,11,8,10\nA,2024-03-11T01:00Z,9,11,8,10\n`,
    )
    expect((await run(['data', hours, '--timezone', 'Asia/Seoul'])).stdout).toContain(
      '2024-03-11 09:00 to 2024-03-11 10:00',
    )
    const { code, stderr } = await run(['data', seoul, '--timezone', 'Mars/X'])
    expect([code, stderr]).toEqual([2, expect.stringContaining("like 'Asia/Seoul'")])
  })

  it('ends with 1 where no row is a candle, and with 2 where there is nothing to read', async () => {
    const header = rows.slice(0, rows.indexOf('\n') + 1)
    const { code, stdout } = await run([
      'data',
      write('halts.csv', `${header}CCC,2024-01-03,0,0,0,11,0\nCCC,2024-01-04,0,0,0,11,0\n`),
    ])
    expect([code, stdout]).toEqual([1, expect.stringContaining('rows       2, of them 0 candles')])
    expect(stdout).toContain('dates      none')
    expect((await run(['data', 'no-such-file.csv'])).code).toBe(2)
    expect((await run(['data'])).stderr).toContain('say where the candles are')
  })
})
