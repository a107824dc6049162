import {
  type Batch,
  batchType,
  bool,
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
  utf8,
} from '@uwdata/flechette'
import type { Frame, FrameColumn } from '../domain/frame.ts'
import { knownBits, rowCount, wholeTimes } from '../domain/frame-memory.ts'

/**
 * Frames, which are parts of one table, as an Arrow file with a record batch for each: texts as dictionaries, times as
 * milliseconds of UTC. At least one, perhaps without rows. The columns' own memory is copied once, into the file.
 */
export function arrowBytes(frames: readonly Frame[]): Uint8Array {
  const columns = frames[0]!.map(({ name }, at): [string, Column<unknown>] => {
    return [name, columnOf(frames.map((frame) => frame[at]!))]
  })
  // Only a sink of one's own makes it null.
  return tableToIPC(tableFromColumns(columns), { format: 'file' }) as Uint8Array
}

function columnOf(parts: readonly FrameColumn[]): Column<unknown> {
  const [first] = parts
  if (first?.type !== 'text') return new Column(parts.map((part) => batchOf(typeOf(part), part)))
  const texts = textsOf(first.texts)
  const type = dictionary(texts.type, int32())
  return new Column(parts.map((part) => batchOf(type, part).setDictionary(texts)))
}

/** A dictionary without texts has to stand in the file all the same; of an empty list the library makes none. */
function textsOf(texts: readonly string[]): Column<unknown> {
  if (texts.length > 0) return columnFromArray([...texts], utf8())
  return new Column([
    newBatch(utf8(), { length: 0, nullCount: 0, offsets: new Int32Array(1), values: new Uint8Array() }),
  ])
}

function typeOf({ type }: FrameColumn): DataType {
  if (type === 'time') return timestamp(TimeUnit.MILLISECOND, 'UTC')
  return type === 'condition' ? bool() : float64()
}

function batchOf(type: DataType, column: FrameColumn): ColumnBatch {
  const length = rowCount(column)
  const known = column.type === 'number' || column.type === 'condition' ? knownBits(column.values) : undefined
  return newBatch(type, { length, nullCount: known?.unknown ?? 0, validity: known?.bits, values: valuesOf(column) })
}

function valuesOf(column: FrameColumn): BatchMemory['values'] {
  if (column.type === 'text') return column.positions
  if (column.type === 'time') return wholeTimes(column.values, 1)
  if (column.type === 'number') return column.values
  const bits = new Uint8Array(8 * Math.ceil(column.values.length / 64))
  for (const [row, value] of column.values.entries()) if (value === 1) bits[row >> 3]! |= 1 << (row & 7)
  return bits
}

/** Memory of a batch as Arrow has it. */
interface BatchMemory {
  length: number
  nullCount: number
  validity?: Uint8Array | undefined
  offsets?: Int32Array
  values: Float64Array | BigInt64Array | Int32Array | Uint8Array
}

type ColumnBatch = Batch<unknown> & { setDictionary(texts: Column<unknown>): Batch<unknown> }

/** The library has a class for each type, and in its types no constructor that they share. */
function newBatch(type: DataType, { validity = new Uint8Array(), ...memory }: BatchMemory): ColumnBatch {
  const BatchClass = batchType(type) as unknown as new (memory: BatchMemory & { type: DataType }) => ColumnBatch
  return new BatchClass({ type, validity, ...memory })
}
