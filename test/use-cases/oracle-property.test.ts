import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { createEngine } from '../../src/node.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { compareWithOracle } from '../support/compare.ts'
import { FUNCTIONS } from '../support/oracle-functions.ts'
import { candles, columnsOf, formulas, plainCall, type RandomCandle } from '../support/random.ts'

const ROWS = CATALOGUE.filter(({ group }) => group !== 'operator')

describe('random formulas on random candles', () => {
  it('are known to the oracle, every row of the catalogue', () => {
    const names = ROWS.map(({ name }) => name)
    expect(names.filter((name) => !FUNCTIONS.has(name))).toEqual([])
  })

  const universes = fc.array(candles, { minLength: 1, maxLength: 11 })

  async function compare(formula: string, series: readonly RandomCandle[][]) {
    const symbols = new Map(series.map((each, at) => [`S${at}`, columnsOf(each)]))
    await using engine = createEngine({ repository: memoryRepository(symbols), executor: 'inline', defects: 'keep' })
    const job = { symbols: [...symbols.keys()], timeframe: '1d' as const, formula }
    const found = compareWithOracle(await new BatchScanUseCase(engine).execute(job), symbols)
    expect({ wrong: found.wrong, values: found.wrongValues }).toEqual({ wrong: [], values: [] })
    return found
  }

  it.each(ROWS.map((row) => [row.name, row] as const))('give what the oracle finds: %s', async (_, row) => {
    const property = fc.asyncProperty(plainCall(row), universes, async (formula, series) => {
      const { agreed, values } = await compare(formula, series)
      expect(agreed).toBe(series.flat().length)
      expect(values).toBeGreaterThanOrEqual(agreed)
    })
    await fc.assert(property, { numRuns: 12 })
  })

  it('give what the oracle finds', async () => {
    let agreed = 0
    let doubtful = 0
    const property = fc.asyncProperty(formulas, universes, async (formula, series) => {
      const found = await compare(formula, series)
      agreed += found.agreed
      doubtful += found.doubtful.length
    })
    await fc.assert(property, { numRuns: 300 })
    expect(agreed).toBeGreaterThan(1000)
    expect(doubtful).toBeLessThan(agreed / 20)
  })
})
