import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import type { CandleRepository, LoadedCandles } from '../../src/storage/repository.ts'
import { everything, loadAll, readable } from './candles.ts'
import { Files } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const SYMBOLS = ['A', 'B', 'C']
const DAYS = 5

/** Rows with a market capitalisation that says symbol and day, a hole, and columns that are no numbers. */
function candles(order = 'symbol, ts'): string {
  return `select symbol, ts, p as open, p + 1 as high, p - 1 as low, p as close, 1000 as volume,
      case when not (symbol = 'B' and day = 2) then (100 * n + day)::decimal(12, 2) end as "Market Cap", n * day as foreign_net,
      'tech' as sector, ts as listed, true as liquid
    from (select chr(65 + n::int) as symbol, n, day, timestamp '2024-01-01' + to_days(day::int) as ts, 10 + day as p
      from range(3) as symbols(n), range(${DAYS}) as days(day)) order by ${order}`
}

const caps = (symbol: string) => {
  return Array.from({ length: DAYS }, (_, day) =>
    symbol === 'B' && day === 2 ? Number.NaN : 100 * SYMBOLS.indexOf(symbol) + day,
  )
}
const flows = (symbol: string) => Array.from({ length: DAYS }, (_, day) => SYMBOLS.indexOf(symbol) * day)

const wanted = (...userColumns: string[]) => everything({ columns: ['close'], userColumns })

async function expectCaps(repository: CandleRepository, name = 'Market Cap', more: Record<string, typeof caps> = {}) {
  const names = [name, ...Object.keys(more)]
  const many = await loadAll(repository, SYMBOLS, wanted(...names))
  for (const symbol of SYMBOLS) {
    const close = Array.from({ length: DAYS }, (_, day) => 10 + day)
    const others = Object.fromEntries(Object.entries(more).map(([each, of]) => [each, of(symbol)]))
    const columns = { close, [name]: caps(symbol), ...others }
    expect(readable(many.get(symbol)!).columns).toEqual(columns)
    expect(readable(await repository.load(symbol, wanted(...names))).columns).toEqual(columns)
  }
}

describe('user columns with DuckDB', () => {
  it.each([
    ['Parquet', 'p.parquet', candles(), 'foreign_net,Market Cap'],
    ['Parquet whose symbols are mixed', 'm.parquet', candles('hash(symbol, ts)'), 'foreign_net,Market Cap'],
    ['CSV, where all is text', 'c.csv', candles(), 'foreign_net,Market Cap'],
  ])('are the columns of numbers that are left: %s', async (_, name, query, numbers) => {
    const repository = files.repository(await files.write(name, query))
    const found = await repository.userColumns!('1d')
    const names = found.filter(({ isNumber }) => isNumber).map((column) => column.name)
    expect(names.sort().join()).toBe(numbers.split(',').sort().join())
    expect(
      found
        .filter(({ isNumber }) => !isNumber)
        .map((column) => column.name)
        .sort(),
    ).toEqual(['liquid', 'listed', 'sector'])
    await expectCaps(repository)
    // Others later, and both: a copy of the rows gets what it lacks.
    await expectCaps(repository, 'Market Cap', { foreign_net: flows })
  })

  it('are of a query as well', async () => {
    const repository = files.repository({ sql: candles() })
    await expectCaps(repository, 'Market Cap', { foreign_net: flows })
  })

  it.each(['q.parquet', 'q.csv'])('have the name that the options give them: %s', async (name) => {
    const columns = { 'col.marketcap': 'Market Cap' } as const
    const repository = files.repository(await files.write(name, candles()), { columns })
    expect((await repository.userColumns!('1d')).map((column) => column.name)).toContain('marketcap')
    expect((await repository.userColumns!('1d')).map((column) => column.name)).not.toContain('Market Cap')
    await expectCaps(repository, 'marketcap')
  })

  it('read text as prices are read', async () => {
    const path = await files.write(
      'comma.csv',
      `select 'A' as symbol, '2024-01-0' || d as date, '1.000,5' as open, '1.000,5' as high, '1.000,5' as low,
         '1.000,5' as close, '1.234.567,' || d as cap from range(1, 5) as days(d)`,
    )
    const repository = files.repository(path)
    const loaded = readable(await repository.load('A', wanted('cap')))
    expect(loaded.columns).toMatchObject({
      close: [1000.5, 1000.5, 1000.5, 1000.5],
      cap: [1, 2, 3, 4].map((d) => 1234567 + d / 10),
    })
  })

  it('leave out of an answer what is not there', async () => {
    const repository = files.repository(await files.write('absent.parquet', candles()))
    const loaded = readable(await repository.load('A', wanted('nothing')))
    expect(Object.keys(loaded.columns!)).toEqual(['close'])
  })

  it('that one of many files lacks are the failure of its symbol alone', async () => {
    const rows = (more: string) =>
      `select timestamp '2024-01-01' + to_days(day::int) as ts, 10 as open, 11 as high, 9 as low, 10 as close, 5 as volume${more}
       from range(3) as days(day)`
    await files.write('each/A.parquet', rows(', day as cap'))
    await files.write('each/B.parquet', rows(''))
    await files.write('each/C.parquet', rows(', day as cap'))
    const loaded = await loadAll(files.repository(files.path('each')), SYMBOLS, wanted('cap'))
    for (const symbol of ['A', 'C']) expect(readable(loaded.get(symbol)!).columns).toMatchObject({ cap: [0, 1, 2] })
    expect(loaded.get('B')).toMatchObject({
      error: { code: 'LOAD_FAILED', message: expect.stringMatching(/B\.parquet.*"cap" not found/) },
    })
  })

  it('do not disturb who is reading the copy that lacks them', async () => {
    // The bars in front of the range lie so far back that B is read a second time.
    const rows = `select symbol, timestamp '2024-01-01' + to_days(day) as ts, 10 as open, 11 as high, 9 as low, 10 as close,
      5 as volume, day as cap from (values ('A', 298), ('A', 299), ('A', 300), ('B', 0), ('B', 1), ('B', 300)) as rows(symbol, day)`
    const repository = files.repository(await files.write('far.csv', rows), { timeframe: '1d' })
    const request = { ...wanted(), from: Date.UTC(2024, 0, 301), lookbackBars: 2 }
    const reading = repository.loadMany!(['A', 'B'], request)[Symbol.asyncIterator]()
    const first: LoadedCandles = (await reading.next()).value
    expect(first.symbol).toBe('A')
    expect(readable(await repository.load('A', wanted('cap'))).columns).toMatchObject({ cap: [298, 299, 300] })
    const second: LoadedCandles = (await reading.next()).value
    expect(readable(second)).toMatchObject({ symbol: 'B', days: [0, 1, 300] })
    expect((await reading.next()).done).toBe(true)
    expect(readable(await repository.load('B', wanted('cap'))).columns).toMatchObject({ cap: [0, 1, 300] })
  })

  it('that the options name and the data has not are an error that says which it has', async () => {
    const columns = { 'col.marketcap': 'MarketCap' } as const
    const repository = files.repository(await files.write('named.parquet', candles()), { columns })
    await expect(repository.symbols('1d')).rejects.toMatchObject({
      code: 'DATA_COLUMN_MISSING',
      message: expect.stringMatching(/"MarketCap" for col\.marketcap; the data has .*'col\.marketcap': 'Market Cap'/),
      fields: { columns: { 'col.marketcap': 'Market Cap' } },
    })
  })

  it.each(['marketcap', 'col.close', 'col.', 'col.market cap', 'clsoe'])(
    'refuse %s as a name in the options',
    (role) => {
      expect(() => duckdbRepository({ data: 'x.parquet', columns: { [role]: 'x' } as never })).toThrow(
        expect.objectContaining({ code: 'DATA_OPTION', message: expect.stringContaining('like col.marketcap') }),
      )
    },
  )
})
