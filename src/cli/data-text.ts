import { DAY_MS } from '../domain/timeframe.ts'
import type { DataReport } from './data-report.ts'
import type { Gap } from './gaps.ts'
import { counted, formatCount, formatNumbers, timeFormatter, UNKNOWN } from './people.ts'
import { qualityWords } from './scan-notes.ts'
import { columnOf, tableText } from './table.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'
import { wrapBehind } from './wrap.ts'

const NAMED = 8
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Where nobody looks in a terminal. */
const WIDEST = 110

/** A report for people. */
export function* dataPieces(
  source: string,
  report: DataReport,
  { colors, width }: Terminal,
  timezone?: string,
): Generator<string> {
  const date = timeFormatter(report.timeframe, timezone)
  const facts = factsOf(report, date, timezone)
  const indent = Math.max(...facts.map(([name]) => name.length)) + 3
  yield `\n ${colors.bold(visible(source))}\n\n`
  for (const [name, text] of facts) {
    const lead = ` ${colors.cyan(name.padEnd(indent - 1))}`
    for (const line of wrapBehind(lead, visible(text), Math.min(width, WIDEST))) yield `${line}\n`
  }
  if (report.sample === null) return
  const { symbol, candles } = report.sample
  const prices = (['open', 'high', 'low', 'close'] as const).map((name) => {
    return { header: name, align: 'right' as const, cells: formatNumbers(candles.map((candle) => candle[name])) }
  })
  const columns = [
    columnOf(candles, 'date', ({ timestamp }) => date(timestamp), { align: 'left', paint: colors.dim }),
    ...prices,
    columnOf(candles, 'volume', ({ volume }) => (Number.isFinite(volume) ? formatCount(volume) : UNKNOWN)),
  ]
  yield `\n ${colors.bold(visible(symbol))}, its last ${counted(candles.length, 'candle')}\n\n`
  yield* tableText(columns, { width, colors, keep: 1, elsewhere: '--format json' })
}

/** One fact a line, with its name where that is another one. */
function factsOf(
  report: DataReport,
  date: (time: number) => string,
  timezone?: string,
): (readonly [name: string, text: string])[] {
  const { symbols, timeframe, first, last, candles, quality, columns, noSymbol, notes, errors } = report
  const wrong = [
    ...qualityWords(quality, timezone),
    ...(noSymbol > 0 ? [`${formatCount(noSymbol)} without a symbol`] : []),
  ]
  const defects = wrong.length > 0 ? wrong : ['none']
  return [
    ['symbols', `${formatCount(symbols.length)}: ${namesText(symbols)}`],
    ['timeframe', timeframe],
    ['dates', first === null || last === null ? 'none' : `${date(first)} to ${date(last)}`],
    ['rows', `${formatCount(quality.rows)}, of them ${counted(candles, 'candle')}`],
    ...defects.map((text, at) => [at === 0 ? 'defects' : '', text] as const),
    ...gapWords(report, date).map((text, at) => [at === 0 ? 'gaps' : '', text] as const),
    ...(columns.length > 0 ? [['columns', namesText(columns)] as const] : []),
    ...errors
      .slice(0, NAMED)
      .map(({ symbol, message }, at) => [at === 0 ? 'failed' : '', `${symbol}: ${message}`] as const),
    ...(errors.length > NAMED ? [['', `… and ${formatCount(errors.length - NAMED)} more`] as const] : []),
    ...notes.map((text, at) => [at === 0 ? 'notes' : '', text] as const),
  ]
}

function namesText(names: readonly string[]): string {
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`
}

function gapWords({ gaps: { usualMs, count, longest } }: DataReport, date: (time: number) => string): string[] {
  if (count === 0) return [`none: no step is longer than ${lengthOf(usualMs)}`]
  const words = ({ symbol, from, to }: Gap) => `${symbol} ${date(from)} to ${date(to)} (${lengthOf(to - from)})`
  const head = `${counted(count, 'step')} longer than ${lengthOf(usualMs)}, which is usual here; the longest:`
  return [head, ...longest.map(words)]
}

function lengthOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.round(ms / DAY_MS), 'day')
  if (ms >= 2 * HOUR_MS) return counted(Math.round(ms / HOUR_MS), 'hour')
  return counted(Math.round(ms / MINUTE_MS), 'minute')
}
