import { CANDLE_COLUMNS, type CandleColumn } from '../../domain/candle.ts'
import { joinColumns, type MatchColumns, orderColumns } from '../../signals/matches.ts'
import type { Program, Store } from '../../wasm/simd/millrace.js'
import type { Part, ScanPart, Task } from '../shared/protocol.ts'
import type { Loaded } from './resident.ts'
import type { Sink } from './sink.ts'

type Candles = Record<CandleColumn, Float64Array>

/** The bars on which the signals of a plan are true. */
export class MatchesSink implements Sink<'scan'> {
  readonly symbolsPerCall = 128
  readonly #found: MatchColumns[] = []

  constructor(
    private readonly task: Task,
    private readonly program: Program,
    private readonly store: Store,
  ) {}

  take(loaded: readonly Loaded[], columns: Uint32Array) {
    const ranges = new Uint32Array(3 * loaded.length)
    loaded.forEach(({ resident }, at) => {
      ranges.set([resident.firstBar ?? 0, ...resident.barsOf(this.task)], 3 * at)
    })
    const numbers = Uint32Array.from(loaded, ({ resident }) => resident.number)
    const buffer = this.program.scan(this.store, numbers, ranges, columns)
    const positions = buffer.symbols()
    const bar = buffer.bars()
    const matches: MatchColumns = {
      symbol: positions.map((position) => loaded[position]!.symbol),
      bar,
      signal: buffer.signals(),
      time: new Float64Array(bar.length),
      candle: Object.fromEntries(CANDLE_COLUMNS.map((name, column) => [name, buffer.candle(column)])) as Candles,
      values: buffer.values(),
    }
    buffer.free()
    describe(matches, positions, loaded, this.task.columns)
    this.#found.push(matches)
  }

  finish(part: Part): ScanPart {
    const { values } = this.task.plan
    // Repositories deliver symbols in any order.
    return { ...part, matches: orderColumns(joinColumns(this.#found, values), values) }
  }
}

/**
 * Fills in the times of matches, and the columns of their candles that the plan does not read: those that are shown;
 * a column that is only at hand from another job stays NaN.
 */
function describe(
  matches: MatchColumns,
  positions: Uint32Array,
  loaded: readonly Loaded[],
  shown: readonly CandleColumn[],
) {
  const { bar, time, candle } = matches
  const absent = CANDLE_COLUMNS.filter((name) => candle[name].length < bar.length)
  for (const name of absent) (candle as Candles)[name] = new Float64Array(bar.length)
  const columns = absent.map((name) => (shown.includes(name) ? CANDLE_COLUMNS.indexOf(name) : -1))
  for (let start = 0; start < bar.length; ) {
    const { resident } = loaded[positions[start]!]!
    let end = start
    while (end < bar.length && positions[end] === positions[start]) end++
    pick(resident.time, bar, time, start, end)
    columns.forEach((column, at) => {
      pick(column < 0 ? undefined : resident.column(column), bar, candle[absent[at]!], start, end)
    })
    start = end
  }
}

/** Copies the values of some bars; NaN where there are none. */
function pick(values: Float64Array | undefined, bar: Uint32Array, out: Float64Array, start: number, end: number) {
  if (values) for (let at = start; at < end; at++) out[at] = values[bar[at]!]!
  else out.fill(Number.NaN, start, end)
}
