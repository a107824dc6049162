import { CANDLE_COLUMNS, type ColumnsByName } from '../domain/candle.ts'
import type { RawCandles } from './row-flags.ts'

/** Names of columns that have a meaning in every source. */
const FIXED: ReadonlySet<string> = new Set(['time', 'timestamp', ...CANDLE_COLUMNS])

/** Whether a column of this name can be a user column: any but those that candles have anyway. */
export function isFree(name: string): boolean {
  return !FIXED.has(name)
}

/** The user columns among some columns. */
export function userColumnsOf(raw: RawCandles): [name: string, column: Float64Array][] {
  // By its tag: what came from another thread has classes of its own in some test runners.
  const isNumbers = (column: unknown) => (column as Float64Array | undefined)?.[Symbol.toStringTag] === 'Float64Array'
  return Object.entries(raw).filter(([name, column]) => isFree(name) && isNumbers(column))
}

/** A column by its name, which may be that of a property every object has. */
export function columnNamed(columns: ColumnsByName, name: string): Float64Array | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined
}
