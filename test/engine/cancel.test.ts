import { getEventListeners, once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import { universe } from '../support/candles.ts'
import { GATE, WAITING } from './module-repository.mjs'
import { EXECUTORS, matchesOf, moduleRepository, reached, start, withoutDescription } from './support.ts'

const candles = universe([100, 100, 100, 100, 100, 100])
const symbols = [...candles.keys()]
const FORMULA = 'close > sma(close, 5)'

/** A repository whose loads wait until the test lets them go on. */
function gated() {
  const memory = withoutDescription(memoryRepository(candles))
  let open = () => {}
  let arrived = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const repository: CandleRepository = {
    ...memory,
    async load(symbol, request) {
      arrived()
      await gate
      return memory.load(symbol, request)
    },
  }
  return { repository, open: () => open(), arrival }
}

describe.each(EXECUTORS)('$name', (executor) => {
  it('does nothing for a signal that is aborted already', async () => {
    let loads = 0
    const memory = withoutDescription(memoryRepository(candles))
    const counting: CandleRepository = {
      ...memory,
      load(...of) {
        loads++
        return memory.load(...of)
      },
    }
    await using engine = start(executor, counting)
    const run = engine.scan(FORMULA, symbols, { id: 'mine' }, { signal: AbortSignal.abort() })
    await expect(run).rejects.toMatchObject({
      name: 'EngineError',
      code: 'CANCELLED',
      message: 'job mine was cancelled after 0 of 6 symbols',
      fields: { jobId: 'mine', completed: 0, failed: 0, total: 6 },
    })
    expect(loads).toBe(0)
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
  })

  it('stops while candles are read, and takes the next job', async () => {
    const { repository, open, arrival } = gated()
    await using engine = start(executor, repository)
    const abort = new AbortController()
    const run = engine.scan(FORMULA, symbols, {}, { signal: abort.signal })
    const stopped = expect(run).rejects.toMatchObject({ code: 'CANCELLED', fields: { total: 6 } })
    await arrival
    abort.abort()
    open()
    await stopped
    const after = await engine.scan(FORMULA, symbols)
    await using fresh = start(executor, memoryRepository(candles))
    expect(matchesOf(after)).toEqual(matchesOf(await fresh.scan(FORMULA, symbols)))
  })

  it('reads no further symbol once it is stopped', async () => {
    const memory = withoutDescription(memoryRepository(candles))
    const abort = new AbortController()
    const loaded: string[] = []
    await using engine = start(executor, {
      ...memory,
      load(symbol, request) {
        loaded.push(symbol)
        if (loaded.length === 2) abort.abort()
        return memory.load(symbol, request)
      },
    })
    const run = engine.scan(FORMULA, symbols, {}, { signal: abort.signal })
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
    if (executor.name === 'inline') expect(loaded).toEqual(['S0', 'S1'])
    expect((await engine.scan(FORMULA, symbols)).errors).toEqual([])
  })

  it('ignores an abort that comes after the end', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const abort = new AbortController()
    const result = await engine.scan(FORMULA, symbols, {}, { signal: abort.signal })
    abort.abort()
    expect(result.matches.length).toBeGreaterThan(0)
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBe(result.matches.length)
  })

  it('listens once to a signal that is given to hundreds of jobs, and not after them', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const { signal } = new AbortController()
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on('warning', note)
    try {
      const runs = Array.from({ length: 300 }, () => engine.scan(FORMULA, symbols, {}, { signal }))
      expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1)
      await engine.engine.start()
      expect(getEventListeners(signal, 'abort')).toHaveLength(1)
      await Promise.all(runs)
      expect(getEventListeners(signal, 'abort')).toEqual([])
      await setImmediate()
      expect(warnings).toEqual([])
    } finally {
      process.off('warning', note)
    }
  })

  it('stops every job that one signal was given to', async () => {
    const { repository, open, arrival } = gated()
    await using engine = start(executor, repository)
    const abort = new AbortController()
    const runs = Array.from({ length: 20 }, () => engine.scan(FORMULA, symbols, {}, { signal: abort.signal }))
    const stopped = Promise.allSettled(runs)
    await arrival
    abort.abort()
    open()
    const codes = (await stopped).map((run) => run.status === 'rejected' && run.reason.code)
    expect(new Set(codes)).toEqual(new Set(['CANCELLED']))
    expect((await engine.scan(FORMULA, symbols)).errors).toEqual([])
  })

  it('cancels one of two jobs and leaves the other alone', async () => {
    const { repository, open, arrival } = gated()
    await using engine = start(executor, repository)
    const abort = new AbortController()
    const cancelled = engine.scan('close > open', symbols, {}, { signal: abort.signal })
    const other = engine.scan(FORMULA, symbols)
    const stopped = expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' })
    await arrival
    abort.abort()
    open()
    await stopped
    await using fresh = start(executor, memoryRepository(candles))
    expect(matchesOf(await other)).toEqual(matchesOf(await fresh.scan(FORMULA, symbols)))
  })
})

describe('inline', () => {
  it('counts no symbol as failed that a loader leaves because it is told to stop', async () => {
    const abort = new AbortController()
    const repository: CandleRepository = {
      ...withoutDescription(memoryRepository(candles)),
      // biome-ignore lint/correctness/useYield: it delivers nothing
      async *loadMany(_, { signal }) {
        abort.abort()
        await once(signal!, 'abort')
        throw signal!.reason
      },
    }
    await using engine = start(EXECUTORS[0]!, repository)
    const run = engine.scan(FORMULA, symbols, {}, { signal: abort.signal })
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED', fields: { completed: 0, failed: 0 } })
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('stops while workers read', async () => {
    const repository = moduleRepository({ candles, isGated: true })
    await using engine = start(executor, repository)
    const abort = new AbortController()
    const run = engine.scan(FORMULA, symbols, {}, { signal: abort.signal })
    const stopped = expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
    await reached(repository.counters, WAITING, executor.workers)
    abort.abort()
    Atomics.store(repository.counters, GATE, 1)
    Atomics.notify(repository.counters, GATE)
    await stopped
    // Each worker was at its first symbol and has read no other.
    expect(Atomics.load(repository.counters, WAITING)).toBeLessThanOrEqual(2 * executor.workers)
    const after = await engine.scan(FORMULA, symbols)
    await using fresh = start(executor, memoryRepository(candles))
    expect(matchesOf(after)).toEqual(matchesOf(await fresh.scan(FORMULA, symbols)))
  })

  it('stops while a query runs, before any symbol is known', async () => {
    const sql = `select 'A' as symbol, epoch_ms(i * 60000) as ts, 1.0 as open, 1.0 as high, 1.0 as low, 1.0 as close
      from range(1000000000000) t(i)`
    const repository = executor.api.duckdbRepository({ data: { sql }, timeframe: '1m', threads: 1 })
    await using engine = start(executor, repository)
    await engine.engine.start()
    const abort = new AbortController()
    const run = engine.scan(FORMULA, ['A'], { timeframe: '1m' }, { signal: abort.signal })
    void setImmediate().then(() => abort.abort())
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
