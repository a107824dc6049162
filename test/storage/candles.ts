import fc from 'fast-check'
import type { CandleColumn, DefectPolicy } from '../../src/domain/candle.ts'
import type { RawCandles } from '../../src/storage/clean.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../src/storage/repository.ts'

export const DAY_MS = 86_400_000
export const DAY_0 = Date.UTC(2024, 0, 1)
export const ALL_COLUMNS: readonly CandleColumn[] = ['open', 'high', 'low', 'close', 'volume']

/** A request for everything there is, or for what is said. */
export function everything(changes: Partial<LoadRequest> = {}): LoadRequest {
  return {
    timeframe: '1d',
    lookbackBars: 0,
    exact: false,
    columns: ALL_COLUMNS,
    userColumns: [],
    defects: 'drop',
    ...changes,
  }
}

/** Rows as `[day, open, high, low, close, volume]`. */
export type Row = readonly [day: number, open: number, high: number, low: number, close: number, volume: number]

export function columnsOf(rows: readonly Row[]): Required<RawCandles> {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at] as number)
  return {
    time: Float64Array.from(rows, (row) => DAY_0 + row[0] * DAY_MS),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

/** Clean rising rows: prices around 100 that tell the day. */
export function cleanRows(count: number, firstDay = 0): Row[] {
  return Array.from({ length: count }, (_, at) => {
    const day = firstDay + at
    const close = 100 + Math.sin(day) * 5
    return [day, close - 1, close + 2, close - 3, close, 1000 + day]
  })
}

/** A loaded symbol as plain arrays, days instead of times, so that a difference can be read. */
export function readable(loaded: LoadedCandles) {
  if (loaded.error) return { symbol: loaded.symbol, code: loaded.error.code, quality: loaded.quality }
  const { series, quality } = loaded
  const columns = Object.entries(series.columns).map(([name, column]) => [name, [...column]])
  const days = [...series.time].map((time) => (time - DAY_0) / DAY_MS)
  return { symbol: series.symbol, days, columns: Object.fromEntries(columns), quality }
}

/** All symbols through `loadMany`, by symbol. */
export async function loadAll(repository: CandleRepository, symbols: readonly string[], request: LoadRequest) {
  const found = new Map<string, LoadedCandles>()
  for await (const loaded of repository.loadMany?.(symbols, request) ?? []) {
    if (found.has(loaded.symbol)) throw new Error(`${loaded.symbol} came twice`)
    found.set(loaded.symbol, loaded)
  }
  return found
}

const oddPrice = fc.constantFrom(0, -1, Number.NaN, Infinity, -Infinity, 1e-300, 5)
const price = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 90, max: 110 }) }, { weight: 1, arbitrary: oddPrice })
const volume = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -5, Infinity) },
)
const cleanBar = fc
  .tuple(fc.integer({ min: 91, max: 99 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1000 }))
  .map(([close, spread, shares]) => [close + 1, close + 1 + spread, close - spread, close, shares] as const)
const haltBar = fc.constantFrom(0, 95, -1).map((close) => [0, 0, 0, close, 0] as const)
const anyBar = fc.tuple(price, price, price, price, volume)

/** Rows of one symbol: mostly in order, with duplicates, disorder and every kind of defect. */
export const dirtyRows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }) }),
      fc.oneof({ weight: 3, arbitrary: cleanBar }, { weight: 2, arbitrary: fc.oneof(anyBar, anyBar, haltBar) }),
    ),
    { minLength: 1, maxLength: 25 },
  )
  .map((steps) => {
    let day = 0
    return steps.map(([step, bar]) => {
      day += step
      return [day, ...bar] as const
    })
  })

export const anySpan = fc.record(
  { from: fc.integer({ min: -2, max: 26 }), to: fc.integer({ min: -2, max: 26 }), lookbackBars: fc.nat(8) },
  { requiredKeys: ['lookbackBars'] },
)

export const anyPolicy = fc.constantFrom<DefectPolicy>('drop', 'keep', 'error')
