import { CANDLE_COLUMNS, type CandleSeries, type DataQuality } from '../../domain/candle.ts'
import { COLUMN_NAMES } from '../../domain/codes.generated.ts'
import type { SymbolError } from '../../domain/errors.ts'
import { isDaily } from '../../domain/timeframe.ts'
import { USER_PREFIX } from '../../domain/user-columns.ts'
import type { LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import { columnNamed } from '../../storage/user-columns.ts'
import type { JobUse } from '../shared/job-cache.ts'
import type { Task } from '../shared/protocol.ts'
import type { ResidentMemory } from './resident-memory.ts'

/** Numbers of the columns in WASM memory that are not the candle's. */
const TIME = COLUMN_NAMES.indexOf('time')
const LOCAL_TIME = COLUMN_NAMES.indexOf('local_time')

/**
 * The candles of one symbol, kept between jobs. Columns that kernels read are in WASM memory; the others, which are
 * only shown with matches, stay where the repository put them.
 */
export class Resident implements JobUse {
  lastJob = 0
  jobBefore = Number.POSITIVE_INFINITY
  /** Byte offsets of the columns in WASM memory. */
  readonly #wasm: (number | undefined)[] = []
  /** Columns of the candle, and user columns by their names, that are not there. */
  readonly #host: (Float64Array | undefined)[]
  readonly #userHost = new Map<string, Float64Array>()
  readonly #userColumns: ReadonlySet<string>
  #localZone = ''
  /** Tasks that use it now: it is not freed before they are done, even when the cache has dropped it. */
  #pins = 0
  #dropped = false

  private constructor(
    readonly key: string,
    /** Its number in the store. */
    readonly number: number,
    /** What it was read for. */
    readonly request: LoadRequest,
    /** What the symbol was at when it was read, as tasks say it. */
    readonly revision: number,
    /** How many bars of the symbol's history stand in front of its first; undefined where nobody counted. */
    readonly firstBar: number | undefined,
    readonly time: Float64Array,
    readonly quality: DataQuality | undefined,
    readonly error: SymbolError | undefined,
    columns: CandleSeries['columns'],
    private readonly memory: ResidentMemory,
  ) {
    this.#host = CANDLE_COLUMNS.map((name) => columns[name])
    for (const name of request.userColumns) {
      const column = columnNamed(columns, name)
      if (column?.length === time.length) this.#userHost.set(name, column)
    }
    this.#userColumns = new Set(this.#userHost.keys())
    for (const array of this.#inHost()) memory.hold(array)
    this.isSound = !quality || Object.entries(quality).every(([kind, rows]) => kind === 'rows' || rows === 0)
  }

  /** Nothing was wrong with its rows. */
  readonly isSound: boolean

  static of(
    key: string,
    loaded: LoadedCandles,
    request: LoadRequest,
    revision: number,
    memory: ResidentMemory,
  ): Resident {
    const number = memory.number()
    if (loaded.error) {
      return new Resident(
        key,
        number,
        request,
        revision,
        undefined,
        new Float64Array(),
        loaded.quality,
        loaded.error,
        {},
        memory,
      )
    }
    const { series, quality, firstBar } = loaded
    const time = memory.sharedTime(series.time)
    return new Resident(key, number, request, revision, firstBar, time, quality, undefined, series.columns, memory)
  }

  get bars(): number {
    return this.time.length
  }

  /** Whether it holds what a request asks for. */
  covers(request: LoadRequest): boolean {
    const { from, to, lookbackBars, exact, defects, timeframe, timezone, columns, userColumns } = request
    const held = this.request
    const isWithin = held.from === undefined || (from !== undefined && from >= held.from)
    const isCounted = !exact || this.firstBar !== undefined || this.error !== undefined
    const start = this.firstBar === 0 || (isWithin && isCounted && held.lookbackBars >= lookbackBars)
    const end = held.to === undefined || (to !== undefined && to <= held.to)
    const hasSameDates = !isDaily(timeframe) || held.timezone === timezone
    const same = held.defects === defects && held.timeframe === timeframe && hasSameDates
    const hasColumns = columns.every((name) => held.columns.includes(name))
    return start && end && same && hasColumns && userColumns.every((name) => held.userColumns.includes(name))
  }

  /** Whether it has a user column, with a value for each bar. */
  has(userColumn: string): boolean {
    return this.#userColumns.has(userColumn)
  }

  /** Brings what a plan reads into WASM memory. */
  place({ plan, userColumns }: Pick<Task, 'plan' | 'userColumns'>, localTime: LocalTime) {
    for (const name of plan.columns) {
      const column = CANDLE_COLUMNS.indexOf(name)
      const values = this.#host[column]
      if (!values) continue
      this.#move(column, values)
      this.#host[column] = undefined
    }
    for (const { source } of userColumns) {
      const values = this.#userHost.get(source)
      if (values) this.#move(this.memory.columnOf(USER_PREFIX + source), values)
      this.#userHost.delete(source)
    }
    if (plan.readsCalendar && this.#localZone !== localTime.zone) {
      this.#write(LOCAL_TIME, localTime.of(this.time))
      this.#localZone = localTime.zone
    }
    // `bar_index > 9` reads no column, but the kernels count bars by one.
    const isPlaced = this.#wasm.some((offset) => offset !== undefined)
    if ((plan.readsTime || !isPlaced) && this.#wasm[TIME] === undefined) this.#write(TIME, this.time)
  }

  /** A column of the candle, wherever it is; it may be a view on WASM memory, so for one statement. */
  column(column: number): Float64Array | undefined {
    const offset = this.#wasm[column]
    return offset === undefined ? this.#host[column] : this.memory.view(offset, this.bars)
  }

  /** Whether the values of a plan with this lookback, on bars from `first` on, are those of the whole history. */
  isExactFrom(first: number, lookback: number | undefined): boolean {
    return this.firstBar === 0 || (this.firstBar !== undefined && lookback !== undefined && first >= lookback)
  }

  /** The bars that count in a task: the first, and the first behind them. */
  barsOf({ range: { from, to }, last = Infinity }: Pick<Task, 'range' | 'last'>): [first: number, end: number] {
    const first = from === undefined ? 0 : lowerBound(this.time, from)
    const end = to === undefined ? this.bars : lowerBound(this.time, to + 1)
    return [Math.max(first, end - last), Math.max(first, end)]
  }

  pin(): this {
    this.#pins++
    return this
  }

  unpin() {
    this.#pins--
    this.#free()
  }

  /** The cache has no room for it any more. */
  drop() {
    this.#dropped = true
    this.#free()
  }

  #free() {
    if (!this.#dropped || this.#pins > 0) return
    for (const array of this.#inHost()) this.memory.letGo(array)
    const columns = this.#wasm.filter((offset) => offset !== undefined).length
    this.memory.release(this.number, columns, this.bars)
  }

  /** The arrays outside of WASM memory. */
  #inHost(): Float64Array[] {
    const columns = this.#host.filter((values) => values !== undefined)
    return [this.time, ...columns, ...this.#userHost.values()]
  }

  #move(column: number, values: Float64Array) {
    this.#write(column, values)
    this.memory.letGo(values)
  }

  #write(column: number, values: Float64Array) {
    this.#wasm[column] ??= this.memory.reserve(this.number, column, this.bars)
    this.memory.view(this.#wasm[column], this.bars).set(values)
    this.memory.seal(this.number, column)
  }
}

/** A symbol of a task with its candles at hand. */
export interface Loaded {
  /** Position in the job. */
  symbol: number
  resident: Resident
}

export interface LocalTime {
  zone: string
  of(times: Float64Array): Float64Array
}

/** The first position whose value is not below `wanted`. */
function lowerBound(values: Float64Array, wanted: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}
