import {
  type ChartCandle,
  type ChartGap,
  type ChartMarker,
  type ChartPoint,
  chartCandles,
  chartLine,
  chartMarkers,
} from '../signals/chart.ts'
import type { MatchTable } from '../signals/matches.ts'
import type { BatchScanResult } from '../use-cases/batch-scan.ts'
import type { Engine } from '../use-cases/engine.ts'
import type { ExpressionSeries } from '../use-cases/series.ts'
import type { ScanView } from './scan-view.ts'

/** What the script of a page draws. */
export interface PageCharts {
  symbols: readonly SymbolChart[]
  /** Percent of the symbols that match, by date; empty where there is one date or none. */
  breadth: readonly (ChartPoint | ChartGap)[]
}

export interface SymbolChart {
  symbol: string
  candles: readonly (ChartCandle | ChartGap)[]
  /** All matches of the run on these candles, those that the page's table leaves out as well. */
  markers: readonly ChartMarker[]
  /** Decimals of its prices. */
  precision: number
}

/** More would take a page long to draw. */
const MOST_CHARTS = 50
const BARS = 250
/** Symbols whose whole series are in memory at once. */
const SYMBOLS_PER_BATCH = 8
const PRICES = ['open', 'high', 'low', 'close'] as const

/** Charts of the symbols with the latest matches, the latest first; candles come from a second run, up to the job's end. */
export async function pageCharts(view: ScanView, engine: Engine, signal: AbortSignal): Promise<PageCharts> {
  const { matches } = view
  const result = await wholeOf(view.result, engine, signal)
  const { timeframe, timezone, dateRange } = result.job
  const wanted = latestSymbols(matches)
  const charts: SymbolChart[] = []
  const times = new Set<number>()
  for (let first = 0; first < wanted.length; first += SYMBOLS_PER_BATCH) {
    const symbols = wanted.slice(first, first + SYMBOLS_PER_BATCH)
    const { to } = dateRange
    const job = { symbols, timeframe, dateRange: { ...(to !== undefined && { to }) }, ...(timezone && { timezone }) }
    const { series } = await engine.series({ ...job, expressions: PRICES }, { signal })
    for (const symbol of symbols) {
      const own = series.filter((each) => each.symbol === symbol)
      // It may have become unreadable since the scan.
      if (own.length < PRICES.length) continue
      charts.push(chartOf(symbol, own, result.matches))
      for (const time of own[0]!.timestamps.subarray(-BARS)) times.add(time)
    }
  }
  return { symbols: charts, breadth: breadthOf(result, times) }
}

/** The result without its `last`: charts show what was before as well. */
async function wholeOf(result: BatchScanResult, engine: Engine, signal: AbortSignal) {
  const { last, parameters: _ofPlan, ...job } = result.job
  if (last === undefined) return result
  return engine.scan({ ...job, formula: result.plan }, { signal, candleColumns: [] })
}

function latestSymbols(matches: MatchTable): string[] {
  const symbols = new Set<string>()
  for (const number of matches.latest(matches.length)) {
    symbols.add(matches.symbols[matches.columns.symbol[number]!]!)
    if (symbols.size === MOST_CHARTS) break
  }
  return [...symbols]
}

function chartOf(symbol: string, own: readonly ExpressionSeries[], matches: MatchTable): SymbolChart {
  const pricesOf = (name: (typeof PRICES)[number]) => own.find(({ expr }) => expr === name)!.values.subarray(-BARS)
  const close = pricesOf('close')
  const candles = chartCandles({
    time: own[0]!.timestamps.subarray(-BARS),
    open: pricesOf('open'),
    high: pricesOf('high'),
    low: pricesOf('low'),
    close,
  })
  const start = candles[0]?.time ?? Number.POSITIVE_INFINITY
  const markers = chartMarkers(matches, symbol).filter(({ time }) => time >= start)
  return { symbol, candles, markers, precision: decimalsOf(close.at(-1) ?? 1) }
}

/** Three digits of a small price, two decimals of others, none of very large ones. */
function decimalsOf(price: number): number {
  const size = Math.abs(price)
  if (size >= 100_000 || size === 0 || !Number.isFinite(size)) return 0
  return Math.min(10, Math.max(2, 2 - Math.floor(Math.log10(size))))
}

/**
 * The breadth of the last dates from the first match on. Dates on which nothing matches are known from the candles that
 * are charted.
 */
function breadthOf({ statistics }: BatchScanResult, charted: ReadonlySet<number>): PageCharts['breadth'] {
  const { byDate, first } = statistics
  if (first === null) return []
  const known = new Map(byDate.map(({ timestamp, breadth }) => [timestamp, breadth]))
  const dates = [...new Set([...charted, ...known.keys()])].filter((time) => time >= first).sort((a, b) => a - b)
  const timestamps = dates.slice(-BARS)
  if (timestamps.length < 2) return []
  return chartLine({ timestamps, values: timestamps.map((time) => known.get(time) ?? 0) })
}
