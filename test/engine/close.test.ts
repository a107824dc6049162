import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { universe } from '../support/candles.ts'
import { CLOSED, CLOSING, GATE, OPENED, WAITING } from './module-repository.mjs'
import { EXECUTORS, moduleRepository, reached, start, withoutDescription } from './support.ts'

const candles = universe([50, 50, 50, 50])
const symbols = [...candles.keys()]
const FORMULA = 'close > open'

describe.each(EXECUTORS)('$name', (executor) => {
  it('closes once, the repository too, and refuses jobs afterwards', async () => {
    let closed = 0
    const memory = memoryRepository(candles)
    const repository: CandleRepository = {
      ...withoutDescription(memory),
      async close() {
        closed++
        await memory.close()
      },
    }
    const engine = start(executor, repository)
    await engine.scan(FORMULA, symbols)
    await Promise.all([engine.engine.close(), engine.engine.close()])
    await engine.engine.close()
    expect(closed).toBe(1)
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject({ name: 'EngineError', code: 'ENGINE_CLOSED' })
    const series = engine.series.execute({ symbols, timeframe: '1d', expressions: ['close'] })
    await expect(series).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })

  it('lets everybody who closes it wait for the same end', async () => {
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    let isClosing = () => {}
    const closing = new Promise<void>((resolve) => {
      isClosing = resolve
    })
    const { engine } = start(executor, {
      ...withoutDescription(memoryRepository(candles)),
      close() {
        isClosing()
        return ended
      },
    })
    const order: string[] = []
    const both = [1, 2].map((caller) => engine.close().then(() => order.push(`caller ${caller}`)))
    await closing
    await setImmediate()
    order.push('repository')
    end()
    await Promise.all(both)
    expect(order).toEqual(['repository', 'caller 1', 'caller 2'])
  })

  it('closes everything else when a repository fails to close, and rejects with that', async () => {
    const { engine, scan } = start(executor, {
      ...withoutDescription(memoryRepository(candles)),
      close: () => Promise.reject(new Error('the drive is stuck')),
    })
    await scan(FORMULA, symbols)
    await expect(engine.close()).rejects.toThrow('the drive is stuck')
    await expect(engine.close()).rejects.toThrow('the drive is stuck')
    await expect(engine.start()).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })

  it('closes without having run, and after it was started', async () => {
    await start(executor, memoryRepository(candles)).engine.close()
    const warm = start(executor, memoryRepository(candles))
    await warm.engine.start()
    await warm.engine.close()
  })

  it('closes at the end of `await using`', async () => {
    let closed = false
    const memory = memoryRepository(candles)
    {
      await using engine = start(executor, {
        ...withoutDescription(memory),
        async close() {
          closed = true
        },
      })
      expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
      expect(closed).toBe(false)
    }
    expect(closed).toBe(true)
  })

  it('lets a running job end before it closes', async () => {
    const engine = start(executor, memoryRepository(candles))
    const order: string[] = []
    const running = engine.scan(FORMULA, symbols).then(({ matches }) => order.push(`ran ${matches.length > 0}`))
    await engine.engine.close().then(() => order.push('closed'))
    await running
    expect(order).toEqual(['ran true', 'closed'])
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('lets workers end what they read before it closes', async () => {
    const repository = moduleRepository({ candles, isGated: true })
    const engine = start(executor, repository)
    const running = engine.scan(FORMULA, symbols)
    await reached(repository.counters, WAITING, 1)
    const closing = engine.engine.close()
    Atomics.store(repository.counters, GATE, 1)
    Atomics.notify(repository.counters, GATE)
    expect((await running).errors).toEqual([])
    await closing
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('closes the repositories that its workers have opened', async () => {
    const repository = moduleRepository({ candles })
    const engine = start(executor, repository)
    await engine.scan(FORMULA, symbols)
    expect(Atomics.load(repository.counters, OPENED)).toBe(1 + executor.workers)
    expect(Atomics.load(repository.counters, CLOSED)).toBe(0)
    await engine.engine.close()
    expect(Atomics.load(repository.counters, CLOSED)).toBe(1 + executor.workers)
  })

  it('rejects with what a worker says that cannot close its repository, and closes the others', async () => {
    const repository = moduleRepository({ candles, closes: 'badly' })
    const engine = start(executor, repository)
    await engine.scan(FORMULA, symbols)
    const failure = {
      name: 'DataError',
      code: 'DATA_UNREADABLE',
      message: 'the drive is stuck',
      fields: { drive: 'x' },
    }
    await expect(engine.engine.close()).rejects.toMatchObject(failure)
    expect(Atomics.load(repository.counters, CLOSED)).toBe(1)
  })

  it('ends a worker whose repository does not close', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const repository = moduleRepository({ candles, closes: 'never' })
      const engine = start(executor, repository)
      await engine.scan(FORMULA, symbols)
      const closed = expect(engine.engine.close()).rejects.toMatchObject({
        code: 'ENGINE_WORKER',
        message: expect.stringMatching(/^A worker was ended with its repository open: no answer in \d+ ms$/),
      })
      await reached(repository.counters, CLOSING, executor.workers)
      vi.runAllTimers()
      await closed
      expect(Atomics.load(repository.counters, CLOSED)).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a process', () => {
  it.each(['inline', 'pool'])('ends by itself after close, without a thread or handle left (%s)', async (executor) => {
    const script = join(import.meta.dirname, 'scan-and-close.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, executor], { timeout: 100_000 })
    const found = JSON.parse(stdout) as { matches: number }
    expect(found.matches).toBeGreaterThan(0)
    expect(found).toMatchObject({ during: executor === 'pool' ? 2 : 0, after: 0, handles: [] })
  })
})
