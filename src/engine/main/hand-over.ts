import { CANDLE_COLUMNS, type CandleSeries, type DefectPolicy } from '../../domain/candle.ts'
import type { ProcessingJob } from '../../domain/job.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'
import { loadAll } from '../shared/load-all.ts'
import type { Shard } from './schedule.ts'

/**
 * Reads for the workers what only this thread can read: a repository without description. Everything up to the end of
 * the range is read once, in memory that threads share, and handed over with every task.
 */
export function handedOver(repository: CandleRepository) {
  let read = new Map<string, LoadedCandles>()
  let readFor = ''
  return async (
    { symbols, timeframe, dateRange: { to } }: ProcessingJob,
    { first, end }: Shard,
    generation: number,
    defects: DefectPolicy,
  ): Promise<LoadedCandles[]> => {
    const key = JSON.stringify([generation, timeframe, to, defects])
    if (key !== readFor) {
      read = new Map()
      readFor = key
    }
    const wanted = symbols.slice(first, end)
    const missing = wanted.filter((symbol) => !read.has(symbol))
    const request: LoadRequest = {
      timeframe,
      defects,
      columns: CANDLE_COLUMNS,
      lookbackBars: 0,
      ...(to !== undefined && { to }),
    }
    for await (const loaded of loadAll(repository, missing, request)) read.set(loaded.symbol, shared(loaded))
    return wanted.flatMap((symbol) => read.get(symbol) ?? [])
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
