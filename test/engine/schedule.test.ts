import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runShards, type Shard, shards } from '../../src/engine/main/schedule.ts'

const size = ({ first, end }: Shard) => end - first

describe('shards', () => {
  const counts = fc.tuple(
    fc.integer({ min: 1, max: 3000 }),
    fc.integer({ min: 1, max: 16 }),
    fc.integer({ min: 1, max: 5 }),
  )

  it('cover a job once, in order, with sizes that differ by one at most', () => {
    fc.assert(
      fc.property(counts, ([symbols, workers, perWorker]) => {
        const queues = shards(symbols, workers, perWorker)
        expect(queues).toHaveLength(workers)
        const all = queues.flat()
        expect(all.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, at) => first + at))).toEqual(
          Array.from({ length: symbols }, (_, at) => at),
        )
        const sizes = all.map(size)
        expect(Math.min(...sizes)).toBeGreaterThan(0)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        const perQueue = queues.map((queue) => queue.length)
        expect(Math.max(...perQueue) - Math.min(...perQueue)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('run once each, whichever worker takes them', async () => {
    await fc.assert(
      fc.asyncProperty(counts, fc.scheduler(), async ([symbols, workers, perWorker], scheduler) => {
        const queues = shards(symbols, workers, perWorker)
        const wanted = queues.flat()
        const ran: Shard[] = []
        const busy = new Set<number>()
        const run = scheduler.scheduleFunction(async () => {})
        const done = runShards(queues, async (shard, worker) => {
          expect(busy.has(worker)).toBe(false)
          busy.add(worker)
          await run()
          busy.delete(worker)
          ran.push(shard)
        })
        await scheduler.waitFor(done)
        expect(ran.sort((a, b) => a.first - b.first)).toEqual(wanted)
      }),
      { numRuns: 30 },
    )
  })

  it('are taken over from a worker that has two or more waiting, the last first', async () => {
    const queue = [0, 1, 2, 3].map((at) => ({ first: at, end: at + 1 }))
    const ran: string[] = []
    let release = () => {}
    const blocked = new Promise<void>((resolve) => {
      release = resolve
    })
    await runShards([queue, []], async ({ first }, worker) => {
      ran.push(`${worker} ${first}`)
      // Worker 0 stays with its first shard until worker 1 has found nothing worth taking.
      if (first === 0) await blocked
      if (ran.length === 3) release()
    })
    expect(ran).toEqual(['0 0', '1 3', '1 2', '0 1'])
  })

  it('stop at a failure, after the others have ended what they have', async () => {
    const queues = [
      [
        { first: 0, end: 1 },
        { first: 1, end: 2 },
      ],
      [
        { first: 2, end: 3 },
        { first: 3, end: 4 },
      ],
    ]
    const ended: number[] = []
    const run = runShards(queues, async ({ first }) => {
      if (first === 0) throw new Error('worker 0 is ill')
      await Promise.resolve()
      ended.push(first)
    })
    await expect(run).rejects.toThrow('worker 0 is ill')
    expect(ended).toEqual([2])
  })
})
