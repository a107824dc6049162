import { CANDLE_COLUMNS, type DefectPolicy } from '../../domain/candle.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import { loadFailed } from '../../storage/load-each.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import { columnNamed } from '../../storage/user-columns.ts'
import { JobCache, type JobUse } from '../shared/job-cache.ts'
import { loadAll } from '../shared/load-all.ts'
import type { Shard } from './schedule.ts'

/** Candles in memory that threads share. */
interface Kept extends JobUse {
  loaded: LoadedCandles
  /** What they were read for, and with which user columns. */
  span: string
  userColumns: readonly string[]
  /** What the symbol was at when they were read. */
  revision: number
}

/**
 * Reads for the workers what only this thread can read: a repository without description. Everything up to the end of
 * the range (or the history that the job gives) is read once, in memory that threads share, and handed over with every
 * task, and kept as far as there is room.
 */
export class HandOver {
  readonly #kept: JobCache<Kept>
  #sizeBytes = 0

  constructor(
    private readonly repository: CandleRepository,
    maxBytes: number,
  ) {
    this.#kept = new JobCache(
      maxBytes,
      () => this.#sizeBytes,
      ({ loaded }) => {
        this.#sizeBytes -= bytesOf(loaded)
      },
    )
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** The candles of a shard's symbols, in their order; one that cannot be read is its error. */
  async candles(
    job: ProcessingJob,
    number: number,
    { first, end }: Shard,
    revisions: Uint32Array,
    defects: DefectPolicy,
    userColumns: readonly string[],
  ): Promise<LoadedCandles[]> {
    const anyColumns = requestOf(job, defects)
    const span = JSON.stringify(anyColumns)
    // Of symbols that are read again, those that were kept for other jobs as well.
    const wider = new Set(userColumns)
    // What the cache has no room for is needed here nevertheless.
    const found = new Map<string, LoadedCandles>()
    const missing = new Map<string, number>()
    const read: Kept[] = []
    for (let at = first; at < end; at++) {
      const symbol = job.symbols[at]!
      const kept = this.#kept.get(symbol)
      const isSame = kept?.span === span && kept.revision >= revisions[at]!
      if (isSame && userColumns.every((name) => kept.userColumns.includes(name))) {
        this.#kept.use(kept, number)
        found.set(symbol, kept.loaded)
      } else {
        missing.set(symbol, revisions[at]!)
        for (const name of isSame ? kept.userColumns : []) wider.add(name)
      }
    }
    const request = { ...anyColumns, userColumns: [...wider] }
    try {
      for await (const loaded of loadAll(this.repository, [...missing.keys()], request)) {
        const revision = missing.get(loaded.symbol)
        if (revision === undefined) continue
        missing.delete(loaded.symbol)
        const kept = {
          key: loaded.symbol,
          loaded: shared(loaded, request),
          span,
          userColumns: request.userColumns,
          revision,
          lastJob: number,
          jobBefore: Number.POSITIVE_INFINITY,
        }
        read.push(kept)
        found.set(loaded.symbol, kept.loaded)
      }
    } catch (cause) {
      // The pass as a whole failed: what it has not delivered has failed with it.
      for (const symbol of missing.keys()) found.set(symbol, { symbol, error: loadFailed(symbol, cause) })
    }
    // At once: what another call is reading meanwhile takes no room from this one.
    for (const kept of read) this.#keep(kept, number)
    this.#kept.settle(read, number)
    return job.symbols.slice(first, end).flatMap((symbol) => found.get(symbol) ?? [])
  }

  #keep(kept: Kept, job: number) {
    // A loader may have better luck the next time.
    if (kept.loaded.error?.code === 'LOAD_FAILED') {
      this.#kept.delete(kept.key)
      return
    }
    this.#sizeBytes += bytesOf(kept.loaded)
    this.#kept.add(kept, job)
  }
}

function requestOf(
  { timeframe, timezone, dateRange: { from, to }, history }: ProcessingJob,
  defects: DefectPolicy,
): Omit<LoadRequest, 'userColumns'> {
  return {
    ...(history !== undefined && from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(timezone !== undefined && { timezone }),
    lookbackBars: history ?? Number.POSITIVE_INFINITY,
    exact: history === undefined,
    timeframe,
    defects,
    columns: CANDLE_COLUMNS,
  }
}

const OVERHEAD_BYTES = 256

function bytesOf(loaded: LoadedCandles): number {
  if (loaded.error) return OVERHEAD_BYTES
  const { time, columns } = loaded.series
  return [time, ...Object.values(columns)].reduce((sum, values) => sum + values.byteLength, OVERHEAD_BYTES)
}

/** The same candles in memory that can be handed to a thread without copying. */
function shared(loaded: LoadedCandles, request: LoadRequest): LoadedCandles {
  if (loaded.error) return loaded
  const share = (values: Float64Array) => {
    if (values.buffer instanceof SharedArrayBuffer) return values
    const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
    copy.set(values)
    return copy
  }
  const { series } = loaded
  const columns = [...request.columns, ...request.userColumns].flatMap((name) => {
    const column = columnNamed(series.columns, name)
    return column ? [[name, share(column)] as const] : []
  })
  return { ...loaded, series: { ...series, time: share(series.time), columns: Object.fromEntries(columns) } }
}
