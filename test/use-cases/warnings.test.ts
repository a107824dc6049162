import { expect, it } from 'vitest'
import { createEngine } from '../../src/engine/platform/node.ts'
import { explain } from '../../src/formula/explain-error.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
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
