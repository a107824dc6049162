import { LRUCache } from 'lru-cache'
import { addQuality, CANDLE_COLUMNS, type CandleColumn, emptyQuality } from '../../domain/candle.ts'
import { EngineError, type SymbolError } from '../../domain/errors.ts'
import { localTimes } from '../../domain/local-time.ts'
import { joinColumns, type MatchColumns, orderColumns } from '../../signals/matches.ts'
import { noData } from '../../storage/clean.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, RepositoryDescription } from '../../storage/repository.ts'
import { initSync, type Program, Store } from '../../wasm/simd/millrace.js'
import { loadAll, loadFailed } from '../shared/load-all.ts'
import {
  CANCELLED,
  type CandleSource,
  COMPLETED,
  FAILED,
  type Part,
  type PlanTask,
  type ScanPart,
  type SeriesPart,
  type Task,
  type WorkerSetup,
} from '../shared/protocol.ts'
import { programOf } from './program.ts'
import { Resident, ResidentMemory, residentCache } from './resident.ts'

/** Symbols per call into WASM: between calls a cancel is seen and progress shows. */
const SYMBOLS_PER_CALL = 128
const PROGRAMS_KEPT = 32
const CANCEL_WATCH_MS = 50

/** A symbol of a task with its candles at hand. */
interface Loaded {
  /** Position in the job. */
  symbol: number
  resident: Resident
}

/** What the thread of a session lends it. */
export interface SessionHost {
  /** Opens repositories that tasks describe. */
  open?(description: RepositoryDescription): Promise<CandleRepository>
  /** Awaited between calls into WASM, so that a thread with other work to do gets to it. */
  pause?(): Promise<void>
}

interface Account {
  part: Part
  task: Task
}

/**
 * What one thread has: a WASM instance, the plans it has seen, and the candles it keeps. Runs the tasks of an engine,
 * one after another.
 */
export class Session {
  readonly #store: Store
  readonly #memory: ResidentMemory
  readonly #residents: ReturnType<typeof residentCache>
  readonly #programs = new LRUCache<string, Program>({ max: PROGRAMS_KEPT, dispose: (program) => program.free() })
  #repository?: CandleRepository | undefined
  /** Which generation of the repository that is. */
  #generation = -1

  constructor(
    { module, residentBytes }: WorkerSetup,
    readonly host: SessionHost,
  ) {
    const { memory } = initSync({ module: module as WebAssembly.Module })
    this.#store = new Store()
    this.#memory = new ResidentMemory(this.#store, memory)
    this.#residents = residentCache(residentBytes)
  }

  /** The matches of the task's symbols. */
  async scan(task: Task): Promise<ScanPart> {
    const program = this.#program(task.plan)
    const found: MatchColumns[] = []
    const part = await this.#run(task, program, async (loaded, account) => {
      for (let at = 0; at < loaded.length; at += SYMBOLS_PER_CALL) {
        if (isCancelled(task)) return
        found.push(this.#scanSome(program, loaded.slice(at, at + SYMBOLS_PER_CALL), account))
        await this.host.pause?.()
      }
    })
    // Repositories deliver symbols in any order.
    return { ...part, matches: orderColumns(joinColumns(found, task.plan.values), task.plan.values) }
  }

  /** The reported values of the task's symbols over all their bars in the range. */
  async series(task: Task): Promise<SeriesPart> {
    const program = this.#program(task.plan)
    const series = task.symbols.map(() => ({ time: new Float64Array(), values: [] as Float64Array[] }))
    const part = await this.#run(task, program, async (loaded, account) => {
      for (const { symbol, resident } of loaded) {
        if (isCancelled(task)) return
        const start = performance.now()
        const values = program.series(this.#store, resident.slot, resident.firstBar ?? 0)
        const [first, end] = resident.barsOf(task)
        series[symbol - task.first] = {
          time: resident.time.slice(first, end),
          values: Array.from({ length: task.plan.values }, (_, at) =>
            values.slice(at * resident.bars + first, at * resident.bars + end),
          ),
        }
        count(account, [{ symbol, resident }], performance.now() - start)
        await this.host.pause?.()
      }
    })
    return { ...part, series }
  }

  async close() {
    this.#programs.clear()
    this.#residents.clear()
    await this.#repository?.close()
    this.#repository = undefined
  }

  #program(plan: PlanTask): Program {
    const known = this.#programs.get(plan.key)
    if (known) return known
    const program = programOf(plan.bytes)
    this.#programs.set(plan.key, program)
    return program
  }

  /** Brings the candles of all symbols of a task in, and hands them on as they come. */
  async #run(
    task: Task,
    program: Program,
    compute: (loaded: readonly Loaded[], account: Account) => Promise<void>,
  ): Promise<Part> {
    await this.#open(task.source)
    const lookback = program.lookback()
    const request = loadRequest(task, lookback)
    const zone = task.timezone ?? 'UTC'
    const localTime = { zone, of: (times: Float64Array) => localTimes(times, zone, task.timeframe) }
    const part = { ...emptyPart(task), firstBar: program.firstBar() }
    const account = { part, task }
    const ready: Loaded[] = []
    const missing = new Map<string, number>()
    task.symbols.forEach((name, at) => {
      const resident = this.#resident(name, task, at)
      if (resident?.covers(request)) {
        ready.push({ symbol: task.first + at, resident: resident.pin() })
      } else missing.set(name, task.first + at)
    })
    part.cache = { hits: ready.length, misses: missing.size, residentBytes: 0 }

    const take = async (loaded: readonly Loaded[]) => {
      const sound = loaded.filter(({ symbol, resident }) => {
        note(account, symbol, resident)
        const [first, end] = resident.barsOf(task)
        const name = task.symbols[symbol - task.first] as string
        const error = resident.error ?? (first === end ? noData(name, request, resident.quality) : undefined)
        if (error) fail(account, symbol, error)
        else if (!resident.isExactFrom(first, lookback)) part.exact = false
        return !error
      })
      for (const { resident } of sound) resident.place(task.plan, localTime)
      await compute(sound, account)
      for (const { resident } of loaded) resident.unpin()
    }
    await take(ready)
    await this.#load(task, request, missing, account, take)
    part.cache.residentBytes = this.#residents.calculatedSize
    return part
  }

  async #load(
    task: Task,
    request: LoadRequest,
    missing: ReadonlyMap<string, number>,
    account: Account,
    take: (loaded: readonly Loaded[]) => Promise<void>,
  ) {
    if (missing.size === 0) return
    let waiting: Loaded[] = []
    let since = performance.now()
    const pass = async () => {
      account.part.loadMs += performance.now() - since
      await take(waiting)
      waiting = []
      since = performance.now()
    }
    const left = new Set(missing.keys())
    // A loader may be in the middle of something long when the task is cancelled.
    const cancelling = new AbortController()
    const watch = setInterval(() => isCancelled(task) && cancelling.abort(), CANCEL_WATCH_MS)
    try {
      const { signal } = cancelling
      for await (const loaded of this.#candles(task, [...missing.keys()], { ...request, signal })) {
        if (isCancelled(task)) break
        const symbol = missing.get(loaded.symbol)
        if (symbol === undefined || !left.delete(loaded.symbol)) continue
        waiting.push({ symbol, resident: this.#keep(loaded, task, request, task.states[symbol - task.first]!) })
        if (waiting.length === SYMBOLS_PER_CALL) await pass()
      }
    } catch (cause) {
      // The pass as a whole failed: what it has not delivered has failed with it.
      for (const name of left) fail(account, missing.get(name)!, loadFailed(name, cause))
      left.clear()
    } finally {
      clearInterval(watch)
    }
    await pass()
    if (isCancelled(task)) return
    for (const name of left) {
      fail(account, missing.get(name)!, loadFailed(name, new Error('the repository did not deliver it')))
    }
  }

  /** Makes the task's repository this session's, in place of an older state of it. */
  async #open(source: CandleSource) {
    if (source.kind !== 'open') return
    if (source.generation !== this.#generation) {
      await this.#repository?.close()
      this.#repository = undefined
      this.#generation = source.generation
    }
    if (source.description) this.#repository ??= await this.host.open?.(source.description)
  }

  /** What is kept of the task's symbol number `at`; what has changed since is forgotten. */
  #resident(name: string, task: Task, at: number): Resident | undefined {
    const key = residentKey(name, task)
    const resident = this.#residents.get(key)
    if (!resident || resident.state >= task.states[at]!) return resident
    this.#residents.delete(key)
    return undefined
  }

  /** The candles of symbols, wherever they come from; a symbol that cannot be read is delivered as its error. */
  #candles({ source }: Task, symbols: readonly string[], request: LoadRequest) {
    if (source.kind === 'given') return source.candles
    const repository = source.kind === 'live' ? source.repository : this.#repository
    if (!repository) throw new EngineError('ENGINE_WORKER', 'a task came before its repository')
    return loadAll(repository, symbols, request)
  }

  /** The candles as a resident, pinned. */
  #keep(loaded: LoadedCandles, task: Task, request: LoadRequest, state: number): Resident {
    // Pinned before the cache sees it: one that it has no room for would be freed while it is needed.
    const resident = Resident.of(loaded, request, state, this.#memory).pin()
    // A loader may have better luck the next time; data that is not there, or is bad, stays so until it changes.
    if (loaded.error?.code === 'LOAD_FAILED') resident.drop()
    else {
      const key = residentKey(loaded.symbol, task)
      this.#residents.set(key, resident)
      if (!this.#residents.has(key)) resident.drop()
    }
    return resident
  }

  #scanSome(program: Program, loaded: readonly Loaded[], account: Account): MatchColumns {
    const start = performance.now()
    const ranges = new Uint32Array(3 * loaded.length)
    loaded.forEach(({ resident }, at) => {
      ranges.set([resident.firstBar ?? 0, ...resident.barsOf(account.task)], 3 * at)
    })
    const slots = Uint32Array.from(loaded, ({ resident }) => resident.slot)
    const buffer = program.scan(this.#store, slots, ranges)
    const positions = buffer.symbols()
    const bar = buffer.bars()
    const matches: MatchColumns = {
      symbol: positions.map((position) => loaded[position]!.symbol),
      bar,
      signal: buffer.signals(),
      time: new Float64Array(bar.length),
      candle: Object.fromEntries(CANDLE_COLUMNS.map((name, column) => [name, buffer.candle(column)])) as Candles,
      values: buffer.values(),
    }
    buffer.free()
    describe(matches, positions, loaded, account.task.columns)
    count(account, loaded, performance.now() - start)
    return matches
  }
}

type Candles = Record<CandleColumn, Float64Array>

/**
 * Fills in the times of matches, and the columns of their candles that the plan does not read: those that are shown;
 * a column that is only at hand from another job stays NaN.
 */
function describe(
  matches: MatchColumns,
  positions: Uint32Array,
  loaded: readonly Loaded[],
  shown: readonly CandleColumn[],
) {
  const { bar, time, candle } = matches
  const absent = CANDLE_COLUMNS.filter((name) => candle[name].length < bar.length)
  for (const name of absent) (candle as Candles)[name] = new Float64Array(bar.length)
  const columns = absent.map((name) => (shown.includes(name) ? CANDLE_COLUMNS.indexOf(name) : -1))
  for (let start = 0; start < bar.length; ) {
    const { resident } = loaded[positions[start]!]!
    let end = start
    while (end < bar.length && positions[end] === positions[start]) end++
    pick(resident.time, bar, time, start, end)
    columns.forEach((column, at) => {
      pick(column < 0 ? undefined : resident.column(column), bar, candle[absent[at]!], start, end)
    })
    start = end
  }
}

/** Copies the values of some bars; NaN where there are none. */
function pick(values: Float64Array | undefined, bar: Uint32Array, out: Float64Array, start: number, end: number) {
  if (values) for (let at = start; at < end; at++) out[at] = values[bar[at]!]!
  else out.fill(Number.NaN, start, end)
}

/** What a job computes on or shows. How far back that is, the plan says (all of it where undefined), or the job itself. */
function loadRequest(
  { range, history, timeframe, timezone, defects, columns }: Task,
  lookback = Number.POSITIVE_INFINITY,
): LoadRequest {
  const reach = { lookbackBars: history ?? lookback, exact: history === undefined }
  return { ...range, ...reach, timeframe, defects, columns, ...(timezone !== undefined && { timezone }) }
}

function residentKey(symbol: string, { timeframe }: Task): string {
  return `${timeframe} ${symbol}`
}

function isCancelled({ counters }: Task): boolean {
  return Atomics.load(counters, CANCELLED) !== 0
}

function emptyPart(task: Task): Part {
  return {
    first: task.first,
    bars: new Uint32Array(task.symbols.length),
    timeMs: new Float64Array(task.symbols.length),
    failures: [],
    quality: emptyQuality(),
    defective: [],
    exact: true,
    firstBar: 0,
    loadMs: 0,
    computeMs: 0,
    cache: { hits: 0, misses: 0, residentBytes: 0 },
  }
}

function fail({ part, task }: Account, symbol: number, error: SymbolError) {
  part.failures.push({ symbol, error })
  Atomics.add(task.counters, FAILED, 1)
}

function note({ part }: Account, symbol: number, { quality, isSound }: Resident) {
  if (!quality) return
  if (isSound) {
    part.quality.rows += quality.rows
    return
  }
  addQuality(part.quality, quality)
  part.defective.push({ symbol, quality })
}

/** Shares the time of a call among its symbols. */
function count({ part, task }: Account, loaded: readonly Loaded[], elapsedMs: number) {
  part.computeMs += elapsedMs
  for (const { symbol, resident } of loaded) {
    part.bars[symbol - task.first] = resident.bars
    part.timeMs[symbol - task.first] = elapsedMs / loaded.length
  }
  Atomics.add(task.counters, COMPLETED, loaded.length)
}
