import { Worker } from 'node:worker_threads'
import { EngineError } from '../../domain/errors.ts'
import type { Reply, ToWorker, WorkerSetup } from '../shared/protocol.ts'
import { revive } from '../shared/serialise.ts'
import type { Executor } from './executor.ts'

/** A worker whose repository takes longer to close is ended as it is. */
const CLOSE_MS = 5000

/**
 * Runs tasks in worker threads that start at once and stay. A task names its worker, which has its candles.
 *
 * @param entry The worker's code: a file, or a data URL that holds it.
 * @param lost Told of each thread that has ended: the next task finds a new one.
 */
export function poolExecutor(
  entry: URL,
  workers: number,
  setup: WorkerSetup,
  lost: (worker: number) => void,
): Executor {
  const threads = Array.from({ length: workers }, (_, worker) => {
    return new WorkerThread(worker, entry, setup, () => lost(worker))
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

/** Threads have the flags of Node that the process has, and with this one, which is for text, none starts from a file. */
const isEvaluated = process.execArgv.some((flag) => flag.startsWith('--input-type'))

/** Who waits for what a thread answers. */
interface Waiting {
  answer(reply: Reply<unknown>): void
  fail(cause: unknown): void
}

/** One thread; a new one after it has died. */
class WorkerThread {
  #thread: Worker | undefined
  /** The thread has answered a task, so it may hold a repository. */
  #isOpen = false
  /** A thread does one thing at a time. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting: Waiting | undefined

  constructor(
    readonly worker: number,
    readonly entry: URL,
    readonly setup: WorkerSetup,
    readonly lost: () => void,
  ) {
    try {
      this.#thread = this.#start()
    } catch {
      // The first task tries again, and tells.
    }
  }

  run<T>(task: ToWorker): Promise<T> {
    const next = this.#last.then(() => this.#ask<T>(task))
    this.#last = next.catch(() => undefined)
    return next
  }

  /**
   * Closes what the session of the thread has open, and ends it. A thread that is still starting is waited for: to end it
   * while it loads its modules can end the whole process (Node 20: "IsGraphAsync must be used on an instantiated module").
   */
  async close(): Promise<void> {
    if (!this.#thread) return
    let late: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_, reject) => {
      const error = this.#failure('A worker was ended with its repository open', `no answer in ${CLOSE_MS} ms`)
      late = setTimeout(() => reject(error), CLOSE_MS)
    })
    const isOpen = this.#isOpen
    try {
      await Promise.race([this.run<void>('close'), tooLate])
    } catch (error) {
      // One that has not started has nothing open.
      if (isOpen) throw error
    } finally {
      clearTimeout(late)
      // Another than at the beginning where that one has died meanwhile.
      await this.#thread?.terminate()
    }
  }

  async #ask<T>(message: ToWorker): Promise<T> {
    const asked = new Promise<Reply<unknown>>((answer, fail) => {
      this.#waiting = { answer, fail }
    })
    let thread: Worker | undefined
    let reply: Reply<T>
    try {
      this.#thread ??= this.#start()
      thread = this.#thread
      thread.ref()
      thread.postMessage(message)
      reply = (await asked) as Reply<T>
    } catch (cause) {
      throw this.#failure('A worker thread failed', cause)
    } finally {
      this.#waiting = undefined
      thread?.unref()
    }
    this.#isOpen = true
    if ('error' in reply) throw revive(reply.error)
    return reply.value
  }

  #failure(problem: string, cause: unknown): EngineError {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new EngineError('ENGINE_WORKER', `${problem}: ${reason}`, { worker: this.worker, reason }, { cause })
  }

  /** A thread that keeps the process alive only while it is asked something. */
  #start(): Worker {
    const thread = new Worker(this.entry, { workerData: this.setup, ...(isEvaluated && { execArgv: [] }) })
    // What a thread has said last may arrive when it is known to be dead, and another is asked.
    thread.on('message', (reply: Reply<unknown>) => this.#thread === thread && this.#waiting?.answer(reply))
    thread.on('messageerror', (cause) => this.#waiting?.fail(cause))
    const ended = (cause: unknown) => {
      if (this.#thread !== thread) return
      this.#thread = undefined
      this.#isOpen = false
      this.lost()
      this.#waiting?.fail(cause)
    }
    thread.on('error', ended)
    thread.on('exit', (code) => ended(new Error(`it ended with exit code ${code}`)))
    // Last: to listen to messages makes a thread keep the process again.
    thread.unref()
    return thread
  }
}
