import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { mirrorRepository } from '../../src/storage/mirror/repository.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../src/storage/repository.ts'
import { KINDS } from '../data/make-kinds.mjs'
import {
  anyPolicy,
  anySpan,
  cleanRows,
  columnsOf,
  DAY_0,
  DAY_MS,
  dirtyRows,
  everything,
  loadAll,
  type Row,
} from './candles.ts'
import { Files, fileRows, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const kinds = join(import.meta.dirname, '../data/kinds')
let folders = 0
const newFolder = () => files.path(`mirror-${folders++}`)
const day = (n: number) => DAY_0 + n * DAY_MS

/** The same repository, which notes what it is asked. */
function watched<R extends CandleRepository>(inner: R, asked: string[]): R {
  return {
    ...inner,
    symbols: (timeframe) => {
      asked.push('symbols')
      return inner.symbols(timeframe)
    },
    async *loadMany(symbols, request) {
      asked.push(`${symbols}`)
      yield* inner.loadMany!(symbols, request)
    },
  }
}

/** The bits of an answer. `firstBar` stays only where the other side counted as well: a mirror knows it more often. */
function bitsOf(loaded: LoadedCandles, like: LoadedCandles = loaded) {
  if (loaded.error) return loaded
  const { series, firstBar, ...rest } = loaded
  const bits = (column: Float64Array) => Buffer.from(column.slice().buffer).toString('hex')
  const columns = Object.entries(series.columns).map(([name, column]) => [name, bits(column)])
  const counted = like.error || like.firstBar === undefined ? {} : { firstBar }
  return { ...rest, ...counted, ...series, time: bits(series.time), columns: Object.fromEntries(columns) }
}

async function expectSame(mirror: CandleRepository, inner: CandleRepository, symbols: string[], request: LoadRequest) {
  const expected = await loadAll(inner, symbols, request)
  const found = await loadAll(mirror, symbols, request)
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [symbol, like] of expected) expect(bitsOf(found.get(symbol)!, like)).toEqual(bitsOf(like))
}

/** Three symbols in a Parquet file. */
async function threeSymbols(name: string) {
  const data = await files.write(name, queryOf(fileRows({ A: cleanRows(5), B: cleanRows(30, 3), C: cleanRows(2) })))
  return { data, symbols: ['A', 'B', 'C'] }
}

describe('mirrorRepository', () => {
  it('delivers what the inner repository delivers, bit for bit: any rows, policy, range, zone and columns', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(dirtyRows, { minLength: 1, maxLength: 3 }),
        fc.array(
          fc.record({
            defects: anyPolicy,
            span: anySpan,
            exact: fc.boolean(),
            columns: fc.subarray(['open', 'high', 'low', 'close', 'volume'] as const),
            timezone: fc.constantFrom(undefined, 'Asia/Seoul'),
          }),
          { minLength: 3, maxLength: 5 },
        ),
        fc.constantFrom('parquet', 'csv'),
        fc.constantFrom(0, 15, 21),
        async (series, requests, kind, hour) => {
          const rows = fileRows(Object.fromEntries(series.map((each, at) => [`S${at}`, each])))
          const query = `select * replace (ts + to_hours(${hour}) as ts) from (${queryOf(rows)})`
          const data = await files.write(`any-${run++}.${kind}`, query)
          const inner = duckdbRepository({ data, threads: 1, timeframe: '1d' })
          const folder = newFolder()
          const symbols = [...series.map((_, at) => `S${at}`), 'absent']
          for (const { span, defects, exact, columns, timezone } of requests) {
            const { from, to, lookbackBars } = span
            const request = everything({
              ...{ defects, lookbackBars, exact, columns },
              ...(from !== undefined && { from: day(from) }),
              ...(to !== undefined && { to: day(to) }),
              ...(timezone !== undefined && { timezone }),
            })
            // Anew each time: the first makes the mirror, the others have its files only.
            const again = duckdbRepository({ data, threads: 1, timeframe: '1d' })
            const mirror = mirrorRepository(again, { folder })
            expect(await mirror.symbols('1d')).toEqual(await inner.symbols('1d'))
            await expectSame(mirror, inner, symbols, request)
            await expectSame(mirror, inner, symbols, request)
            expect(await mirror.report!('1d')).toEqual(await inner.report!('1d'))
            await mirror.close()
          }
          await inner.close()
        },
      ),
      { numRuns: 40 },
    )
  })

  it('says of files that people have what is said without it: symbols, dates, notes, failures', async () => {
    const folder = newFolder()
    const sources = [...new Set(Object.keys(KINDS).map((name) => name.split('/')[0] as string))]
    expect(sources.length).toBeGreaterThan(10)
    for (const source of sources) {
      const said = async (repository: CandleRepository & { timeframe(): Promise<'1d'> }) => {
        try {
          const timeframe = await repository.timeframe()
          const symbols = [...(await repository.symbols(timeframe))]
          const loaded = await loadAll(repository, symbols, everything())
          const bars = [...loaded.values()].map((each) => bitsOf(each)).sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
          const report = await repository.report!(timeframe)
          return { timeframe, symbols, bars, report, user: await repository.userColumns!(timeframe) }
        } catch (error) {
          return { message: (error as Error).message }
        } finally {
          await repository.close()
        }
      }
      const open = () => duckdbRepository({ data: join(kinds, source), threads: 1 }) as never
      const plain = await said(open())
      expect(await said(mirrorRepository(open(), { folder }) as never)).toEqual(plain)
      expect(await said(mirrorRepository(open(), { folder }) as never)).toEqual(plain)
    }
  })

  it('asks the source once', async () => {
    const { data, symbols } = await threeSymbols('once.parquet')
    const folder = newFolder()
    const asked: string[] = []
    for (const columns of [['close'], ['open', 'volume']] as const) {
      const mirror = mirrorRepository(watched(files.repository(data), asked), { folder })
      expect(await mirror.symbols('1d')).toEqual(symbols)
      expect((await loadAll(mirror, symbols, everything({ columns }))).size).toBe(3)
    }
    expect(asked).toEqual(['symbols', 'A,B,C'])
  })

  it('reads user columns when they are asked for, and then keeps them as well', async () => {
    const data = await files.write(
      'user.parquet',
      `select *, ts::date::varchar as label, close * 1e9 as cap, 7 as timestamp2 from (${queryOf(fileRows({ A: cleanRows(9), B: cleanRows(4) }))})`,
    )
    const folder = newFolder()
    const asked: string[] = []
    const open = () => mirrorRepository(watched(files.repository(data), asked), { folder })
    for (const userColumns of [[], ['cap'], ['cap'], ['timestamp2', 'cap'], ['nothing']]) {
      await expectSame(open(), files.repository(data), ['A', 'B'], everything({ userColumns }))
      await expectSame(open(), files.repository(data), ['A', 'B'], everything({ userColumns }))
    }
    expect(asked).toEqual(['A,B', 'A,B', 'A,B', 'A,B'])
    expect(await open().userColumns!('1d')).toEqual(await files.repository(data).userColumns!('1d'))
  })

  it('answers for parts of symbols with defects without the source', async () => {
    const rows: Row[] = [...cleanRows(10), [10, 0, 0, 0, 95, 0], [11, 9, 8, 7, Number.NaN, 3], ...cleanRows(8, 12)]
    const data = await files.write('parts.parquet', queryOf(fileRows({ A: rows, B: cleanRows(9, 6) })))
    const folder = newFolder()
    const asked: string[] = []
    const mirror = () => mirrorRepository(watched(files.repository(data), asked), { folder })
    await loadAll(mirror(), ['A', 'B'], everything())
    for (const defects of ['drop', 'keep', 'error'] as const) {
      for (const [from, to] of [
        [4, 15],
        [11, 11],
        [10, undefined],
        [undefined, 12],
        [40, 50],
      ] as const) {
        const range = { ...(from !== undefined && { from: day(from) }), ...(to !== undefined && { to: day(to) }) }
        for (const lookbackBars of [0, 3]) {
          const request = everything({ defects, lookbackBars, ...range })
          await expectSame(mirror(), files.repository(data), ['A', 'B'], request)
          await expectSame(mirror(), files.repository(data), ['A', 'B'], { ...request, exact: true })
        }
      }
    }
    expect(asked).toEqual(['A,B'])
  })

  it('answers for whole symbols with rows twice, out of order or at a time of day without the source', async () => {
    const rows: Row[] = [
      ...cleanRows(5),
      [4, 7, 8, 6, 7, 1],
      [2, 7, 8, 6, 7, 1],
      [Number.NaN, 1, 1, 1, 1, 1],
      [9, 7, 8, 6, 7, 1],
    ]
    const query = queryOf(fileRows({ A: rows, B: cleanRows(9, 6) }))
    const data = await files.write('odd.parquet', `select * replace (ts + to_hours(15) as ts) from (${query})`)
    const folder = newFolder()
    const asked: string[] = []
    const mirror = () => mirrorRepository(watched(files.repository(data), asked), { folder })
    for (const change of [{}, { from: day(3), exact: true }, { defects: 'keep' }, { defects: 'error' }] as const) {
      const request = everything(change)
      await expectSame(mirror(), files.repository(data), ['A', 'B'], request)
      await expectSame(mirror(), files.repository(data), ['B'], { ...request, from: day(8), to: day(12) })
    }
    const { quality } = await mirror().load('A', everything())
    expect(quality).toMatchObject({ duplicates: 2, outOfOrder: 1, notFinite: 1, redated: 8 })
    expect(asked).toEqual(['A,B'])
  })

  it('joins the files of many small scans', async () => {
    const symbols = Array.from({ length: 70 }, (_, at) => `S${at}`)
    const rows = Object.fromEntries(symbols.map((symbol, at) => [symbol, cleanRows(3 + at)]))
    const data = await files.write('joined.parquet', queryOf(fileRows(rows)))
    const folder = newFolder()
    const asked: string[] = []
    const inner = files.repository(data)
    const mirror = mirrorRepository(watched(inner, asked), { folder })
    for (const symbol of symbols) await expectSame(mirror, inner, [symbol], everything())
    expect(asked).toEqual(symbols)
    expect(namesOf(folder, '.arrow').length).toBeLessThan(10)
    await expectSame(mirror, inner, symbols, everything())
    await expectSame(mirrorRepository(watched(inner, asked), { folder }), inner, symbols, everything())
    expect(asked).toEqual(symbols)
  })

  it('reads again what has changed, and removes what it had of it', async () => {
    const { data } = await threeSymbols('changes.parquet')
    const folder = newFolder()
    const mirror = mirrorRepository(files.repository(data), { folder })
    await mirror.symbols('1d')
    await expectSame(mirror, files.repository(data), ['A', 'B'], everything())
    const before = await mirror.versions(['A'], '1d')
    const names = namesOf(folder, '.arrow')
    expect(names.length).toBe(1)
    await files.write('changes.parquet', queryOf(fileRows({ A: cleanRows(6), X: cleanRows(3) })))
    expect(await mirror.symbols('1d')).toEqual(['A', 'X'])
    expect(await mirror.versions(['A'], '1d')).not.toEqual(before)
    await expectSame(mirror, files.repository(data), ['A', 'B', 'X'], everything())
    expect(namesOf(folder, '.arrow')).toHaveLength(1)
    expect(namesOf(folder, '.arrow')).not.toEqual(names)
  })

  it('notices a change of the same size and time of modification', async () => {
    const data = files.path('touched.csv')
    const text = (close: number) => `symbol,date,open,high,low,close,volume\nA,2024-01-01,11,12,10,${close},5\n`
    writeFileSync(data, text(11))
    const stamp = new Date('2024-05-05')
    utimesSync(data, stamp, stamp)
    const folder = newFolder()
    const closeOf = async () => {
      const loaded = await mirrorRepository(files.repository(data, { timeframe: '1d' }), { folder }).load(
        'A',
        everything(),
      )
      return loaded.error ?? loaded.series.columns.close![0]
    }
    expect(await closeOf()).toBe(11)
    expect(namesOf(folder, '.arrow')).toHaveLength(1)
    writeFileSync(data, text(12))
    utimesSync(data, stamp, stamp)
    expect(await closeOf()).toBe(12)
  })

  it('keeps apart sources of one name, and one source that is read in two ways', async () => {
    const folder = newFolder()
    const one = await files.write('x/same.parquet', queryOf(fileRows({ A: cleanRows(5) })))
    const two = await files.write('y/same.parquet', queryOf(fileRows({ A: cleanRows(7, 2) })))
    const ways = [
      { data: one },
      { data: two },
      { data: one, columns: { close: 'open', open: 'close' } },
      { data: one, timeframe: '1w' as const },
    ]
    for (const options of [...ways, ...ways]) {
      const { timeframe = '1d' } = options
      const request = everything({ timeframe })
      const inner = files.opened(duckdbRepository(options))
      await expectSame(mirrorRepository(inner, { folder }), files.opened(duckdbRepository(options)), ['A'], request)
    }
  })

  it('does not mirror what could change without a sign, and says so', async () => {
    const { data } = await threeSymbols('sql.parquet')
    const folder = newFolder()
    const inner = files.repository({ sql: `from '${data}'` })
    const mirror = mirrorRepository(inner, { folder })
    await expectSame(mirror, inner, ['A'], everything())
    const note = 'the data is not mirrored: nothing tells whether it has changed'
    expect((await mirror.report!('1d')).notes).toEqual([note])
    expect(namesOf(folder, '')).toEqual([])
    const memory = memoryRepository({ A: columnsOf(cleanRows(3)) })
    const ofMemory = mirrorRepository(memory, { folder })
    expect(ofMemory.description?.kind).toBe('memory')
    expect((await ofMemory.load('A', everything())).error).toBeUndefined()
    expect(namesOf(folder, '')).toEqual([])
  })

  it('asks a repository that counts defects in another way for every request', async () => {
    const asked: LoadRequest[] = []
    const inner: CandleRepository = {
      ...memoryRepository({ A: columnsOf(cleanRows(3)) }),
      identity: async () => ({ source: 'own', stamp: '1' }),
      async load(symbol, request) {
        asked.push(request)
        const loaded = await memoryRepository({ [symbol]: columnsOf(cleanRows(3)) }).load(symbol, request)
        return loaded.error ? loaded : { ...loaded, quality: { ...loaded.quality, halt: 1, dropped: 1, rows: 4 } }
      },
    }
    delete (inner as { loadMany?: unknown }).loadMany
    const folder = newFolder()
    const request = everything({ columns: ['close'] })
    for (let times = 0; times < 2; times++) {
      const loaded = await loadAll(mirrorRepository(inner, { folder }), ['A'], request)
      expect(loaded.get('A')?.quality).toMatchObject({ halt: 1, dropped: 1, rows: 4 })
    }
    // The whole of it once; the mirror then knows that it cannot answer.
    expect(asked.map(({ defects }) => defects)).toEqual(['keep', 'drop', 'drop'])
  })

  it('may lie in the folder of the data, whose files it sees come and change', async () => {
    const one = (close: number) =>
      `date,open,high,low,close,volume\n2024-01-01,9,20,8,10,1\n2024-01-02,9,20,8,${close},1\n`
    mkdirSync(files.path('own/sub'), { recursive: true })
    writeFileSync(files.path('own/A.csv'), one(11))
    const folder = files.path('own/mirror')
    const data = files.path('own')
    const asked: string[] = []
    const mirror = mirrorRepository(watched(files.repository(data), asked), { folder })
    const said = async () => ({
      timeframe: await mirror.timeframe(),
      symbols: await mirror.symbols('1d'),
      report: await mirror.report!('1d'),
      user: await mirror.userColumns!('1d'),
      loaded: await loadAll(mirror, ['A', 'B'], everything({ columns: ['close'] })),
    })
    await said()
    const before = [...asked]
    await said()
    expect(asked).toEqual([...before, 'B', 'B'])
    writeFileSync(files.path('own/sub/B.csv'), one(12).replaceAll(',1\n', ',1,7\n').replace('volume', 'volume,cap'))
    const { symbols, user, loaded } = await said()
    expect([symbols, user.map(({ name }) => name)]).toEqual([['A', 'B'], ['cap']])
    expect(loaded.get('B')).toMatchObject({ series: { columns: { close: Float64Array.of(10, 12) } } })
  })

  it('keeps nothing that was read while the source changed', async () => {
    let stamp = '1'
    const memory = memoryRepository({ A: columnsOf(cleanRows(3)) })
    const inner: CandleRepository = {
      ...memory,
      identity: async () => ({ source: 'own', stamp }),
      load(symbol, request) {
        stamp = '2'
        return memory.load(symbol, request)
      },
    }
    const folder = newFolder()
    for (const kept of [0, 1]) {
      const mirror = mirrorRepository(inner, { folder })
      expect(bitsOf(await mirror.load('A', everything()))).toEqual(bitsOf(await memory.load('A', everything())))
      expect(namesOf(folder, '.arrow')).toHaveLength(kept)
    }
  })

  it('refuses a folder that is no path', () => {
    const inner = memoryRepository({})
    expect(() => mirrorRepository(inner, { folder: '' })).toThrow(expect.objectContaining({ code: 'DATA_OPTION' }))
  })
})

/** The files of all mirrors in a folder that end so. */
function namesOf(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(ending))
      .sort()
  } catch {
    return []
  }
}

describe('mirrorRepository › files that are not what was written', () => {
  const requests = [everything(), everything({ defects: 'keep', columns: ['close', 'low'] })]
  /** A mirror of symbols with and without defects; `check` sees that it delivers the same, and what it had to read. */
  async function mirrored(name: string) {
    const dirty: Row[] = [...cleanRows(20), [20, 0, 0, 0, 95, 0], [21, 9, 5, 8, 7, -1]]
    const data = await files.write(name, queryOf(fileRows({ A: cleanRows(40), B: dirty, C: cleanRows(3) })))
    const folder = newFolder()
    const inner = files.repository(data)
    const check = async () => {
      const asked: string[] = []
      const mirror = mirrorRepository(watched(files.repository(data), asked), { folder })
      expect(await mirror.symbols('1d')).toEqual(['A', 'B', 'C'])
      for (const request of requests) await expectSame(mirror, inner, ['A', 'B', 'C'], request)
      expect(await mirror.report!('1d')).toEqual(await inner.report!('1d'))
      return asked
    }
    expect(await check()).toEqual(['symbols', 'A,B,C'])
    expect(await check()).toEqual([])
    const fileOf = (ending: string) => join(folder, namesOf(folder, ending)[0] as string)
    return { folder, check, fileOf }
  }

  it('are made anew when any byte is another', async () => {
    const { folder, check, fileOf } = await mirrored('flipped.parquet')
    const whole = readFileSync(fileOf('.arrow'))
    const about = readFileSync(fileOf('.mirror'))
    const restore = () => {
      for (const name of namesOf(folder, '.arrow')) rmSync(join(folder, name))
      return whole
    }
    let noticed = 0
    const path = fileOf('.arrow')
    for (let at = 0; at < whole.length; at += 97) {
      const changed = Buffer.from(restore())
      changed[at]! ^= 1 << (at % 8)
      writeFileSync(path, changed)
      if ((await check()).length > 0) noticed++
    }
    // What nobody reads (names of symbols beside their numbers, fillings, the schema at the front) may be anything.
    expect(noticed).toBeGreaterThan(whole.length / 97 / 2)
    for (let at = 0; at < about.length; at += 41) {
      const changed = Buffer.from(about)
      changed[at]! ^= 1 << (at % 8)
      writeFileSync(fileOf('.mirror'), changed)
      expect(await check()).toContain('symbols')
    }
  }, 60_000)

  it('are made anew when they are cut off, empty, of another source or older', async () => {
    const { check, fileOf } = await mirrored('cut.parquet')
    const whole = readFileSync(fileOf('.arrow'))
    for (const length of [0, 1, 5, 10, 100, whole.length >> 1, whole.length - 11, whole.length - 1]) {
      writeFileSync(fileOf('.arrow'), whole.subarray(0, length))
      expect(await check()).toEqual(['A,B,C'])
      expect(await check()).toEqual([])
    }
    const other = await mirrored('other.parquet')
    writeFileSync(fileOf('.arrow'), readFileSync(other.fileOf('.arrow')))
    expect(await check()).toEqual(['A,B,C'])
    writeFileSync(fileOf('.mirror'), readFileSync(other.fileOf('.mirror')))
    expect(await check()).toContain('symbols')
  })

  it('are never seen half written', async () => {
    const { folder, check, fileOf } = await mirrored('crash.parquet')
    const whole = readFileSync(fileOf('.arrow'))
    const left = `${fileOf('.arrow')}.0badcafe.tmp`
    writeFileSync(left, whole.subarray(0, whole.length >> 1))
    expect(await check()).toEqual([])
    expect(namesOf(folder, '.tmp')).toHaveLength(1)
  })
})
