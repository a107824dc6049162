// What a project with millrace in its dependencies writes: compiled and run by package.test.ts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BatchScanUseCase,
  type Candle,
  createEngine,
  DataError,
  duckdbRepository,
  explain,
  FormulaError,
  MillraceError,
  memoryRepository,
  planFormula,
  type SignalMatch,
} from 'millrace'

const closes = [1, 2, 3, 4, 3, 2, 6, 6]
const candles: Candle[] = closes.map((close, day) => {
  return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
})
const job = { symbols: ['A', 'NOBODY'], timeframe: '1d', formula: 'crossover(sma(close, 2), sma(close, 4))' } as const

const found: Record<string, unknown> = {}
for (const executor of ['inline', 'pool'] as const) {
  await using engine = createEngine({ repository: memoryRepository({ A: candles }), executor, workers: 2 })
  const { matches, errors, statistics } = await new BatchScanUseCase(engine).execute(job)
  const days = Array.from(matches, ({ timestamp }: SignalMatch) => new Date(timestamp).toISOString().slice(0, 10))
  found[executor] = {
    days,
    errors: errors.map(({ symbol, code }) => `${symbol} ${code}`),
    matched: statistics.symbolsMatched,
  }
}

const file = join(process.argv[2] ?? '.', 'candles.csv')
const rows = candles.map(({ timestamp, open, high, low, close, volume }) =>
  ['A', new Date(timestamp).toISOString(), open, high, low, close, volume].join(','),
)
writeFileSync(file, ['symbol,time,open,high,low,close,volume', ...rows].join('\n'))
await using engine = createEngine({ repository: duckdbRepository({ data: file }), workers: 1 })
const result = await new BatchScanUseCase(engine).execute(job)
found.duckdb = Array.from(result.matches, ({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10))
found.arrow = new TextDecoder().decode((await result.toArrow()).subarray(0, 6))

try {
  planFormula('close > smaa(close, 20)')
} catch (error) {
  if (!(error instanceof FormulaError) || !(error instanceof MillraceError)) throw error
  found.error = {
    code: error.code,
    drawn: explain(error, 'close > smaa(close, 20)'),
    isData: error instanceof DataError,
  }
}
console.log(JSON.stringify(found))
