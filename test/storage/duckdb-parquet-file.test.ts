import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/domain/frame.ts'
import { openConnection } from '../../src/storage/duckdb/library.ts'
import { writeParquet } from '../../src/storage/duckdb/parquet-file.ts'
import { literal } from '../../src/storage/duckdb/sql.ts'
import { Files } from './files.ts'

const files = new Files()
afterAll(() => files.close())

const NAMES = ['005930', '삼성전자 보통주 (우)', "it's", 'a\0b', '']
const DAY = 86_400_000

/** Rows `from` to the one before `to`: every seventh number and every third condition is unknown. */
function part(from: number, to: number): Frame {
  const rows = Array.from({ length: to - from }, (_, at) => from + at)
  const values = (of: (row: number) => number) => Float64Array.from(rows, of)
  return [
    { name: 'symbol', type: 'text', texts: NAMES, positions: Int32Array.from(rows, (row) => row % NAMES.length) },
    { name: 'timestamp', type: 'time', values: values((row) => row * DAY) },
    { name: 'a "number"', type: 'number', values: values((row) => (row % 7 === 0 ? Number.NaN : row / 3)) },
    { name: 'is', type: 'condition', values: values((row) => (row % 3 === 0 ? Number.NaN : row % 2)) },
  ]
}

async function rowsOf(file: string) {
  const connection = await openConnection({ threads: 1, memoryBytes: 1e8, reach: 'any file' })
  try {
    const columns = `symbol, epoch_ms(timestamp)::double, "a ""number""", "is"::varchar`
    return await connection.rows(`select ${columns} from ${literal(file)}`)
  } finally {
    await connection.close()
  }
}

describe('a Parquet file', () => {
  it('has every row of every part, in order, however they are cut', async () => {
    const file = files.path('parts.parquet')
    const ends = [0, 1, 2048, 2049, 10_000, 10_000, 10_065]
    await writeParquet(
      file,
      ends.slice(1).map((end, at) => part(ends[at]!, end)),
    )
    const rows = (await rowsOf(file)).map((row) => row.map((cell) => (Number.isNaN(cell) ? null : cell)))
    expect(rows).toEqual(
      Array.from({ length: 10_065 }, (_, row) => [
        NAMES[row % NAMES.length],
        row * DAY,
        row % 7 === 0 ? null : row / 3,
        row % 3 === 0 ? null : String(row % 2 === 1),
      ]),
    )
  })

  it('is given up when its signal is, with the reason of that', async () => {
    const file = files.path('given-up.parquet')
    const abort = new AbortController()
    async function* parts() {
      yield part(0, 10)
      abort.abort(new Error('enough'))
      yield part(10, 20)
    }
    await expect(writeParquet(file, parts(), abort.signal)).rejects.toThrow('enough')
    expect(existsSync(file)).toBe(false)
  })

  it('hands on what is thrown while its rows are made', async () => {
    async function* parts() {
      yield part(0, 10)
      throw new Error('no more')
    }
    await expect(writeParquet(files.path('thrown.parquet'), parts())).rejects.toThrow('no more')
  })
})
