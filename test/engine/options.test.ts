import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { createEngine as createBrowserEngine } from '../../src/browser.ts'
import { ProcessingEngine } from '../../src/engine/main/engine.ts'
import type { Executor } from '../../src/engine/main/executor.ts'
import { POOL_FROM_SYMBOLS } from '../../src/engine/main/executors.ts'
import { BatchScanUseCase, createEngine, type EngineOptions, memoryRepository, SeriesUseCase } from '../../src/node.ts'
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
    [{ residentBytes: '5' }, 'residentBytes must be a number of bytes, got 5'],
    [{ workers: [2] }, 'workers must be a whole number from 1 to 256, got an array'],
    [{ executor: Object.create(null) }, 'executor must be auto, inline or pool, got an object'],
  ])('refuses %o', (options, message) => {
    const make = () => createEngine({ repository, ...(options as Partial<EngineOptions>) })
    const [option, found] = Object.entries(options)[0]!
    expect(make).toThrow(
      expect.objectContaining({ name: 'EngineError', code: 'ENGINE_OPTION', message, fields: { option, found } }),
    )
  })

  it.each([
    ['no options', undefined, 'undefined'],
    ['null', null, 'undefined'],
    ['none', {}, 'undefined'],
    ['null', { repository: null }, 'null'],
    ['a file name', { repository: 'candles.parquet' }, 'candles.parquet'],
    ['an object that is none', { repository: {} }, 'one without symbols, load, versions, close'],
    ['half a one', { repository: { symbols() {}, load() {} } }, 'one without versions, close'],
  ])('refuses %s for a repository', (_, options, got) => {
    const accepted =
      'a memoryRepository, a duckdbRepository, or an object with the methods symbols, load, versions, close'
    for (const create of [createEngine, createBrowserEngine]) {
      const message = `repository must be ${accepted}, got ${got}`
      const failure = { name: 'EngineError', code: 'ENGINE_OPTION', message }
      expect(() => create(options as never)).toThrow(expect.objectContaining(failure))
    }
  })

  it.each([
    [null, 'options must be an object with onProgress, signal or candleColumns, got null'],
    [{ onProgress: 'loud' }, 'onProgress must be a function, got loud'],
    [{ signal: 'SIGINT' }, 'signal must be an AbortSignal, got SIGINT'],
    [{ signal: new AbortController() }, 'signal must be an AbortSignal, got an object'],
    [{ signal: null }, 'signal must be an AbortSignal, got null'],
    [{ candleColumns: 'close' }, 'candleColumns must be a list of open, high, low, close, volume, got close'],
    [{ candleColumns: ['close', 'vwap'] }, 'candleColumns must be a list of open, high, low, close, volume, got vwap'],
    [{ candleColumns: [Symbol('x')] }, 'candleColumns must be a list of open, high, low, close, volume, got Symbol(x)'],
  ])('refuses %o for a run', async (options, message) => {
    await using engine = createEngine({ repository: memoryRepository({ A: closes([1, 2, 3]) }), executor: 'inline' })
    const failure = { name: 'EngineError', code: 'ENGINE_OPTION', message }
    const request = { symbols: ['A'], timeframe: '1d' } as const
    const scan = new BatchScanUseCase(engine).execute({ ...request, formula: 'close > 1' }, options as never)
    await expect(scan).rejects.toMatchObject(failure)
    const series = new SeriesUseCase(engine).execute({ ...request, expressions: ['close'] }, options as never)
    await expect(series).rejects.toMatchObject(failure)
  })

  it('takes a signal of another realm', async () => {
    await using engine = createEngine({ repository: memoryRepository({ A: closes([1, 2, 3]) }), executor: 'inline' })
    const { signal } = runInNewContext(
      '({ signal: { aborted: true, addEventListener() {}, removeEventListener() {} } })',
    )
    const job = { symbols: ['A'], timeframe: '1d', formula: 'close > 1' } as const
    await expect(new BatchScanUseCase(engine).execute(job, { signal })).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('takes as many workers as there are cores, as far as it can', async () => {
    const pool = vi.fn((workers: number): Executor => ({ name: 'pool', workers, run: vi.fn(), async close() {} }))
    const module = async () => ({}) as WebAssembly.Module
    for (const cores of [4, 384]) {
      await using engine = new ProcessingEngine({ repository }, { module, pause: async () => {}, cores, pool })
      await engine.start()
    }
    expect(pool.mock.calls.map(([workers]) => workers)).toEqual([4, 256])
  })

  it('refuses threads where there are none, and works without', async () => {
    const platform = { module: () => Promise.reject(new Error('offline')), pause: async () => {}, cores: 4 }
    const make = () => new ProcessingEngine({ repository, executor: 'pool' }, platform)
    expect(make).toThrow(expect.objectContaining({ code: 'ENGINE_OPTION' }))
    const engine = new ProcessingEngine({ repository }, platform)
    const { planFormula } = await import('../../src/node.ts')
    await expect(engine.runScan(planFormula('close > 1'), job)).rejects.toMatchObject({
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
    const { createEngine, BatchScanUseCase } = await import('../../dist/node.js')
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
