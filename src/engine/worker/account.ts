import { addQuality, emptyQuality } from '../../domain/candle.ts'
import type { SymbolError } from '../../domain/errors.ts'
import { noData } from '../../storage/clean.ts'
import type { LoadRequest } from '../../storage/repository.ts'
import { COMPLETED, FAILED, type Part, type Task, type TaskColumn } from '../shared/protocol.ts'
import type { Loaded, Resident } from './resident.ts'

/** Writes down what becomes of each symbol of a task, for its part and for the counters that the main thread sees. */
export class Account {
  readonly part: Part

  /** @param firstBar First bar on which every signal of the plan has a value. */
  constructor(
    private readonly task: Task,
    firstBar: number,
  ) {
    this.part = {
      first: task.first,
      bars: new Uint32Array(task.symbols.length),
      timeMs: new Float64Array(task.symbols.length),
      failures: [],
      quality: emptyQuality(),
      defective: [],
      exact: true,
      firstBar,
      loadMs: 0,
      computeMs: 0,
      cache: { hits: 0, misses: 0, residentBytes: 0 },
    }
  }

  /** Writes down what the candles of a symbol are like; whether there are any to run the plan on. */
  admits({ symbol, resident }: Loaded, request: LoadRequest, lookback: number | undefined): boolean {
    const { part, task } = this
    this.#note(symbol, resident)
    const [first, end] = resident.barsOf(task)
    const name = task.symbols[symbol - task.first]!
    const error =
      resident.error ??
      (first === end ? noData(name, request, resident.quality) : undefined) ??
      noColumn(name, resident, task.userColumns)
    if (error) this.fail(symbol, error)
    else if (!resident.isExactFrom(first, lookback)) part.exact = false
    return !error
  }

  fail(symbol: number, error: SymbolError) {
    this.part.failures.push({ symbol, error })
    Atomics.add(this.task.counters, FAILED, 1)
  }

  /** The symbols of a call, which share its time. */
  count(loaded: readonly Loaded[], elapsedMs: number) {
    const { part, task } = this
    part.computeMs += elapsedMs
    for (const { symbol, resident } of loaded) {
      part.bars[symbol - task.first] = resident.bars
      part.timeMs[symbol - task.first] = elapsedMs / loaded.length
    }
    Atomics.add(task.counters, COMPLETED, loaded.length)
  }

  #note(symbol: number, { quality, isSound }: Resident) {
    if (!quality) return
    if (isSound) {
      this.part.quality.rows += quality.rows
      return
    }
    addQuality(this.part.quality, quality)
    this.part.defective.push({ symbol, quality })
  }
}

/** The error of a symbol without a column that the plan reads. */
function noColumn(symbol: string, resident: Resident, columns: readonly TaskColumn[]): SymbolError | undefined {
  const lacking = columns.find(({ source }) => !resident.has(source))
  if (!lacking) return undefined
  const { name, source } = lacking
  const message = `${symbol} has no column ${source}, which the formula reads as ${name}: the repository did not deliver it`
  return { code: 'NO_COLUMN', message, fields: { symbol, column: source, name } }
}
