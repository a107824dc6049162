import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/domain/errors.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { universe } from '../support/candles.ts'
import { REFUSED } from './module-repository.mjs'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const candles = universe([50, 50, 50, 50, 50])
const symbols = [...candles.keys()]
const FORMULA = 'close > open'

describe.each(EXECUTORS)('$name', (executor) => {
  it('rejects when the storage as a whole fails, and recovers with it', async () => {
    const memory = memoryRepository(candles)
    let isDown = true
    await using engine = start(executor, {
      ...withoutDescription(memory),
      async versions(...of) {
        if (isDown) throw new DataError('DATA_UNREADABLE', 'the drive is not there', { drive: 'x' })
        return memory.versions(...of)
      },
    })
    const failure = {
      name: 'DataError',
      code: 'DATA_UNREADABLE',
      message: 'the drive is not there',
      fields: { drive: 'x' },
    }
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject(failure)
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject(failure)
    isDown = false
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
  })

  it('rejects for a timeframe that the storage does not have', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const run = engine.scan(FORMULA, symbols, { timeframe: '1h' })
    await expect(run).rejects.toMatchObject({ code: 'DATA_TIMEFRAME', fields: { holds: '1d', wanted: '1h' } })
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
  })

  it('throws what is wrong with the job or the formula before it reads anything', async () => {
    let asked = 0
    const memory = memoryRepository(candles)
    await using engine = start(executor, {
      ...withoutDescription(memory),
      versions(...of) {
        asked++
        return memory.versions(...of)
      },
    })
    await expect(engine.scan(FORMULA, [])).rejects.toMatchObject({ name: 'JobError', code: 'JOB_NO_SYMBOLS' })
    await expect(engine.scan('close >', symbols)).rejects.toMatchObject({
      name: 'FormulaError',
      code: 'FORMULA_SYNTAX',
    })
    await expect(engine.scan('close', symbols)).rejects.toMatchObject({ code: 'FORMULA_NOT_A_CONDITION' })
    expect(asked).toBe(0)
  })

  it('rejects with what the progress function throws', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const onProgress = () => {
      throw new Error('mine')
    }
    await expect(engine.scan(FORMULA, symbols, {}, { onProgress })).rejects.toThrow('mine')
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
  })

  it('rejects with what a promise of the progress function rejects with', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const onProgress = async () => {
      await setImmediate()
      throw new Error('mine')
    }
    await expect(engine.scan(FORMULA, symbols, {}, { onProgress })).rejects.toThrow('mine')
    const aborted = { onProgress, signal: AbortSignal.abort() }
    await expect(engine.scan(FORMULA, symbols, {}, aborted)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect((await engine.scan(FORMULA, symbols)).matches.length).toBeGreaterThan(0)
  })

  it('waits for the promise of the last report', async () => {
    await using engine = start(executor, memoryRepository(candles))
    const order: string[] = []
    const onProgress = async () => {
      await setImmediate()
      order.push('report')
    }
    await engine.scan(FORMULA, symbols, {}, { onProgress })
    order.push('run')
    expect(order.at(-1)).toBe('run')
    expect(order.length).toBeGreaterThan(1)
  })

  it('marks what a broken pass over many symbols has not delivered', async () => {
    const memory = memoryRepository(candles)
    await using engine = start(executor, {
      ...withoutDescription(memory),
      async *loadMany([first, ...others], request) {
        yield await memory.load(first!, request)
        if (others.includes('S4')) throw new Error('the cable is out')
        for (const symbol of others) yield await memory.load(symbol, request)
      },
    })
    const { errors } = await engine.scan(FORMULA, symbols)
    expect(errors.at(-1)).toMatchObject({
      symbol: 'S4',
      code: 'LOAD_FAILED',
      message: 'S4 could not be read: the cable is out',
    })
    expect(errors.every(({ code }) => code === 'LOAD_FAILED')).toBe(true)
    if (executor.workers === 1) expect(errors).toHaveLength(4)
  })
})

describe.each(EXECUTORS.slice(1))('$name', (executor) => {
  it('rejects when workers cannot open the repository, and recovers', async () => {
    const repository = moduleRepository({ candles })
    await using engine = start(executor, repository)
    Atomics.store(repository.counters, REFUSED, 1)
    const failure = {
      name: 'DataError',
      code: 'DATA_UNREADABLE',
      message: 'the drive is not there',
      fields: { drive: 'x' },
    }
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject(failure)
    Atomics.store(repository.counters, REFUSED, 0)
    const result = await engine.scan(FORMULA, symbols)
    await using plain = start(executor, memoryRepository(candles))
    expect(matchesOf(result)).toEqual(matchesOf(await plain.scan(FORMULA, symbols)))
  })

  it('says which module is no repository', async () => {
    const url = new URL('./no-repository.mjs', import.meta.url).href
    const memory = withoutDescription(memoryRepository(candles))
    await using engine = start(executor, { ...memory, description: { kind: 'module', url, options: {} } })
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject({ code: 'DATA_OPTION', fields: { url } })
    await using missing = start(executor, {
      ...memory,
      description: { kind: 'module', url: 'file:///nowhere.mjs', options: {} },
    })
    await expect(missing.scan(FORMULA, symbols)).rejects.toMatchObject({ code: 'ENGINE_WORKER' })
  })

  it('rejects when a worker thread dies, and works on with a new one', async () => {
    const memory = memoryRepository(candles)
    const url = new URL('./dying-repository.mjs', import.meta.url).href
    const deaths = new Int32Array(new SharedArrayBuffer(4))
    const description = { kind: 'module' as const, url, options: { candles, deaths } }
    await using engine = start(executor, { ...withoutDescription(memory), description })
    await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject({ name: 'EngineError', code: 'ENGINE_WORKER' })
    Atomics.store(deaths, 0, 1)
    const result = await engine.scan(FORMULA, symbols)
    expect(result.errors).toEqual([])
    // Once more, now that every worker has had the repository open: other symbols, so that they are read.
    Atomics.store(deaths, 0, 0)
    const more = [...symbols, 'T0', 'T1', 'T2', 'T3', 'T4']
    await expect(engine.scan(FORMULA, more)).rejects.toMatchObject({ code: 'ENGINE_WORKER' })
    Atomics.store(deaths, 0, 1)
    expect((await engine.scan(FORMULA, more)).matches.length).toBe(result.matches.length)
    await using plain = start(executor, memoryRepository(candles))
    expect(matchesOf(result)).toEqual(matchesOf(await plain.scan(FORMULA, symbols)))
  })

  it('works on when a thread has died while nobody wanted anything of it', async () => {
    const url = new URL('./dying-repository.mjs', import.meta.url).href
    const deaths = new Int32Array(new SharedArrayBuffer(4))
    const description = { kind: 'module' as const, url, options: { candles, deaths, isLate: true } }
    const threads: Worker[] = []
    const note = (thread: Worker) => void threads.push(thread)
    process.on('worker', note)
    try {
      await using engine = start(executor, { ...withoutDescription(memoryRepository(candles)), description })
      const before = await engine.scan(FORMULA, symbols)
      const died = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)))
      expect(died).toHaveLength(executor.workers)
      Atomics.store(deaths, 0, 1)
      Atomics.notify(deaths, 0)
      await Promise.all(died)
      expect(matchesOf(await engine.scan(FORMULA, symbols))).toEqual(matchesOf(before))
      expect(threads).toHaveLength(2 * executor.workers)
    } finally {
      process.off('worker', note)
    }
  })
})
