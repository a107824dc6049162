import {
  addQuality,
  CANDLE_COLUMNS,
  type Candle,
  type DataQuality,
  type DefectPolicy,
  emptyQuality,
} from '../domain/candle.ts'
import type { SymbolError } from '../domain/errors.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import { writtenColumn } from '../domain/user-columns.ts'
import { type CandleRepository, fileErrors } from '../storage/repository.ts'
import { GapCounter, type Gaps } from './gaps.ts'

const SAMPLE_CANDLES = 5

/** What is in a source of candles. */
export interface DataReport {
  timeframe: Timeframe
  symbols: readonly string[]
  /** Times of the first and the last candle, milliseconds UTC; null where there is none. */
  first: number | null
  last: number | null
  /** Without rows that were dropped or replaced. */
  candles: number
  /** Of all symbols together. */
  quality: DataQuality
  gaps: Gaps
  /** Columns of numbers besides the candle's, as a formula reads them. */
  columns: readonly string[]
  /** The last candles of the first symbol that has any. */
  sample: { symbol: string; candles: readonly Candle[] } | null
  /** Rows that no symbol stands in. */
  noSymbol: number
  notes: readonly string[]
  /** Symbols, and files, that cannot be read. */
  errors: readonly (SymbolError & { symbol: string })[]
}

/** Reads everything once and keeps no more of it than is reported. */
export async function reportData(
  repository: CandleRepository,
  timeframe: Timeframe,
  { onSymbol, ...how }: { defects: DefectPolicy; timezone?: string; signal: AbortSignal; onSymbol: () => void },
): Promise<DataReport> {
  const symbols = await repository.symbols(timeframe)
  const order = new Map(symbols.map((symbol, at) => [symbol, at]))
  const request = {
    timeframe,
    lookbackBars: Number.POSITIVE_INFINITY,
    exact: true,
    columns: CANDLE_COLUMNS,
    userColumns: [],
    ...how,
  }
  const counter = new GapCounter()
  const quality = emptyQuality()
  const errors: (SymbolError & { symbol: string })[] = []
  let sample: DataReport['sample'] = null
  let [first, last, candles] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for await (const loaded of repository.loadMany!(symbols, request)) {
    onSymbol()
    const { symbol } = loaded
    if (loaded.quality) addQuality(quality, loaded.quality)
    if (loaded.error) {
      errors.push({ symbol, ...loaded.error })
      continue
    }
    const { time } = loaded.series
    if (time.length === 0) continue
    counter.add(symbol, time)
    first = Math.min(first, time[0]!)
    last = Math.max(last, time.at(-1)!)
    candles += time.length
    // They come in any order, and the report is to be the same each time.
    if (sample === null || order.get(symbol)! < order.get(sample.symbol)!) {
      sample = { symbol, candles: lastCandles(loaded.series) }
    }
  }
  const report = await repository.report?.(timeframe)
  const { noSymbol = 0, notes = [] } = report ?? {}
  errors.push(...fileErrors(report))
  const range = candles === 0 ? { first: null, last: null } : { first, last }
  const gaps = counter.gaps(timeframe)
  const others = (await repository.userColumns?.(timeframe)) ?? []
  const columns = others.filter(({ isNumber }) => isNumber).map(({ name }) => writtenColumn(name))
  return { timeframe, symbols, ...range, candles, quality, gaps, columns, sample, noSymbol, notes, errors }
}

function lastCandles({ time, columns }: { time: Float64Array; columns: Partial<Record<string, Float64Array>> }) {
  const from = Math.max(0, time.length - SAMPLE_CANDLES)
  return Array.from(time.subarray(from), (timestamp, at): Candle => {
    const [open, high, low, close, volume] = CANDLE_COLUMNS.map((name) => columns[name]![from + at]!)
    return { timestamp, open: open!, high: high!, low: low!, close: close!, volume: volume! }
  })
}
