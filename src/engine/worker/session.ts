import { LRUCache } from 'lru-cache'
import { localTimes } from '../../domain/local-time.ts'
import type { CandleRepository, LoadRequest, RepositoryDescription } from '../../storage/repository.ts'
import { initSync, type Program, Store } from '../../wasm/simd/millrace.js'
import {
  isCancelled,
  type PlanTask,
  type Task,
  type Work,
  type WorkerSetup,
  type WorkKind,
} from '../shared/protocol.ts'
import { Account } from './account.ts'
import { Candles } from './candles.ts'
import { MatchesSink } from './matches-sink.ts'
import { programOf } from './program.ts'
import type { Loaded } from './resident.ts'
import { SeriesSink } from './series-sink.ts'
import type { Sink } from './sink.ts'

/** Symbols that are read before they are run. */
const SYMBOLS_PER_PASS = 128
const PROGRAMS_KEPT = 32

/** What makes the part of each kind of work. */
const SINKS: { [K in WorkKind]: new (task: Task, program: Program, store: Store) => Sink<K> } = {
  scan: MatchesSink,
  series: SeriesSink,
}

/** What the thread of a session lends it. */
export interface SessionHost {
  /** Opens repositories that tasks describe. */
  open?(description: RepositoryDescription): Promise<CandleRepository>
  /** Awaited between calls into WASM, so that a thread with other work to do gets to it. */
  pause?(): Promise<void>
}

/**
 * What one thread has: a WASM instance, the plans it has seen, and the candles it keeps. Runs the tasks of an engine,
 * one after another.
 */
export class Session {
  readonly #store: Store
  readonly #candles: Candles
  readonly #programs = new LRUCache<string, Program>({ max: PROGRAMS_KEPT, dispose: (program) => program.free() })

  constructor(
    { module, residentBytes }: WorkerSetup,
    readonly host: SessionHost,
  ) {
    const { memory } = initSync({ module: module as WebAssembly.Module })
    this.#store = new Store()
    this.#candles = new Candles(this.#store, memory, residentBytes, host.open)
  }

  /** Brings the candles of all symbols of a task in, and runs its plan over them as they come. */
  async run<K extends WorkKind>(task: Task<K>): Promise<Work[K]> {
    const program = this.#program(task.plan)
    const sink = new SINKS[task.kind](task, program, this.#store)
    await this.#candles.open(task.source)
    const lookback = program.lookback()
    const request = loadRequest(task, lookback)
    const account = new Account(task, program.firstBar())
    const pass = async (loaded: readonly Loaded[]) => {
      const sound = loaded.filter((each) => account.admits(each, request, lookback))
      await this.#compute(sound, task, sink, account)
      this.#candles.release(loaded, task)
    }
    const { held, missing, wider } = this.#candles.find(task, request)
    account.part.cache.hits = held.length
    account.part.cache.misses = missing.size
    await pass(held)
    const reading = this.#candles.read(task, wider, missing, account)
    for await (const loaded of passes(reading, account)) await pass(loaded)
    account.part.cache.residentBytes = this.#candles.residentBytes
    return sink.finish(account.part)
  }

  async close() {
    this.#programs.clear()
    await this.#candles.close()
  }

  #program(plan: PlanTask): Program {
    const known = this.#programs.get(plan.key)
    if (known) return known
    const program = programOf(plan.bytes)
    this.#programs.set(plan.key, program)
    return program
  }

  async #compute(loaded: readonly Loaded[], task: Task, sink: Sink<WorkKind>, account: Account) {
    const zone = task.timezone ?? 'UTC'
    const localTime = { zone, of: (times: Float64Array) => localTimes(times, zone, task.timeframe) }
    for (const { resident } of loaded) resident.place(task, localTime)
    const columns = this.#candles.columnsOf(task)
    for (let at = 0; at < loaded.length; at += sink.symbolsPerCall) {
      if (isCancelled(task)) return
      const start = performance.now()
      const some = loaded.slice(at, at + sink.symbolsPerCall)
      sink.take(some, columns)
      account.count(some, performance.now() - start)
      await this.host.pause?.()
    }
  }
}

/** What is read, so many symbols at a time. */
async function* passes(reading: AsyncIterable<Loaded>, { part }: Account): AsyncGenerator<Loaded[], undefined> {
  let pass: Loaded[] = []
  let since = performance.now()
  const timed = () => {
    part.loadMs += performance.now() - since
    return pass
  }
  for await (const loaded of reading) {
    if (pass.push(loaded) < SYMBOLS_PER_PASS) continue
    yield timed()
    pass = []
    since = performance.now()
  }
  yield timed()
}

/** What a job computes on or shows. How far back that is, the plan says (all of it where undefined), or the job itself. */
function loadRequest(
  { range, history, timeframe, timezone, defects, columns, userColumns }: Task,
  lookback = Number.POSITIVE_INFINITY,
): LoadRequest {
  const reach = { lookbackBars: history ?? lookback, exact: history === undefined }
  const sources = [...new Set(userColumns.map(({ source }) => source))]
  const read = { columns, userColumns: sources }
  return { ...range, ...reach, timeframe, defects, ...read, ...(timezone !== undefined && { timezone }) }
}
