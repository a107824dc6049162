import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { universe } from '../support/candles.ts'
import { GATE, WAITING } from './module-repository.mjs'
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

  it('closes without having run, and after warming up', async () => {
    await start(executor, memoryRepository(candles)).engine.close()
    const warm = start(executor, memoryRepository(candles))
    await warm.engine.warmUp()
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

describe('a process', () => {
  it.each(['inline', 'pool'])('ends by itself after close, without a thread or handle left (%s)', async (executor) => {
    const script = join(import.meta.dirname, 'scan-and-close.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, executor], { timeout: 100_000 })
    const found = JSON.parse(stdout) as { matches: number }
    expect(found.matches).toBeGreaterThan(0)
    expect(found).toMatchObject({ during: executor === 'pool' ? 2 : 0, after: 0, handles: [] })
  })
})
