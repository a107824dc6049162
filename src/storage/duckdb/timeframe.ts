import { DataError } from '../../domain/errors.ts'
import { isTimeframe, nearestTimeframe, TIMEFRAMES, type Timeframe, timeframeMs } from '../../domain/timeframe.ts'
import type { CandleColumns } from './columns.ts'
import type { DuckdbConnection } from './library.ts'
import type { CandleTable } from './row-index.ts'
import { parquetOf } from './source.ts'
import { literal, where } from './sql.ts'

/** Which candle lengths a source holds, the one with the most rows first, and what its column of timeframes calls them. */
export type HeldTimeframes = ReadonlyMap<Timeframe, readonly string[]>

/** Rows looked at to see how far apart candles are: the second time when the first are all of different symbols. */
const SAMPLE_ROWS = [4_000, 1_000_000]
const SAMPLE_FILES = 50

const UNIT_MS: Record<string, number> = {
  m: timeframeMs('1m'),
  min: timeframeMs('1m'),
  minute: timeframeMs('1m'),
  h: timeframeMs('1h'),
  hour: timeframeMs('1h'),
  d: timeframeMs('1d'),
  day: timeframeMs('1d'),
  daily: timeframeMs('1d'),
  w: timeframeMs('1w'),
  week: timeframeMs('1w'),
  weekly: timeframeMs('1w'),
  mo: timeframeMs('1M'),
  month: timeframeMs('1M'),
  monthly: timeframeMs('1M'),
}

/**
 * Asks the source for its candle lengths: by its column of timeframes, or `known`, or the most common step between the
 * candles of a symbol.
 *
 * @throws DataError `DATA_TIMEFRAME` when no two candles tell, or the column says what cannot be understood.
 */
export async function findTimeframes(
  connection: DuckdbConnection,
  table: CandleTable,
  known: Timeframe | undefined,
): Promise<HeldTimeframes> {
  if (table.columns.timeframe !== undefined) return readNames(connection, table, table.columns.timeframe)
  if (known !== undefined) return new Map([[known, []]])
  const { columns, source } = table
  const from = source.kind === 'parquet' ? parquetOf(source.files.slice(0, SAMPLE_FILES)) : source.from
  for (const rows of SAMPLE_ROWS) {
    const [step] = await connection.rows(
      `select step from (
         select time - lag(time) over (partition by symbol order by time) as step
         from (select ${columns.symbol} as symbol, ${columns.time.milliseconds} as time from ${from} limit ${rows})
       ) where step > 0 group by step order by count(*) desc, step limit 1`,
    )
    if (step) return new Map([[nearestTimeframe(Number(step[0])), []]])
  }
  const message = `no symbol has two candles to tell the timeframe from: set the option timeframe to one of ${TIMEFRAMES.join(', ')}`
  throw new DataError('DATA_TIMEFRAME', message)
}

async function readNames(connection: DuckdbConnection, { source }: CandleTable, name: string): Promise<HeldTimeframes> {
  const counted = await connection.rows(
    `select ${name} from ${source.from}${where(`${name} is not null`)} group by all order by count(*) desc`,
  )
  const texts = counted.map(([text]) => String(text))
  const held = new Map<Timeframe, string[]>()
  for (const timeframe of new Set(texts.map(timeframeNamed))) {
    if (timeframe === undefined) continue
    const names = texts.filter((text) => timeframeNamed(text) === timeframe)
    held.set(timeframe, names)
  }
  if (held.size > 0) return held
  const message = `the column of timeframes says ${texts.slice(0, 5).join(', ')}, which is none of ${TIMEFRAMES.join(', ')}`
  throw new DataError('DATA_TIMEFRAME', message, { found: texts })
}

/** SQL that picks the rows of the timeframes named; undefined where all rows are of one. */
export function timeframeFilter(columns: CandleColumns, names: readonly string[] = []): string | undefined {
  return columns.timeframe && `${columns.timeframe} in (${names.map(literal).join(', ')})`
}

/** What a source may call a timeframe: `1d`, `D`, `daily`, `5min`, `60m`, or `1M` and `1mo` for a month. */
export function timeframeNamed(text: string): Timeframe | undefined {
  if (isTimeframe(text)) return text
  const [, count, unit] = /^(\d*)\s*([a-z]+?)s?$/i.exec(text.trim()) ?? []
  const unitMs = unit === 'M' ? UNIT_MS.mo : UNIT_MS[unit?.toLowerCase() ?? '']
  return TIMEFRAMES.find((timeframe) => timeframeMs(timeframe) === Number(count || 1) * (unitMs ?? Number.NaN))
}
