import { CANDLE_COLUMNS, type CandleSeries, type DefectPolicy } from '../../domain/candle.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import { loadAll, loadFailed } from '../shared/load-all.ts'
import type { Shard } from './schedule.ts'

/**
 * Reads for the workers what only this thread can read: a repository without description. Everything up to the end of
 * the range (or the history that the job gives) is read once, in memory that threads share, and handed over with every
 * task.
 */
export function handedOver(repository: CandleRepository) {
  let kept = new Map<string, LoadedCandles>()
  let keptFor = ''
  return async (
    { symbols, timeframe, timezone, dateRange: { from, to }, history }: ProcessingJob,
    { first, end }: Shard,
    generation: number,
    defects: DefectPolicy,
  ): Promise<LoadedCandles[]> => {
    const span = {
      ...(history !== undefined && from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(timezone !== undefined && { timezone }),
      lookbackBars: history ?? Number.POSITIVE_INFINITY,
      exact: history === undefined,
    }
    const key = JSON.stringify([generation, timeframe, span, defects])
    if (key !== keptFor) {
      kept = new Map()
      keptFor = key
    }
    // Another job may start a new map while this one reads.
    const read = kept
    const wanted = symbols.slice(first, end)
    const missing = new Set(wanted.filter((symbol) => !read.has(symbol)))
    const request: LoadRequest = { ...span, timeframe, defects, columns: CANDLE_COLUMNS }
    try {
      for await (const loaded of loadAll(repository, [...missing], request)) {
        if (missing.delete(loaded.symbol)) read.set(loaded.symbol, shared(loaded))
      }
    } catch (cause) {
      // The pass as a whole failed: what it has not delivered has failed with it.
      for (const symbol of missing) read.set(symbol, { symbol, error: loadFailed(symbol, cause) })
    }
    const found = wanted.flatMap((symbol) => read.get(symbol) ?? [])
    // A loader may have better luck the next time.
    for (const { symbol, error } of found) if (error?.code === 'LOAD_FAILED') read.delete(symbol)
    return found
  }
}

/** The same candles in memory that can be handed to a thread without copying. */
function shared(loaded: LoadedCandles): LoadedCandles {
  if (loaded.error) return loaded
  const share = (values: Float64Array) => {
    if (values.buffer instanceof SharedArrayBuffer) return values
    const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
    copy.set(values)
    return copy
  }
  const { series } = loaded
  const columns: CandleSeries['columns'] = {}
  for (const name of CANDLE_COLUMNS) if (series.columns[name]) columns[name] = share(series.columns[name])
  return { ...loaded, series: { ...series, time: share(series.time), columns } }
}
