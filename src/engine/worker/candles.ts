import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import { EngineError } from '../../domain/errors.ts'
import { USER_PREFIX } from '../../domain/user-columns.ts'
import { loadFailed } from '../../storage/load-each.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, RepositoryDescription } from '../../storage/repository.ts'
import type { Store } from '../../wasm/simd/millrace.js'
import { JobCache } from '../shared/job-cache.ts'
import { loadAll } from '../shared/load-all.ts'
import { type CandleSource, isCancelled, type Task } from '../shared/protocol.ts'
import type { Account } from './account.ts'
import { type Loaded, Resident } from './resident.ts'
import { ResidentMemory } from './resident-memory.ts'

const CANCEL_WATCH_MS = 50

/** The candles of a thread: what it keeps of them, and the repository that it has opened to read more. */
export class Candles {
  readonly #memory: ResidentMemory
  readonly #residents: JobCache<Resident>
  #repository?: CandleRepository | undefined
  /** Which generation of the repository that is. */
  #generation = -1

  constructor(
    store: Store,
    memory: WebAssembly.Memory,
    residentBytes: number,
    private readonly openRepository?: (description: RepositoryDescription) => Promise<CandleRepository>,
  ) {
    const held = new ResidentMemory(store, memory)
    this.#memory = held
    this.#residents = new JobCache(
      residentBytes,
      () => held.heldBytes,
      (resident) => resident.drop(),
    )
  }

  /** Bytes of the candles that are kept. */
  get residentBytes(): number {
    return this.#memory.heldBytes
  }

  /** Makes the task's repository this thread's, in place of an older state of it. */
  async open(source: CandleSource) {
    if (source.kind !== 'open') return
    if (source.generation !== this.#generation) {
      await this.#repository?.close()
      this.#repository = undefined
      this.#generation = source.generation
    }
    if (source.description) this.#repository ??= await this.openRepository?.(source.description)
  }

  /**
   * The symbols of a task that are at hand, pinned, where in the job those are that are not, and the request for them: with
   * the columns that are kept of them for other jobs.
   */
  find(task: Task, request: LoadRequest): { held: Loaded[]; missing: Map<string, number>; wider: LoadRequest } {
    const held: Loaded[] = []
    const missing = new Map<string, number>()
    const columns = new Set(request.columns)
    const userColumns = new Set(request.userColumns)
    task.symbols.forEach((name, at) => {
      const resident = this.#resident(name, task, at)
      if (resident?.covers(request)) {
        this.#residents.use(resident, task.job)
        held.push({ symbol: task.first + at, resident: resident.pin() })
      } else {
        missing.set(name, task.first + at)
        for (const column of resident?.request.columns ?? []) columns.add(column)
        for (const column of resident?.request.userColumns ?? []) userColumns.add(column)
      }
    })
    // What is given was read for a request of its own.
    const isRead = task.source.kind !== 'given'
    return {
      held,
      missing,
      wider: isRead
        ? { ...request, columns: CANDLE_COLUMNS.filter((name) => columns.has(name)), userColumns: [...userColumns] }
        : request,
    }
  }

  /** Numbers in WASM memory of the columns that the task's plan names: those of symbols that are there. */
  columnsOf({ userColumns }: Task): Uint32Array {
    return Uint32Array.from(userColumns, ({ source }) => this.#memory.columnOf(USER_PREFIX + source))
  }

  /**
   * Reads symbols, by name with their position in the job, until the task is cancelled. They come pinned, in the order of
   * the repository; those that do not come have failed.
   */
  async *read(
    task: Task,
    request: LoadRequest,
    missing: ReadonlyMap<string, number>,
    account: Account,
  ): AsyncGenerator<Loaded, undefined> {
    if (missing.size === 0) return
    const left = new Map(missing)
    let cause: unknown = new Error('the repository did not deliver it')
    // A loader may be in the middle of something long when the task is cancelled.
    const cancelling = new AbortController()
    const watch = setInterval(() => isCancelled(task) && cancelling.abort(), CANCEL_WATCH_MS)
    try {
      const { signal } = cancelling
      for await (const loaded of this.#load(task, [...missing.keys()], { ...request, signal })) {
        if (isCancelled(task)) return
        const symbol = left.get(loaded.symbol)
        if (symbol === undefined) continue
        left.delete(loaded.symbol)
        yield { symbol, resident: this.#keep(loaded, task, request, task.revisions[symbol - task.first]!) }
      }
    } catch (error) {
      // The pass as a whole failed: what it has not delivered has failed with it.
      cause = error
    } finally {
      clearInterval(watch)
    }
    if (isCancelled(task)) return
    for (const [name, symbol] of left) account.fail(symbol, loadFailed(name, cause))
  }

  /** The task is done with these: they are kept for the next as far as there is room. */
  release(loaded: readonly Loaded[], { job }: Task) {
    for (const { resident } of loaded) resident.unpin()
    this.#residents.settle(
      loaded.map(({ resident }) => resident),
      job,
    )
  }

  async close() {
    this.#residents.clear()
    await this.#repository?.close()
    this.#repository = undefined
  }

  /** What is kept of the task's symbol number `at`; what has changed since is forgotten. */
  #resident(name: string, task: Task, at: number): Resident | undefined {
    const key = residentKey(name, task)
    const resident = this.#residents.get(key)
    if (!resident || resident.revision >= task.revisions[at]!) return resident
    this.#residents.delete(key)
    return undefined
  }

  /** The candles of symbols, wherever they come from; a symbol that cannot be read is delivered as its error. */
  #load({ source }: Task, symbols: readonly string[], request: LoadRequest) {
    if (source.kind === 'given') return source.candles
    const repository = source.kind === 'live' ? source.repository : this.#repository
    if (!repository) throw new EngineError('ENGINE_WORKER', 'a task came before its repository')
    return loadAll(repository, symbols, request)
  }

  /** The candles as a resident, pinned. */
  #keep(loaded: LoadedCandles, task: Task, request: LoadRequest, revision: number): Resident {
    const resident = Resident.of(residentKey(loaded.symbol, task), loaded, request, revision, this.#memory).pin()
    // A loader may have better luck the next time; data that is not there, or is bad, stays so until it changes.
    if (loaded.error?.code === 'LOAD_FAILED') resident.drop()
    else this.#residents.add(resident, task.job)
    return resident
  }
}

function residentKey(symbol: string, { timeframe }: Task): string {
  return `${timeframe} ${symbol}`
}
