import { LRUCache } from 'lru-cache'

/** What a cache knows of something that it keeps: which jobs have used it, by their numbers, which rise. */
export interface JobUse {
  readonly key: string
  lastJob: number
  /** The job that wanted it before the last one; Infinity where none had. */
  jobBefore: number
}

/**
 * Keeps what jobs use, by key. What has come displaces only what was wanted less recently than itself before, and never
 * what its own job has used: of a scan that does not fit, each repetition finds the same part (by recency alone every
 * symbol would leave before its turn), and a scan of new symbols, or another that is repeated, takes the place.
 */
export class JobCache<Kept extends JobUse> {
  readonly #kept: LRUCache<string, Kept>
  /** Of what is not kept: the last job that wanted it. */
  readonly #wanted = new Map<string, number>()

  /**
   * @param heldBytes What all that is kept takes: it may change while it is here.
   * @param dropped Told of each that leaves.
   */
  constructor(
    private readonly maxBytes: number,
    private readonly heldBytes: () => number,
    dropped: (kept: Kept) => void,
  ) {
    this.#kept = new LRUCache<string, Kept>({
      // The order of use is what is wanted of it: what leaves is decided below.
      maxSize: Number.MAX_SAFE_INTEGER,
      sizeCalculation: () => 1,
      dispose: (kept, key) => {
        this.#wanted.set(key, kept.lastJob)
        dropped(kept)
      },
    })
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key)
  }

  use(kept: Kept, job: number) {
    if (kept.lastJob === job) return
    kept.jobBefore = kept.lastJob
    kept.lastJob = job
  }

  /** Keeps it, in place of an older one; `settle` has to follow when it has its size. */
  add(kept: Kept, job: number) {
    const { key } = kept
    this.#kept.delete(key)
    kept.jobBefore = this.#wanted.get(key) ?? Number.POSITIVE_INFINITY
    kept.lastJob = job
    this.#wanted.delete(key)
    this.#kept.set(key, kept)
  }

  delete(key: string) {
    this.#kept.delete(key)
  }

  /** Keeps no more than there is room for, now that a job is done with these: the weakest claim against the oldest. */
  settle(done: readonly Kept[], job: number) {
    if (this.heldBytes() <= this.maxBytes) return
    const claims = done.filter((kept) => this.#kept.peek(kept.key) === kept)
    claims.sort((a, b) => b.jobBefore - a.jobBefore)
    while (this.heldBytes() > this.maxBytes) {
      const { value: oldest } = this.#kept.rvalues().next()
      if (!oldest) return
      const claim = claims.at(-1)
      if (!claim || oldest.lastJob < Math.min(claim.jobBefore, job)) this.#kept.delete(oldest.key)
      else this.#kept.delete(claims.pop()!.key)
    }
  }

  clear() {
    this.#kept.clear()
  }
}
