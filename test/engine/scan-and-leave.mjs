// Scans, or only has an engine, and leaves it open: run as a process of its own by pool.test.ts.
import { BatchScanUseCase, createEngine, memoryRepository } from '../../dist/node.js'

const column = Float64Array.of(1, 2)
const candles = { time: Float64Array.of(0, 86_400_000), open: column, high: column, low: column, close: column }
const repository = memoryRepository({ A: { ...candles, volume: column } })
const engine = createEngine({ repository, executor: 'pool', workers: 8 })

process.on('exit', () => console.log('left'))
if (process.argv[2] === 'used') {
  const job = { symbols: ['A'], timeframe: '1d', formula: 'close > close[1]' }
  const { matches } = await new BatchScanUseCase(engine).execute(job)
  console.log(`${matches.length} match`)
}
