import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ColumnsByName } from '../../domain/candle.ts'
import type { KeptSymbol } from './kept.ts'
import { checksum, HEAD, HEAD_CHECKSUM, type SegmentHead } from './segment.ts'
import { timesOf } from './times.ts'

/** What ends an Arrow file: the length of its footer, and these letters. */
const MAGIC = 'ARROW1'
const TAIL_BYTES = 4 + MAGIC.length
const BYTES = Float64Array.BYTES_PER_ELEMENT

/** What is in a file is not what was written: cut off, changed, or of something else. */
export class Damaged extends Error {}

/** A segment that is open for reading. Columns are read by their position, and checked. */
export class SegmentFile {
  readonly head: SegmentHead
  readonly sizeBytes: number
  readonly #descriptor: number
  /** Position of each record batch's columns. */
  readonly #bodies: readonly number[]
  /** The times read last, in the file's form and in ours: most symbols have those of the symbol before. */
  #times: { words: Uint32Array; time: Float64Array } | undefined
  #words = new Uint32Array()

  /** @throws Damaged; what the system says where the file cannot be opened. */
  constructor(readonly path: string) {
    this.#descriptor = openSync(path, 'r')
    try {
      this.sizeBytes = fstatSync(this.#descriptor).size
      const footer = this.#footer()
      this.head = footer.head
      this.#bodies = footer.bodies
    } catch (error) {
      this.close()
      // A position that leads nowhere is a RangeError, a head in pieces a SyntaxError.
      throw error instanceof RangeError || error instanceof SyntaxError
        ? new Damaged(`${path}: ${error.message}`)
        : error
    }
  }

  /**
   * Reads symbol number `at` with the columns that are named and that it has.
   *
   * @throws Damaged
   */
  read(at: number, names: readonly string[]): KeptSymbol {
    const { columns: inFile, symbols } = this.head
    const { symbol, rows, counts, isFlagged, lacks = [], checksums } = symbols[at]!
    const body = this.#bodies[at]!
    const columns: ColumnsByName = {}
    for (const [column, name] of inFile.entries()) {
      if (!names.includes(name) || lacks.includes(name)) continue
      const values = new Float64Array(rows)
      this.#fill(values, body + (1 + column) * rows * BYTES, checksums[1 + column])
      columns[name] = values
    }
    let flags: Uint8Array | undefined
    if (isFlagged) {
      flags = new Uint8Array(rows)
      this.#fill(flags, body + (1 + inFile.length) * rows * BYTES, checksums.at(-1))
    }
    return { symbol, time: this.#time(body, rows, checksums[0]), columns, flags, counts }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #time(position: number, rows: number, expected: number | undefined): Float64Array {
    if (this.#words.length !== 2 * rows) this.#words = new Uint32Array(2 * rows)
    const words = this.#words
    this.#fill(words, position, expected)
    const last = this.#times
    if (last && Buffer.compare(bytesOf(last.words), bytesOf(words)) === 0) return last.time
    const time = timesOf(words)
    this.#times = { words, time }
    this.#words = new Uint32Array()
    return time
  }

  #fill(values: ArrayBufferView, position: number, expected: number | undefined): void {
    this.#read(bytesOf(values), position)
    if (checksum(values) !== expected) throw new Damaged(`${this.path}: what is at ${position} is not what was written`)
  }

  #read(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, position + done)
      if (read === 0) throw new Damaged(`${this.path}: it ends too early`)
      done += read
    }
  }

  #footer(): { head: SegmentHead; bodies: number[] } {
    const size = this.sizeBytes
    const tail = new Uint8Array(TAIL_BYTES)
    this.#read(tail, Math.max(0, size - TAIL_BYTES))
    const length = new DataView(tail.buffer).getInt32(0, true)
    const isArrow = Buffer.from(tail.subarray(4)).toString('latin1') === MAGIC
    if (!isArrow || length <= 0 || length > size) throw new Damaged(`${this.path}: it is no Arrow file`)
    const bytes = new Uint8Array(length)
    this.#read(bytes, size - TAIL_BYTES - length)
    const { metadata, bodies } = readFooter(bytes)
    const text = metadata.get(HEAD)
    if (text === undefined || String(checksum(text)) !== Buffer.from(metadata.get(HEAD_CHECKSUM) ?? []).toString()) {
      throw new Damaged(`${this.path}: it has no head, or not the one that was written`)
    }
    return { head: JSON.parse(Buffer.from(text).toString()) as SegmentHead, bodies }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Numbers of fields in the tables of Arrow's File.fbs and Schema.fbs. */
const FOOTER = { schema: 1, recordBatches: 3 }
const SCHEMA = { metadata: 2 }
const KEY_VALUE = { key: 0, value: 1 }
/** A Block: position (8 bytes), length of the batch's own metadata (4), four of filling, length of its columns (8). */
const BLOCK_BYTES = 24

/** The part of Arrow's footer, a flatbuffer, that is needed here: the library would want the whole file in memory. */
function readFooter(bytes: Uint8Array): { metadata: Map<string, Uint8Array>; bodies: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const target = (at: number) => at + view.getUint32(at, true)
  /** Where the field of a table points to. */
  const field = (table: number, number: number) => {
    const vtable = table - view.getInt32(table, true)
    const entry = 4 + 2 * number
    const offset = entry < view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0
    if (offset === 0) throw new Damaged('the footer lacks a field')
    return target(table + offset)
  }
  const count = (vector: number) => view.getUint32(vector, true)
  const text = (at: number) => bytes.subarray(at + 4, at + 4 + count(at))
  const root = target(0)
  const pairs = field(field(root, FOOTER.schema), SCHEMA.metadata)
  const metadata = new Map<string, Uint8Array>()
  for (let at = 0; at < count(pairs); at++) {
    const pair = target(pairs + 4 + 4 * at)
    metadata.set(Buffer.from(text(field(pair, KEY_VALUE.key))).toString(), text(field(pair, KEY_VALUE.value)))
  }
  const blocks = field(root, FOOTER.recordBatches)
  const bodies = Array.from({ length: Math.min(count(blocks), bytes.length / BLOCK_BYTES) }, (_, at) => {
    const block = blocks + 4 + BLOCK_BYTES * at
    return Number(view.getBigInt64(block, true)) + view.getInt32(block + 8, true)
  })
  return { metadata, bodies }
}
