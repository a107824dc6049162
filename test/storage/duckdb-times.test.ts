import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { DuckdbOptions } from '../../src/storage/duckdb/repository.ts'
import { everything } from './candles.ts'
import { Files, openDuckdb } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

async function times(data: string, options: Omit<DuckdbOptions, 'data'> = {}) {
  const repository = files.repository(data, { timeframe: '1d', ...options })
  const loaded = await repository.load('A', everything())
  if (loaded.error) throw new Error(loaded.error.message)
  const { notes } = await repository.report!('1d')
  const dates = Array.from(loaded.series.time, (ms) => new Date(ms).toISOString().slice(0, 10))
  return { dates, notes, close: [...(loaded.series.columns.close ?? [])] }
}

/** A Parquet file of one symbol whose times are these expressions of a row number. */
const numbered = (name: string, rows: number, time: string) =>
  files.write(
    name,
    `select 'A' as symbol, ${time} as ts, 1.0 as open, 1.0 as high, 1.0 as low, 1.0 as close from range(${rows}) r(i)`,
  )

let written = 0
function csv(lines: readonly string[]): string {
  const path = files.path(`times-${written++}.csv`)
  writeFileSync(path, lines.join('\n'))
  return path
}

const note = (unit: string) =>
  `the numbers of column "ts" are read as ${unit} since 1970, by their size; the option timeUnit sets it`

describe('duckdbRepository › times that are numbers', () => {
  // The first thousand rows are of January to March 1970, in milliseconds as small as seconds of later years.
  const young = 'i * 86400000::bigint'

  it('have the unit that the largest of the column tells, not the first', async () => {
    const { dates, notes } = await times(await numbered('young.parquet', 5000, young))
    expect([dates[0], dates[1], dates.at(-1)]).toEqual(['1970-01-01', '1970-01-02', '1983-09-09'])
    expect(notes).toEqual([note('ms')])
  })

  it.each([
    ['s', '1699920000 + i * 86400', '2023-11-14'],
    ['ms', '(1699920000 + i * 86400) * 1000', '2023-11-14'],
    ['us', '(1699920000 + i * 86400) * 1000000', '2023-11-14'],
    ['ns', '(1699920000 + i * 86400) * 1000000000', '2023-11-14'],
  ])('are told to be %s, in a note', async (unit, time, first) => {
    const found = await times(await numbered(`unit-${unit}.parquet`, 3, time))
    expect(found.dates[0]).toBe(first)
    expect(found.notes).toEqual([note(unit)])
  })

  it('have the unit that is asked for', async () => {
    const data = await numbered('asked.parquet', 1000, young)
    expect((await times(data)).dates[1]).toBe('1972-09-27')
    const { dates, notes } = await times(data, { timeUnit: 'ms' })
    expect([dates[1], notes]).toEqual(['1970-01-02', []])
    const text = csv(['symbol,ts,open,high,low,close', 'A,86400,1,1,1,1', 'A,172800,1,1,1,1'])
    expect((await times(text, { timeUnit: 's' })).dates).toEqual(['1970-01-02', '1970-01-03'])
  })

  it('are dates like 20240131 only when all are', async () => {
    const last = `case when i < 1999 then 20240101 + i % 28 else 20250101 end`
    expect((await times(await numbered('compact.parquet', 2000, last))).dates.at(-1)).toBe('2025-01-01')
  })

  it('are rows without a time where no Date can hold them', async () => {
    const data = await numbered('far.parquet', 3, `case when i = 1 then 9e15 else 1.7e12 + i * 864e5 end`)
    const loaded = await files.repository(data, { timeframe: '1d', timeUnit: 'ms' }).load('A', everything())
    expect(loaded.quality).toMatchObject({ rows: 3, notFinite: 1, dropped: 1 })
    const infinite = await numbered(
      'infinite.parquet',
      3,
      `case when i = 1 then 'infinity'::timestamp else '2024-01-01' end`,
    )
    const other = await files.repository(infinite, { timeframe: '1d' }).load('A', everything())
    expect(other.quality).toMatchObject({ notFinite: 1, duplicates: 1 })
  })
})

describe('duckdbRepository › times that are text', () => {
  const dated = (...dates: string[]) =>
    csv(['symbol,date,open,high,low,close', ...dates.map((date) => `A,${date},1,1,1,1`)])

  it.each([
    ['%d/%m/%Y', '12/03/2024', '13/03/2024'],
    ['%m/%d/%Y', '03/12/2024', '03/13/2024'],
    ['%d.%m.%Y', '12.03.2024', '13.03.2024'],
    ['%Y%m%d', '20240312', '20240313'],
    ['%d %b %Y %H:%M %z', '12 Mar 2024 09:00 +0900', '13 Mar 2024 09:00 +0900'],
  ])('are read in the format %s', async (dateFormat, first, second) => {
    expect((await times(dated(first, second), { dateFormat })).dates).toEqual(['2024-03-12', '2024-03-13'])
  })

  it('are read without a format: 20240312, and minutes or a space in front of a zone', async () => {
    expect((await times(dated('20240312', '20240313'))).dates).toEqual(['2024-03-12', '2024-03-13'])
    const zoned = dated('2024-03-12T00:00Z', '2024-03-13 00:00:00 +00:00', '2024-03-14 00:00+00')
    expect((await times(zoned)).dates).toEqual(['2024-03-12', '2024-03-13', '2024-03-14'])
  })

  it.each([
    [
      'the day first',
      '%d/%m/%Y',
      ['03/04/2024', '13/04/2024 ', '4/5/2024'],
      ['2024-04-03', '2024-04-13', '2024-05-04'],
    ],
    ['the month first', '%m/%d/%Y', ['03/04/2024', '03/13/2024'], ['2024-03-04', '2024-03-13']],
    ['the day first, with dots', '%d.%m.%Y', ['08.03.2024', '31.03.2024'], ['2024-03-08', '2024-03-31']],
    ['the month first, with dashes', '%m-%d-%Y', ['03-08-2024', '03-31-2024'], ['2024-03-08', '2024-03-31']],
    ['a time of the day', '%d/%m/%Y', ['13/04/2024 00:00', '14/04/2024 00:00:00'], ['2024-04-13', '2024-04-14']],
    ['what is no date', '%d/%m/%Y', ['13/04/2024', 'n/a', '14/04/2024'], ['2024-04-13', '2024-04-14']],
    ['dates that are the same in both', '%d/%m/%Y', ['01/01/2024', '02/02/2024'], ['2024-01-01', '2024-02-02']],
  ])('are read with %s as all of them say, in a note', async (_, format, texts, dates) => {
    const found = await times(dated(...texts))
    expect(found.dates).toEqual(dates)
    expect(found.notes).toEqual([`the dates of column "date" are read as ${format}; the option dateFormat sets it`])
  })

  it('are read as the last of many rows says', async () => {
    const early = Array.from({ length: 3000 }, (_, at) => `0${1 + (at % 9)}/0${1 + (at % 8)}/2024`)
    const { notes } = await times(dated(...early, '01/13/2024'))
    expect(notes).toEqual(['the dates of column "date" are read as %m/%d/%Y; the option dateFormat sets it'])
  })

  it.each([
    ['03/08/2024', '%d/%m/%Y', '%m/%d/%Y'],
    ['08.03.2024', '%d.%m.%Y', '%m.%d.%Y'],
  ])('are refused with both readings where no row tells: %s', async (date, day, month) => {
    await expect(openDuckdb({ data: dated(date, date) })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message:
        `column "date" (for example ${date}) can be read with the day first (${day}) and with the month first ` +
        `(${month}), and no row tells: set the option dateFormat to '${day}' or '${month}', ` +
        `on the command line --date-format '${day}' or --date-format '${month}'`,
    })
    expect((await times(dated(date, date), { dateFormat: day })).notes).toEqual([])
  })

  it('are refused where rows contradict each other', async () => {
    await expect(openDuckdb({ data: dated('13/04/2024', '04/14/2024') })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message: expect.stringMatching(
        /^column "date" has dates with the day first \(13\/04\/2024\) and with the month first \(04\/14\/2024\): set/,
      ),
    })
  })

  it('name the way out where they cannot be read', async () => {
    await expect(openDuckdb({ data: dated('3 of May', '4 of May') })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message:
        'column "date" (VARCHAR, for example 3 of May) cannot be read as times: say how they are written with the option ' +
        "dateFormat, on the command line --date-format '%d/%m/%Y', or set the option columns.time to a column of " +
        'timestamps, dates, epoch numbers or ISO text',
    })
  })

  it('are dates where the time of the day is the same in all rows', async () => {
    const header = '종목코드,일자,시간,시가,고가,저가,종가'
    const days = ['A,20240110,153000,1,1,1,1', 'A,20240111,153000,1,1,1,1']
    expect((await times(csv([header, ...days]))).dates).toEqual(['2024-01-10', '2024-01-11'])
    const many = Array.from({ length: 2000 }, (_, at) => `S${at},20240110,0900,1,1,1,1`)
    const repository = files.repository(csv([header, ...many, 'S0,20240110,0901,1,1,1,1']), { timeframe: '1m' })
    const loaded = await repository.load('S0', everything({ timeframe: '1m' }))
    if (loaded.error) throw new Error(loaded.error.message)
    expect([...loaded.series.time]).toEqual([Date.UTC(2024, 0, 10, 9), Date.UTC(2024, 0, 10, 9, 1)])
  })

  it('have the time of the day in a column of its own', async () => {
    const lines = ['A,20240101,0900,1,1,1,1', 'A,20240101,0901,1,1,1,1', 'A,20240101,0902,1,1,1,1']
    for (const header of ['symbol,date,time,open,high,low,close', '종목코드,일자,시간,시가,고가,저가,종가']) {
      const repository = files.repository(csv([header, ...lines]))
      expect(await repository.timeframe()).toBe('1m')
      const loaded = await repository.load('A', everything({ timeframe: '1m' }))
      if (loaded.error) throw new Error(loaded.error.message)
      expect([...loaded.series.time]).toEqual([0, 1, 2].map((minute) => Date.UTC(2024, 0, 1, 9, minute)))
    }
  })

  it('say when a format does not fit, or is none', async () => {
    await expect(openDuckdb({ data: dated('03/08/2024'), dateFormat: '%Y.%m.%d' })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message: expect.stringContaining('cannot be read as times in the format %Y.%m.%d: %d is the day'),
    })
    await expect(openDuckdb({ data: dated('03/08/2024'), dateFormat: '%Q' })).rejects.toMatchObject({
      code: 'DATA_OPTION',
      message: expect.stringContaining('dateFormat "%Q" is no format of dates, like %d/%m/%Y'),
    })
  })
})

describe('duckdbRepository › prices that are text', () => {
  const german = csv([
    'symbol;date;open;high;low;close;volume',
    'A;2024-01-01;1.234,5;1.300,25;1 200,5;12,5;1.000',
    'A;2024-01-02;1.234,5;1.300,25;1.200;1.250;2.000',
  ])

  it.each([{}, { decimal: ',' as const }])(
    'have a decimal comma, found or asked for, and thousands in groups: %o',
    async (options) => {
      const found = await times(german, options)
      expect(found.close).toEqual([12.5, 1250])
      const loaded = await files.repository(german, { timeframe: '1d', ...options }).load('A', everything())
      if (loaded.error) throw new Error(loaded.error.message)
      expect([...loaded.series.columns.high!]).toEqual([1300.25, 1300.25])
      expect([...loaded.series.columns.low!]).toEqual([1200.5, 1200])
      expect([...loaded.series.columns.volume!]).toEqual([1000, 2000])
    },
  )

  const priced = (...prices: string[]) =>
    csv(['symbol;date;open;high;low;close;volume', ...prices.map((price, at) => `A;2024-01-0${1 + at};${price}`)])

  it.each([
    ['commas between thousands', ['1,234.5;2,000;1,000;1,250.25;3'], [1250.25]],
    ['commas between thousands, which volumes tell', ['70,000;71,000;69,000;70,500;12,345,678'], [70_500]],
    ['commas between thousands of volumes', ['70;71;69;70;345,678'], [70]],
    ['signs of currencies', ['$1.5;$2.25;$1.0;$1.75;3', '$1,000.5;$2,000.25;$900.0;$1,500;3'], [1.75, 1500]],
    ['signs of currencies behind them', ['1,5 €;2,25 €;1,0 €;1,75 €;3'], [1.75]],
    ['exponents', ['1.5e-7;2e-7;1e-7;1.25E-7;3'], [1.25e-7]],
  ])('have %s', async (_, prices, close) => {
    expect((await times(priced(...prices))).close).toEqual(close)
  })

  it('are defects where they are written in another way than the others, not other numbers', async () => {
    expect((await times(priced('1,5;2,5;1,5;1,75;3', '1.5;2.5;1.5;1.75;3'), { decimal: ',' })).close).toEqual([1.75])
    expect((await times(priced('1.5;2.5;1.5;1.75;3', '1,5;2,5;1,5;1,75;3'))).close).toEqual([1.75])
  })

  it('are refused with both readings where none tells', async () => {
    const data = priced('1,234;1,300;1,200;1,250;100')
    await expect(openDuckdb({ data })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message:
        'column "open" (for example 1,234) can be read with the comma in front of thousands or of decimals, and no ' +
        'price tells: set the option decimal to "." or to "," (on the command line --decimal . or --decimal ,)',
    })
    expect((await times(data, { decimal: '.' })).close).toEqual([1250])
    expect((await times(data, { decimal: ',' })).close).toEqual([1.25])
  })

  it('name the column and an example where they are no numbers', async () => {
    await expect(openDuckdb({ data: priced('1;2;1;one;3') })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message: expect.stringMatching(/^column "close" \(for example one\) cannot be read as prices: .* --decimal ,/),
    })
  })

  it('may be missing: a few that are no numbers are defects of their rows', async () => {
    const data = csv([
      'symbol,date,open,high,low,close',
      'A,2024-01-01,1,1,1,n/a',
      'A,2024-01-02,1,1,1,1',
      'A,2024-01-03,1,1,1,1',
    ])
    expect((await times(data)).dates).toEqual(['2024-01-02', '2024-01-03'])
  })

  it('refuse options that cannot be', async () => {
    await expect(openDuckdb({ data: german, decimal: ';' as never })).rejects.toMatchObject({ code: 'DATA_OPTION' })
    await expect(openDuckdb({ data: german, timeUnit: 'min' as never })).rejects.toMatchObject({ code: 'DATA_OPTION' })
    await expect(openDuckdb({ data: german, dateFormat: '' })).rejects.toMatchObject({ code: 'DATA_OPTION' })
  })
})

describe('duckdbRepository › rows without a symbol', () => {
  const query = (order: string) =>
    `select * from (values ('A', 1), (null, 2), ('', 3), ('B', 4), ('A', 2)) r(symbol, day) ${order}`
  const candles = (
    order: string,
  ) => `select symbol, timestamp '2024-01-01' + to_days(day) as ts, 1.0 as open, 1.0 as high,
    1.0 as low, 1.0 as close from (${query(order)})`

  it.each([
    ['sorted', 'order by symbol nulls first'],
    ['mixed', ''],
  ])('are counted and left out, %s', async (name, order) => {
    const data = await files.write(`unnamed-${name}.parquet`, candles(order))
    for (const repository of [files.repository(data), files.repository({ sql: `from '${data}'` })]) {
      const report = { noSymbol: 2, notes: [], failures: [] }
      // Before and after anybody has looked where the symbols are.
      expect(await repository.report!('1d')).toEqual(report)
      expect([...(await repository.symbols('1d'))].sort()).toEqual(['A', 'B'])
      expect(await repository.report!('1d')).toEqual(report)
      expect(await repository.load('A', everything())).toMatchObject({ quality: { rows: 2 } })
    }
  })

  it('are counted in the timeframe that is asked for', async () => {
    const sql = `select *, '1d' as timeframe from (${candles('')}) union all
      select * replace (ts + interval 1 hour as ts), '1h' from (${candles('')} where symbol is null)`
    const repository = files.repository({ sql })
    expect((await repository.report!('1d')).noSymbol).toBe(2)
    expect((await repository.report!('1h')).noSymbol).toBe(1)
  })
})
