import type { BrokenFile } from './broken.ts'
import type { DuckdbConnection } from './library.ts'
import type { CandleTable } from './row-index.ts'
import { identifier } from './sql.ts'

const NEEDED = ['symbol', 'time', 'open', 'high', 'low', 'close']
const HOLLOW = `least(${NEEDED.map((name) => `count(${name})`).join(', ')}) = 0`

/**
 * Files of text that lack a column which others have: read together with them, all their rows are defects. They are looked
 * for, in one more reading, only where a symbol has not one whole value of something, or rows have no symbol.
 *
 * @param copy The rows of all files.
 */
export async function filesLacking(
  connection: DuckdbConnection,
  { source, columns }: CandleTable,
  copy: CandleTable,
): Promise<BrokenFile[]> {
  const { kind, files, of } = source
  if (!of || kind === 'parquet' || files.length < 2) return []
  const [found] = await connection.rows(
    `select symbol from ${copy.source.from} group by symbol having ${HOLLOW} limit 1`,
  )
  if (!found) return []
  const { symbol, time, values } = columns
  const read = [symbol, time.milliseconds, values.open, values.high, values.low, values.close]
  const named = read.map((value, at) => `${value} as ${NEEDED[at]}`)
  const hollow = await connection.rows(
    `select file from (select filename as file, ${named.join(', ')} from ${source.from}) group by file having ${HOLLOW} order by file`,
  )
  const lacking: BrokenFile[] = []
  for (const [name] of hollow) {
    const file = String(name)
    const described = await connection.rows(
      `select column_name from (describe select * exclude (filename) from ${of([file])})`,
    )
    const names = described.map(([column]) => String(column))
    const isThere = (wanted: string) => names.some((column) => column.toLowerCase() === wanted.toLowerCase())
    const absent = columns.names.filter((column) => !isThere(column)).map(identifier)
    if (absent.length === 0) continue
    const what = absent.length === 1 ? 'column' : 'columns'
    lacking.push({
      file,
      reason: `it has no ${what} ${absent.join(', ')} as other files have; it has ${names.join(', ')}`,
    })
  }
  return lacking.length === files.length ? [] : lacking
}
