import { type Frame, freeNames } from '../domain/frame.ts'
import type { PlanReport } from '../formula/plan/plan.ts'
import { firstShown, type SeriesShape, type SymbolSeries } from './series-formats.ts'

/** Rows of a frame, about: few batches for whoever reads them, and little memory at a time. */
const FRAME_ROWS = 65_536

/** A series as it is asked for: of which expression, and what it is called. */
export interface SeriesColumn extends Pick<PlanReport, 'name' | 'type'> {
  expr: string
}

/**
 * Series as parts of one table in the long form, a column for each beside symbol and timestamp. There is always a part:
 * without any symbol it has no rows.
 */
export async function* seriesFrames(
  symbols: AsyncIterable<SymbolSeries>,
  columns: readonly SeriesColumn[],
  shape: SeriesShape,
): AsyncGenerator<Frame> {
  const texts: string[] = []
  let group: SymbolSeries[] = []
  let rows = 0
  for await (const one of symbols) {
    group.push(one)
    rows += shownRows(one, shape)
    if (rows < FRAME_ROWS) continue
    yield frameOf(group, texts, columns, shape)
    group = []
    rows = 0
  }
  if (group.length > 0 || texts.length === 0) yield frameOf(group, texts, columns, shape)
}

function shownRows({ series }: SymbolSeries, shape: SeriesShape): number {
  const bars = series[0]!.timestamps.length
  return bars - firstShown(bars, shape)
}

function frameOf(
  group: readonly SymbolSeries[],
  texts: string[],
  columns: readonly SeriesColumn[],
  shape: SeriesShape,
): Frame {
  const rows = group.reduce((sum, one) => sum + shownRows(one, shape), 0)
  const positions = new Int32Array(rows)
  const times = new Float64Array(rows)
  const values = columns.map(() => new Float64Array(rows).fill(Number.NaN))
  let row = 0
  for (const { symbol, series } of group) {
    const { timestamps } = series[0]!
    const first = firstShown(timestamps.length, shape)
    times.set(timestamps.subarray(first), row)
    for (const [at, { expr, name }] of columns.entries()) {
      const found = series.find((one) => one.expr === expr && one.output === name)
      if (found) values[at]!.set(found.values.subarray(first), row)
    }
    const end = row + timestamps.length - first
    positions.fill(texts.push(symbol) - 1, row, end)
    row = end
  }
  const names = columns.map(({ name }) => name)
  return [
    { name: 'symbol', type: 'text', texts, positions },
    { name: 'timestamp', type: 'time', values: times },
    ...freeNames(names, ['symbol', 'timestamp']).map((name, at) => {
      return { name, type: columns[at]!.type, values: values[at]! }
    }),
  ]
}
