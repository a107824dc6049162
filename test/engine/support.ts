import * as built from '../../dist/node.js'
import type { EngineOptions, JobRequest, RunOptions } from '../../src/node.ts'
import * as source from '../../src/node.ts'
import type { CandleRepository } from '../../src/storage/repository.ts'
import open, { COUNTERS, type ModuleOptions } from './module-repository.mjs'

type EngineOptionsOf = Pick<EngineOptions, 'executor' | 'workers'>

/** Threads run JavaScript, so pools come from dist; what runs in this thread comes from src. */
export const EXECUTORS = [
  { name: 'inline', api: source, workers: 1, options: { executor: 'inline' } as EngineOptionsOf },
  ...[1, 2, 3].map((workers) => ({
    name: `pool of ${workers}`,
    api: built as unknown as typeof source,
    workers,
    options: { executor: 'pool', workers } as EngineOptionsOf,
  })),
]

export type Executor = (typeof EXECUTORS)[number]

/** An engine with the front door in front of it. */
export function start({ api, options }: Executor, repository: CandleRepository, extra: Partial<EngineOptions> = {}) {
  const engine = api.createEngine({ repository, ...options, ...extra })
  const useCase = new api.BatchScanUseCase(engine)
  return {
    engine,
    scan(formula: string, symbols: readonly string[], job: Partial<JobRequest> = {}, run: RunOptions = {}) {
      return useCase.execute({ symbols, timeframe: '1d', formula, ...job }, run)
    },
    series: new api.SeriesUseCase(engine),
    [Symbol.asyncDispose]: () => engine.close(),
  }
}

type Result = Awaited<ReturnType<ReturnType<typeof start>['scan']>>

/** Everything a caller sees of the matches, comparable. */
export function matchesOf(result: Result) {
  return Array.from(result.matches)
}

/** The repository without what would let a worker open it: the main thread reads for the workers. */
export function withoutDescription(repository: CandleRepository): CandleRepository {
  const { symbols, load, versions, close } = repository
  return { symbols, load, versions, close }
}

/** A repository of a module that workers import, and the counters that it shares with this thread. */
export function moduleRepository(options: Omit<ModuleOptions, 'counters'>) {
  const counters = new Int32Array(new SharedArrayBuffer(COUNTERS * 4))
  const given = { ...options, counters }
  const url = new URL('./module-repository.mjs', import.meta.url).href
  return { ...open(given), counters, description: { kind: 'module' as const, url, options: given } }
}

/** Resolves when a counter has reached a number. */
export async function reached(counters: Int32Array, index: number, wanted: number): Promise<void> {
  for (let value = Atomics.load(counters, index); value < wanted; value = Atomics.load(counters, index)) {
    await (Atomics as unknown as { waitAsync(...of: unknown[]): { value: Promise<string> | string } }).waitAsync(
      counters,
      index,
      value,
    ).value
  }
}
