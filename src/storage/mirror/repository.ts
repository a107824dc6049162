import { resolve } from 'node:path'
import { DataError } from '../../domain/errors.ts'
import type { Timeframe } from '../../domain/timeframe.ts'
import { loadEach } from '../load-each.ts'
import type {
  CandleRepository,
  LoadedCandles,
  LoadRequest,
  RepositoryDescription,
  SourceIdentity,
  SourceReport,
} from '../repository.ts'
import { type InnerSource, Mirror } from './mirror.ts'
import { Trouble } from './trouble.ts'

export interface MirrorOptions {
  /** Where mirrors are kept, of as many sources as one likes; it is made where it is not there. */
  folder: string
}

/** What knows the length of its candles, like `duckdbRepository`. */
interface Timed {
  timeframe(): Promise<Timeframe>
}

/**
 * Keeps what a repository delivers in files of its own, so that a source which is scanned every day is read once. Symbols
 * come into the mirror when they are asked for, with their whole history, and are read from there, also by worker threads
 * and other processes, until the source changes. What is delivered is what the inner repository would deliver.
 *
 * - A mirror belongs to one state of its source, as `identity()` of the inner repository tells: for files their sizes and
 *   times and, of few files, the bytes at both ends. Another state is another mirror, and the old one is removed. A repository
 *   without `identity()`, and SQL, of which nothing tells whether it has changed, are read as they are.
 * - Files are Arrow IPC, uncompressed: `polars.read_ipc`, `pandas.read_feather` and `pyarrow` read them too. Everything
 *   read is checked against its checksum; what is damaged is removed and made anew.
 * - Where the folder cannot be written, or the disk is full, the source is read, and a note in `report()` says so.
 *
 * `close` closes the inner repository as well.
 *
 * @throws DataError `DATA_OPTION` for a folder that cannot be.
 *
 * @example
 * // Files called AAPL.csv, MSFT.csv …; the next run reads them no more.
 * const repository = mirrorRepository(duckdbRepository({ data: 'prices' }), { folder: 'mirror' })
 * await using engine = createEngine({ repository })
 * const symbols = await engine.repository.symbols('1d')
 * const { matches } = await engine.scan({ symbols, timeframe: '1d', formula: 'close > close[1]', last: 1 })
 * matches.map(({ symbol, candle }) => `${symbol} ${candle.close}`)
 * // [ 'AAPL 14' ]
 */
export function mirrorRepository(inner: CandleRepository & Timed, options: MirrorOptions): CandleRepository & Timed
export function mirrorRepository(inner: CandleRepository, options: MirrorOptions): CandleRepository
export function mirrorRepository(inner: CandleRepository, { folder }: MirrorOptions): CandleRepository {
  if (typeof folder !== 'string' || folder === '') {
    throw new DataError('DATA_OPTION', `folder must be a path, got ${String(folder)}`, { option: 'folder' })
  }
  return new Mirrored(inner, resolve(folder)).repository()
}

/** What a worker thread opens a mirror from. */
export interface MirrorDescription {
  folder: string
  identity: SourceIdentity
  givesDates: boolean
  inner: RepositoryDescription
  trouble: Trouble['shared']
}

/** Opens the mirror that another thread describes. The inner repository is opened when the mirror lacks something. */
export function openMirrorDescription(
  { folder, identity, givesDates, inner, trouble }: MirrorDescription,
  open: (inner: RepositoryDescription) => Promise<CandleRepository>,
): CandleRepository {
  let opening: Promise<CandleRepository> | undefined
  const opened = () => {
    opening ??= open(inner).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const source: InnerSource = { opened, givesDates }
  const mirror = new Mirror(folder, identity, source, new Trouble(trouble))
  return {
    ...(givesDates && { givesDates }),
    symbols: async (timeframe) => (await opened()).symbols(timeframe),
    versions: async (symbols) => symbols.map(() => identity.stamp),
    load: (symbol, request) => only(mirror.loadMany([symbol], request)),
    loadMany: (symbols, request) => mirror.loadMany(symbols, request),
    async close() {
      mirror.close()
      await (await opening)?.close()
    },
  }
}

/** The mirrored repository of the thread that was given the inner one: it looks whether the source has changed. */
class Mirrored {
  readonly #trouble = new Trouble()
  /** Of the state of the source that was seen last; undefined where there is nothing to go by. */
  #mirror: Mirror | undefined
  #hasLooked = false

  constructor(
    private readonly inner: CandleRepository & Partial<Timed>,
    private readonly folder: string,
  ) {}

  repository(): CandleRepository & Partial<Timed> {
    const { inner } = this
    const { timeframe, userColumns, givesDates } = inner
    const repository: CandleRepository & Partial<Timed> = {
      ...(givesDates && { givesDates }),
      symbols: (wanted) => this.#answer('now', `symbols ${wanted}`, () => inner.symbols(wanted)),
      load: (symbol, request) => this.#load(symbol, request),
      loadMany: (symbols, request) => this.#loadMany(symbols, request),
      versions: (symbols, wanted) => this.#versions(symbols, wanted),
      report: (wanted) => this.#report(wanted),
      identity: async () => inner.identity?.(),
      close: async () => {
        this.#mirror?.close()
        await inner.close()
      },
      ...(timeframe && { timeframe: () => this.#answer('then', 'timeframe', () => timeframeNow(inner, timeframe)) }),
      ...(userColumns && {
        userColumns: (wanted: Timeframe) =>
          this.#answer('then', `userColumns ${wanted}`, async () => {
            await inner.versions([], wanted)
            return userColumns.call(inner, wanted)
          }),
      }),
    }
    return Object.defineProperty(repository, 'description', { get: () => this.#describe(), enumerable: true })
  }

  /** @param when Whether to look if the source has changed: `now`, or as it was when somebody looked. */
  async #current(when: 'now' | 'then'): Promise<Mirror | undefined> {
    if (when === 'then' && this.#hasLooked) return this.#mirror
    const identity = await this.inner.identity?.()
    this.#hasLooked = true
    if (identity?.source === this.#mirror?.identity.source && identity?.stamp === this.#mirror?.identity.stamp) {
      return this.#mirror
    }
    this.#mirror?.close()
    const { inner } = this
    const source: InnerSource = { opened: async () => inner, givesDates: inner.givesDates === true }
    this.#mirror = identity && new Mirror(this.folder, identity, source, this.#trouble)
    return this.#mirror
  }

  /** An answer about the source, from the mirror where it is known. */
  async #answer<T>(when: 'now' | 'then', question: string, ask: () => Promise<T>): Promise<T> {
    const mirror = await this.#current(when)
    return mirror ? ((await mirror.answer(question, ask)) as T) : ask()
  }

  async #versions(symbols: readonly string[], timeframe: Timeframe): Promise<readonly string[]> {
    const mirror = await this.#current('now')
    if (!mirror) return this.inner.versions(symbols, timeframe)
    // Of a source that nobody has opened yet, it is to be seen that it has such candles.
    if (!mirror.about.has(`symbols ${timeframe}`)) await this.inner.versions(symbols, timeframe)
    return symbols.map(() => mirror.identity.stamp)
  }

  async #report(timeframe: Timeframe): Promise<SourceReport> {
    const none: SourceReport = { noSymbol: 0, notes: [], failures: [] }
    const report = await this.#answer('then', `report ${timeframe}`, async () => {
      await this.inner.versions([], timeframe)
      return (await this.inner.report?.(timeframe)) ?? none
    })
    const note = this.#mirror ? this.#trouble.noteOf(this.folder) : NOT_MIRRORED
    return note === undefined ? report : { ...report, notes: [...report.notes, note] }
  }

  async #load(symbol: string, request: LoadRequest): Promise<LoadedCandles> {
    const mirror = await this.#current('then')
    return mirror ? only(mirror.loadMany([symbol], request)) : this.inner.load(symbol, request)
  }

  async *#loadMany(symbols: readonly string[], request: LoadRequest): AsyncGenerator<LoadedCandles, undefined> {
    const mirror = await this.#current('then')
    yield* mirror ? mirror.loadMany(symbols, request) : loadEach(this.inner, symbols, request)
  }

  #describe(): RepositoryDescription | undefined {
    const { description, givesDates } = this.inner
    if (!description || !this.#mirror) return description
    const options: MirrorDescription = {
      folder: this.folder,
      identity: this.#mirror.identity,
      givesDates: givesDates === true,
      inner: description,
      trouble: this.#trouble.shared,
    }
    return { kind: 'mirror', options }
  }
}

const NOT_MIRRORED = 'the data is not mirrored: nothing tells whether it has changed'

/** A repository that is open at another state of its source has to look first. */
async function timeframeNow(inner: CandleRepository, timeframe: Timed['timeframe']): Promise<Timeframe> {
  await inner.versions([], await timeframe.call(inner)).catch(() => undefined)
  return timeframe.call(inner)
}

/** The only symbol of some; what was read for it is written behind it. */
async function only(loaded: AsyncIterable<LoadedCandles>): Promise<LoadedCandles> {
  let found: LoadedCandles | undefined
  for await (const each of loaded) found = each
  if (!found) throw new Error('the repository did not deliver it')
  return found
}
