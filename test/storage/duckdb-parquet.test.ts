import { renameSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { emptyQuality } from '../../src/domain/candle.ts'
import type { LoadedCandles } from '../../src/storage/repository.ts'
import { cleanRows, DAY_0, DAY_MS, everything, loadAll, type Row, readable } from './candles.ts'
import { expectSameAsMemory, type FileRow, Files, fileRows, openDuckdb, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const day = (n: number) => DAY_0 + n * DAY_MS
const three = { A: cleanRows(5), B: cleanRows(30, 3), C: cleanRows(2) }

describe('duckdbRepository › Parquet', () => {
  it('reads symbols in the order of the file, their candles and their timeframe', async () => {
    const rows = { ...three, '005930': cleanRows(4) }
    const data = await files.write('plain.parquet', queryOf(fileRows({ Z: cleanRows(3), ...rows })))
    const repository = await openDuckdb({ data })
    files.opened(repository)
    expect(await repository.timeframe()).toBe('1d')
    expect(await repository.symbols('1d')).toEqual(['Z', 'A', 'B', 'C', '005930'])
    await expectSameAsMemory(repository, rows)
  })

  it('gives only the columns asked for, in buffers no other symbol shares', async () => {
    const repository = files.repository(await files.write('columns.parquet', queryOf(fileRows(three))))
    const loaded = [...(await loadAll(repository, ['A', 'B'], everything({ columns: ['volume', 'close'] }))).values()]
    const [a, b] = loaded.map((each) => (each.error ? undefined : each.series))
    expect(Object.keys(a?.columns ?? {})).toEqual(['close', 'volume'])
    expect(a?.time.buffer).not.toBe(b?.time.buffer)
  })

  it('reads a symbol, its lookback and its range, also when that is further back than it seems', async () => {
    // Half a year without a candle: five bars before day 200 are far more than five days before it.
    const rows = { A: [...cleanRows(10), ...cleanRows(20, 200)], B: cleanRows(220), NEW: cleanRows(4, 199) }
    const repository = files.repository(await files.write('gap.parquet', queryOf(fileRows(rows))))
    for (const lookbackBars of [0, 1, 5, 15, Infinity]) {
      await expectSameAsMemory(repository, rows, everything({ from: day(200), to: day(205), lookbackBars }))
    }
    await expectSameAsMemory(repository, rows, everything({ to: day(3) }))
    await expectSameAsMemory(repository, rows, everything({ from: day(500), lookbackBars: 3 }))
  })

  it('reads the whole history where values must be exact, and else does not say where in it a part begins', async () => {
    const rows = { A: cleanRows(220), B: cleanRows(220) }
    const repository = files.repository(await files.write('exact.parquet', queryOf(fileRows(rows))))
    const from = { from: day(200), lookbackBars: 3 }
    await expectSameAsMemory(repository, rows, everything({ ...from, exact: true }))
    const exact = await loadAll(repository, ['A', 'B'], everything({ ...from, exact: true }))
    expect([...exact.values()]).toMatchObject([{ firstBar: 0 }, { firstBar: 0 }])
    const some = await loadAll(repository, ['A', 'B'], everything(from))
    for (const loaded of some.values()) {
      expect(readable(loaded)).toMatchObject({ days: Array.from({ length: 23 }, (_, at) => 197 + at) })
      expect(loaded).not.toHaveProperty('firstBar')
    }
  })

  it('reads symbols whose rows are in several places', async () => {
    const appended = [...fileRows(three), ...fileRows({ A: cleanRows(1, 5), C: cleanRows(1, 2) })]
    const repository = files.repository(await files.write('appended.parquet', queryOf(appended)))
    await expectSameAsMemory(repository, { ...three, A: cleanRows(6), C: cleanRows(3) })
    await expectSameAsMemory(repository, { A: cleanRows(6) }, everything({ from: day(4), lookbackBars: 1 }))
  })

  it('reads a file sorted by time, where no symbol stands together', async () => {
    const symbols = Array.from({ length: 40 }, (_, at) => `S${at}`)
    const rows = Array.from({ length: 60 }, (_, at) =>
      symbols.map((symbol): FileRow => [symbol, ...cleanRows(1, at)[0]!]),
    )
    const repository = files.repository(await files.write('by-time.parquet', queryOf(rows.flat())))
    expect(await repository.symbols('1d')).toHaveLength(40)
    const expected = Array.from({ length: 60 }, (_, at) => cleanRows(1, at)[0]!)
    await expectSameAsMemory(repository, { S0: expected, S39: expected })
  })

  it('reads only part of the symbols, each once, and says NO_DATA for those it does not have', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`S${at}`, cleanRows(3, at)]))
    const repository = files.repository(await files.write('part.parquet', queryOf(fileRows(many))))
    const loaded = await loadAll(repository, ['S40', 'S7', 'S7', 'X'], everything())
    expect(readable(loaded.get('S40')!)).toMatchObject({ days: [40, 41, 42] })
    expect(readable(loaded.get('S7')!)).toMatchObject({ days: [7, 8, 9] })
    expect(loaded.get('X')?.error?.code).toBe('NO_DATA')
    expect((await repository.load('X', everything())).error?.code).toBe('NO_DATA')
  })

  it('leaves rows without a time out, and counts them', async () => {
    const rows: Row[] = [...cleanRows(3), [Number.NaN, 1, 1, 1, 1, 1], ...cleanRows(2, 3)]
    const repository = files.repository(
      await files.write('timeless.parquet', queryOf(fileRows({ A: rows, B: cleanRows(2) }))),
    )
    await expectSameAsMemory(repository, { A: rows })
    await expectSameAsMemory(repository, { A: rows }, everything({ to: day(3) }))
    expect((await repository.load('A', everything())).quality).toMatchObject({ rows: 6, notFinite: 1, dropped: 1 })
  })

  it('hands no rows over that may be of another symbol, when the file changes while it is read', async () => {
    const query = (shift: number) => `select 'S' || lpad(s::varchar, 4, '0') as symbol,
      timestamp '2024-01-01' + to_days(d::int) as ts, 1.0 as open, 1.0 as high, 1.0 as low, 1.0 as close, s::double as volume
      from range(${shift}, 600) a(s), range(1100) b(d) order by all`
    const data = await files.write('while-read.parquet', query(0))
    const other = await files.write('other.parquet', query(1))
    const repository = files.repository(data)
    const symbols = await repository.symbols('1d')
    const found: LoadedCandles[] = []
    for await (const loaded of repository.loadMany!(symbols, everything())) {
      if (found.length === 0) renameSync(other, data)
      found.push(loaded)
    }
    expect(found).toHaveLength(600)
    for (const loaded of found) {
      if (loaded.error) expect(loaded.error.message).toContain('the file has changed while it was read')
      else expect(loaded.series.columns.volume?.[0]).toBe(Number(loaded.symbol.slice(1)))
    }
    expect(found.at(-1)?.error?.code).toBe('LOAD_FAILED')
  })

  it('reads many row groups and more than one batch', async () => {
    const query = `select 'S' || lpad(s::varchar, 4, '0') as symbol, timestamp '2024-01-01' + to_days(d::int) as ts,
      s + d + 0.5 as open, s + d + 2.0 as high, s + d + 0.25 as low, s + d + 1.0 as close, d::double as volume
      from range(600) a(s), range(1100) b(d) order by all`
    const repository = files.repository(await files.write('batches.parquet', query, ', row_group_size 10000'))
    const symbols = await repository.symbols('1d')
    const loaded = await loadAll(repository, symbols, everything({ columns: ['close', 'volume'] }))
    expect(loaded.size).toBe(600)
    for (const [at, symbol] of symbols.entries()) {
      const each = loaded.get(symbol)
      if (!each || each.error) throw new Error(`${symbol} was not loaded`)
      const { time, columns } = each.series
      expect(each.quality).toEqual({ ...emptyQuality(), rows: 1100 })
      expect(time.every((ms, bar) => ms === day(bar))).toBe(true)
      expect(columns.close?.every((close, bar) => close === at + bar + 1)).toBe(true)
      expect(columns.volume?.every((volume, bar) => volume === bar)).toBe(true)
    }
  })

  it('takes a folder or a pattern of files for one, symbols across files included', async () => {
    await files.write('parts/1.parquet', queryOf(fileRows({ A: cleanRows(5), B: cleanRows(3) })))
    await files.write('parts/2.parquet', queryOf(fileRows({ B: cleanRows(3, 3), C: cleanRows(2) })))
    const rows = { A: cleanRows(5), B: cleanRows(6), C: cleanRows(2) }
    for (const data of [files.path('parts'), files.path('parts/*.parquet')]) {
      const repository = files.repository(data)
      expect(await repository.symbols('1d')).toEqual(['A', 'B', 'C'])
      await expectSameAsMemory(repository, rows)
      await expectSameAsMemory(repository, { B: rows.B }, everything({ from: day(2), to: day(4) }))
    }
  })

  it('reads symbols that stand in several places of several files', async () => {
    const first = [...fileRows({ A: cleanRows(3), B: cleanRows(2) }), ...fileRows({ A: cleanRows(2, 3) })]
    await files.write('places/1.parquet', queryOf(first))
    await files.write('places/2.parquet', queryOf(fileRows({ A: cleanRows(2, 5), B: cleanRows(3, 2) })))
    const rows = { A: cleanRows(7), B: cleanRows(5) }
    await expectSameAsMemory(files.repository(files.path('places')), rows)
    await expectSameAsMemory(files.repository(files.path('places')), { B: rows.B }, everything({ from: day(1) }))
  })

  it('takes the names of files for symbols when they have no column of symbols', async () => {
    const plain = (rows: readonly Row[]) => `select * exclude (symbol) from (${queryOf(fileRows({ x: rows }))})`
    for (const [symbol, rows] of Object.entries(three)) await files.write(`single/${symbol}.parquet`, plain(rows))
    const repository = files.repository(files.path('single'))
    expect(await repository.symbols('1d')).toEqual(['A', 'B', 'C'])
    await expectSameAsMemory(repository, three)
    await expectSameAsMemory(repository, three, everything({ from: day(4), to: day(9), lookbackBars: 2 }))
    const one = files.repository(files.path('single/B.parquet'), { symbol: '005930' })
    expect(await one.symbols('1d')).toEqual(['005930'])
    await expectSameAsMemory(one, { '005930': three.B })
    const alone = files.repository(files.path('single/B.parquet'))
    expect(await alone.symbols('1d')).toEqual(['B'])
    await expectSameAsMemory(alone, { B: three.B })
    expect((await alone.report!('1d')).notes).toEqual([
      'read as: symbol=the name of the file, time=ts, open=open, high=high, low=low, close=close, volume=volume',
    ])
  })

  it('does not take a file of several symbols, which no column names, for one', async () => {
    const several = { A: cleanRows(5), B: cleanRows(5), C: cleanRows(5) }
    const names = ['stock', 'ts', 'open', 'high', 'low', 'close', 'volume']
    const data = await files.write('several.parquet', queryOf(fileRows(several), names))
    await expect(files.repository(data).symbols('1d')).rejects.toMatchObject({
      code: 'DATA_COLUMN_MISSING',
      message:
        `no column looks like the symbol; ${data} has ${names.join(', ')}: set the option columns to ` +
        `{ symbol: 'stock' }, or symbol: 'NAME' when the data is of one symbol`,
    })
    await expectSameAsMemory(files.repository(data, { columns: { symbol: 'stock' } }), several)
  })

  it('takes a path for what it is, whatever letters are in it', async () => {
    const data = await files.write(`odd [1]* folder/it's [2]?.parquet`, queryOf(fileRows(three)))
    await expectSameAsMemory(files.repository(data), three)
    await expectSameAsMemory(files.repository(dirname(data)), three)
  })

  it('picks the rows of a timeframe where a column tells them apart', async () => {
    const daily = `select *, 'D' as timeframe from (${queryOf(fileRows(three))})`
    const hourly = `select symbol, ts + interval 1 hour as ts, open, high, low, close, volume, '60m' from (${queryOf(
      fileRows({ A: cleanRows(2), D: cleanRows(2) }),
    )})`
    const data = await files.write(
      'timeframes.parquet',
      `select * from (${daily} union all ${hourly}) order by symbol, ts`,
    )
    const repository = files.repository(data)
    expect(await repository.timeframe()).toBe('1d')
    expect(await repository.symbols('1d')).toEqual(['A', 'B', 'C'])
    expect(await repository.symbols('1h')).toEqual(['A', 'D'])
    await expectSameAsMemory(repository, three)
    const hour = await repository.load('A', everything({ timeframe: '1h' }))
    expect(hour.error ? [] : [...hour.series.time]).toEqual([day(0) + 3_600_000, day(1) + 3_600_000])
    await expect(repository.symbols('5m')).rejects.toMatchObject({
      message: 'the data holds 1d, 1h candles, the job asks for 5m',
    })
  })

  it('changes its version, and reads again, when the file does', async () => {
    const data = await files.write('changing.parquet', queryOf(fileRows({ A: cleanRows(5) })))
    const repository = files.repository(data)
    const before = await repository.versions(['A', 'B'], '1d')
    expect(await repository.versions(['A', 'B'], '1d')).toEqual(before)
    await files.write('changing.parquet', queryOf(fileRows({ A: cleanRows(6), B: cleanRows(2) })))
    utimesSync(data, new Date(), new Date(Date.now() + 5_000))
    expect(await repository.versions(['A', 'B'], '1d')).not.toEqual(before)
    expect(await repository.symbols('1d')).toEqual(['A', 'B'])
    await expectSameAsMemory(repository, { A: cleanRows(6), B: cleanRows(2) })
  })

  it('never mixes up symbols when the file changes between listing and reading', async () => {
    const data = await files.write('replaced.parquet', queryOf(fileRows({ A: cleanRows(5), B: cleanRows(5) })))
    const repository = files.repository(data)
    await repository.symbols('1d')
    await files.write('replaced.parquet', queryOf(fileRows({ A: cleanRows(2), B: cleanRows(8, 100) })))
    utimesSync(data, new Date(), new Date(Date.now() + 5_000))
    await expectSameAsMemory(repository, { A: cleanRows(2), B: cleanRows(8, 100) })
  })
})
