import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { openSpill, removeLeftovers } from '../../src/storage/duckdb/spill.ts'
import { everything } from './candles.ts'
import { Files } from './files.ts'

const files = new Files()
afterAll(() => files.close())

/** More rows than 64 MB hold, which have to be sorted. */
const MANY = `select 's' || (i % 3) as symbol, epoch_ms(i * 60000) as ts, random() as open, 1.0 as high, 0.1 as low,
  random() as close from range(2000000) t(i)`

const own = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`millrace-${process.pid}-`))

describe('what does not fit into memory', () => {
  it('goes into a folder of this user alone, whose name cannot be guessed, and which goes with the repository', async () => {
    const repository = duckdbRepository({ data: { sql: MANY }, memoryLimit: '64MB', threads: 1, timeframe: '1m' })
    await repository.symbols('1m')
    const [name] = own()
    expect(name).toMatch(/^millrace-\d+-\w{6}$/)
    expect(statSync(join(tmpdir(), name!)).mode & 0o777).toBe(0o700)
    const inside = readdirSync(join(tmpdir(), name!), { recursive: true }).map(String)
    expect(inside.some((file) => file.endsWith('.tmp'))).toBe(true)
    await repository.close()
    expect(own()).toEqual([])
  })

  it('goes into the folder of the process in every thread, and goes from there with its connection', () => {
    const folder = mkdtempSync(join(files.folder, 'process-'))
    const first = openSpill(folder)
    const second = openSpill(folder)
    expect(readdirSync(folder)).toHaveLength(2)
    first.close()
    expect([existsSync(first.path), existsSync(second.path)]).toEqual([false, true])
    second.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is removed after a crash: old folders of processes that are gone, and no others', () => {
    const folder = mkdtempSync(join(files.folder, 'left-'))
    // Larger than any process id.
    const gone = 2 ** 30
    const names = {
      left: `millrace-${gone}-abcdef`,
      young: `millrace-${gone}-ghijkl`,
      running: `millrace-${process.pid}-abcdef`,
      others: `millrace-storage-abcdef`,
    }
    for (const name of Object.values(names)) mkdirSync(join(folder, name, '0-1'), { recursive: true })
    for (const name of [names.left, names.running, names.others]) utimesSync(join(folder, name), 0, 0)
    removeLeftovers(folder)
    expect(readdirSync(folder).sort()).toEqual([names.young, names.running, names.others].sort())
  })
})

describe('a signal', () => {
  const ENDLESS = `select 'A' as symbol, epoch_ms(i) as ts, 1.0 as open, 1.0 as high, 1.0 as low, 1.0 as close
    from range(1000000000000) t(i)`

  it('stops what is being read', async () => {
    const repository = duckdbRepository({ data: { sql: ENDLESS }, timeframe: '1m', threads: 1 })
    const stopping = new AbortController()
    const reading = (async () => {
      for await (const _ of repository.loadMany!(['A'], everything({ timeframe: '1m', signal: stopping.signal }))) {
        // Nothing comes.
      }
    })()
    const failed = expect(reading).rejects.toThrow('INTERRUPT')
    while (own().length === 0) await new Promise((resolve) => setImmediate(resolve))
    stopping.abort()
    await failed
    await repository.close()
  })

  it('leaves alone what somebody else waits for', async () => {
    const sql = ENDLESS.replace('1000000000000', '1000000')
    const repository = duckdbRepository({ data: { sql }, timeframe: '1m', threads: 1 })
    const stopping = new AbortController()
    const request = everything({ timeframe: '1m', signal: stopping.signal })
    const reading = (async () => {
      for await (const _ of repository.loadMany!(['A'], request)) {
        // Whether it comes or not.
      }
    })()
    const symbols = repository.symbols('1m')
    while (own().length === 0) await new Promise((resolve) => setImmediate(resolve))
    stopping.abort()
    expect(await symbols).toEqual(['A'])
    await Promise.allSettled([reading])
    await repository.close()
  })

  it('is not needed to close a repository that is reading', async () => {
    const repository = duckdbRepository({ data: { sql: ENDLESS }, timeframe: '1m', threads: 1 })
    const failed = expect(repository.symbols('1m')).rejects.toMatchObject({ code: 'DATA_UNREADABLE' })
    while (own().length === 0) await new Promise((resolve) => setImmediate(resolve))
    await repository.close()
    await failed
  })
})
