import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BatchScanUseCase, createEngine, duckdbRepository } from '../../dist/node.js'
import { loadLibrary } from '../../src/storage/duckdb/native.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { Files, fileRows, queryOf } from './files.ts'

const ROOT = join(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'millrace-'))
const files = new Files()
const ROWS = {
  A: [
    [0, 1, 1, 1, 1, 1],
    [1, 2, 2, 2, 2, 2],
  ],
} as const
// Parquet: threads read it themselves.
beforeAll(() => files.write('candles.parquet', queryOf(fileRows(ROWS))))
const candles = files.path('candles.parquet')
afterAll(() => files.close())
afterAll(() => rmSync(home, { recursive: true }))

/** The package as it is installed with `--omit=optional`: the tests' own DuckDB is out of its sight. */
function installed(): string {
  const folder = mkdtempSync(join(home, 'installed-'))
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction')
  }
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return folder
}

const SCAN = `
  const { BatchScanUseCase, createEngine, duckdbRepository } = await import(process.argv[1])
  const tell = ({ name, code, message, fields }) => console.log(JSON.stringify({ name, code, message, fields }))
  const repository = duckdbRepository({ data: process.argv[2] })
  await repository.symbols('1d').then(console.log, tell)
  const engine = createEngine({ repository, executor: process.argv[3], workers: 1 })
  const job = { symbols: ['A'], timeframe: '1d', formula: 'close > close[1]' }
  await new BatchScanUseCase(engine).execute(job).then(({ matches }) => console.log(matches.length), tell)
  await engine.close()`

/** What reading the candles, and scanning them, come to in a process that works in the folder. */
async function scanned(folder: string, executor: string, script = SCAN): Promise<unknown[]> {
  const words = ['--input-type=module', '-e', script, join(folder, 'dist/node.js'), candles, executor]
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder })
  return stdout
    .trim()
    .split('\n')
    .map((line) => (line.startsWith('{') ? JSON.parse(line) : line))
}

const NAME = '@duckdb/node-bindings'

describe.each(['inline', 'pool'])('DuckDB (%s)', (executor) => {
  it('that is not installed is an error which says what to install', async () => {
    const missing = {
      name: 'DataError',
      code: 'DATA_LIBRARY',
      message: `Files and queries are read by DuckDB, which is not installed: npm install ${NAME} (candles in memory need none: memoryRepository)`,
      fields: { library: NAME },
    }
    expect(await scanned(installed(), executor)).toEqual([missing, missing])
  })

  it('that does not load on this machine is an error which says why', async () => {
    const folder = installed()
    const library = join(folder, 'node_modules', NAME)
    mkdirSync(library, { recursive: true })
    writeFileSync(join(library, 'index.js'), `throw new Error('GLIBC_2.99 not found')`)
    const message = 'DuckDB, which reads files and queries, does not load on this machine: GLIBC_2.99 not found'
    const broken = expect.objectContaining({ name: 'DataError', code: 'DATA_LIBRARY', message })
    expect(await scanned(folder, executor)).toEqual([broken, broken])
  })

  it('is found in the folder that the process works in', async () => {
    const folder = installed()
    const place = mkdtempSync(join(home, 'place-'))
    mkdirSync(join(place, 'node_modules'))
    symlinkSync(join(ROOT, 'node_modules/@duckdb'), join(place, 'node_modules/@duckdb'), 'junction')
    const elsewhere = `process.chdir(${JSON.stringify(place)}); ${SCAN}`
    expect(await scanned(folder, executor, elsewhere)).toEqual([`[ 'A' ]`, '1'])
  })
})

describe('DuckDB', () => {
  it.skipIf(process.platform === 'win32')('is found where the folder that the process works in is gone', async () => {
    const folder = mkdtempSync(join(home, 'gone-'))
    const gone = `(await import('node:fs')).rmdirSync(process.cwd()); ${SCAN}`
    const words = ['--input-type=module', '-e', gone, join(ROOT, 'dist/node.js'), candles, 'inline']
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder })
    expect(stdout).toBe(`[ 'A' ]\n1\n`)
  })

  it('that one thread has found and another cannot load fails what that one reads', async () => {
    const found = duckdbRepository({ data: candles })
    await found.symbols('1d')
    const library = join(home, 'nowhere.node')
    const description = { ...found.description!, options: { ...(found.description!.options as object), library } }
    const repository = { ...found, description } as CandleRepository
    await using engine = createEngine({ repository, executor: 'pool', workers: 1 })
    const job = { symbols: ['A'], timeframe: '1d', formula: 'close > 1' } as const
    const { errors } = await new BatchScanUseCase(engine).execute(job)
    expect(errors).toMatchObject([
      { symbol: 'A', code: 'LOAD_FAILED', fields: { code: 'DATA_LIBRARY', reason: expect.stringContaining(library) } },
    ])
  })

  it('keeps the cause of what does not load', () => {
    const file = join(home, 'broken.cjs')
    writeFileSync(file, `throw 'no ABI'`)
    expect(() => loadLibrary(file)).toThrow(
      expect.objectContaining({
        code: 'DATA_LIBRARY',
        cause: 'no ABI',
        fields: { library: NAME, file, reason: 'no ABI' },
      }),
    )
  })
})
