import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MatchTable } from '../../src/signals/matches.ts'
import { columnsOf, names, type Row } from './support.ts'

const DAY = 86_400_000
const tableOf = (matches: number, row: Partial<Row> = {}, values: readonly string[] = []) => {
  const rows = Array.from({ length: matches }, (_, at) => ({ symbol: 0, time: at * DAY, close: 100 + at, ...row }))
  return new MatchTable(['AAPL', '삼성'], names(values), columnsOf(rows, values.length))
}

describe('a printed table of matches', () => {
  it('is its first and last rows, with how many are between', () => {
    expect(inspect(tableOf(1008, { volume: 2_500_000 }))).toBe(
      `MatchTable: 1,008 matches
  symbol  date        signal    open  high   low  close   volume
  AAPL    1970-01-01  SCAN_HIT   101   102    99    100  2500000
  AAPL    1970-01-02  SCAN_HIT   102   103   100    101  2500000
  AAPL    1970-01-03  SCAN_HIT   103   104   101    102  2500000
  AAPL    1970-01-04  SCAN_HIT   104   105   102    103  2500000
  … 1,000 more …
  AAPL    1972-10-01  SCAN_HIT  1105  1106  1103   1104  2500000
  AAPL    1972-10-02  SCAN_HIT  1106  1107  1104   1105  2500000
  AAPL    1972-10-03  SCAN_HIT  1107  1108  1105   1106  2500000
  AAPL    1972-10-04  SCAN_HIT  1108  1109  1106   1107  2500000`,
    )
  })

  it('is whole when it is short, and nothing but its count when empty', () => {
    expect(inspect(tableOf(8)).split('\n')).toHaveLength(2 + 8)
    expect(inspect(tableOf(9)).split('\n')[6]).toBe('  … 1 more …')
    expect(inspect(tableOf(1)).split('\n')[0]).toBe('MatchTable: one match')
    expect(inspect(tableOf(0))).toBe('MatchTable: 0 matches')
  })

  it('counts characters of two cells as two', () => {
    const rows = [0, 1, 2].map((symbol) => ({ symbol, time: 0, close: 100 }))
    const table = new MatchTable(['AAPL', '삼성전자', '아주긴이름을가진회사의보통주'], names(), columnsOf(rows))
    expect(inspect(table).split('\n').slice(1)).toEqual([
      '  symbol               date        signal    open  high  low  close  volume',
      '  AAPL                 1970-01-01  SCAN_HIT   101   102   99    100       1',
      '  삼성전자             1970-01-01  SCAN_HIT   101   102   99    100       1',
      '  아주긴이름을가진회…  1970-01-01  SCAN_HIT   101   102   99    100       1',
    ])
  })

  it('shows six digits, and a dot for what is unknown', () => {
    const values = [0.000012345678, Number.NaN]
    const cells = (row: Partial<Row>, names: string[] = []) =>
      inspect(tableOf(1, row, names))
        .split('\n')[2]!
        .split(/ +/)
    expect(cells({ close: 1 / 3 }).slice(4)).toEqual(['1.33333', '2.33333', '-0.666667', '0.333333', '1'])
    expect(cells({ volume: 1234567.8, values }, ['a', 'b']).slice(-3)).toEqual(['1234568', '0.0000123457', '·'])
  })

  it('fits 80 columns, and names the values that do not', () => {
    const many = Array.from({ length: 30 }, (_, at) => `indicator number ${at}`)
    const lines = inspect(tableOf(20, { values: many.map((_, at) => at) }, many)).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines.at(-1)).toMatch(/^ {2}and indicator number 0, indicator number 1, .*…$/)
  })

  it('lets nothing through that would steer a terminal', () => {
    const table = new MatchTable(
      ['\u001b[2J\nA'],
      names(['\u001b[31m']),
      columnsOf([{ symbol: 0, time: 0, values: [1] }], 1),
    )
    expect(inspect(table)).not.toContain('\u001b')
    expect(inspect(table).split('\n')).toHaveLength(3)
  })

  it('says that a text goes on, also when it was cut inside of blanks', () => {
    const table = new MatchTable([`A${' '.repeat(100)}B`], names(), columnsOf([{ symbol: 0, time: 0 }]))
    expect(inspect(table)).toContain('\n  A …  ')
  })

  it('is a word inside of other things, and indented with them', () => {
    const table = tableOf(2)
    expect(inspect({ a: { b: { c: table } } })).toContain('[MatchTable: 2 matches]')
    expect(inspect({ table })).toContain('\n    AAPL    1970-01-01')
  })
})
