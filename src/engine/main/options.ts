import { CANDLE_COLUMNS, type CandleColumn, DEFECT_POLICIES, type DefectPolicy } from '../../domain/candle.ts'
import { EngineError } from '../../domain/errors.ts'
import type { CandleRepository } from '../../storage/repository.ts'
import type { Platform } from '../platform/platform.ts'
import type { Progress } from './progress.ts'

export interface EngineOptions {
  repository: CandleRepository
  /**
   * `inline` runs in this thread, `pool` in worker threads; `auto` (the default) takes the pool for jobs that are
   * large enough to be worth it, where there are threads.
   */
  executor?: 'auto' | 'inline' | 'pool'
  /** Worker threads, 1 to 256; as many as the machine has cores, up to that, where absent. */
  workers?: number
  /** What happens to candles that cannot be true; `drop` where absent. */
  defects?: DefectPolicy
  /**
   * Candles kept between jobs, in bytes over all workers; 1 GiB where absent. Where this thread reads for worker threads
   * (a repository without description), half is for what it hands over to them. `result.cache.residentBytes` is what is
   * kept of it.
   */
  residentBytes?: number
}

export interface RunOptions {
  /**
   * Called about ten times a second, and once at the end. What it throws, or a promise that it returns rejects with,
   * stops the run and is what the run rejects with; the run does not end before such promises have.
   */
  onProgress?: (progress: Progress) => void
  /**
   * Columns of the candles that matches show besides those the formula reads; all where absent. What is left out is
   * not read, and NaN in the matches: reading fewer columns is quicker where candles come from a file.
   */
  candleColumns?: readonly CandleColumn[]
  /** Stops the run: it rejects with `CANCELLED`, and the engine can take the next job. */
  signal?: AbortSignal
}

const GIBIBYTE = 2 ** 30
const MAX_WORKERS = 256
const EXECUTORS = ['auto', 'inline', 'pool'] as const
const REPOSITORY_METHODS = ['symbols', 'load', 'versions', 'close'] as const

/** @throws EngineError `ENGINE_OPTION` for the first option that cannot be. */
export function checkEngineOptions(options: EngineOptions, platform: Platform): Required<EngineOptions> {
  const given = isObject(options) ? options : ({} as EngineOptions)
  const { repository, executor = 'auto', workers = Math.min(platform.cores, MAX_WORKERS) } = given
  const { defects = 'drop', residentBytes = GIBIBYTE } = given
  checkRepository(repository)
  if (!EXECUTORS.includes(executor)) refuseOption('executor', executor, 'auto, inline or pool')
  if (executor === 'pool' && !platform.pool)
    refuseOption('executor', executor, 'auto or inline: there are no worker threads here')
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS)
    refuseOption('workers', workers, `a whole number from 1 to ${MAX_WORKERS}`)
  if (!DEFECT_POLICIES.includes(defects)) refuseOption('defects', defects, DEFECT_POLICIES.join(', '))
  if (typeof residentBytes !== 'number' || !(residentBytes >= 0))
    refuseOption('residentBytes', residentBytes, 'a number of bytes')
  return { repository, executor, workers, defects, residentBytes }
}

/** @throws EngineError `ENGINE_OPTION` for the first option that cannot be. */
export function checkRunOptions(options: RunOptions): void {
  if (!isObject(options)) refuseOption('options', options, 'an object with onProgress, signal or candleColumns')
  const { onProgress, signal, candleColumns } = options
  if (onProgress !== undefined && typeof onProgress !== 'function') refuseOption('onProgress', onProgress, 'a function')
  if (signal !== undefined && !isAbortSignal(signal)) refuseOption('signal', signal, 'an AbortSignal')
  if (candleColumns === undefined) return
  if (!Array.isArray(candleColumns))
    refuseOption('candleColumns', candleColumns, `a list of ${CANDLE_COLUMNS.join(', ')}`)
  for (const name of candleColumns) {
    if (!CANDLE_COLUMNS.includes(name)) refuseOption('candleColumns', name, `a list of ${CANDLE_COLUMNS.join(', ')}`)
  }
}

function checkRepository(repository: unknown) {
  const has = (name: string) => isObject(repository) && typeof (repository as never)[name] === 'function'
  const missing = REPOSITORY_METHODS.filter((name) => !has(name))
  if (missing.length === 0) return
  const accepted = `a memoryRepository, a duckdbRepository, or an object with the methods ${REPOSITORY_METHODS.join(', ')}`
  refuseOption(
    'repository',
    repository,
    accepted,
    isObject(repository) ? `one without ${missing.join(', ')}` : undefined,
  )
}

/** @throws EngineError `ENGINE_OPTION`, always. */
export function refuseOption(option: string, found: unknown, accepted: string, got = shown(found)): never {
  throw new EngineError('ENGINE_OPTION', `${option} must be ${accepted}, got ${got}`, { option, found })
}

/** Not every value can become text. */
function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a Promise: await it first'
  return isObject(value) ? 'an object' : String(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** By what it can do: a signal of another realm, or of a library, is one as well. */
function isAbortSignal(value: unknown): value is AbortSignal {
  if (!isObject(value)) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  const canListen = typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  return typeof aborted === 'boolean' && canListen
}
