import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { BatchScanUseCase, createEngine, duckdbRepository, mirrorRepository } from '../../dist/node.js'
import { openRepository } from '../../src/storage/open.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { cleanRows, everything, loadAll, type Row, readable } from './candles.ts'
import { Files, fileRows, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const DIST = new URL('../../dist/node.js', import.meta.url).href

let folders = 0
const newFolder = () => files.path(`mirror-${folders++}`)

/** Symbols with and without defects, in a file. */
async function universe(name: string, count = 40) {
  const rows = (at: number): Row[] => (at % 3 === 0 ? [...cleanRows(30), [30, 0, 0, 0, 95, 0]] : cleanRows(20 + at, at))
  const symbols = Array.from({ length: count }, (_, at) => `S${at}`)
  return files.write(name, queryOf(fileRows(Object.fromEntries(symbols.map((symbol, at) => [symbol, rows(at)])))))
}

/** What a scan comes to, without how long it took and where it ran. */
async function scanned(
  repository: CandleRepository,
  executor: 'inline' | 'pool',
  timezone?: string,
  formula = 'close > sma(close, 3)',
) {
  const engine = createEngine({ repository, executor, workers: 2 })
  try {
    const symbols = [...(await repository.symbols('1d'))]
    const result = await new BatchScanUseCase(engine).execute({
      ...{ symbols, timeframe: '1d', formula, id: 'scan' },
      ...(timezone && { timezone }),
    })
    const { matches, statistics, errors, dataQuality, exact } = JSON.parse(JSON.stringify(result))
    return { matches, statistics, errors, dataQuality, exact }
  } finally {
    await engine.close()
  }
}

/** A program that scans through a mirror and prints how many matches and errors there are, and the notes. */
const scanScript = (data: string, folder: string) => `
  import { createEngine, duckdbRepository, mirrorRepository } from ${JSON.stringify(DIST)}
  const inner = duckdbRepository({ data: ${JSON.stringify(data)} })
  const repository = mirrorRepository(inner, { folder: ${JSON.stringify(folder)} })
  const engine = createEngine({ repository, executor: 'pool', workers: 2 })
  const symbols = await repository.symbols('1d')
  const { matches, errors, dataQuality } = await engine.scan({ symbols, timeframe: '1d', formula: 'close > sma(close, 3)' })
  console.log(JSON.stringify([matches.length, errors.length, dataQuality.notes]))
  await engine.close()`

const segments = (folder: string) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.arrow'))

describe('mirrorRepository › threads and processes', () => {
  it.each(['inline', 'pool'] as const)(
    'gives the scan of the source, the first time and later: %s',
    async (executor) => {
      const data = await universe(`scan-${executor}.parquet`)
      const folder = newFolder()
      const open = () => duckdbRepository({ data, threads: 1 })
      for (const timezone of [undefined, 'Asia/Seoul']) {
        const plain = await scanned(open(), executor, timezone)
        expect(plain.matches.length).toBeGreaterThan(100)
        for (let times = 0; times < 2; times++) {
          expect(await scanned(mirrorRepository(open(), { folder }), executor, timezone)).toEqual(plain)
        }
      }
    },
  )

  it('serves jobs whose source only the main thread reads, and formulas that read user columns', async () => {
    const parquet = await universe('user.parquet')
    const capped = `select *, close * (1 + volume % 7) as cap from '${parquet}'`
    for (const name of ['user.csv', 'user2.parquet']) {
      const data = await files.write(name, capped)
      const folder = newFolder()
      const plain = await scanned(duckdbRepository({ data }), 'pool', undefined, 'col.cap > sma(col.cap, 2)')
      expect(plain.matches.length).toBeGreaterThan(100)
      for (let times = 0; times < 2; times++) {
        const mirror = mirrorRepository(duckdbRepository({ data }), { folder })
        expect(await scanned(mirror, 'pool', undefined, 'col.cap > sma(col.cap, 2)')).toEqual(plain)
      }
    }
  })

  it('is opened in another thread, which reads its files and opens the source for what they lack', async () => {
    const data = await universe('described.parquet', 4)
    const folder = newFolder()
    const mirror = mirrorRepository(files.repository(data), { folder })
    await mirror.symbols('1d')
    await loadAll(mirror, ['S0', 'S1'], everything())
    const { kind, options } = structuredClone(mirror.description!) as { kind: 'mirror'; options: { inner: unknown } }
    expect(kind).toBe('mirror')
    const url = `data:text/javascript,export default (source) => { throw new Error('opened ' + source) }`
    const nowhere = { kind: 'module', url, options: 'the source' }
    const there = await openRepository({ kind, options: { ...options, inner: nowhere } })
    const found = await loadAll(there, ['S0', 'S1'], everything())
    for (const [symbol, loaded] of found) {
      expect(readable(loaded)).toEqual(readable(await files.repository(data).load(symbol, everything())))
    }
    await expect(loadAll(there, ['S2'], everything())).rejects.toThrow('opened the source')
    await there.close()
    const whole = await openRepository({ kind, options })
    expect((await loadAll(whole, ['S0', 'S2', 'S3'], everything())).size).toBe(3)
    await whole.close()
    expect(segments(folder)).toHaveLength(2)
  })

  it('is made by several processes at once', async () => {
    const data = await universe('processes.parquet', 300)
    const folder = newFolder()
    const script = scanScript(data, folder)
    const ran = () =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script])
        let said = ''
        child.stdout.on('data', (text) => (said += text))
        child.stderr.on('data', (text) => (said += text))
        child.on('error', reject)
        child.on('close', () => resolve(said.trim()))
      })
    const [one, two, three] = await Promise.all([ran(), ran(), ran()])
    expect(one).toMatch(/^\[\d{5},0,\[\]\]$/)
    expect([two, three]).toEqual([one, one])
    expect(await ran()).toBe(one)
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([])
  }, 60_000)

  it('goes on without a mirror where the folder cannot be written, and says so', async () => {
    const data = await universe('unwritable.parquet')
    const folder = join(files.path('a-file'), 'mirror')
    writeFileSync(files.path('a-file'), '')
    const open = () => duckdbRepository({ data, threads: 1 })
    for (const executor of ['inline', 'pool'] as const) {
      const plain = await scanned(open(), executor)
      const found = await scanned(mirrorRepository(open(), { folder }), executor)
      const note = `the mirror in ${folder} cannot be written (ENOTDIR): what it lacks is read from the data every time`
      expect(found).toEqual({ ...plain, dataQuality: { ...plain.dataQuality, notes: [note] } })
    }
  })

  it.skipIf(process.platform === 'win32')('goes on when a worker finds no room for its file', async () => {
    const data = await universe('full.parquet', 60)
    const folder = newFolder()
    const script = scanScript(data, folder)
    const program = files.path('full.mjs')
    writeFileSync(program, script)
    // No file may be larger than 16 KiB: like a disk that becomes full in the middle of one.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "${process.execPath}" "${program}"`
    const [matches, errors, notes] = JSON.parse(execFileSync('bash', ['-c', limited], { encoding: 'utf8' }))
    expect(matches).toBeGreaterThan(500)
    expect(errors).toBe(0)
    expect(notes).toEqual([expect.stringMatching(/^the mirror in .* cannot be written \(EFBIG\)/)])
    expect(segments(folder)).toEqual([])
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([])
  })

  it('is an Arrow file with a record batch for each symbol', async () => {
    const data = await files.write('arrow.parquet', queryOf(fileRows({ A: cleanRows(3), B: cleanRows(2) })))
    const folder = newFolder()
    const mirror = mirrorRepository(files.repository(data), { folder })
    await loadAll(mirror, ['A', 'B'], everything())
    const { tableFromIPC } = await import('@uwdata/flechette')
    const table = tableFromIPC(readFileSync(join(folder, segments(folder)[0]!)), { useDate: false })
    expect(table.names).toEqual(['timestamp', 'open', 'high', 'low', 'close', 'volume', 'row_flags', 'symbol'])
    expect(table.getChild('symbol').toArray()).toEqual(['A', 'A', 'A', 'B', 'B'])
    const loaded = await files.repository(data).load('A', everything())
    const { time, columns } = loaded.error ? { time: [], columns: {} } : loaded.series
    expect([...table.getChild('timestamp').toArray()].slice(0, 3).map(Number)).toEqual([...time])
    expect([...table.getChild('close').toArray()].slice(0, 3)).toEqual([...(columns.close ?? [])])
  })
})
