import { expect, it } from 'vitest'
import { explain } from '../../src/formula/errors/explain-error.ts'
import { createEngine } from '../../src/node.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { SeriesUseCase } from '../../src/use-cases/series.ts'
import { closes } from '../support/candles.ts'

it('a series says which expression a warning is about', async () => {
  await using engine = createEngine({
    repository: memoryRepository(new Map([['AAA', closes([1, 2, 3])]])),
    executor: 'inline',
  })
  const expressions = ['close', 'close > 1 / 0', 'crossover(close, close)']
  const { warnings } = await new SeriesUseCase(engine).execute({ symbols: ['AAA'], timeframe: '1d', expressions })
  expect(warnings.map(({ expr, code, at }) => [expr, code, expr.slice(...at)])).toEqual([
    ['close > 1 / 0', 'FORMULA_NEVER_KNOWN', '1 / 0'],
    ['crossover(close, close)', 'FORMULA_ALWAYS_THE_SAME', 'crossover(close, close)'],
  ])
  expect(warnings.map((warning) => explain(warning, warning.expr).split('\n')[1])).toEqual([
    '  close > 1 / 0',
    '  crossover(close, close)',
  ])
})

it('a scan says when the formula looks further back than the candles reach', async () => {
  const candles = new Map([
    ['AAA', closes([1, 2, 3])],
    ['BBB', closes([1, 2, 3, 4, 5])],
  ])
  await using engine = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
  const scan = async (formula: string) => {
    const result = await new BatchScanUseCase(engine).execute({ symbols: ['AAA', 'BBB'], timeframe: '1d', formula })
    return result.warnings
  }
  expect(await scan('close > sma(close, 6)')).toEqual([
    {
      code: 'FORMULA_LONGER_THAN_DATA',
      message: 'the formula needs 6 bars for its first value, and no symbol has more than 5',
      hint: 'nothing can match: read more history, or take shorter lengths',
      at: [0, 21],
    },
  ])
  // One symbol is long enough; and one side of the choice says it already.
  expect(await scan('close < sma(close, 5)')).toEqual([])
  expect(await scan('close > 4 or close > sma(close, 60)')).toEqual([])
})
