import type { LRUCache } from 'lru-cache'
import { CANDLE_COLUMNS, type DefectPolicy } from '../../domain/candle.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import { loadFailed } from '../../storage/load-each.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import { columnNamed } from '../../storage/user-columns.ts'
import { byteCache } from '../shared/byte-cache.ts'
import { loadAll } from '../shared/load-all.ts'
import type { Shard } from './schedule.ts'

/** Candles in memory that threads share. */
interface Kept {
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
 * task. The least recently used symbols leave when there are too many bytes.
 */
export class HandOver {
  readonly #kept: LRUCache<string, Kept>

  constructor(
    private readonly repository: CandleRepository,
    maxBytes: number,
  ) {
    this.#kept = byteCache(maxBytes, ({ loaded }) => bytesOf(loaded))
  }

  get sizeBytes(): number {
    return this.#kept.calculatedSize
  }

  /** The candles of a shard's symbols, in their order; one that cannot be read is its error. */
  async candles(
    job: ProcessingJob,
    { first, end }: Shard,
    revisions: Uint32Array,
    defects: DefectPolicy,
    userColumns: readonly string[],
  ): Promise<LoadedCandles[]> {
    const anyColumns = requestOf(job, defects)
    const span = JSON.stringify(anyColumns)
    // Of symbols that are read again, those that were kept for other jobs as well.
    const read = new Set(userColumns)
    // What the cache has no room for is needed here nevertheless.
    const found = new Map<string, LoadedCandles>()
    const missing = new Map<string, number>()
    for (let at = first; at < end; at++) {
      const symbol = job.symbols[at]!
      const kept = this.#kept.get(symbol)
      const isSame = kept?.span === span && kept.revision >= revisions[at]!
      if (isSame && userColumns.every((name) => kept.userColumns.includes(name))) found.set(symbol, kept.loaded)
      else {
        missing.set(symbol, revisions[at]!)
        for (const name of isSame ? kept.userColumns : []) read.add(name)
      }
    }
    const request = { ...anyColumns, userColumns: [...read] }
    try {
      for await (const loaded of loadAll(this.repository, [...missing.keys()], request)) {
        const revision = missing.get(loaded.symbol)
        if (revision === undefined) continue
        missing.delete(loaded.symbol)
        found.set(
          loaded.symbol,
          this.#keep({ loaded: shared(loaded, request), span, userColumns: request.userColumns, revision }),
        )
      }
    } catch (cause) {
      // The pass as a whole failed: what it has not delivered has failed with it.
      for (const symbol of missing.keys()) found.set(symbol, { symbol, error: loadFailed(symbol, cause) })
    }
    return job.symbols.slice(first, end).flatMap((symbol) => found.get(symbol) ?? [])
  }

  #keep(kept: Kept): LoadedCandles {
    const { loaded } = kept
    // A loader may have better luck the next time.
    if (loaded.error?.code === 'LOAD_FAILED') this.#kept.delete(loaded.symbol)
    else this.#kept.set(loaded.symbol, kept)
    return loaded
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
