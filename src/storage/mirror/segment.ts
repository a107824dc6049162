import { crc32 } from 'node:zlib'
import type { Timeframe } from '../../domain/timeframe.ts'
import type { RowCounts } from './kept.ts'

/**
 * A segment is an Arrow file (IPC, uncompressed, also called Feather V2) with some symbols of one source: a record batch
 * for each, with the columns `timestamp`, `open` to `volume`, user columns, `row_flags` (what is wrong with a row, `ROW`)
 * and `symbol`. Nothing in it is null: what is unknown is NaN. What a reader of ours needs beyond that is its head, JSON in
 * the metadata of the schema. It is written once and never changed.
 */
export interface SegmentHead {
  format: typeof FORMAT
  source: string
  stamp: string
  timeframe: Timeframe
  /** The zone whose dates daily candles have, where one was asked for. */
  timezone?: string
  /** Names of the candle's columns and of user columns, in their order in the file. */
  columns: readonly string[]
  /** In the order of the record batches. */
  symbols: readonly SegmentSymbol[]
}

/** What a segment says of a symbol without its bars. */
export interface SegmentSymbol {
  symbol: string
  rows: number
  counts: RowCounts
  isFlagged: boolean
  /** Columns of the file that this symbol does not have. */
  lacks?: readonly string[]
  /** Only the source can answer for it: it has no rows here. */
  isUnfit?: true
  /** CRC-32 of `timestamp`, of each of the columns, and of `row_flags`. */
  checksums: readonly number[]
}

/** To be raised when the layout changes, and also when candles are cleaned or judged in another way: the old is made anew. */
export const FORMAT = 1

/** Keys in the metadata of the schema: the head, and its checksum. */
export const HEAD = 'millrace'
export const HEAD_CHECKSUM = 'millrace.crc32'

export function checksum(bytes: ArrayBufferView): number {
  return crc32(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** Which candles the segments of a mirror are of. */
export type SegmentKey = Pick<SegmentHead, 'source' | 'stamp' | 'timeframe' | 'timezone'>

export function isOfKey(head: SegmentHead, key: SegmentKey): boolean {
  const { source, stamp, timeframe, timezone } = key
  const isSame = head.source === source && head.stamp === stamp && head.timeframe === timeframe
  return head.format === FORMAT && isSame && head.timezone === timezone
}
