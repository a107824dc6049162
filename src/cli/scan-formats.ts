import { CANDLE_COLUMNS } from '../domain/candle.ts'
import type { Frame } from '../domain/frame.ts'
import type { SignalMatch } from '../domain/result.ts'
import { frameOf } from '../signals/frame.ts'
import { csvWriter } from './csv.ts'
import type { OutputOptions, TextFormat } from './options.ts'
import { counted, formatCount, formatNumbers, formatPercent, timeFormatter, UNKNOWN } from './people.ts'
import { countedMatches, pick, type ScanView } from './scan-view.ts'
import { type Column, columnOf, drawTable, tableText, widthBeside } from './table.ts'
import { paintsOf, type Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

const TABLE_ROWS = 20
/** Dates whose breadth is drawn below a table. */
const BREADTH_DATES = 6
const BREADTH_CELLS = 24
/** Of fewer symbols there is nothing to be seen in it. */
const BREADTH_SYMBOLS = 20
/** Date and symbol stay however narrow the terminal is. */
const FIXED_COLUMNS = 2

/** A scan as text, piece by piece. */
export function scanPieces(
  view: ScanView,
  { format, limit, raw = false }: Pick<OutputOptions, 'limit' | 'raw'> & { format: TextFormat },
  terminal: Terminal,
): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonPieces(view, limit)
    case 'ndjson':
      return ndjsonPieces(view, limit)
    case 'csv':
      return csvPieces(view, limit, raw)
    case 'table':
      return tablePieces(view, limit ?? TABLE_ROWS, terminal)
  }
}

/** A scan as a table for files, its rows in the order of the other formats. */
export function scanFrame({ matches }: ScanView, limit: number | undefined): Frame {
  if (limit === undefined) return frameOf(matches)
  const latest = Uint32Array.from(matches.latest(limit))
  return frameOf({ ...matches.toColumns(), columns: pick(matches.columns, latest, matches.names.values.length) })
}

/** All matches by symbol and time; or the latest, latest first. */
export function* shownMatches({ matches }: ScanView, limit: number | undefined): Generator<SignalMatch> {
  if (limit === undefined) yield* matches
  else for (const number of matches.latest(limit)) yield matches.at(number)!
}

// JSON has neither NaN nor Infinity; JSON.stringify writes null for an unknown volume.
function* ndjsonPieces(view: ScanView, limit: number | undefined): Generator<string> {
  for (const match of shownMatches(view, limit)) yield `${JSON.stringify(match)}\n`
}

/** `BatchScanResult.toJSON`, a match per line, without the whole of it ever being one text. */
function* jsonPieces(view: ScanView, limit: number | undefined): Generator<string> {
  const { result, statistics } = view
  const { job, warnings, errors, dataQuality, exact, timing, cache } = result
  yield `{"job":${JSON.stringify(job)},\n"statistics":${JSON.stringify(statistics)},\n"matches":[`
  let separator = '\n'
  for (const match of shownMatches(view, limit)) {
    yield `${separator}${JSON.stringify(match)}`
    separator = ',\n'
  }
  const rest = JSON.stringify({ warnings, errors, dataQuality, exact, timing, cache })
  yield `\n],\n${rest.slice(1)}\n`
}

function* csvPieces(view: ScanView, limit: number | undefined, raw: boolean): Generator<string> {
  const csvRow = csvWriter({ raw })
  const { names } = view.matches
  const hasRoles = names.signals.some(({ role }) => role !== undefined)
  const date = timeFormatter(view.result.job.timeframe, view.result.job.timezone)
  const role = hasRoles ? ['role'] : []
  yield csvRow(['symbol', 'timestamp', 'date', 'signal', ...role, ...CANDLE_COLUMNS, ...names.values])
  for (const match of shownMatches(view, limit)) {
    const { symbol, timestamp, signalType, candle, indicatorValues } = match
    yield csvRow([
      symbol,
      timestamp,
      date(timestamp),
      signalType,
      ...(hasRoles ? [match.role] : []),
      ...CANDLE_COLUMNS.map((name) => candle[name]),
      ...names.values.map((name) => indicatorValues[name]),
    ])
  }
}

function* tablePieces(view: ScanView, limit: number, terminal: Terminal): Generator<string> {
  const { colors, width } = terminal
  const { matches, statistics } = view
  if (matches.length > 0) {
    const shown = [...shownMatches(view, limit)]
    const options = { width, colors, keep: FIXED_COLUMNS, elsewhere: '--format csv' }
    yield* tableText(matchColumns(view, shown, colors), options)
    const left = matches.length - shown.length
    if (left > 0) yield colors.dim(` … and ${counted(left, 'earlier match', 'earlier matches')} (--limit)\n`)
    yield '\n'
  }
  for (const line of wrap(countLine(view, colors), width - 1)) yield ` ${line}\n`
  if (statistics.byDate.length > 1 && statistics.processed >= BREADTH_SYMBOLS) yield* breadthChart(view, terminal)
}

export function matchColumns(view: ScanView, shown: readonly SignalMatch[], colors: Terminal['colors']): Column[] {
  const { job } = view.result
  const date = timeFormatter(job.timeframe, job.timezone)
  const paintSignal = (cell: string) => (cell.startsWith('EXIT') ? paintsOf(colors).warning(cell) : colors.green(cell))
  const numbers = (header: string, read: (match: SignalMatch) => number | null): Column => {
    return { header, align: 'right', cells: formatNumbers(shown.map(read)) }
  }
  return [
    columnOf(shown, 'date', ({ timestamp }) => date(timestamp), { align: 'left', paint: colors.dim }),
    columnOf(shown, 'symbol', ({ symbol }) => symbol, { align: 'left', paint: colors.bold }),
    columnOf(shown, 'signal', signalName, { align: 'left', paint: paintSignal }),
    numbers('close', ({ candle }) => candle.close),
    columnOf(shown, 'volume', ({ candle }) => (Number.isFinite(candle.volume) ? formatCount(candle.volume) : UNKNOWN)),
    ...view.matches.names.values.map((name) => numbers(name, ({ indicatorValues }) => indicatorValues[name] ?? null)),
  ]
}

/** `ENTRY` and `EXIT` are of long trades; those of short ones say so. */
function signalName({ signalType, role }: SignalMatch): string {
  return role === 'short' || role === 'cover' ? `${signalType} ${role}` : signalType
}

export function countLine(view: ScanView, colors: Terminal['colors']): string {
  const { result, statistics, isNew } = view
  const { symbolsMatched, processed, matchRate, first, last } = statistics
  const found = colors.bold(countedMatches(view))
  if (first === null || last === null) {
    return `${colors.bold(isNew ? 'no new match' : 'no match')} in ${counted(processed, 'symbol')}`
  }
  const date = timeFormatter(result.job.timeframe, result.job.timezone)
  const when = first === last ? `on ${date(first)}` : `from ${date(first)} to ${date(last)}`
  const where = `in ${formatCount(symbolsMatched)} of ${counted(processed, 'symbol')} (${formatPercent(matchRate)})`
  return `${found} ${where}, ${when}`
}

/** How many symbols match on the latest dates with a match, as bars. */
function* breadthChart({ result, statistics }: ScanView, { colors, width }: Terminal): Generator<string> {
  const latest = statistics.byDate.slice(-BREADTH_DATES).reverse()
  const date = timeFormatter(result.job.timeframe, result.job.timezone)
  const most = Math.max(...latest.map(({ breadth }) => breadth))
  yield '\n'
  const columns = [
    columnOf(latest, 'date', ({ timestamp }) => date(timestamp), { align: 'left', paint: colors.dim }),
    columnOf(latest, 'matches', ({ matches }) => formatCount(matches)),
    columnOf(latest, 'of symbols', ({ breadth }) => formatPercent(breadth)),
  ]
  const cells = Math.max(1, Math.min(BREADTH_CELLS, widthBeside(columns, width)))
  const bar = (breadth: number) => '█'.repeat(Math.max(1, Math.round((cells * breadth) / most)))
  columns.push(columnOf(latest, '', ({ breadth }) => bar(breadth), { align: 'left', paint: colors.cyan }))
  yield* drawTable(columns, { width, colors, keep: 1 }).pieces
}
