import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import type { Columns } from './data.ts'

const ROWS_PER_CHUNK = 2048

/** Writes a universe as Parquet, sorted by symbol and time, snappy, unless the file is there. */
export async function writeParquet(path: string, universe: ReadonlyMap<string, Columns>): Promise<string> {
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    'create table candles (symbol varchar, ms double, open double, high double, low double, close double, volume double)',
  )
  const appender = await connection.createAppender('candles')
  const types = [VARCHAR, DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE]
  for (const [symbol, candles] of universe) {
    const columns = [candles.time, candles.open, candles.high, candles.low, candles.close, candles.volume]
    for (let from = 0; from < candles.time.length; from += ROWS_PER_CHUNK) {
      const some = columns.map((column) => Array.from(column.subarray(from, from + ROWS_PER_CHUNK)))
      const chunk = DuckDBDataChunk.create(types)
      chunk.setColumns([some[0]!.map(() => symbol), ...some])
      appender.appendDataChunk(chunk)
    }
  }
  appender.closeSync()
  const unfinished = `${path}.unfinished`
  await connection.run(
    `copy (select symbol, epoch_ms(ms::bigint) as ts, open, high, low, close, volume from candles) to '${unfinished}' (format parquet, compression snappy)`,
  )
  connection.closeSync()
  instance.closeSync()
  renameSync(unfinished, path)
  return path
}
