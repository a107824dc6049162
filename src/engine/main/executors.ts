import { EngineError } from '../../domain/errors.ts'
import { kernelsOf, type Platform } from '../platform/platform.ts'
import type { CandleSources } from './candle-sources.ts'
import type { Executor } from './executor.ts'
import { inlineExecutor } from './inline.ts'
import type { EngineOptions } from './options.ts'

/** Jobs with fewer symbols run inline under `auto`: a pool costs more than it gives (bench/engine/threshold). */
export const POOL_FROM_SYMBOLS = 250

/** The executors of an engine, each started when it is first needed. */
export class Executors {
  readonly #started = new Map<Executor['name'], Promise<Executor>>()

  constructor(
    private readonly options: Required<EngineOptions>,
    private readonly platform: Platform,
    private readonly sources: CandleSources,
  ) {
    if (options.executor === 'pool') void this.#executor('pool').catch(() => undefined)
  }

  /** The one that jobs with many symbols run on. */
  largest(): Promise<Executor> {
    return this.#executor(this.platform.pool && this.options.executor !== 'inline' ? 'pool' : 'inline')
  }

  /** The one for a job of so many symbols. */
  forSymbols(count: number): Promise<Executor> {
    const { executor, workers } = this.options
    if (executor !== 'auto') return this.#executor(executor)
    const isWorthIt = count >= POOL_FROM_SYMBOLS && workers > 1
    return this.#executor(this.platform.pool && isWorthIt ? 'pool' : 'inline')
  }

  /** Closes what has started, and gives the failures of it. */
  async close(): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const started of await Promise.allSettled(this.#started.values())) {
      if (started.status === 'rejected') continue
      await started.value.close().catch((error: unknown) => failures.push(error))
    }
    return failures
  }

  #executor(name: Executor['name']): Promise<Executor> {
    const started = this.#started.get(name)
    if (started) return started
    const starting = this.#start(name).catch((error: unknown) => {
      // The next job may have better luck.
      this.#started.delete(name)
      throw error
    })
    this.#started.set(name, starting)
    return starting
  }

  async #start(name: Executor['name']): Promise<Executor> {
    const { workers, residentBytes } = this.options
    const module = await kernelsOf(this.platform)
    if (name === 'inline') return inlineExecutor({ module, residentBytes, workers: 1 }, this.platform.pause)
    const { pool } = this.platform
    if (!pool) {
      const message = 'there are no worker threads here: use executor "inline"'
      throw new EngineError('ENGINE_OPTION', message, { option: 'executor', found: name })
    }
    const setup = { module, residentBytes: this.sources.threadBytes / workers, workers }
    return pool(workers, setup, (worker) => this.sources.forget(worker))
  }
}
