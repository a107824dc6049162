import type { SymbolError } from '../domain/errors.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import type { ExpressionSeries } from '../use-cases/series.ts'
import { csvWriter } from './csv.ts'
import type { TextFormat } from './options.ts'
import { formatNumbers, timeFormatter, UNKNOWN } from './people.ts'
import { type Column, tableText } from './table.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

const TABLE_BARS = 20

/** All series of one symbol; they have the same times. */
export interface SymbolSeries {
  symbol: string
  series: readonly ExpressionSeries[]
}

export interface SeriesShape {
  /** Bars shown of each symbol, the last ones. */
  limit?: number
  /** Bars computed of each symbol, the last ones: a table shows them all where no limit is given. */
  last?: number
  timeframe: Timeframe
  timezone?: string
  /** Of CSV: text that looks like a formula stays as it is. */
  raw?: boolean
}

/** What is known of a job for series once all of them have come. */
export interface SeriesEnd {
  failed: (SymbolError & { symbol: string })[]
  /** How many series there are. */
  computed: number
  exact: boolean
}

/** Series as text, piece by piece, while they are being computed; `end` fills up meanwhile. */
export function seriesPieces(
  symbols: AsyncIterable<SymbolSeries>,
  shape: SeriesShape & { format: TextFormat },
  terminal: Terminal,
  end: SeriesEnd,
): AsyncIterable<string> {
  switch (shape.format) {
    case 'json':
      return jsonPieces(symbols, shape, end)
    case 'ndjson':
      return ndjsonPieces(symbols, shape)
    case 'csv':
      return csvPieces(symbols, shape)
    case 'table':
      return tablePieces(symbols, shape, terminal)
  }
}

/** The position of the first bar shown. */
export function firstShown(bars: number, { limit = bars }: Pick<SeriesShape, 'limit'>): number {
  return Math.max(0, bars - limit)
}

type Value = number | boolean | null

function valueAt({ type, values }: ExpressionSeries, bar: number): Value {
  const value = values[bar]!
  if (!Number.isFinite(value)) return null
  return type === 'condition' ? value !== 0 : value
}

function valuesFrom(series: ExpressionSeries, first: number): Value[] {
  return Array.from({ length: series.values.length - first }, (_, at) => valueAt(series, first + at))
}

function jsonOf(series: ExpressionSeries, shape: SeriesShape): string {
  const { symbol, expr, output, timestamps } = series
  const first = firstShown(timestamps.length, shape)
  const values = valuesFrom(series, first)
  return JSON.stringify({ symbol, expr, output, timestamps: Array.from(timestamps.subarray(first)), values })
}

async function* jsonPieces(
  symbols: AsyncIterable<SymbolSeries>,
  shape: SeriesShape,
  end: SeriesEnd,
): AsyncGenerator<string> {
  yield '{"series":['
  let separator = '\n'
  for await (const { series } of symbols) {
    for (const one of series) {
      yield `${separator}${jsonOf(one, shape)}`
      separator = ',\n'
    }
  }
  const { failed, exact } = end
  yield `\n],\n"errors":${JSON.stringify(failed)},\n"exact":${exact}}\n`
}

async function* ndjsonPieces(symbols: AsyncIterable<SymbolSeries>, shape: SeriesShape): AsyncGenerator<string> {
  for await (const { series } of symbols) for (const one of series) yield `${jsonOf(one, shape)}\n`
}

async function* csvPieces(symbols: AsyncIterable<SymbolSeries>, shape: SeriesShape): AsyncGenerator<string> {
  const csvRow = csvWriter(shape)
  const date = timeFormatter(shape.timeframe, shape.timezone)
  let isFirst = true
  for await (const { symbol, series } of symbols) {
    if (isFirst) yield csvRow(['symbol', 'timestamp', 'date', ...series.map(({ output }) => output)])
    isFirst = false
    const { timestamps } = series[0]!
    for (let bar = firstShown(timestamps.length, shape); bar < timestamps.length; bar++) {
      const time = timestamps[bar]!
      yield csvRow([symbol, time, date(time), ...series.map((one) => valueAt(one, bar))])
    }
  }
}

/** One table for all symbols, with a column for the symbol when there are several. */
async function* tablePieces(
  symbols: AsyncIterable<SymbolSeries>,
  shape: SeriesShape,
  { colors, width }: Terminal,
): AsyncGenerator<string> {
  const date = timeFormatter(shape.timeframe, shape.timezone)
  const names: string[] = []
  const dates: string[] = []
  const outputs: { name: string; isCondition: boolean; values: Value[] }[] = []
  const seen = new Set<string>()
  for await (const { symbol, series } of symbols) {
    seen.add(symbol)
    const { timestamps } = series[0]!
    const first = firstShown(timestamps.length, { limit: shape.limit ?? shape.last ?? TABLE_BARS })
    for (const time of timestamps.subarray(first)) {
      names.push(symbol)
      dates.push(date(time))
    }
    series.forEach((one, at) => {
      outputs[at] ??= { name: one.output, isCondition: one.type === 'condition', values: [] }
      outputs[at].values.push(...valuesFrom(one, first))
    })
  }
  if (dates.length === 0) return
  const left = (header: string, cells: string[], paint: (cell: string) => string): Column => {
    return { header, align: 'left', cells, paint }
  }
  const columns = [
    left('date', dates, colors.dim),
    ...(seen.size > 1 ? [left('symbol', names, colors.bold)] : []),
    ...outputs.map(({ name, isCondition, values }): Column => {
      if (!isCondition) return { header: name, align: 'right', cells: formatNumbers(values as (number | null)[]) }
      return left(
        name,
        values.map((value) => (value === null ? UNKNOWN : String(value))),
        (cell) => (cell === 'true' ? colors.green(cell) : colors.dim(cell)),
      )
    }),
  ]
  const keep = columns.length - outputs.length + 1
  if (seen.size === 1) yield ` ${colors.bold(visible(names[0]!))}\n\n`
  yield* tableText(columns, { width, colors, keep, elsewhere: '--format csv' })
}
