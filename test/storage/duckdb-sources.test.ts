import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { cleanRows, DAY_0, DAY_MS, everything, type Row, readable } from './candles.ts'
import { expectSameAsMemory, Files, fileRows, openDuckdb, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const day = (n: number) => DAY_0 + n * DAY_MS
const three = { A: cleanRows(5), B: cleanRows(30, 3), C: cleanRows(2) }

describe('duckdbRepository › other sources', () => {
  it('reads CSV with symbols and prices as they are written', async () => {
    const data = files.path('korean.csv')
    const lines = [
      '종목코드,일자,시가,고가,저가,현재가,거래량',
      '005930,20240101,10,12,9,11,100',
      '005930,20240102,10,12,n/a,11,',
    ]
    writeFileSync(data, `${lines.join('\n')}\n`)
    const repository = files.repository(data, { timeframe: '1d' })
    expect(await repository.symbols('1d')).toEqual(['005930'])
    await expectSameAsMemory(repository, {
      '005930': [
        [0, 10, 12, 9, 11, 100],
        [1, 10, 12, Number.NaN, 11, Number.NaN],
      ],
    })
  })

  it('reads CSV to the end when a price far down is not a number', async () => {
    const query = `select 'A' as symbol, date '1900-01-01' + i::int as date, 1 as open, 1 as high, 1 as low,
      case when i < 39999 then '1' else 'n/a' end as close, 1 as volume from range(40000) t(i)`
    const loaded = await files.repository(await files.write('far.csv', query)).load('A', everything())
    expect(loaded.quality).toMatchObject({ rows: 40_000, notFinite: 1, dropped: 1 })
  })

  it('reads a folder of CSV files named after their symbols', async () => {
    for (const [symbol, rows] of Object.entries(three)) {
      await files.write(`csv/${symbol}.csv`, `select * exclude (symbol) from (${queryOf(fileRows({ x: rows }))})`)
    }
    await expectSameAsMemory(files.repository(files.path('csv')), three)
  })

  it('reads a table of a database, and asks which when there are several', async () => {
    const data = files.path('market.duckdb')
    await files.sql(`attach '${data}' as market`)
    await files.sql(`create table market.candles as ${queryOf(fileRows(three))}`)
    await files.sql(`create schema market.old`)
    await files.sql(`create table market.old.candles as ${queryOf(fileRows({ Z: cleanRows(3) }))}`)
    await files.sql(`delete from market.candles where symbol = 'B' and ts = '2024-01-10'`)
    await files.sql(`detach market`)
    const rows = { ...three, B: three.B.filter(([at]) => at !== 9) }
    await expectSameAsMemory(files.repository(data, { table: 'candles' }), rows)
    await expectSameAsMemory(files.repository(data, { table: 'old.candles' }), { Z: cleanRows(3) })
    await expect(files.repository(data).symbols('1d')).rejects.toMatchObject({
      code: 'DATA_OPTION',
      message: `${data} has more than one table: set the option table to one of candles, old.candles`,
    })
    await expect(files.repository(data, { table: 'x' }).symbols('1d')).rejects.toMatchObject({ code: 'DATA_OPTION' })
  })

  it('reads SQL, and notices when its answer grows', async () => {
    const data = await files.write('for-sql.parquet', queryOf(fileRows(three)))
    const repository = files.repository({ sql: `from '${data}' where symbol <> 'C';` })
    expect(await repository.symbols('1d')).toEqual(['A', 'B'])
    const before = await repository.versions(['A'], '1d')
    await expectSameAsMemory(repository, { A: three.A, B: three.B })
    await files.write('for-sql.parquet', queryOf(fileRows({ A: cleanRows(9) })))
    expect(await repository.versions(['A'], '1d')).not.toEqual(before)
    await expectSameAsMemory(repository, { A: cleanRows(9) })
  })

  it.each([
    ['date', `ts::date`],
    ['seconds', `epoch(ts)::bigint`],
    ['milliseconds as double', `epoch_ms(ts)::double`],
    ['microseconds', `epoch_us(ts)`],
    ['nanoseconds', `epoch_ns(ts)`],
    ['TIMESTAMP_NS', `ts::timestamp_ns`],
    ['TIMESTAMP_S', `ts::timestamp_s`],
    ['TIMESTAMPTZ', `ts::timestamptz`],
    ['number like 20240131', `strftime(ts, '%Y%m%d')::int`],
    ['text like 2024-01-31', `strftime(ts, '%Y-%m-%d')`],
    ['text like 20240131', `strftime(ts, '%Y%m%d')`],
    ['text like 2024.01.31', `strftime(ts, '%Y.%m.%d')`],
    ['ISO text in UTC', `strftime(ts, '%Y-%m-%dT%H:%M:%S.000Z')`],
    ['ISO text with a zone', `strftime(ts + interval 9 hours, '%Y-%m-%dT%H:%M:%S+09:00')`],
    ['milliseconds as text', `epoch_ms(ts)::varchar`],
  ])('reads times as %s', async (name, expression) => {
    const query = `select symbol, ${expression} as "Trade Date", open, high, low, close, volume from (${queryOf(fileRows(three))})`
    const data = await files.write(`times-${name}.parquet`, query)
    const repository = files.repository(data)
    expect(await repository.timeframe()).toBe('1d')
    await expectSameAsMemory(repository, three)
    await expectSameAsMemory(repository, three, everything({ from: day(4), to: day(5), lookbackBars: 1 }))
  })

  it('reads other types of columns: numbers as symbols, decimals, integers and text as prices', async () => {
    const rows = { '660': cleanRows(3), '5930': cleanRows(3) }
    const query = `select symbol::int as code, ts, open::float as o, high::varchar as h, low, close::decimal(38, 17) as c,
      volume::bigint as v from (${queryOf(fileRows(rows))})`
    const repository = files.repository(await files.write('types.parquet', query))
    expect(await repository.symbols('1d')).toEqual(['660', '5930'])
    const loaded = await repository.load('5930', everything())
    expect(readable(loaded)).toMatchObject({
      columns: { high: rows['5930'].map((row) => row[2]), volume: [1000, 1001, 1002] },
    })
    expect((await repository.load('05930', everything())).error?.code).toBe('NO_DATA')
    expect((await repository.load(`5930' or 1=1`, everything())).error?.code).toBe('NO_DATA')
  })

  it('reads a source without volumes: all of them are unknown', async () => {
    const query = `select * exclude (volume) from (${queryOf(fileRows(three))})`
    const repository = files.repository(await files.write('no-volume.parquet', query))
    const unknown = (rows: readonly Row[]) => rows.map(([...row]) => [...row.slice(0, 5), Number.NaN] as unknown as Row)
    await expectSameAsMemory(repository, { A: unknown(three.A), B: unknown(three.B) })
  })

  it('keeps timeframes apart, and volumes unknown, where it reads from a copy', async () => {
    const rows = queryOf(fileRows({ A: cleanRows(3), B: cleanRows(3) }))
    const hours = `select symbol, ts + interval 1 hour as ts, open, high, low, close, '1h' as tf from (${rows})`
    const repository = files.repository({
      sql: `select * exclude (volume), 'daily' as tf from (${rows}) union all ${hours}`,
    })
    expect(await repository.symbols('1h')).toEqual(['A', 'B'])
    const unknown = cleanRows(3).map((row): Row => [row[0], row[1], row[2], row[3], row[4], Number.NaN])
    await expectSameAsMemory(repository, { A: unknown, B: unknown })
  })

  it('refuses timeframes it cannot understand', async () => {
    const sql = `select *, 'now and then' as timeframe from (${queryOf(fileRows(three))})`
    await expect(files.repository({ sql }).timeframe()).rejects.toMatchObject({
      code: 'DATA_TIMEFRAME',
      message: expect.stringContaining('the column of timeframes says now and then, which is none of 1m, 3m'),
    })
  })

  it('detects the timeframe from the steps between candles', async () => {
    for (const [timeframe, step] of [
      ['1m', '1 minute'],
      ['4h', '4 hours'],
      ['1w', '7 days'],
      ['1M', '31 days'],
    ] as const) {
      const query = `select 'A' as symbol, timestamp '2024-01-01' + i * interval ${step} as ts, 1.0 as open, 1.0 as high,
        1.0 as low, 1.0 as close, 1.0 as volume from range(9) t(i) where i <> 4`
      const repository = files.repository(await files.write(`step-${timeframe}.parquet`, query))
      expect(await repository.timeframe()).toBe(timeframe)
      await expect(repository.symbols('15m')).rejects.toMatchObject({
        code: 'DATA_TIMEFRAME',
        message: `the data holds ${timeframe} candles, the job asks for 15m`,
      })
    }
    const wide = `select 's' || s as symbol, timestamp '2024-01-01' + to_days(d::int) as ts, 1.0 as open, 1.0 as high,
      1.0 as low, 1.0 as close, 1.0 as volume from range(2) b(d), range(5000) a(s) order by ts, s`
    expect(await files.repository(await files.write('wide.parquet', wide)).timeframe()).toBe('1d')
    const single = files.repository(await files.write('one-bar.parquet', queryOf(fileRows({ A: cleanRows(1) }))))
    await expect(single.timeframe()).rejects.toMatchObject({ code: 'DATA_TIMEFRAME' })
  })
})

describe('duckdbRepository › what it refuses', () => {
  it('names the path of a file that is not there or is no Parquet', async () => {
    const path = files.path('missing.parquet')
    await expect(openDuckdb({ data: path })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: `cannot read ${path}: there is no such file, and no Parquet, CSV or JSON file behind it; check the path`,
    })
    writeFileSync(files.path('text.parquet'), 'this is no parquet file')
    await expect(openDuckdb({ data: files.path('text.parquet') })).rejects.toMatchObject({ code: 'DATA_UNREADABLE' })
    await expect(openDuckdb({ data: files.path('none.duckdb') })).rejects.toMatchObject({ code: 'DATA_UNREADABLE' })
    await expect(openDuckdb({ data: { sql: 'select * from nowhere' } })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
    })
  })

  it.each([
    ['prices.xlsx', 'it is a spreadsheet; save it as CSV (UTF-8) and name that'],
    ['BTCUSDT-1d-2024-01.zip', 'it is an archive; unpack it and name the folder'],
    ['all.tar.gz', 'it is an archive; unpack it and name the folder'],
  ])('says what to do with %s', async (name, way) => {
    const data = files.path(name)
    writeFileSync(data, 'PK')
    await expect(openDuckdb({ data })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: `cannot read ${data}: ${way}`,
    })
  })

  it('names all that is missing, the file that lacks it and the whole option to set', async () => {
    const names = ['심벌', '거래일시', 'open', 'high', 'low', 'last close', 'volume']
    const data = await files.write('no-close.parquet', queryOf(fileRows(three), names))
    const opening = openDuckdb({ data, columns: { time: '때', open: 'open' } })
    await expect(opening).rejects.toMatchObject({
      code: 'DATA_COLUMN_MISSING',
      message:
        `no column looks like the symbol or the close, and there is no column "때"; ${data} has ` +
        `심벌, 거래일시, open, high, low, last close, volume: set the option columns to ` +
        `{ time: '거래일시', open: 'open', symbol: '심벌', close: 'last close' }, ` +
        `or symbol: 'NAME' when the data is of one symbol`,
      fields: { missing: ['symbol', 'time', 'close'] },
    })
    const columns = { time: '거래일시', open: 'open', symbol: '심벌', close: 'last close' }
    await expectSameAsMemory(files.repository(data, { columns }), three)
  })

  it('offers the columns left over whose values fit, which read it when they are pasted', async () => {
    const names = ['stock', 'n', 'when', 'first', 'top', 'bottom', 'last', 'amount']
    const query = queryOf(fileRows(three), ['stock', 'when', 'first', 'top', 'bottom', 'last', 'amount'])
    const data = await files.write('fitting.csv', `select stock, 1e9 as n, * exclude (stock) from (${query})`)
    const columns = { symbol: 'stock', time: 'when', open: 'first', high: 'top', low: 'bottom', close: 'last' }
    await expect(openDuckdb({ data })).rejects.toMatchObject({ fields: { names, columns } })
    await expectSameAsMemory(files.repository(data, { columns: { ...columns, volume: 'amount' } }), three)
  })

  it('offers no prices that cannot be those of candles', async () => {
    const names = ['code', 'moment', 'p1', 'p2', 'p3', 'p4', 'volume']
    const query = queryOf(fileRows(three), ['code', 'moment', 'p1', 'p4', 'p2', 'p3', 'volume'])
    const data = await files.write('no-fitting.csv', `select ${names.join(', ')} from (${query})`)
    const columns = { time: 'moment', open: 'NAME', high: 'NAME', low: 'NAME', close: 'NAME' }
    await expect(openDuckdb({ data })).rejects.toMatchObject({ fields: { columns } })
  })

  it('says how many files lack a column, and names one', async () => {
    const names = ['symbol', 'ts', 'open', 'high', 'low', 'x', 'volume']
    const first = await files.write('lacking/a.parquet', queryOf(fileRows(three), names))
    await files.write('lacking/b.parquet', queryOf(fileRows(three), names))
    await expect(openDuckdb({ data: files.path('lacking') })).rejects.toMatchObject({
      message:
        `no column looks like the close; ${first} and 1 more file have symbol, ts, open, high, low, x, volume: ` +
        `set the option columns to { close: 'x' }`,
    })
    const sql = `select * exclude (volume, ts) from '${first}'`
    await expect(openDuckdb({ data: { sql } })).rejects.toMatchObject({
      message: expect.stringContaining('no column looks like the time or the close; the data has symbol, open'),
    })
  })

  it('refuses times it cannot read', async () => {
    const query = `select * replace ('soon' as ts) from (${queryOf(fileRows(three))})`
    await expect(openDuckdb({ data: await files.write('soon.parquet', query) })).rejects.toMatchObject({
      code: 'DATA_SHAPE',
      message: expect.stringContaining('(VARCHAR, for example soon) cannot be read as times'),
    })
  })

  it('refuses options that cannot be', () => {
    expect(() => duckdbRepository({ data: '' })).toThrow('data must be a path')
    expect(() => duckdbRepository({ data: 'x', threads: 0 })).toThrow('threads must be a whole number from 1, got 0')
    expect(() => duckdbRepository({ data: 'x', timeframe: '9d' as never })).toThrow('timeframe must be one of')
  })

  it('refuses to read once it is closed', async () => {
    const repository = duckdbRepository({ data: await files.write('closed.parquet', queryOf(fileRows(three))) })
    await repository.symbols('1d')
    await repository.close()
    await expect(repository.symbols('1d')).rejects.toMatchObject({ code: 'DATA_UNREADABLE' })
  })
})
