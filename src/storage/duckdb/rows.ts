import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import type { JudgedCandles } from '../clean.ts'
import type { LoadRequest } from '../repository.ts'
import { blankUnknown, ROW } from '../row-flags.ts'
import type { CandleColumns } from './columns.ts'
import type { DuckdbAnswer } from './library.ts'
import type { CandleTable } from './row-index.ts'
import { where } from './sql.ts'

/** Times that can matter, milliseconds UTC, inclusive; open where absent. */
export interface TimeBounds {
  from?: number | undefined
  to?: number | undefined
}

/** One piece of an answer, as columns. */
interface Piece {
  rowCount: number
  time: Float64Array
  /** In the order of the columns that were asked for. */
  values: Float64Array[]
  flags: Uint8Array
  isFlagged: boolean
  /** Row numbers, where they were asked for. */
  row: Float64Array | undefined
}

/** A query for rows in the order of the source: time, the columns, the flags and, when asked for, the row number. */
export function rowsQuery(
  { source, columns }: CandleTable,
  names: readonly string[],
  bounds: TimeBounds,
  options: { from: string; condition?: string | undefined; isNumbered?: boolean },
): string {
  const { time, flags } = columns
  const read = [time.milliseconds, ...names.map((name) => sqlOf(columns, name) as string), flags]
  if (options.isNumbered) read.push(`${source.rowNumber}::double`)
  const conditions = [
    options.condition,
    bounds.from === undefined ? undefined : time.from(bounds.from),
    bounds.to === undefined ? undefined : time.to(bounds.to),
  ]
  return `select ${read.join(', ')} from ${options.from}${where(...conditions)}`
}

/** What of its source a request reads. */
export type Wanted = Pick<LoadRequest, 'columns' | 'userColumns'>

/** The columns of a request that the source has, in one order. */
export function heldColumns({ columns }: CandleTable, wanted: Wanted): string[] {
  const names = [...CANDLE_COLUMNS.filter((name) => wanted.columns.includes(name)), ...wanted.userColumns]
  return names.filter((name) => sqlOf(columns, name) !== undefined)
}

/** A column as DOUBLE; user columns have no name of the candle's. */
function sqlOf({ values, userColumns }: CandleColumns, name: string): string | undefined {
  const own = CANDLE_COLUMNS.find((column) => column === name)
  return own ? values[own] : userColumns.find((column) => column.name === name)?.sql
}

/** Reads an answer to `rowsQuery` piece by piece. */
export function* piecesOf(answer: DuckdbAnswer, columnCount: number, isNumbered: boolean): Generator<Piece> {
  for (let at = 0; at < answer.chunkCount; at++) {
    const chunk = answer.chunk(at)
    const flags = chunk.bytes(columnCount + 1)
    yield {
      rowCount: chunk.rowCount,
      time: chunk.doubles(0),
      values: Array.from({ length: columnCount }, (_, column) => chunk.doubles(column + 1)),
      flags,
      isFlagged: hasFlag(flags),
      row: isNumbered ? chunk.doubles(columnCount + 2) : undefined,
    }
  }
}

function hasFlag(flags: Uint8Array): boolean {
  const words = new Uint32Array(flags.buffer, flags.byteOffset, flags.length >> 2)
  for (let at = 0; at < words.length; at++) if (words[at] !== 0) return true
  for (let at = words.length << 2; at < flags.length; at++) if (flags[at] !== 0) return true
  return false
}

/** Gathers the rows of one symbol out of pieces. Its columns share one buffer of their own. */
export class SymbolRows {
  private readonly table: Float64Array
  private flags: Uint8Array | undefined
  private count = 0

  /** @param capacity At least the rows that will come. */
  constructor(
    readonly symbol: string,
    private readonly capacity: number,
    private readonly names: readonly string[],
  ) {
    this.table = new Float64Array(capacity * (names.length + 1))
  }

  take(piece: Piece, begin: number, end: number): void {
    const { capacity, count } = this
    this.table.set(piece.time.subarray(begin, end), count)
    for (let at = 0; at < piece.values.length; at++) {
      this.table.set((piece.values[at] as Float64Array).subarray(begin, end), (at + 1) * capacity + count)
    }
    if (piece.isFlagged) {
      this.flags ??= new Uint8Array(capacity)
      this.flags.set(piece.flags.subarray(begin, end), count)
    }
    this.count += end - begin
  }

  /** The rows taken, with unknown values as NaN. */
  finish({ columns }: CandleTable, wanted: Wanted): JudgedCandles {
    const { capacity, count } = this
    const column = (at: number) => {
      const view = this.table.subarray(at * capacity, at * capacity + count)
      return count === capacity ? view : view.slice()
    }
    const read = this.names.map((name, at) => [name, column(at + 1)] as const)
    const flags = this.flags?.subarray(0, count)
    const candles: JudgedCandles = { time: column(0), columns: Object.fromEntries(read), flags }
    if (columns.values.volume === undefined) {
      candles.flags = (candles.flags ?? new Uint8Array(count)).map((flags) => flags | ROW.unknownVolume)
      if (wanted.columns.includes('volume')) candles.columns.volume = new Float64Array(count).fill(Number.NaN)
    }
    if (candles.flags) blankUnknown(candles.columns, candles.flags)
    return candles
  }
}
