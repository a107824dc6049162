import type { FrameColumn } from './frame.ts'

export function rowCount(column: FrameColumn): number {
  return column.type === 'text' ? column.positions.length : column.values.length
}

/**
 * Which values are known, as Arrow and DuckDB have it: a bit each, from the lowest of a byte on, in words of eight bytes.
 * Undefined where all are.
 */
export function knownBits(values: Float64Array): { bits: Uint8Array<ArrayBuffer>; unknown: number } | undefined {
  const bits = new Uint8Array(8 * Math.ceil(values.length / 64))
  let unknown = 0
  for (let row = 0; row < values.length; row++) {
    if (Number.isFinite(values[row])) bits[row >> 3]! |= 1 << (row & 7)
    else unknown++
  }
  return unknown === 0 ? undefined : { bits, unknown }
}

/** Times as whole numbers of a unit of which a millisecond has `perMs`; a fraction of a millisecond is left out. */
export function wholeTimes(times: Float64Array, perMs: 1 | 1000): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(times, (time) => BigInt(Math.floor(time) * perMs))
}
