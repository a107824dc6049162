import { Piscina } from 'piscina'
import { EngineError } from '../../domain/errors.ts'
import type { Reply, Task, WorkerSetup } from '../shared/protocol.ts'
import { revive } from '../shared/serialise.ts'
import type { Executor } from './executor.ts'

/** A worker whose repository takes longer to close is ended as it is. */
const CLOSE_MS = 5000

/**
 * Runs tasks in worker threads that start at once and stay. One pool of one thread per worker, because a task must be
 * able to name the worker that has its candles.
 *
 * @param lost Told of each thread that has ended: the next task finds a new one.
 */
export function poolExecutor(
  filename: string,
  workers: number,
  setup: WorkerSetup,
  lost: (worker: number) => void,
): Executor {
  const threads = Array.from({ length: workers }, (_, worker) => {
    return new WorkerThread(worker, filename, setup, () => lost(worker))
  })
  return {
    name: 'pool',
    workers,
    run: (task, worker) => threads[worker]!.run(task),
    async close() {
      const closed = await Promise.allSettled(threads.map((thread) => thread.close()))
      for (const each of closed) if (each.status === 'rejected') throw each.reason
    },
  }
}

/** One thread; a new one after it has died. */
class WorkerThread {
  #pool: Piscina | undefined
  /** The thread has answered a task, so it may hold a repository. */
  #isOpen = false

  constructor(
    readonly worker: number,
    readonly filename: string,
    readonly setup: WorkerSetup,
    readonly lost: () => void,
  ) {
    this.#pool = this.#start()
  }

  async run<T>(task: Task): Promise<T> {
    this.#pool ??= this.#start()
    return this.#ask<T>(this.#pool, task, {}, 'A worker thread failed')
  }

  /**
   * Closes what the session of the thread has open, and ends it. A thread that is still starting is waited for: to end it
   * while it loads its modules can end the whole process (Node 20: "IsGraphAsync must be used on an instantiated module").
   */
  async close(): Promise<void> {
    const pool = this.#pool
    if (!pool) return
    const isOpen = this.#isOpen
    try {
      const options = { name: 'close', signal: AbortSignal.timeout(CLOSE_MS) }
      await this.#ask<void>(pool, undefined, options, 'A worker was ended with its repository open')
    } catch (error) {
      // One that has not started has nothing open.
      if (isOpen) throw error
    } finally {
      await pool.close({ force: true })
    }
  }

  async #ask<T>(
    pool: Piscina,
    task: Task | undefined,
    options: { name?: string; signal?: AbortSignal },
    message: string,
  ): Promise<T> {
    let reply: Reply<T>
    try {
      reply = await pool.run(task, options)
    } catch (cause) {
      const problem = options.signal?.aborted ? `no answer in ${CLOSE_MS} ms` : cause
      const reason = problem instanceof Error ? problem.message : String(problem)
      throw new EngineError('ENGINE_WORKER', `${message}: ${reason}`, { worker: this.worker, reason }, { cause })
    }
    this.#isOpen = true
    if ('error' in reply) throw revive(reply.error)
    return reply.value
  }

  #start(): Piscina {
    const { filename, setup } = this
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, workerData: setup, atomics: 'disabled' })
    pool.on('workerDestroy', () => {
      this.#isOpen = false
      this.lost()
    })
    // A thread has died without a task to tell of it. Mostly piscina has started another; not where two in a row have
    // died while they started, and then it would leave tasks waiting for ever.
    pool.on('error', () => {
      if (pool.threads.length > 0) return
      this.#pool = undefined
      void pool.destroy()
    })
    return pool
  }
}
