// Scans, closes, and has nothing left to do: run as a process of its own by close.test.ts.
import { BatchScanUseCase, createEngine, memoryRepository } from '../../dist/index.js'

const close = Float64Array.from({ length: 100 }, (_, bar) => 10 + (bar % 7))
const candles = {
  time: close.map((_, bar) => bar * 86_400_000),
  open: close,
  high: close,
  low: close,
  close,
  volume: close,
}

/** What keeps a process alive, besides the pipes of this one. */
const threads = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FS/.test(name))

const executor = process.argv[2]
const engine = createEngine({
  repository: memoryRepository({ A: candles, B: candles, C: candles }),
  executor,
  workers: 2,
})
const job = { symbols: ['A', 'B', 'C'], timeframe: '1d', formula: 'close > sma(close, 3)' }
const { matches } = await new BatchScanUseCase(engine).execute(job)
// Idle workers are let go of by their pool, so that they are not counted: threads that run a task are.
const running = new BatchScanUseCase(engine).execute(job)
await new Promise((resolve) => setImmediate(resolve))
const during = threads().length
await running
await engine.close()
console.log(JSON.stringify({ matches: matches.length, during, after: threads() }))
