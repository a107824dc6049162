import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openConnection } from '../../src/storage/duckdb/library.ts'
import { reachOf } from '../../src/storage/duckdb/source.ts'
import { cleanRows } from './candles.ts'
import { expectSameAsMemory, Files, fileRows, openDuckdb, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const rows = { A: cleanRows(5), B: cleanRows(3) }
const CANDLES = queryOf(fileRows(rows))
const PAWN = files.path('pawn.csv')

/** One SELECT each. */
const SELECTS = [
  CANDLES,
  `${CANDLES};`,
  `${CANDLES} -- a comment at the end`,
  `${CANDLES} /* a comment */ ; ;`,
  `with candles as (${CANDLES}) select * from candles order by symbol, ts`,
  `from (${CANDLES})`,
  `(${CANDLES})`,
  `select * from (${CANDLES}) where symbol <> ') ; copy (select 1) to ''x'''`,
  `select * exclude (pos) from (${CANDLES}), range(1) as one(pos)`,
  `pivot (unpivot (${CANDLES}) on open, high, low, close, volume) on name in ('open', 'high', 'low', 'close', 'volume')
    using first(value)`,
]

/** Everything else; each would write, change or read something that nobody asked for. */
const OTHERS = [
  `select 1)) ; copy (select 1) to '${PAWN}'; select * from ((select 1`,
  `select 1) to '${PAWN}' --`,
  `select 1; copy (select 1) to '${PAWN}'`,
  `${CANDLES}; ${CANDLES}`,
  `copy (${CANDLES}) to '${PAWN}'`,
  `select 1 -- \n; copy (select 1) to '${PAWN}'`,
  'select 1 /* never closed',
  "select 'never closed",
  'select "never closed',
  'select $$never closed',
  'select 1)',
  'select 1 --\n)',
  `select 1\0; copy (select 1) to '${PAWN}'`,
  '-- nothing',
  `with a as (insert into t values (1) returning *) select * from a`,
  `with a as (copy (select 1) to '${PAWN}') select * from a`,
  'select 1 into t',
  'insert into t values (1)',
  'update t set x = 1',
  'delete from t',
  'merge into t using t u on t.x = u.x when matched then delete',
  'create table t as select 1',
  'drop table t',
  `attach '${PAWN}' as other`,
  'detach source',
  'install httpfs',
  'load httpfs',
  'set threads = 64',
  'reset threads',
  'use memory',
  'pragma version',
  'pragma enable_profiling',
  'call pragma_version()',
  'checkpoint',
  'vacuum',
  'begin',
  'explain select 1',
  'prepare p as select 1',
  'execute p',
  `export database '${files.path('exported')}'`,
  'pivot (select 1 as x) on x using sum(x)',
  `from enable_logging(storage = 'file', storage_config = {'path': '${PAWN}'})`,
  `select (select count(*) from enable_logging(storage := 'file', storage_path := '${PAWN}'))`,
  `with a as (from system.main.ENABLE_LOGGING()) select * from a`,
  'from enable_profiling()',
  'from checkpoint()',
  `from query('select 1')`,
  `from json_execute_serialized_sql(json_serialize_sql('select 1'))`,
]

describe('duckdbRepository › SQL', () => {
  it.each(SELECTS)('is one SELECT: %s', async (sql) => {
    await expectSameAsMemory(files.repository({ sql }), rows)
  })

  it.each(OTHERS)('is nothing else: %s', async (sql) => {
    const before = readdirSync(files.folder)
    await expect(openDuckdb({ data: { sql } })).rejects.toMatchObject({
      code: 'DATA_OPTION',
      message: expect.stringMatching(/^sql must be one SELECT and nothing else: ./),
    })
    expect(readdirSync(files.folder)).toEqual(before)
  })

  it.each([
    ['select 1)', 'syntax error at or near ")"'],
    ['drop table t', 'it is a statement of another kind'],
    [`${CANDLES}; ${CANDLES}`, 'it has 2 statements'],
    ['from checkpoint()', 'the function checkpoint is none of those that only read: read_parquet, '],
  ])('says why it is not taken: %s', async (sql, reason) => {
    await expect(openDuckdb({ data: { sql } })).rejects.toThrow(`sql must be one SELECT and nothing else: ${reason}`)
  })

  it('reads the files it names, and no other kind of source', async () => {
    const path = await files.write('named.parquet', CANDLES)
    await expectSameAsMemory(files.repository({ sql: `from '${path}'` }), rows)
    await expect(openDuckdb({ data: { sql: `from 'https://example.com/candles.parquet'` } })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringContaining('httpfs'),
    })
  })

  it('is never guessed from a text', async () => {
    await expect(openDuckdb({ data: CANDLES })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringContaining("SQL goes in as { sql: '…' }"),
    })
  })
})

describe('duckdbRepository › what a connection reaches', () => {
  it('is the files of its source and nothing else, for good', async () => {
    const data = await files.write('alone.parquet', CANDLES)
    const other = await files.write('other.parquet', CANDLES)
    const settings = { threads: 1, memoryBytes: 1e8, reach: reachOf(data) }
    const connection = await openConnection(settings)
    expect(await connection.rows(`select count(*)::double from '${data}'`)).toEqual([[8]])
    for (const refused of [
      `from '${other}'`,
      `from glob('${files.folder}/*')`,
      `copy (select 1) to '${PAWN}'`,
      `attach '${PAWN}' as other`,
      'install httpfs',
      'load httpfs',
      'set enable_external_access = true',
      `set allowed_directories = ['/']`,
      'set autoload_known_extensions = true',
      "set memory_limit = '100GB'",
      'set lock_configuration = false',
    ]) {
      await expect(connection.query(refused), refused).rejects.toThrow(/permission|disabled|locked|cannot|extension/i)
    }
    await connection.close()
    expect(existsSync(PAWN)).toBe(false)
  })

  it.each([
    ['a file', 'reach/a.parquet'],
    ['a folder', 'reach'],
    ['a pattern', 'reach/*.parquet'],
    ['a pattern of folders', 'rea*/a.parquet'],
    ['a link to a folder', 'link'],
    ['a path with dots', 'reach/../reach/a.parquet'],
  ])('lets %s be read', async (_, path) => {
    if (!existsSync(files.path('link'))) {
      mkdirSync(files.path('reach'))
      symlinkSync(files.path('reach'), files.path('link'))
    }
    await files.write('reach/a.parquet', CANDLES)
    await expectSameAsMemory(files.repository(files.path(path)), rows)
  })

  it('lets a CSV with brackets in its name be read', async () => {
    writeFileSync(
      files.path('odd [1]*.csv'),
      'symbol,date,open,high,low,close\nA,2024-01-01,1,1,1,1\nA,2024-01-02,1,1,1,1',
    )
    expect(await files.repository(files.path('odd [1]*.csv')).symbols('1d')).toEqual(['A'])
  })
})
