import {
  type Batch,
  batchType,
  Column,
  columnFromArray,
  type DataType,
  dictionary,
  float64,
  int32,
  TimeUnit,
  tableFromColumns,
  tableToIPC,
  timestamp,
  uint8,
  utf8,
} from '@uwdata/flechette'
import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import { USER_PREFIX } from '../../domain/user-columns.ts'
import { columnNamed } from '../user-columns.ts'
import type { KeptSymbol } from './kept.ts'
import {
  checksum,
  FORMAT,
  HEAD,
  HEAD_CHECKSUM,
  type SegmentHead,
  type SegmentKey,
  type SegmentSymbol,
} from './segment.ts'
import { wordsOf } from './times.ts'

type Values = BigInt64Array | Float64Array | Int32Array | Uint8Array

const NO_COUNTS = { duplicates: 0, outOfOrder: 0, timeless: 0, redated: 0 }

/**
 * A segment of these symbols, at least one, in pieces to be written one after the other.
 *
 * @param userColumns Names of the user columns that were asked for. @param unfit Symbols that only the source answers for.
 */
export function segmentPieces(
  key: SegmentKey,
  kept: readonly KeptSymbol[],
  userColumns: readonly string[],
  unfit: readonly string[],
): readonly Uint8Array[] {
  const columns = [...CANDLE_COLUMNS, ...userColumns]
  const batches = kept.map((each) => valuesOf(each, columns))
  const symbols = kept.map(({ symbol, time, flags, counts, columns: own }, at): SegmentSymbol => {
    const lacks = columns.filter((name) => !columnNamed(own, name))
    return {
      ...{ symbol, rows: time.length, counts, isFlagged: flags !== undefined },
      ...(lacks.length > 0 && { lacks }),
      checksums: batches[at]!.map(checksum),
    }
  })
  for (const symbol of unfit) {
    symbols.push({ symbol, rows: 0, counts: NO_COUNTS, isFlagged: false, isUnfit: true, checksums: [] })
    batches.push([new BigInt64Array(), ...columns.map(() => new Float64Array()), new Uint8Array()])
  }
  const head: SegmentHead = { format: FORMAT, ...key, columns, symbols }
  const names = columnFromArray(
    symbols.map(({ symbol }) => symbol),
    utf8(),
  )
  const ofSymbol = dictionary(names.type, int32())
  const types: [string, DataType][] = [
    ['timestamp', timestamp(TimeUnit.MILLISECOND, 'UTC')],
    ...CANDLE_COLUMNS.map((name): [string, DataType] => [name, float64()]),
    ...userColumns.map((name): [string, DataType] => [USER_PREFIX + name, float64()]),
    ['row_flags', uint8()],
  ]
  const table = tableFromColumns([
    ...types.map(([name, type], column): [string, Column<unknown>] => {
      return [name, new Column(batches.map((values) => batchOf(type, values[column]!)))]
    }),
    [
      'symbol',
      new Column(symbols.map(({ rows }, at) => batchOf(ofSymbol, new Int32Array(rows).fill(at)).setDictionary(names))),
    ],
  ])
  const text = JSON.stringify(head)
  table.schema.metadata = new Map([
    [HEAD, text],
    [HEAD_CHECKSUM, String(checksum(new TextEncoder().encode(text)))],
  ])
  const sink = new Pieces()
  tableToIPC(table, { format: 'file', sink })
  return sink.pieces
}

/** What the library writes, piece by piece: most are the columns' own memory, which nothing copies. */
class Pieces {
  readonly pieces: Uint8Array[] = []

  write(bytes: Uint8Array) {
    this.pieces.push(bytes)
  }

  pad(bytes: number) {
    this.pieces.push(new Uint8Array(bytes))
  }

  finish() {
    return null
  }
}

/** The columns of a record batch but for `symbol`, in their order. */
function valuesOf({ time, columns, flags }: KeptSymbol, names: readonly string[]): Values[] {
  const named = names.map((name) => columnNamed(columns, name) ?? new Float64Array(time.length).fill(Number.NaN))
  return [new BigInt64Array(wordsOf(time).buffer), ...named, flags ?? new Uint8Array(time.length)]
}

type ColumnBatch = Batch<unknown> & { setDictionary(texts: Column<unknown>): Batch<unknown> }

/** The library has a class for each type, and in its types no constructor that they share. */
function batchOf(type: DataType, values: Values): ColumnBatch {
  const BatchClass = batchType(type) as unknown as new (memory: object) => ColumnBatch
  return new BatchClass({ type, length: values.length, nullCount: 0, validity: new Uint8Array(), values })
}
