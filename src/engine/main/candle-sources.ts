import type { ProcessingJob } from '../../domain/job.ts'
import type { CandleRepository } from '../../storage/repository.ts'
import type { CandleSource, Part } from '../shared/protocol.ts'
import type { Executor } from './executor.ts'
import { HandOver } from './hand-over.ts'
import type { EngineOptions } from './options.ts'
import type { Shard } from './schedule.ts'
import { type CheckedVersions, Versions } from './versions.ts'

/** Of the bytes that are kept, where the main thread reads for the workers: what it hands over and they put into lanes. */
const HANDED_OVER_SHARE = 0.5

/** What a thread of the pool has, as it has said last. */
interface Thread {
  /** The generation of the repository that it has opened. */
  opened?: number
  /** Bytes of candles that it keeps. */
  residentBytes?: number
}

/** Where a task takes its candles from. */
export interface Lent {
  source: CandleSource
  /** The worker has done the task: it has what the source gave it. */
  taken(part: Part): void
}

/** Knows how each worker comes to the candles of the repository, what they are at, and what each thread has of them. */
export class CandleSources {
  readonly #handOver: HandOver
  /** Of the symbols of all jobs: when one changes, workers forget that symbol. */
  readonly #versions = new Versions()
  /** How many there have been. */
  #jobs = 0
  /** Per worker of the pool; another object for another thread, which has opened nothing and keeps nothing. */
  readonly #threads: Thread[] = []

  constructor(
    private readonly repository: CandleRepository,
    private readonly options: Pick<Required<EngineOptions>, 'defects' | 'residentBytes'>,
  ) {
    this.#handOver = new HandOver(repository, options.residentBytes * HANDED_OVER_SHARE)
  }

  /** Bytes of candles that all threads of the pool together may keep. */
  get threadBytes(): number {
    return this.options.residentBytes * (this.repository.description ? 1 : 1 - HANDED_OVER_SHARE)
  }

  /** Bytes of candles that are kept for the pool, in its threads and for them. */
  get residentBytes(): number {
    return this.#threads.reduce((sum, { residentBytes = 0 }) => sum + residentBytes, this.#handOver.sizeBytes)
  }

  /** Begins a job: what its symbols are at, and its number. */
  async begin({ symbols, timeframe }: ProcessingJob): Promise<CheckedVersions & { number: number }> {
    const versions = await this.repository.versions(symbols, timeframe)
    return { ...this.#versions.check(timeframe, symbols, versions), number: ++this.#jobs }
  }

  /**
   * The source of a shard for a worker.
   *
   * @param number The job's. @param revisions What each symbol of the job is at. @param userColumns What it reads, by the repository's names.
   */
  async lend(
    executor: Executor['name'],
    worker: number,
    job: ProcessingJob,
    number: number,
    shard: Shard,
    revisions: Uint32Array,
    userColumns: readonly string[],
  ): Promise<Lent> {
    const { repository } = this
    if (executor === 'inline') return { source: { kind: 'live', repository }, taken() {} }
    this.#threads[worker] ??= {}
    const thread = this.#threads[worker]
    const source = repository.description
      ? this.#opened(repository.description, thread)
      : ({
          kind: 'given',
          candles: await this.#handOver.candles(job, number, shard, revisions, this.options.defects, userColumns),
        } as const)
    return {
      source,
      taken({ cache }) {
        if (source.kind === 'open') thread.opened = source.generation
        thread.residentBytes = cache.residentBytes
      },
    }
  }

  /** The thread has ended, and what it had with it. */
  forget(worker: number) {
    delete this.#threads[worker]
  }

  #opened(description: NonNullable<CandleRepository['description']>, thread: Thread) {
    const generation = this.#versions.generation(description.kind === 'memory')
    const isOpen = thread.opened === generation
    // Unless it answers, nobody knows what the thread has, and another job may ask it before it does.
    delete thread.opened
    return { kind: 'open', generation, ...(!isOpen && { description }) } as const
  }
}
