import { COLUMN_NAMES } from '../../domain/codes.generated.ts'
import type { Store } from '../../wasm/simd/millrace.js'

const BYTES = Float64Array.BYTES_PER_ELEMENT
/** What a symbol takes besides its columns. */
const OVERHEAD_BYTES = 256
const TIMES_KNOWN = 1000

/**
 * Places for symbols in the WASM store, views on its memory, and the bytes of all that residents hold. Memory that threads
 * share is the repository's, or counted where it is handed over.
 */
export class ResidentMemory {
  #numbers = 0
  #heldBytes = 0
  /** How many arrays of residents are views on a buffer: it stays as a whole while there is one. */
  readonly #holders = new Map<ArrayBufferLike, number>()
  /** Weak: times stay for the residents that have them. */
  readonly #times = new Map<string, WeakRef<Float64Array>>()
  readonly #free: number[] = []
  readonly #columns = new Map<string, number>()

  constructor(
    private readonly store: Store,
    private readonly memory: WebAssembly.Memory,
  ) {}

  get heldBytes(): number {
    return this.#heldBytes
  }

  number(): number {
    this.#heldBytes += OVERHEAD_BYTES
    return this.#free.pop() ?? this.#numbers++
  }

  /** The number of a column that plans name, for every symbol the same: behind those that every plan has. */
  columnOf(name: string): number {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = COLUMN_NAMES.length + this.#columns.size
    this.#columns.set(name, column)
    return column
  }

  reserve(number: number, column: number, bars: number): number {
    this.#heldBytes += BYTES * bars
    return this.store.reserve(number, column, bars)
  }

  /** Growing the memory detaches views: take a new one at every use. */
  view(offset: number, bars: number): Float64Array {
    return new Float64Array(this.memory.buffer, offset, bars)
  }

  seal(number: number, column: number) {
    this.store.seal(number, column)
  }

  /** The same times as one array for all symbols that have them: less memory, and at hand in a cache. */
  sharedTime(time: Float64Array): Float64Array {
    const key = `${time.length} ${time[0]} ${time.at(-1)}`
    const known = this.#times.get(key)?.deref()
    if (known && areEqual(known, time)) return known
    if (this.#times.size === TIMES_KNOWN) this.#times.clear()
    this.#times.set(key, new WeakRef(time))
    return time
  }

  hold({ buffer }: Float64Array) {
    const holders = this.#holders.get(buffer) ?? 0
    this.#holders.set(buffer, holders + 1)
    if (holders === 0 && buffer instanceof ArrayBuffer) this.#heldBytes += buffer.byteLength
  }

  letGo({ buffer }: Float64Array) {
    const holders = this.#holders.get(buffer)! - 1
    if (holders > 0) {
      this.#holders.set(buffer, holders)
      return
    }
    this.#holders.delete(buffer)
    if (buffer instanceof ArrayBuffer) this.#heldBytes -= buffer.byteLength
  }

  /** Frees the place of a symbol with so many columns. */
  release(number: number, columns: number, bars: number) {
    this.#heldBytes -= OVERHEAD_BYTES + columns * BYTES * bars
    this.store.release(number)
    this.#free.push(number)
  }
}

/** A loop: a function called with every value took five times as long, 45 ms of a scan of 2,500 symbols over ten years. */
function areEqual(one: Float64Array, other: Float64Array): boolean {
  if (one === other) return true
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}
