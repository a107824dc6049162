import { describe, expect, it, vi } from 'vitest'
import { ProcessingEngine } from '../../src/engine/main/engine.ts'
import { inlineExecutor } from '../../src/engine/main/inline.ts'
import { poolExecutor } from '../../src/engine/main/pool.ts'
import type { Platform } from '../../src/engine/platform/platform.ts'
import type { Task } from '../../src/engine/shared/protocol.ts'
import { BatchScanUseCase, memoryRepository } from '../../src/node.ts'
import { closes } from '../support/candles.ts'
import { kernels } from '../support/kernels.ts'
import { withoutDescription } from './support.ts'

const repository = () => withoutDescription(memoryRepository({ A: closes([1, 2, 3]) }))
const job = { symbols: ['A'], timeframe: '1d', formula: 'close > close[1]' } as const

const module = async () => WebAssembly.compile(await kernels())

/** A platform with one core that starts what the test gives it. */
function platform(of: Partial<Platform>): Platform {
  return { module, pause: async () => {}, cores: 1, ...of }
}

describe('what did not start', () => {
  it('is the kernels: loaded again by the next job', async () => {
    const flaky = vi.fn(module).mockRejectedValueOnce(new Error('offline'))
    await using engine = new ProcessingEngine({ repository: repository() }, platform({ module: flaky }))
    const useCase = new BatchScanUseCase(engine)
    await expect(useCase.execute(job)).rejects.toMatchObject({
      code: 'ENGINE_WASM',
      message: 'the WebAssembly kernels could not be loaded: offline',
    })
    expect((await useCase.execute(job)).matches.length).toBe(2)
    await useCase.execute(job)
    expect(flaky).toHaveBeenCalledTimes(2)
  })

  it('is the pool: started again by the next job', async () => {
    const pool = vi.fn<NonNullable<Platform['pool']>>((_, setup) => inlineExecutor(setup, async () => {}))
    pool.mockImplementationOnce(() => {
      throw new Error('no threads left')
    })
    await using engine = new ProcessingEngine({ repository: repository(), executor: 'pool' }, platform({ pool }))
    await expect(engine.start()).rejects.toThrow('no threads left')
    expect((await new BatchScanUseCase(engine).execute(job)).matches.length).toBe(2)
    expect(pool).toHaveBeenCalledTimes(2)
  })

  it('is a worker thread: another one is started for the next task', async () => {
    const isBroken = new Int32Array(new SharedArrayBuffer(4)).fill(1)
    let deaths = 0
    let wanted = { deaths: 0, arrived: () => {} }
    const lost = () => {
      deaths++
      if (deaths >= wanted.deaths) wanted.arrived()
    }
    const died = (count: number) => {
      return new Promise<void>((arrived) => {
        wanted = { deaths: count, arrived }
        if (deaths >= count) arrived()
      })
    }
    const setup = { module: await module(), residentBytes: 0, workers: 1, isBroken }
    const pool = poolExecutor(new URL('./failing-worker.mjs', import.meta.url), 1, setup, lost)
    const task = {} as Task
    await died(1)
    await expect(pool.run(task, 0)).rejects.toMatchObject({
      code: 'ENGINE_WORKER',
      message: 'A worker thread failed: no room for another thread',
    })
    await died(2)
    Atomics.store(isBroken, 0, 0)
    expect(await pool.run(task, 0)).toBe('done')
    await pool.close()
  })

  it('is waited for by close: a thread is never ended while it loads', async () => {
    const isBroken = new Int32Array(new SharedArrayBuffer(8))
    const setup = { module: await module(), residentBytes: 0, workers: 2, isBroken }
    const worker = new URL('./failing-worker.mjs', import.meta.url)
    const pool = poolExecutor(worker, 2, setup, () => {})
    await pool.close()
    expect(Atomics.load(isBroken, 1)).toBe(2)
  })
})
