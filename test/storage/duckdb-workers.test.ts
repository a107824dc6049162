import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { DuckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { openRepository } from '../../src/storage/open.ts'
import { cleanRows, everything, loadAll } from './candles.ts'
import { expectSameAsMemory, Files, fileRows, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const three = { A: cleanRows(5), B: cleanRows(30, 3), C: cleanRows(2) }

describe('duckdbRepository › worker threads', () => {
  it('is described for other threads only when they can read in parallel', async () => {
    const parquet = await files.write('described.parquet', queryOf(fileRows(three)))
    expect(files.repository(parquet).description?.kind).toBe('duckdb')
    expect(files.repository({ sql: `from '${parquet}'` }).description).toBeUndefined()
    expect(files.repository(files.path('some.csv')).description).toBeUndefined()
  })

  it('opens from its description, with what is known already, and looks again when that is old', async () => {
    const data = await files.write('known.parquet', queryOf(fileRows(three)))
    const repository = files.repository(data)
    await repository.symbols('1d')
    const description = structuredClone(repository.description!)
    const there = (await openRepository(description)) as DuckdbRepository
    files.opened(there)
    await expectSameAsMemory(there, three)
    await files.write('known.parquet', queryOf(fileRows({ A: cleanRows(9), X: cleanRows(3) })))
    const later = (await openRepository(description)) as DuckdbRepository
    files.opened(later)
    expect(await later.symbols('1d')).toEqual(['A', 'X'])
    await expectSameAsMemory(later, { A: cleanRows(9) })
  })

  it('reads the same file in two threads at once', async () => {
    const data = await files.write('threads.parquet', queryOf(fileRows(three)))
    const here = files.repository(data)
    await here.symbols('1d')
    const run = (symbol: string) =>
      new Promise<number>((resolve, reject) => {
        const worker = new Worker(
          `const { parentPort, workerData } = require('node:worker_threads')
           import('@duckdb/node-bindings').then(async ({ default: library }) => {
             const connection = await library.connect(await library.open(':memory:'))
             const result = await library.query(connection, workerData)
             parentPort.postMessage(library.row_count(result))
           })`,
          { eval: true, workerData: `select * from '${data}' where symbol = '${symbol}'` },
        )
        worker.once('message', resolve).once('error', reject)
      })
    expect(
      await Promise.all([run('A'), run('B'), loadAll(here, ['C'], everything()).then((found) => found.size)]),
    ).toEqual([5, 30, 1])
  })
})
