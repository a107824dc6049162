import { Piscina } from 'piscina'
import { EngineError } from '../../domain/errors.ts'
import type { Reply, Task, WorkerSetup } from '../shared/protocol.ts'
import { revive } from '../shared/serialise.ts'
import type { Executor } from './executor.ts'

/**
 * Runs tasks in worker threads that start at once and stay. One pool of one thread per worker, because a task must be
 * able to name the worker that has its candles.
 */
export function poolExecutor(filename: string, workers: number, setup: WorkerSetup): Executor {
  const pools = Array.from({ length: workers }, () => {
    return new Piscina({ filename, minThreads: 1, maxThreads: 1, workerData: setup, atomics: 'disabled' })
  })
  const run = async (task: Task, worker: number) => {
    let reply: Reply<never>
    try {
      reply = await pools[worker]!.run(task)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError('ENGINE_WORKER', `A worker thread failed: ${reason}`, { worker, reason }, { cause })
    }
    if ('error' in reply) throw revive(reply.error)
    return reply.value
  }
  return {
    name: 'pool',
    workers,
    run,
    async close() {
      await Promise.all(pools.map((pool) => pool.close({ force: true })))
    },
  }
}
