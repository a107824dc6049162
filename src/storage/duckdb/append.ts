import type { Frame, FrameColumn } from '../../domain/frame.ts'
import { knownBits, rowCount, wholeTimes } from '../../domain/frame-memory.ts'
import type { Library } from './native.ts'

type Vector = ReturnType<Library['data_chunk_get_vector']>

/** The types of a table that takes a frame. */
export const SQL_TYPES: Readonly<Record<FrameColumn['type'], string>> = {
  text: 'varchar',
  time: 'timestamptz',
  number: 'double',
  condition: 'boolean',
}

const encoder = new TextEncoder()

/** Adds the rows of a frame to a table whose columns are of `SQL_TYPES`, chunk by chunk of DuckDB's own size. */
export function appendFrame(library: Library, appender: ReturnType<Library['appender_create']>, frame: Frame): void {
  const chunk = library.create_data_chunk(frame.map((_, at) => library.appender_column_type(appender, at)))
  const fill = frame.map((column) => filler(library, column))
  const rows = rowCount(frame[0]!)
  const size = library.vector_size()
  for (let first = 0; first < rows; first += size) {
    const end = Math.min(first + size, rows)
    library.data_chunk_reset(chunk)
    for (const [at, put] of fill.entries()) put(library.data_chunk_get_vector(chunk, at), first, end)
    library.data_chunk_set_size(chunk, end - first)
    library.append_data_chunk(appender, chunk)
  }
  library.appender_flush_sync(appender)
}

/** What puts rows `first` to the one before `end` into a vector of the column's type: they fit into it. */
function filler(library: Library, column: FrameColumn): (vector: Vector, first: number, end: number) => void {
  const copy = (vector: Vector, { buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>) =>
    library.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength)
  if (column.type === 'text') {
    const texts = column.texts.map((text) => encoder.encode(text))
    return (vector, first, end) => {
      for (let row = first; row < end; row++) {
        library.vector_assign_string_element_len(vector, row - first, texts[column.positions[row]!]!)
      }
    }
  }
  if (column.type === 'time') {
    return (vector, first, end) => copy(vector, wholeTimes(column.values.subarray(first, end), 1000))
  }
  return (vector, first, end) => {
    const values = column.values.slice(first, end)
    copy(vector, column.type === 'number' ? values : Uint8Array.from(values, (value) => Number(value === 1)))
    const known = knownBits(values)
    if (known === undefined) return
    library.vector_ensure_validity_writable(vector)
    library.copy_data_to_vector_validity(vector, 0, known.bits.buffer, 0, known.bits.byteLength)
  }
}
