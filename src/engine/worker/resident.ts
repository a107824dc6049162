import { LRUCache } from 'lru-cache'
import { CANDLE_COLUMNS, type CandleColumn, type DataQuality } from '../../domain/candle.ts'
import type { SymbolError } from '../../domain/errors.ts'
import type { LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import type { Store } from '../../wasm/simd/millrace.js'

/** Numbers of the columns in WASM memory: the candle's, then time and local time. */
const TIME = CANDLE_COLUMNS.length
const LOCAL_TIME = TIME + 1

const BYTES = Float64Array.BYTES_PER_ELEMENT
const OVERHEAD_BYTES = 256

/**
 * The candles of one symbol, kept between jobs. Columns that kernels read are in WASM memory; the others, which are
 * only shown with matches, stay where the repository put them.
 */
export class Resident {
  readonly #wasm = new Map<number, number>()
  readonly #host = new Map<CandleColumn, Float64Array>()
  #localZone = ''
  /** Tasks that use it now: it is not freed before they are done, even when the cache has dropped it. */
  #pins = 0
  #dropped = false

  private constructor(
    readonly slot: number,
    /** What it was read for. */
    readonly request: LoadRequest,
    readonly time: Float64Array,
    readonly quality: DataQuality | undefined,
    readonly error: SymbolError | undefined,
    private readonly memory: ResidentMemory,
  ) {}

  static of(loaded: LoadedCandles, request: LoadRequest, slot: number, memory: ResidentMemory): Resident {
    const time = loaded.error ? new Float64Array() : loaded.series.time
    const resident = new Resident(slot, request, time, loaded.quality, loaded.error, memory)
    if (!loaded.error) {
      for (const name of CANDLE_COLUMNS) {
        const values = loaded.series.columns[name]
        if (values) resident.#host.set(name, values)
      }
    }
    return resident
  }

  get bars(): number {
    return this.time.length
  }

  /** What it takes at most: every column once, whichever are read later. */
  get sizeBytes(): number {
    return BYTES * this.bars * (LOCAL_TIME + 1) + OVERHEAD_BYTES
  }

  /** Whether it holds the candles of a request, whichever columns. */
  covers({ from, to, lookbackBars, defects, timeframe }: LoadRequest): boolean {
    const held = this.request
    const start =
      held.from === undefined || (from !== undefined && from >= held.from && held.lookbackBars >= lookbackBars)
    const end = held.to === undefined || (to !== undefined && to <= held.to)
    return start && end && held.defects === defects && held.timeframe === timeframe
  }

  /** Brings what a plan reads into WASM memory. */
  place(plan: { columns: readonly CandleColumn[]; readsTime: boolean; readsCalendar: boolean }, localTime: LocalTime) {
    for (const name of plan.columns) {
      const values = this.#host.get(name)
      if (!values) continue
      this.#write(CANDLE_COLUMNS.indexOf(name), values)
      this.#host.delete(name)
    }
    if (plan.readsTime && !this.#wasm.has(TIME)) this.#write(TIME, this.time)
    if (plan.readsCalendar && this.#localZone !== localTime.zone) {
      this.#write(LOCAL_TIME, localTime.of(this.time))
      this.#localZone = localTime.zone
    }
  }

  /** A column, wherever it is; a view on WASM memory, so for one statement. Undefined when it was not read. */
  column(name: CandleColumn): Float64Array | undefined {
    const offset = this.#wasm.get(CANDLE_COLUMNS.indexOf(name))
    return offset === undefined ? this.#host.get(name) : this.memory.view(offset, this.bars)
  }

  /** Bars whose time is in a range: the first, and the first behind them. */
  barsIn({ from, to }: { from?: number; to?: number }): [first: number, end: number] {
    const first = from === undefined ? 0 : lowerBound(this.time, from)
    const end = to === undefined ? this.bars : lowerBound(this.time, to + 1)
    return [first, Math.max(first, end)]
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
    if (this.#dropped && this.#pins === 0) this.memory.release(this.slot)
  }

  #write(column: number, values: Float64Array) {
    const offset = this.#wasm.get(column) ?? this.memory.reserve(this.slot, column, this.bars)
    this.#wasm.set(column, offset)
    this.memory.view(offset, this.bars).set(values)
  }
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

/** Places for symbols in the WASM store, and views on its memory. */
export class ResidentMemory {
  #slots = 0
  readonly #free: number[] = []

  constructor(
    private readonly store: Store,
    private readonly memory: WebAssembly.Memory,
  ) {}

  slot(): number {
    return this.#free.pop() ?? this.#slots++
  }

  reserve(slot: number, column: number, bars: number): number {
    return this.store.reserve(slot, column, bars)
  }

  /** Growing the memory detaches views: take a new one at every use. */
  view(offset: number, bars: number): Float64Array {
    return new Float64Array(this.memory.buffer, offset, bars)
  }

  release(slot: number) {
    this.store.release(slot)
    this.#free.push(slot)
  }
}

/** Residents by symbol and timeframe; the least recently used leave when there are too many bytes. */
export function residentCache(maxBytes: number): LRUCache<string, Resident> {
  return new LRUCache<string, Resident>({
    maxSize: maxBytes,
    sizeCalculation: (resident) => resident.sizeBytes,
    dispose: (resident) => resident.drop(),
  })
}
