import type { Program, Store } from '../../wasm/simd/millrace.js'
import type { Part, SeriesPart, Task } from '../shared/protocol.ts'
import type { Loaded } from './resident.ts'
import type { Sink } from './sink.ts'

/** The reported values of a plan over all bars of the range. */
export class SeriesSink implements Sink<'series'> {
  readonly symbolsPerCall = 1
  readonly #series: SeriesPart['series'][number][]

  constructor(
    private readonly task: Task,
    private readonly program: Program,
    private readonly store: Store,
  ) {
    this.#series = task.symbols.map(() => ({ time: new Float64Array(), values: [] }))
  }

  take(loaded: readonly Loaded[], columns: Uint32Array) {
    for (const { symbol, resident } of loaded) {
      const values = this.program.series(this.store, resident.number, resident.firstBar ?? 0, columns)
      const [first, end] = resident.barsOf(this.task)
      this.#series[symbol - this.task.first] = {
        time: resident.time.slice(first, end),
        values: Array.from({ length: this.task.plan.values }, (_, at) =>
          values.slice(at * resident.bars + first, at * resident.bars + end),
        ),
      }
    }
  }

  finish(part: Part): SeriesPart {
    return { ...part, series: this.#series }
  }
}
