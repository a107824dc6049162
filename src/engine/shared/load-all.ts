import { countRedated, dateRule, datesOf, dayTimesOf } from '../../domain/candle-dates.ts'
import { DAY_MS, isDaily } from '../../domain/timeframe.ts'
import { loadEach } from '../../storage/load-each.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'

/**
 * Many symbols by whatever the repository offers; one that throws is delivered as its error. Daily and longer candles come
 * with dates as times. Where values must be exact and only a part of the history came, without a word which, the symbol is
 * read again with all of it.
 */
export async function* loadAll(
  repository: CandleRepository,
  symbols: readonly string[],
  request: LoadRequest,
): AsyncIterable<LoadedCandles> {
  const isDated = repository.givesDates || !isDaily(request.timeframe)
  const asked = isDated ? request : forDates(request)
  const isWhole = asked.from === undefined || asked.lookbackBars === Number.POSITIVE_INFINITY
  const again: string[] = []
  for await (const loaded of loadEach(repository, symbols, asked)) {
    const isUncounted = !loaded.error && loaded.firstBar === undefined
    if (isUncounted && request.exact && !isWhole) again.push(loaded.symbol)
    else {
      const counted = isUncounted && isWhole ? { ...loaded, firstBar: 0 } : loaded
      yield isDated ? counted : dated(counted, request)
    }
  }
  if (again.length > 0) yield* loadAll(repository, again, { ...request, lookbackBars: Number.POSITIVE_INFINITY })
}

/** Days of candles that tell how their times become dates, as all of them would. */
const TELLING_DAYS = 14

/**
 * A request that has every candle in it whose date is in the range, whatever the zone of its time. Where values must be
 * exact that is all of the history: how times become dates must not depend on where the range begins either.
 */
function forDates({ from, to, ...request }: LoadRequest): LoadRequest {
  const days = request.timezone === undefined ? TELLING_DAYS : 1
  return {
    ...request,
    ...(from !== undefined && { from: from - days * DAY_MS }),
    ...(to !== undefined && { to: to + DAY_MS }),
    ...(request.exact && { lookbackBars: Number.POSITIVE_INFINITY }),
  }
}

/**
 * The same candles with their dates as times: of several on one date, as of several at one time, the last. Of what was
 * read for the dates alone, in front of the lookback, nothing stays.
 */
function dated(loaded: LoadedCandles, { timezone, from, lookbackBars, exact }: LoadRequest): LoadedCandles {
  if (loaded.error) return loaded
  const { series, quality, firstBar, ...rest } = loaded
  const dates = datesOf(series.time, dateRule(dayTimesOf(series.time), timezone))
  const rows = Array.from(dates.keys()).filter((row) => dates[row] !== dates[row + 1])
  const inFront = from === undefined ? 0 : rows.filter((row) => (dates[row] as number) < from).length
  const skipped = exact ? 0 : Math.max(0, inFront - lookbackBars)
  if (dates === series.time && skipped === 0) return loaded
  const taken = rows.slice(skipped)
  const take = (column: Float64Array) => Float64Array.from(taken, (row) => column[row] as number)
  const columns = Object.entries(series.columns).map(([name, column]) => [name, take(column)])
  const time = take(dates)
  const redated = countRedated(series.time, dates, time[0] ?? Infinity, Infinity)
  const duplicates = quality.duplicates + dates.length - rows.length
  // How many dates there are in front of a part of the history cannot be told from the part.
  const isCounted = firstBar === 0 || (firstBar !== undefined && dates === series.time)
  return {
    ...rest,
    series: { ...series, time, columns: Object.fromEntries(columns) },
    quality: { ...quality, rows: quality.rows - skipped, redated, duplicates },
    ...(isCounted && { firstBar: firstBar + skipped }),
  }
}
