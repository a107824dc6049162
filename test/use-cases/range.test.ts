import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { EXECUTORS, matchesOf, start } from '../engine/support.ts'
import { root } from '../support/shared-data.ts'

/** Formulas whose matches on real candles hung on where reading began: halted symbols, ties, ratios that fade. */
const FORMULAS = [
  'rma(volume, 5) > volume[1]',
  'rsi(2) > 49.9 and rsi(2) < 50.1',
  'ema(volume, 3) > 0',
  'sma(stoch(14), 3) < 20',
  'crossover(sma(stoch(14), 3), sma(sma(stoch(14), 3), 3))',
]

describe.each([EXECUTORS[0]!, EXECUTORS[2]!])('a range of a Parquet file, $name', (executor) => {
  const repository = duckdbRepository({ data: join(root, 'test/data/us_daily_2500.parquet') })
  const engine = start(executor, repository)
  afterAll(() => engine.engine.close())

  it.each(FORMULAS)('has the matches and values of the whole history: %s', async (formula) => {
    const symbols = await repository.symbols('1d')
    const from = Date.UTC(2017, 0, 17)
    const ranged = await engine.scan(formula, symbols, { dateRange: { from } })
    const whole = matchesOf(await engine.scan(formula, symbols)).filter(({ timestamp }) => timestamp >= from)
    expect(whole.length).toBeGreaterThan(10)
    expect(matchesOf(ranged)).toEqual(whole)
    expect(ranged.exact).toBe(true)
  })
})
