import { closeSync, mkdirSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openRepository } from '../../src/storage/open.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { cleanRows, everything, loadAll, type Row } from './candles.ts'
import { expectSameAsMemory, Files, fileRows, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const SYMBOLS = ['A', 'B', 'C', 'D']
const rows = (at: number) => cleanRows(20 + at)

/** A folder of files with one symbol each, which only their names tell, or their columns as well. */
async function folder(name: string, ending: string, isNamed: boolean): Promise<(symbol: string) => string> {
  for (const [at, symbol] of SYMBOLS.entries()) {
    const query = queryOf(fileRows({ [symbol]: rows(at) }))
    await files.write(`${name}/${symbol}.${ending}`, isNamed ? query : `select * exclude (symbol) from (${query})`)
  }
  return (symbol) => files.path(`${name}/${symbol}.${ending}`)
}

/** Overwrites the middle of a file: its end still says what should be there. */
function breakPages(path: string): void {
  const size = readFileSync(path).length
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(Math.floor(size / 3), 0xff), 0, Math.floor(size / 3), 4)
  closeSync(file)
}

/** Every symbol but B is what it was; B failed, with the file's name. */
async function expectOnlyB(repository: CandleRepository, path: string): Promise<void> {
  expect([...(await repository.symbols('1d'))].sort()).toEqual(SYMBOLS)
  const found = await loadAll(repository, SYMBOLS, everything())
  const alone = await repository.load('B', everything())
  for (const failed of [found.get('B')!, alone]) {
    expect(failed.error).toMatchObject({ code: 'LOAD_FAILED', message: expect.stringContaining(path) })
  }
  for (const [at, symbol] of SYMBOLS.entries()) {
    if (symbol !== 'B') expect(found.get(symbol)).toMatchObject({ quality: { rows: 20 + at } })
  }
  expect(await repository.report!('1d')).toMatchObject({ failures: [] })
}

describe('duckdbRepository › a file that cannot be read', () => {
  it('stops only its own symbol: a broken page among files of one symbol each', async () => {
    const path = await folder('pages', 'parquet', false)
    breakPages(path('B'))
    const repository = files.repository(files.path('pages'))
    await repository.symbols('1d')
    const found = await loadAll(repository, SYMBOLS, everything())
    expect(SYMBOLS.filter((symbol) => found.get(symbol)!.error)).toEqual(['B'])
    expect(found.get('B')!.error).toMatchObject({ code: 'LOAD_FAILED', message: expect.stringContaining(path('B')) })
    expect(found.get('C')).toMatchObject({ quality: { rows: 22 } })
  })

  it.each([
    ['cut off', (path: string) => truncateSync(path, statSync(path).size - 20)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['text', (path: string) => writeFileSync(path, 'this is no Parquet')],
  ])('stops only its own symbol: a file that is %s', async (name, damage) => {
    for (const broken of ['B']) {
      const path = await folder(name, 'parquet', false)
      damage(path(broken))
      await expectOnlyB(files.repository(files.path(name)), path(broken))
    }
  })

  it('may be the first of them', async () => {
    const path = await folder('first', 'parquet', false)
    truncateSync(path('A'), 10)
    const repository = files.repository(files.path('first'))
    expect(await repository.timeframe()).toBe('1d')
    expect((await repository.load('A', everything())).error?.code).toBe('LOAD_FAILED')
    await expectSameAsMemory(repository, { B: rows(1), C: rows(2), D: rows(3) })
  })

  it('is reported by its name where no symbol can be named', async () => {
    const path = await folder('named', 'parquet', true)
    truncateSync(path('B'), 10)
    const repository = files.repository(files.path('named'))
    expect(await repository.symbols('1d')).toEqual(['A', 'C', 'D'])
    const { failures } = await repository.report!('1d')
    expect(failures).toMatchObject([
      { file: path('B'), code: 'LOAD_FAILED', message: expect.stringContaining(path('B')) },
    ])
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
  })

  it('may have other columns than the others', async () => {
    const path = await folder('columns', 'parquet', true)
    await files.write('columns/B.parquet', 'select 1 as symbol, 2 as nothing')
    const repository = files.repository(files.path('columns'))
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
    expect((await repository.report!('1d')).failures.map(({ file }) => file)).toEqual([path('B')])
  })

  it('is left out in a worker too, which is told', async () => {
    const path = await folder('told', 'parquet', false)
    truncateSync(path('B'), 10)
    const here = files.repository(files.path('told'))
    await here.symbols('1d')
    const there = await openRepository(structuredClone(here.description!), 2)
    expect((await there.load('B', everything())).error?.message).toContain(path('B'))
    const found = await loadAll(there, ['C', 'D'], everything())
    expect(found.get('D')).toMatchObject({ quality: { rows: 23 } })
    await there.close()
  })

  it('is read again once it is whole', async () => {
    const path = await folder('healed', 'parquet', false)
    const whole = readFileSync(path('B'))
    truncateSync(path('B'), 10)
    const repository = files.repository(files.path('healed'))
    const before = await repository.versions(['B'], '1d')
    expect(await repository.versions(['B'], '1d')).toEqual(before)
    expect((await repository.load('B', everything())).error?.code).toBe('LOAD_FAILED')
    writeFileSync(path('B'), whole)
    expect(await repository.versions(['B'], '1d')).not.toEqual(before)
    await expectSameAsMemory(repository, { B: rows(1) })
  })

  it('refuses everything when there is no other', async () => {
    const path = files.path('single.parquet')
    writeFileSync(path, 'this is no Parquet')
    await expect(files.repository(path).symbols('1d')).rejects.toMatchObject({ code: 'DATA_UNREADABLE' })
  })

  it('stops only the symbols in the broken part of a file of many', async () => {
    const bySymbol = Object.fromEntries(SYMBOLS.map((symbol, at) => [symbol, cleanRows(2048, at)])) as Record<
      string,
      Row[]
    >
    const path = await files.write('parts.parquet', queryOf(fileRows(bySymbol)), ', row_group_size 2048')
    const sound = files.repository(path)
    await sound.symbols('1d')
    const file = openSync(path, 'r+')
    const third = Math.floor(statSync(path).size / SYMBOLS.length / 3)
    writeSync(file, Buffer.alloc(third, 0xff), 0, third, 4 * third)
    closeSync(file)
    const found = await loadAll(files.repository(path), SYMBOLS, everything())
    expect(SYMBOLS.filter((symbol) => found.get(symbol)?.error)).toEqual(['B'])
  })
})

describe('duckdbRepository › CSV that cannot be taken apart', () => {
  const lines = ['ts,open,high,low,close,volume', '2024-01-01,10,12,9,11,100', '2024-01-02,10,12,9,11,100']
  const many = Array.from({ length: 30_000 }, () => '2024-01-03,10,12,9,11,100')

  it('leaves out lines with other columns than the rest, and says how many', async () => {
    await folder('ragged', 'csv', false)
    const torn = [...lines, ...many, '2024-01-04,10,12,9,11,100,7,8,9', '2024-01-05,10', '2024-01-06,10,12,9,11,100']
    writeFileSync(files.path('ragged/B.csv'), torn.join('\n'))
    const repository = files.repository(files.path('ragged'))
    const loaded = await repository.load('B', everything())
    expect(loaded.quality).toMatchObject({ rows: 30_003, duplicates: 29_999 })
    expect((await repository.report!('1d')).notes).toEqual([
      'lines of CSV that cannot be taken apart, and are left out: 2',
    ])
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
  })

  it('leaves out such lines of a single file as well', async () => {
    const path = files.path('single-ragged.csv')
    writeFileSync(path, [...lines, ...many, '2024-01-04,10,12'].join('\n'))
    const repository = files.repository(path, { symbol: 'A', timeframe: '1d' })
    expect(await repository.load('A', everything())).toMatchObject({ quality: { rows: 30_002, dropped: 0 } })
    expect((await repository.report!('1d')).notes).toEqual([
      'lines of CSV that cannot be taken apart, and are left out: 1',
    ])
  })

  it('leaves out a file without the columns of the others', async () => {
    await folder('strange', 'csv', false)
    writeFileSync(files.path('strange/B.csv'), Buffer.from([0x1f, 0x8b, 0, 1, 2, 3]))
    const repository = files.repository(files.path('strange'))
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
  })
})

describe('duckdbRepository › a file of text without a column that others have', () => {
  it('stops only its own symbol, and says which columns it lacks and what it has', async () => {
    const path = await folder('lacking', 'csv', false)
    const renamed = `select ts as "when", high as low, * exclude (ts, low, close) from (${queryOf(fileRows({ B: rows(1) }))})`
    await files.write('lacking/B.csv', `select * exclude (symbol) from (${renamed})`)
    const repository = files.repository(files.path('lacking'))
    await expectOnlyB(repository, path('B'))
    expect((await repository.load('B', everything())).error?.message).toBe(
      `cannot read B: ${path('B')}: it has no columns "ts", "close" as other files have; it has when, low, open, high, volume`,
    )
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
  })

  it('may be the first of them, and a list of symbols: the others are understood all the same', async () => {
    const lines = [
      'date,open,high,low,close',
      '13/01/2024,"1,010.5","1,020.5","1,000.5","1,010.5"',
      '14/01/2024,1,1,1,1',
    ]
    await folder('lacking-first', 'csv', false)
    for (const symbol of SYMBOLS) writeFileSync(files.path(`lacking-first/${symbol}.csv`), lines.join('\n'))
    writeFileSync(files.path('lacking-first/A.csv'), 'symbol,name\nB,x\nC,y\n')
    const repository = files.repository(files.path('lacking-first'))
    expect(await repository.symbols('1d')).toEqual(expect.arrayContaining(SYMBOLS))
    expect(await repository.load('A', everything())).toMatchObject({ error: { code: 'LOAD_FAILED' } })
    expect(await repository.load('B', everything())).toMatchObject({ quality: { rows: 2, dropped: 0 } })
  })

  it('is reported by its name where a column names the symbols', async () => {
    const path = await folder('lacking-named', 'csv', true)
    await files.write('lacking-named/B.csv', `select * exclude (symbol) from (${queryOf(fileRows({ B: rows(1) }))})`)
    const repository = files.repository(files.path('lacking-named'))
    await expectSameAsMemory(repository, { A: rows(0), C: rows(2), D: rows(3) })
    const { failures, noSymbol } = await repository.report!('1d')
    expect(failures.map(({ file, message }) => [file, message])).toEqual([
      [path('B'), expect.stringContaining('it has no column "symbol" as other files have')],
    ])
    expect(noSymbol).toBe(0)
  })

  it('is none where the columns are there and their values cannot be read', async () => {
    await folder('unreadable', 'csv', false)
    writeFileSync(files.path('unreadable/B.csv'), 'ts,open,high,low,close,volume\n2024-01-01,a,b,c,d,e\n')
    const repository = files.repository(files.path('unreadable'))
    expect(await repository.load('B', everything())).toMatchObject({
      error: { code: 'NO_DATA' },
      quality: { rows: 1, notFinite: 1 },
    })
  })
})

describe('duckdbRepository › wide tables of several symbols', () => {
  const head = ['Price,Open,Open,High,High,Low,Low,Close,Close', 'Ticker,A,B,A,B,A,B,A,B', 'Date,,,,,,,,']
  const wide = [...head, '2024-01-01,1,2,3,4,1,2,2,3', '2024-01-02,1,,3,,1,,2,', '2024-01-03,1,2,3,4,1,2,2,3']

  it('have no row where a symbol was not traded, and volumes that nobody knows', async () => {
    const data = files.path('wide.csv')
    writeFileSync(data, wide.join('\n'))
    const candle = (day: number, open: number): Row => [day, open, open + 2, open, open + 1, Number.NaN]
    await expectSameAsMemory(files.repository(data), {
      A: [0, 1, 2].map((day) => candle(day, 1)),
      B: [0, 2].map((day) => candle(day, 2)),
    })
  })

  it('fail by name where they lie beside others that are none', async () => {
    mkdirSync(files.path('wide'))
    writeFileSync(files.path('wide/a.csv'), wide.join('\n'))
    writeFileSync(files.path('wide/b.csv'), 'date,open,high,low,close\n2024-01-01,1,1,1,1\n')
    const repository = files.repository(files.path('wide'))
    expect(await repository.symbols('1d')).toEqual(['A', 'B'])
    expect((await repository.report!('1d')).failures.map(({ file, message }) => [file, message])).toEqual([
      [
        files.path('wide/b.csv'),
        expect.stringContaining('b.csv: it has no column "symbol" as other files have; it has date, open'),
      ],
    ])
  })
})

describe('duckdbRepository › a file of JSON that cannot be read', () => {
  it('stops only its own symbol', async () => {
    for (const [at, symbol] of SYMBOLS.entries()) {
      const candles = rows(at).map(([day, open, high, low, close]) => {
        return { date: new Date(Date.UTC(2024, 0, 1 + day)), open, high, low, close }
      })
      mkdirSync(files.path('broken-json'), { recursive: true })
      writeFileSync(files.path(`broken-json/${symbol}.json`), JSON.stringify(candles))
    }
    writeFileSync(files.path('broken-json/B.json'), '[{"date": "2024-01-01", "open": ')
    const repository = files.repository(files.path('broken-json'))
    await expectOnlyB(repository, files.path('broken-json/B.json'))
  })
})
