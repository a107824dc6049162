import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEngine } from '../../src/engine/platform/node.ts'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { compareWithOracle } from '../support/compare.ts'
import { FUNCTIONS } from '../support/oracle-functions.ts'
import { candles, columnsOf, formulas } from '../support/random.ts'

describe('random formulas on random candles', () => {
  it('are known to the oracle, every row of the catalogue', () => {
    const names = CATALOGUE.filter(({ group }) => group !== 'operator').map(({ name }) => name)
    expect(names.filter((name) => !FUNCTIONS.has(name))).toEqual([])
  })

  it('give what the oracle finds', async () => {
    let agreed = 0
    let doubtful = 0
    await fc.assert(
      fc.asyncProperty(formulas, fc.array(candles, { minLength: 1, maxLength: 11 }), async (formula, series) => {
        const symbols = new Map(series.map((each, at) => [`S${at}`, columnsOf(each)]))
        await using engine = createEngine({
          repository: memoryRepository(symbols),
          executor: 'inline',
          defects: 'keep',
        })
        const job = { symbols: [...symbols.keys()], timeframe: '1d' as const, formula }
        const found = compareWithOracle(await new BatchScanUseCase(engine).execute(job), symbols)
        expect({ wrong: found.wrong, values: found.wrongValues }).toEqual({ wrong: [], values: [] })
        agreed += found.agreed
        doubtful += found.doubtful.length
      }),
      { numRuns: 300 },
    )
    expect(agreed).toBeGreaterThan(1000)
    expect(doubtful).toBeLessThan(agreed / 20)
  })
})
