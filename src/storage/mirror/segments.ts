import { join } from 'node:path'
import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import { namesIn, newSegment, removeDamaged, removeFile, SEGMENT, segmentPrefix, writeWhole } from './files.ts'
import type { KeptSymbol } from './kept.ts'
import { isOfKey, type SegmentKey } from './segment.ts'
import { SegmentFile } from './segment-file.ts'

const SMALL_BYTES = 2 ** 20
const MANY = 64

/** Segments, and what is in them. */
interface Joinable {
  files: readonly SegmentFile[]
  userColumns: readonly string[]
  kept: KeptSymbol[]
  unfit: string[]
}

/** A symbol in a segment. */
interface Place {
  file: SegmentFile
  at: number
}

/**
 * The segments that hold one state of a source, in a folder that other threads and processes read and write as well: a
 * file is there as a whole or not at all, and what two have written at once is there twice, which costs only room.
 */
export class Segments {
  readonly #prefix: string
  /** By path; undefined for one that is damaged or of something else. */
  readonly #files = new Map<string, SegmentFile | undefined>()
  /** A symbol that was read again with further columns is in more than one. */
  readonly #places = new Map<string, Place[]>()

  constructor(
    private readonly folder: string,
    readonly key: SegmentKey,
  ) {
    this.#prefix = segmentPrefix(key)
    this.look()
  }

  /** Opens what others have written since. */
  look(): void {
    for (const name of namesIn(this.folder)) {
      const path = join(this.folder, name)
      if (!name.startsWith(this.#prefix) || !name.endsWith(SEGMENT) || this.#files.has(path)) continue
      this.#files.set(path, this.#open(path))
    }
  }

  /** The symbol with these columns; `unfit` where only the source can answer, undefined where it is in no segment. */
  read(
    symbol: string,
    candleColumns: readonly string[],
    userColumns: readonly string[],
  ): KeptSymbol | 'unfit' | undefined {
    for (const { file, at } of [...(this.#places.get(symbol) ?? [])]) {
      if (!userColumns.every((name) => file.head.columns.includes(name))) continue
      if (file.head.symbols[at]!.isUnfit) return 'unfit'
      try {
        return file.read(at, [...candleColumns, ...userColumns])
      } catch (error) {
        this.#drop(file, error)
      }
    }
    return undefined
  }

  /** Rejects with what the system says where the file cannot be written. */
  write(pieces: readonly Uint8Array[]): Promise<void> {
    return writeWhole(join(this.folder, newSegment(this.key)), pieces)
  }

  /**
   * Segments that are better joined, because each is opened at every start: sets of at least `MANY` small ones that have the
   * same columns, with what is in them.
   */
  *manySmall(): Generator<Joinable, undefined> {
    const alike = new Map<string, SegmentFile[]>()
    for (const file of this.#files.values()) {
      if (!file || file.sizeBytes > SMALL_BYTES) continue
      const columns = JSON.stringify(file.head.columns)
      alike.set(columns, [...(alike.get(columns) ?? []), file])
    }
    for (const files of alike.values()) if (files.length >= MANY) yield this.#contentOf(files)
  }

  /** Removes segments whose symbols are in another. */
  remove(files: readonly SegmentFile[]): void {
    for (const file of files) {
      this.#forget(file)
      removeFile(file.path)
    }
  }

  close(): void {
    for (const file of this.#files.values()) file?.close()
    this.#files.clear()
    this.#places.clear()
  }

  #contentOf(files: readonly SegmentFile[]): Joinable {
    const { columns } = files[0]!.head
    const kept = new Map<string, KeptSymbol>()
    const unfit = new Set<string>()
    for (const file of files) {
      for (const [at, { symbol, isUnfit }] of file.head.symbols.entries()) {
        if (isUnfit) unfit.add(symbol)
        else if (!kept.has(symbol)) {
          try {
            kept.set(symbol, file.read(at, columns))
          } catch (error) {
            this.#drop(file, error)
            break
          }
        }
      }
    }
    const userColumns = columns.slice(CANDLE_COLUMNS.length)
    return { files, userColumns, kept: [...kept.values()], unfit: [...unfit] }
  }

  #open(path: string): SegmentFile | undefined {
    let file: SegmentFile
    try {
      file = new SegmentFile(path)
    } catch (error) {
      removeDamaged(path, error)
      return undefined
    }
    if (!isOfKey(file.head, this.key)) {
      file.close()
      return undefined
    }
    for (const [at, { symbol }] of file.head.symbols.entries()) {
      const known = this.#places.get(symbol)
      if (known) known.push({ file, at })
      else this.#places.set(symbol, [{ file, at }])
    }
    return file
  }

  #drop(damaged: SegmentFile, error: unknown): void {
    this.#forget(damaged)
    removeDamaged(damaged.path, error)
  }

  #forget(file: SegmentFile): void {
    if (this.#files.get(file.path) !== file) return
    for (const { symbol } of file.head.symbols) {
      const left = this.#places.get(symbol)?.filter((place) => place.file !== file) ?? []
      this.#places.set(symbol, left)
    }
    this.#files.set(file.path, undefined)
    file.close()
  }
}
