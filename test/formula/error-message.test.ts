import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormulaError } from '../../src/domain/errors.ts'
import { checkFormula } from '../../src/formula/check/check.ts'
import { explain } from '../../src/formula/errors/explain-error.ts'
import { MAX_TEXT } from '../../src/formula/limits.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { createEngine } from '../../src/node.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { SeriesUseCase } from '../../src/use-cases/series.ts'
import { wordSoup } from './support.ts'

const first = (text: string, parameters = {}) => checkFormula(text, parameters)[0] as FormulaError

describe('the message of a FormulaError', () => {
  it('says what is wrong, what to do and where', () => {
    const error = first('추세 = 1\n  crossover(ema(c,12), emma(close, 26))')
    expect(error.message).toBe('there is no indicator "emma"; the nearest names are ema, rma, sma (line 2, column 24)')
    expect(error.sentence).toBe('there is no indicator "emma"')
    expect(error.fields).toMatchObject({ line: 2, column: 24 })
  })

  it('has no place where there is none', () => {
    const { message, fields } = first('close > 1', { n: 3 })
    expect(message).toBe('the formula has no parameter "n"; it has no param line')
    expect('line' in fields).toBe(false)
  })

  it('has no semicolon without a hint', () => {
    expect(new FormulaError('FORMULA_SYNTAX', 'why', { at: [0, 1], hint: '', line: 1, column: 1 }).message).toBe(
      'why (line 1, column 1)',
    )
  })

  it('names the place that is drawn', () => {
    fc.assert(
      fc.property(wordSoup, (text) => {
        for (const error of checkFormula(text)) {
          const { line, column } = error.fields
          expect(explain(error, text).split('\n')[0]).toBe(`${error.code}  line ${line}, column ${column}`)
          expect(error.message.endsWith(` (line ${line}, column ${column})`)).toBe(true)
        }
      }),
    )
  })

  it('names the place behind the longest text that is read', () => {
    expect(first(`${'\n'.repeat(MAX_TEXT)}close > 1`).fields).toMatchObject({ line: MAX_TEXT + 1, column: 1 })
  })
})

describe('the stack of an error', () => {
  const engine = createEngine({ repository: memoryRepository({}), executor: 'inline' })
  const job = { symbols: ['A'], timeframe: '1d' } as const
  const scan = new BatchScanUseCase(engine)
  const series = new SeriesUseCase(engine)
  const asks = {
    planFormula: async () => planFormula('emma(close, 3) > 1'),
    scan: () => scan.execute({ ...job, formula: 'emma(close, 3) > 1' }),
    series: () => series.execute({ ...job, expressions: ['emma(close, 3)'] }),
    'the scan of an engine': () => engine.scan({ ...job, formula: 'emma(close, 3) > 1' }),
    'the series of an engine': () => engine.series({ ...job, expressions: ['emma(close, 3)'] }),
    'scan of a wrong job': () => scan.execute({ ...job, formula: 3 as never }),
  }

  it.each(Object.keys(asks) as (keyof typeof asks)[])('begins at the caller: %s', async (name) => {
    const askFromHere = () => asks[name]()
    const error = (await askFromHere().then(
      () => undefined,
      (thrown) => thrown,
    )) as Error
    const [head, top] = `${error.stack}`.split('\n    at ') as [string, string]
    expect(head).toBe(`${error.name}: ${error.message}`)
    expect(top).toContain('error-message.test.ts')
  })
})
