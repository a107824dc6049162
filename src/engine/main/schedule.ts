/** Some neighbouring symbols of a job: positions `first` to `end - 1`. */
export interface Shard {
  first: number
  end: number
}

/** Cuts a job into shards of equal size, and gives every worker neighbouring ones: the same for the same job. */
export function shards(symbols: number, workers: number, perWorker: number): Shard[][] {
  const count = Math.min(symbols, workers * perWorker)
  const edge = (at: number) => Math.round((at * symbols) / count)
  const all = Array.from({ length: count }, (_, at) => ({ first: edge(at), end: edge(at + 1) }))
  return Array.from({ length: workers }, (_, worker) => {
    return all.filter((_, at) => Math.floor((at * workers) / count) === worker)
  })
}

/** A worker takes over another's shard only when the other has this many waiting: it has to read the candles first. */
const WORTH_STEALING = 2

/** Runs every shard: each worker its own, then, when idle, the last one of the worker with most left. */
export async function runShards(queues: readonly Shard[][], run: (shard: Shard, worker: number) => Promise<void>) {
  const next = (worker: number): Shard | undefined => {
    const own = queues[worker]!.shift()
    if (own) return own
    const longest = queues.reduce((most, queue) => (queue.length > most.length ? queue : most))
    return longest.length >= WORTH_STEALING ? longest.pop() : undefined
  }
  const failed: unknown[] = []
  const work = async (worker: number) => {
    for (let shard = next(worker); shard && failed.length === 0; shard = next(worker)) {
      // The others finish what they have: a worker in the middle of a task cannot take the next job.
      await run(shard, worker).catch((error: unknown) => failed.push(error))
    }
  }
  await Promise.all(queues.map((_, worker) => work(worker)))
  if (failed.length > 0) throw failed[0]
}
