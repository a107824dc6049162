import type { ColumnsByName } from '../domain/candle.ts'

/**
 * What is wrong with a row, in one byte: the low three bits hold its kind, the highest one in use its volume. The first
 * four kinds are defects. Both adapters write these numbers, one in JavaScript and one in SQL.
 */
export const ROW = {
  notFinite: 1,
  halt: 2,
  notPositive: 3,
  highBelowLow: 4,
  inconsistent: 5,
  unknownVolume: 8,
} as const

const KIND_BITS = 7

export function kindOf(flags: number): number {
  return flags & KIND_BITS
}

export function isDefect(flags: number): boolean {
  const kind = flags & KIND_BITS
  return kind !== 0 && kind <= ROW.highBelowLow
}

/** The rows of one symbol as its source has them: columns of equal length, in any order, NaN where nothing is known. */
export interface RawCandles {
  /** Milliseconds UTC. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** Absent where the source has no volumes: all of them are unknown. */
  volume?: Float64Array
}

/** The same with user columns: any further fields that are columns of numbers. */
export type RawColumns = RawCandles & { readonly [userColumn: string]: Float64Array }

/** One byte of `ROW` bits per row, judged on all four prices and the volume; undefined when every row is fine. */
export function judgeRows(raw: RawCandles): Uint8Array | undefined {
  const { open, high, low, close, volume } = raw
  const rows = raw.time.length
  let flags: Uint8Array | undefined
  for (let row = 0; row < rows; row++) {
    const o = open[row] as number
    const h = high[row] as number
    const l = low[row] as number
    const c = close[row] as number
    const v = volume === undefined ? Number.NaN : (volume[row] as number)
    // False for NaN anywhere, so one test passes the rows that need no closer look.
    if (l > 0 && h < Infinity && h >= o && h >= c && l <= o && l <= c && v >= 0 && v < Infinity) continue
    flags ??= new Uint8Array(rows)
    flags[row] = kindOfPrices(o, h, l, c) | (v >= 0 && v < Infinity ? 0 : ROW.unknownVolume)
  }
  return flags
}

function kindOfPrices(open: number, high: number, low: number, close: number): number {
  if (!(Number.isFinite(open) && Number.isFinite(high) && Number.isFinite(low) && Number.isFinite(close)))
    return ROW.notFinite
  if (open === 0 && high === 0 && low === 0 && close > 0) return ROW.halt
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0) return ROW.notPositive
  if (high < low) return ROW.highBelowLow
  return high < open || high < close || low > open || low > close ? ROW.inconsistent : 0
}

/**
 * Writes NaN over what a flagged row says but nobody can know: infinite prices, and volumes that are infinite or
 * negative. Changes the columns in place; `volume` and prices that are absent are skipped.
 */
export function blankUnknown(columns: ColumnsByName, flags: Uint8Array): void {
  const prices = [columns.open, columns.high, columns.low, columns.close].filter((column) => column !== undefined)
  for (let row = 0; row < flags.length; row++) {
    const flag = flags[row] as number
    if (flag === 0) continue
    if (kindOf(flag) === ROW.notFinite) {
      for (const column of prices) if (!Number.isFinite(column[row] as number)) column[row] = Number.NaN
    }
    if (flag & ROW.unknownVolume && columns.volume) columns.volume[row] = Number.NaN
  }
}
