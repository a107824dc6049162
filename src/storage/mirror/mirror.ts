import { isDaily } from '../../domain/timeframe.ts'
import { loadEach } from '../load-each.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, SourceIdentity } from '../repository.ts'
import { About } from './about.ts'
import { folderOf } from './files.ts'
import { answerFrom, type KeptSymbol, keptOf, wholeOf } from './kept.ts'
import type { SegmentKey } from './segment.ts'
import { Segments } from './segments.ts'
import type { Trouble } from './trouble.ts'

/** Candles that are gathered before they are written, in bytes: each thread that reads has twice as many in memory. */
const SEGMENT_BYTES = 32 * 2 ** 20

/** What is mirrored. */
export interface InnerSource {
  /** The repository; in a worker it is opened with the first call. */
  opened(): Promise<CandleRepository>
  givesDates: boolean
}

/** The mirror of one state of a source. */
export class Mirror {
  readonly about: About
  readonly #folder: string
  readonly #segments = new Map<string, Segments>()

  constructor(
    mirrors: string,
    readonly identity: SourceIdentity,
    private readonly inner: InnerSource,
    private readonly trouble: Trouble,
  ) {
    this.#folder = folderOf(mirrors, identity.source)
    this.about = new About(this.#folder, identity)
  }

  /** What the inner repository answers to a question about its source. */
  async answer(question: string, ask: () => Promise<unknown>): Promise<unknown> {
    if (this.about.has(question)) return this.about.answer(question)
    const answer = await ask()
    const inner = await this.inner.opened()
    await this.#write(inner, () => this.about.learn(question, answer))
    return answer
  }

  /** What is in the mirror, then the rest, read from the source and put into the mirror on the way. */
  async *loadMany(symbols: readonly string[], request: LoadRequest): AsyncGenerator<LoadedCandles, undefined> {
    const segments = this.#segmentsOf(request)
    const missing: string[] = []
    /** Symbols for which only the source can answer this request. */
    const asked: string[] = []
    for (const symbol of symbols) {
      const kept = segments.read(symbol, request.columns, request.userColumns)
      const answer = kept && kept !== 'unfit' && answerFrom(kept, request)
      if (answer) yield answer
      else (kept ? asked : missing).push(symbol)
    }
    if (missing.length + asked.length === 0) return
    const inner = await this.inner.opened()
    // A repository that has been open for long looks at its source again.
    await inner.versions([], request.timeframe)
    if (missing.length > 0) yield* this.#fetch(inner, segments, missing, request, asked)
    if (asked.length > 0) yield* loadEach(inner, asked, request)
  }

  close(): void {
    for (const segments of this.#segments.values()) segments.close()
    this.#segments.clear()
  }

  #segmentsOf({ timeframe, timezone }: LoadRequest): Segments {
    const hasZone = this.inner.givesDates && isDaily(timeframe) && timezone !== undefined
    const key: SegmentKey = { ...this.identity, timeframe, ...(hasZone && { timezone }) }
    const name = JSON.stringify(key)
    const known = this.#segments.get(name)
    known?.look()
    const segments = known ?? new Segments(this.#folder, key)
    this.#segments.set(name, segments)
    return segments
  }

  /** Reads symbols from the source. @param asked Takes those that it has to be asked for again, as the request says. */
  async *#fetch(
    inner: CandleRepository,
    segments: Segments,
    symbols: readonly string[],
    request: LoadRequest,
    asked: string[],
  ): AsyncGenerator<LoadedCandles, undefined> {
    let gathered = { kept: [] as KeptSymbol[], unfit: [] as string[], bytes: 0 }
    let writing: Promise<void> | undefined
    // While one segment is written the next is read, which a slow disk makes worth its memory.
    const write = async () => {
      await writing
      writing = this.#writeSegment(inner, segments, gathered, request.userColumns)
      gathered = { kept: [], unfit: [], bytes: 0 }
    }
    for await (const loaded of loadEach(inner, symbols, wholeOf(request))) {
      const one = keptOf(loaded)
      const answer = one && answerFrom(one, request)
      if (one) {
        gathered.kept.push(one)
        gathered.bytes += one.time.byteLength * (1 + Object.keys(one.columns).length)
      } else if (!loaded.error) gathered.unfit.push(loaded.symbol)
      if (answer) yield answer
      else asked.push(loaded.symbol)
      if (gathered.bytes >= SEGMENT_BYTES) await write()
    }
    if (gathered.kept.length + gathered.unfit.length > 0) await write()
    await writing
  }

  #writeSegment(
    inner: CandleRepository,
    segments: Segments,
    { kept, unfit }: { kept: readonly KeptSymbol[]; unfit: readonly string[] },
    userColumns: readonly string[],
  ): Promise<void> {
    return this.#write(inner, async () => {
      const { segmentPieces } = await import('./segment-bytes.ts')
      await segments.write(segmentPieces(segments.key, kept, userColumns, unfit))
      segments.look()
      for (const small of segments.manySmall()) {
        await segments.write(segmentPieces(segments.key, small.kept, small.userColumns, small.unfit))
        segments.remove(small.files)
      }
    })
  }

  /** Writes what was read, unless the source has changed meanwhile, or writing has failed before. Never rejects. */
  async #write(inner: CandleRepository, write: () => Promise<void>): Promise<void> {
    if (this.trouble.isThere) return
    try {
      const identity = await inner.identity?.()
      if (identity?.stamp === this.identity.stamp) await write()
    } catch (error) {
      this.trouble.tell(error)
    }
  }
}
