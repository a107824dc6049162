// Scans, closes, and has nothing left to do: run as a process of its own by close.test.ts.
import { BatchScanUseCase, createEngine, memoryRepository } from '../../dist/node.js'

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
const handles = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FS/.test(name))

// Counted here, because a pool lets go of its idle threads: they would not keep the process.
let threads = 0
process.on('worker', (worker) => {
  threads++
  worker.once('exit', () => threads--)
})

const executor = process.argv[2]
const engine = createEngine({
  repository: memoryRepository({ A: candles, B: candles, C: candles }),
  executor,
  workers: 2,
})
const job = { symbols: ['A', 'B', 'C'], timeframe: '1d', formula: 'close > sma(close, 3)' }
const { matches } = await new BatchScanUseCase(engine).execute(job)
const during = threads
await engine.close()
console.log(JSON.stringify({ matches: matches.length, during, after: threads, handles: handles() }))
