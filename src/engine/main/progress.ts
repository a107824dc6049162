import { COMPLETED, FAILED } from '../shared/protocol.ts'

export interface Progress {
  completed: number
  failed: number
  total: number
  elapsedMs: number
  /** Estimated from the speed so far; null before the first symbol is done. */
  remainingMs: number | null
}

const PROGRESS_MS = 100

/** What the counters of a run say. */
export function progressOf(counters: Int32Array, total: number, elapsedMs: number): Progress {
  const [completed, failed] = [Atomics.load(counters, COMPLETED), Atomics.load(counters, FAILED)]
  const done = completed + failed
  return { completed, failed, total, elapsedMs, remainingMs: done === 0 ? null : (elapsedMs / done) * (total - done) }
}

/** Tells a caller's function how a run goes, ten times a second until it is stopped. */
export class ProgressReports {
  readonly #timer: ReturnType<typeof setInterval> | undefined
  readonly #failures: unknown[] = []
  readonly #open = new Set<Promise<void>>()

  /** @param fail Called when the function throws, or a promise of it rejects: from a timer it would end the process. */
  constructor(
    private readonly onProgress: ((progress: Progress) => unknown) | undefined,
    private readonly progress: () => Progress,
    private readonly fail: () => void,
  ) {
    if (onProgress) this.#timer = setInterval(() => this.#report(), PROGRESS_MS)
  }

  /** The last report; rejects with the first failure, once every promise of the function has settled. */
  async end(): Promise<void> {
    this.#report()
    await Promise.all(this.#open)
    this.throwFailure()
  }

  throwFailure() {
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  stop() {
    clearInterval(this.#timer)
  }

  #report() {
    const failed = (error: unknown) => {
      this.#failures.push(error)
      this.fail()
    }
    try {
      const answer = this.onProgress?.(this.progress())
      if (!isThenable(answer)) return
      const settled: Promise<void> = Promise.resolve(answer)
        .then(undefined, failed)
        .then(() => void this.#open.delete(settled))
      this.#open.add(settled)
    } catch (error) {
      failed(error)
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
