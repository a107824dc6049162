import type { CandleColumns } from './columns.ts'
import type { DuckdbConnection } from './library.ts'
import type { Source } from './source.ts'
import { csvOf } from './text-files.ts'

/** A file of the data that cannot be read, and why: the others are. */
export interface BrokenFile {
  file: string
  reason: string
}

/** A source without the files of it that cannot be read. */
export interface Sound {
  source: Source
  broken: readonly BrokenFile[]
}

/**
 * Looks at every file of a source alone, after all together could not be read. Lines of CSV that cannot be taken apart
 * are left out from then on, and counted.
 *
 * @param columns What is read of the files, once that is known.
 * @returns Undefined when no file is to blame, or all are.
 */
export async function withoutBroken(
  connection: DuckdbConnection,
  source: Source,
  columns?: CandleColumns,
): Promise<Sound | undefined> {
  const { kind, of } = source
  if (!of) return undefined
  const broken: BrokenFile[] = []
  let skippedLines = 0
  for (const file of source.files) {
    try {
      await look(connection, kind, of([file]), columns)
    } catch (cause) {
      const lines = kind === 'csv' ? await badLines(connection, file, of([file], true), columns) : undefined
      if (!lines) broken.push({ file, reason: reasonOf(cause) })
      else skippedLines += lines
    }
  }
  if (broken.length === source.files.length || (broken.length === 0 && skippedLines === 0)) return undefined
  return withoutFiles(source, broken, skippedLines)
}

/** A source without some of its files, and without lines that cannot be taken apart where there are some. */
export function withoutFiles(source: Source, broken: readonly BrokenFile[], skippedLines = 0): Sound {
  if (broken.length === 0 && skippedLines === 0) return { source, broken }
  const isBroken = new Set(broken.map(({ file }) => file))
  const files = source.files.filter((file) => !isBroken.has(file))
  const from = source.of?.(files, skippedLines > 0) ?? source.from
  return { source: { ...source, files, from, ...(skippedLines > 0 && { skippedLines }) }, broken }
}

/** Reads the symbols and times of all rows, and asks for the other columns. */
async function look(
  connection: DuckdbConnection,
  kind: Source['kind'],
  from: string,
  columns: CandleColumns | undefined,
): Promise<void> {
  if (!columns) {
    // Text has to be read to its end to be taken apart; the end of a Parquet file says what is in it.
    await connection.rows(
      `select count(*)::double from ${kind !== 'parquet' ? from : `(select * from ${from} limit 1)`}`,
    )
    return
  }
  const { symbol, time, values } = columns
  const read = [`${symbol} as symbol`, `${time.milliseconds} as time`, ...Object.values(values)]
  await connection.rows(`select count(symbol)::double, max(time) from (select ${read.join(', ')} from ${from})`)
}

/** How many lines of a CSV file cannot be taken apart; undefined when that is not what is wrong. */
async function badLines(
  connection: DuckdbConnection,
  file: string,
  lenient: string,
  columns: CandleColumns | undefined,
): Promise<number | undefined> {
  const rejects = { table: 'bad_lines', scan: 'bad_scans' }
  try {
    await look(connection, 'csv', lenient, columns)
    for (const name of Object.values(rejects)) await connection.query(`drop table if exists ${name}`)
    const storing = `store_rejects = true, rejects_table = '${rejects.table}', rejects_scan = '${rejects.scan}'`
    await connection.rows(`select count(*)::double from ${csvOf([file], false, storing)}`)
    const [row] = await connection.rows(`select count(distinct line)::double from ${rejects.table}`)
    return Number(row?.[0])
  } catch {
    return undefined
  }
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] as string
}
