import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

/** Reads the first symbol of the bundled data, gives up, and lets its thread end. */
const GIVE_UP = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.library).then(async ({ duckdbRepository }) => {
    const repository = duckdbRepository({ data: workerData.data })
    const symbols = await repository.symbols('1d')
    const request = { timeframe: '1d', lookbackBars: 0, columns: ['close'], defects: 'drop' }
    for await (const { symbol } of repository.loadMany(symbols, request)) {
      parentPort.postMessage(symbol)
      break
    }
    await repository.close()
    process.exit()
  })
`

// A query that still ran when its thread ended took the whole process with it.
test('reading can be given up after the first symbol, and the thread ended', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const workerData = {
      library: new URL('../../dist/index.js', import.meta.url).href,
      data: new URL('../data/us_daily_2500.parquet', import.meta.url).pathname,
    }
    const worker = new Worker(GIVE_UP, { eval: true, workerData })
    const exited = once(worker, 'exit')
    const [first] = await once(worker, 'message')
    expect(first).toMatch(/^[A-Z]/)
    await exited
  }
})
