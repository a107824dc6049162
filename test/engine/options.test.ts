import { describe, expect, it } from 'vitest'
import { POOL_FROM_SYMBOLS, ProcessingEngine } from '../../src/engine/main/engine.ts'
import { createEngine, type EngineOptions, memoryRepository } from '../../src/index.ts'
import { closes } from '../support/candles.ts'

const repository = memoryRepository({ A: closes([1, 2, 3]) })
const job = {
  id: '1',
  jobType: 'SCAN',
  symbols: ['A'],
  timeframe: '1d',
  dateRange: {},
  formula: '',
  parameters: {},
  timezone: 'UTC',
} as const

describe('options of an engine', () => {
  it.each([
    [{ workers: 0 }, 'workers must be a whole number from 1 to 256, got 0'],
    [{ workers: 257 }, 'workers must be a whole number from 1 to 256, got 257'],
    [{ workers: 1.5 }, 'workers must be a whole number from 1 to 256, got 1.5'],
    [{ workers: Number.NaN }, 'workers must be a whole number from 1 to 256, got NaN'],
    [{ executor: 'threads' }, 'executor must be auto, inline or pool, got threads'],
    [{ defects: 'repair' }, 'defects must be drop, keep, error, got repair'],
    [{ residentBytes: -1 }, 'residentBytes must be a number of bytes, got -1'],
    [{ residentBytes: Number.NaN }, 'residentBytes must be a number of bytes, got NaN'],
  ])('refuses %o', (options, message) => {
    const make = () => createEngine({ repository, ...(options as Partial<EngineOptions>) })
    const [option, found] = Object.entries(options)[0]!
    expect(make).toThrow(
      expect.objectContaining({ name: 'EngineError', code: 'ENGINE_OPTION', message, fields: { option, found } }),
    )
  })

  it('refuses threads where there are none, and works without', async () => {
    const platform = { module: () => Promise.reject(new Error('offline')), pause: async () => {}, cores: 4 }
    const make = () => new ProcessingEngine({ repository, executor: 'pool' }, platform)
    expect(make).toThrow(expect.objectContaining({ code: 'ENGINE_OPTION' }))
    const engine = new ProcessingEngine({ repository }, platform)
    const { planFormula } = await import('../../src/index.ts')
    await expect(engine.scan(planFormula('close > 1'), job)).rejects.toMatchObject({
      name: 'EngineError',
      code: 'ENGINE_WASM',
      message: 'the WebAssembly kernels could not be loaded: offline',
    })
    await engine.close()
  })
})

describe('executor auto', () => {
  const symbols = Array.from({ length: POOL_FROM_SYMBOLS }, (_, at) => `S${at}`)
  const candles = new Map(symbols.map((symbol) => [symbol, closes([1, 2, 3])]))
  const formula = 'close > close[1]'

  it('takes the pool when there are symbols and threads enough for it', async () => {
    const { createEngine, BatchScanUseCase } = await import('../../dist/index.js')
    const ran = async (workers: number, asked: string[]) => {
      await using engine = createEngine({ repository: memoryRepository(candles), workers })
      const { executor, matches } = await new BatchScanUseCase(engine).execute({
        symbols: asked,
        timeframe: '1d',
        formula,
      })
      expect(matches.length).toBe(2 * asked.length)
      return executor
    }
    expect(await ran(2, symbols)).toEqual({ name: 'pool', workers: 2 })
    expect(await ran(2, symbols.slice(1))).toEqual({ name: 'inline', workers: 1 })
    expect(await ran(1, symbols)).toEqual({ name: 'inline', workers: 1 })
  })
})
