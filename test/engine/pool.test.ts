import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { poolExecutor } from '../../src/engine/main/pool.ts'
import type { Task } from '../../src/engine/shared/protocol.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { universe } from '../support/candles.ts'
import { EXECUTORS, matchesOf, moduleRepository, start, withoutDescription } from './support.ts'

const threads: Worker[] = []
const note = (thread: Worker) => void threads.push(thread)
beforeEach(() => void process.on('worker', note))
afterEach(async () => {
  process.off('worker', note)
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()))
})

const setup = { module: {}, residentBytes: 0, workers: 1 }
const task = (name: string) => ({ kind: name }) as unknown as Task

/** A pool of one thread that runs this code for every message it is sent. */
function pool(code: string, lost = () => {}) {
  const head = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', async (asked) => {`
  return poolExecutor(new URL(`data:text/javascript,${encodeURIComponent(`${head}${code}})`)}`), 1, setup, lost)
}

const ECHO = 'parentPort.postMessage({ value: asked.kind })'

describe('a thread', () => {
  it('does one task at a time, in the order they came', async () => {
    const echo = pool(`if (asked.kind === 'slow') await new Promise(setImmediate); ${ECHO}`)
    const order: unknown[] = []
    const asked = ['slow', 'a', 'slow', 'b'].map((name) => echo.run(task(name), 0).then((part) => order.push(part)))
    await Promise.all(asked)
    expect(order).toEqual(['slow', 'a', 'slow', 'b'])
    await echo.close()
  })

  it.each([
    ['leaves', 'process.exit(3)', 'it ended with exit code 3'],
    ['throws', 'throw new Error("too much")', 'too much'],
    ['rejects', 'setImmediate(async () => { throw new Error("too late") })', 'too late'],
    ['throws no error', 'throw "words"', 'words'],
  ])('that %s while it has a task fails that one, and the next has another thread', async (_, end, reason) => {
    const lost: string[] = []
    const code = `if (asked.kind === 'end') { ${end}; return }; ${ECHO}`
    const mortal = pool(code, () => void lost.push('lost'))
    const next = mortal.run(task('next'), 0)
    await expect(mortal.run(task('end'), 0)).rejects.toMatchObject({
      code: 'ENGINE_WORKER',
      message: expect.stringContaining(reason),
      fields: { worker: 0 },
    })
    expect(await next).toBe('next')
    expect(await mortal.run(task('again'), 0)).toBe('again')
    expect([lost, threads.length]).toEqual([['lost'], 2])
    await mortal.close()
  })

  it('that is dead answers nobody any more', async () => {
    const echo = pool(`if (asked.kind !== 'of the dead') ${ECHO}`)
    await echo.run(task('first'), 0)
    const asked = echo.run(task('of the dead'), 0)
    const other = echo.run(task('of the next'), 0)
    await setImmediate()
    // The ports of errors and of messages are two: which comes first is not said.
    threads[0]!.emit('error', new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
    await setImmediate()
    threads[0]!.emit('message', { value: 'of the dead' })
    expect(await other).toBe('of the next')
    await echo.close()
  })

  it('whose answer cannot be read fails its task and stays', async () => {
    const echo = pool(`if (asked.kind !== 'nothing') ${ECHO}`)
    const asked = echo.run(task('nothing'), 0)
    await setImmediate()
    threads[0]!.emit('messageerror', new Error('no such class here'))
    await expect(asked).rejects.toMatchObject({ code: 'ENGINE_WORKER', fields: { reason: 'no such class here' } })
    expect(await echo.run(task('next'), 0)).toBe('next')
    expect(threads).toHaveLength(1)
    await echo.close()
  })

  it('that is sent what cannot be sent is not stopped by it', async () => {
    const echo = pool(ECHO)
    await expect(echo.run({ kind: () => {} } as never, 0)).rejects.toMatchObject({
      code: 'ENGINE_WORKER',
      message: expect.stringContaining('could not be cloned'),
    })
    expect(await echo.run(task('next'), 0)).toBe('next')
    await echo.close()
  })

  it('that cannot be made fails the task that needs it', async () => {
    const none = poolExecutor(new URL('https://example.com/worker.mjs'), 2, setup, () => {})
    await expect(none.run(task('any'), 1)).rejects.toMatchObject({
      name: 'EngineError',
      code: 'ENGINE_WORKER',
      message: 'A worker thread failed: The URL must be of scheme file',
      fields: { worker: 1 },
    })
    await none.close()
  })

  it('that dies of being closed is no failure to close where it has nothing open', async () => {
    const mortal = pool('process.exit(1)')
    await mortal.close()
    const used = pool(`if (asked === 'close') process.exit(1); ${ECHO}`)
    await used.run(task('any'), 0)
    await expect(used.close()).rejects.toMatchObject({ code: 'ENGINE_WORKER' })
  })

  it('is ended by close, each of eight', async () => {
    const entry = new URL(
      `data:text/javascript,${encodeURIComponent(
        `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => parentPort.postMessage({ value: 0 }))`,
      )}`,
    )
    const eight = poolExecutor(entry, 8, setup, () => {})
    await Promise.all([0, 3, 7].map((worker) => eight.run(task('any'), worker)))
    const ended = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)))
    expect(ended).toHaveLength(8)
    await eight.close()
    await Promise.all(ended)
  })
})

describe('a job', () => {
  const candles = universe([50, 50, 50, 50])
  const symbols = [...candles.keys()]
  const FORMULA = 'close > open'
  const alone = EXECUTORS.find(({ workers, name }) => workers === 1 && name !== 'inline')!

  it('runs in a pool after another ran in the main thread', async () => {
    const repository = moduleRepository({ candles })
    const many = Array.from({ length: 250 }, (_, at) => symbols[at] ?? `none ${at}`)
    await using engine = start({ ...alone, options: { workers: 2 } }, repository)
    const before = await engine.scan(FORMULA, symbols)
    const after = await engine.scan(FORMULA, many)
    expect([before.executor.name, after.executor.name]).toEqual(['inline', 'pool'])
    expect(matchesOf(after)).toEqual(matchesOf(before))
  })

  it('finds a new thread where one has died of its last word', async () => {
    await using engine = start(alone, moduleRepository({ candles }))
    const thread = new Promise<Worker>((resolve) => process.once('worker', resolve))
    const first = engine.scan(FORMULA, symbols)
    // Node hands over what a dead thread has sent last, and says in the same breath that it is dead.
    const dying = await thread
    dying.once('message', () => dying.emit('exit', 3))
    const matches = matchesOf(await first)
    const again = await engine.scan(FORMULA, symbols)
    expect(again.errors).toEqual([])
    expect(matchesOf(again)).toEqual(matches)
  })

  it('is not failed by the thread that another job has ended', async () => {
    const url = new URL('./dying-repository.mjs', import.meta.url).href
    const deaths = new Int32Array(new SharedArrayBuffer(4)).fill(1)
    const description = { kind: 'module' as const, url, options: { candles, deaths } }
    await using engine = start(alone, { ...withoutDescription(memoryRepository(candles)), description })
    await engine.scan(FORMULA, symbols.slice(0, 1))
    threads[0]!.prependOnceListener('exit', () => Atomics.store(deaths, 0, 1))
    Atomics.store(deaths, 0, 0)
    const [ended, other] = await Promise.allSettled([engine.scan(FORMULA, symbols), engine.scan(FORMULA, symbols)])
    expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'ENGINE_WORKER' } })
    expect(other).toMatchObject({ status: 'fulfilled', value: { errors: [] } })
  })

  it.each([
    [
      'cannot read what it is asked',
      "parentPort.emit('messageerror', new Error('no such class here')); return new Promise(() => {})",
      'A worker failed: no such class here',
    ],
    [
      'cannot send what its repository says',
      "return { symbol, error: { code: 'BAD_DATA', message: 'no', fields: { why() {} } } }",
      'A worker failed: why() {} could not be cloned.',
    ],
  ])('fails when a thread %s, which stays', async (_, load, message) => {
    const module = `import { parentPort } from 'node:worker_threads'
      export default () => ({ load(symbol) { ${load} }, close() {} })`
    const url = `data:text/javascript,${encodeURIComponent(module)}`
    const description = { kind: 'module' as const, url, options: {} }
    await using engine = start(alone, { ...withoutDescription(memoryRepository(candles)), description })
    for (let job = 0; job < 2; job++) {
      await expect(engine.scan(FORMULA, symbols)).rejects.toMatchObject({ code: 'ENGINE_WORKER', message })
    }
    expect(threads).toHaveLength(1)
  })

  it('leaves two engines to themselves', async () => {
    await using one = start(alone, moduleRepository({ candles }))
    const other = start(alone, moduleRepository({ candles }))
    const [a, b] = await Promise.all([one.scan(FORMULA, symbols), other.scan(FORMULA, symbols)])
    expect(matchesOf(a)).toEqual(matchesOf(b))
    await other.engine.close()
    expect(matchesOf(await one.scan(FORMULA, symbols))).toEqual(matchesOf(a))
    expect(threads).toHaveLength(2)
  })
})

describe('a process', () => {
  it.each(['unused', 'used'])('runs its job to the end, and ends without close (%s)', async (use) => {
    const script = join(import.meta.dirname, 'scan-and-leave.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, use], { timeout: 60_000 })
    expect(stdout).toBe(use === 'used' ? '1 match\nleft\n' : 'left\n')
  })
})
