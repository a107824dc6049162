import { afterAll, beforeAll, expect } from 'vitest'
import { createEngine } from '../../src/node.ts'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { compareWithOracle } from './compare.ts'
import { type PlainCandles, readPlainly } from './shared-data.ts'

export const PULLBACK = `close > sma(close, 200) and crossover(ema(close, 12), ema(close, 26))
  and rsi(close, 14) < 70 and volume > 1.5 * sma(volume, 20)`

/** A file that the engine scans by its own storage, and the oracle by rows that DuckDB gives it. */
export function scannedFile(path: string, symbols: number) {
  const engine = createEngine({ repository: duckdbRepository({ data: path }), executor: 'inline' })
  let plain: PlainCandles
  beforeAll(async () => {
    plain = await readPlainly(path)
    expect(plain.symbols.size).toBe(symbols)
  })
  afterAll(() => engine.close())

  return {
    plain: () => plain,
    async compare(formula: string, extra: { dateRange?: { from?: string; to?: string } } = {}) {
      const job = { symbols: [...plain.symbols.keys()], timeframe: '1d' as const, formula, ...extra }
      const result = await new BatchScanUseCase(engine).execute(job)
      return { result, found: compareWithOracle(result, plain.symbols) }
    },
  }
}
