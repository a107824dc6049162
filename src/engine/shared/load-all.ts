import { countRedated, dateRule, datesOf, dayTimesOf } from '../../domain/candle-dates.ts'
import { MillraceError, type SymbolError } from '../../domain/errors.ts'
import { DAY_MS, isDaily } from '../../domain/timeframe.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'

/**
 * Many symbols by whatever the repository offers; one that throws is delivered as its error. Daily and longer candles come
 * with dates as times.
 */
export async function* loadAll(
  repository: CandleRepository,
  symbols: readonly string[],
  request: LoadRequest,
): AsyncIterable<LoadedCandles> {
  if (repository.givesDates || !isDaily(request.timeframe)) {
    yield* loadAsGiven(repository, symbols, request)
    return
  }
  for await (const loaded of loadAsGiven(repository, symbols, dayWider(request))) yield dated(loaded, request)
}

async function* loadAsGiven(repository: CandleRepository, symbols: readonly string[], request: LoadRequest) {
  if (repository.loadMany) {
    yield* repository.loadMany(symbols, request)
    return
  }
  for (const symbol of symbols) {
    try {
      yield await repository.load(symbol, request)
    } catch (cause) {
      yield { symbol, error: loadFailed(symbol, cause) }
    }
  }
}

/** Days of candles that tell how their times become dates, as all of them would. */
const TELLING_DAYS = 14

/** A request that has every candle in it whose date is in the range, whatever the zone of its time. */
function dayWider({ from, to, ...request }: LoadRequest): LoadRequest {
  const days = request.timezone === undefined ? TELLING_DAYS : 1
  return {
    ...request,
    ...(from !== undefined && { from: from - days * DAY_MS }),
    ...(to !== undefined && { to: to + DAY_MS }),
  }
}

/**
 * The same candles with their dates as times: of several on one date, as of several at one time, the last. Of the days
 * more only those in front of the range stay that the request asks for.
 */
function dated(loaded: LoadedCandles, { timezone, from, lookbackBars }: LoadRequest): LoadedCandles {
  if (loaded.error) return loaded
  const { series, quality } = loaded
  const dates = datesOf(series.time, dateRule(dayTimesOf(series.time), timezone))
  if (dates === series.time && from === undefined) return loaded
  const rows = Array.from(dates.keys()).filter((row) => dates[row] !== dates[row + 1])
  const inFront = from === undefined ? 0 : rows.filter((row) => (dates[row] as number) < from).length
  const taken = rows.slice(Math.max(0, inFront - lookbackBars))
  if (dates === series.time && taken.length === dates.length) return loaded
  const take = (column: Float64Array) => Float64Array.from(taken, (row) => column[row] as number)
  const columns = Object.entries(series.columns).map(([name, column]) => [name, take(column)])
  const time = take(dates)
  const redated = countRedated(series.time, dates, time[0] ?? Infinity, Infinity)
  const duplicates = quality.duplicates + dates.length - rows.length
  return {
    ...loaded,
    series: { ...series, time, columns: Object.fromEntries(columns) },
    quality: { ...quality, rows: quality.rows - (rows.length - taken.length), redated, duplicates },
  }
}

/** A symbol whose candles could not be read, whatever the loader threw. */
export function loadFailed(symbol: string, cause: unknown): SymbolError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof MillraceError ? cause.code : undefined
  return {
    code: 'LOAD_FAILED',
    message: `${symbol} could not be read: ${reason}`,
    fields: { symbol, reason, ...(code && { code }) },
  }
}
