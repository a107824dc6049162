import type { Colors } from 'picocolors/types.js'
import type { DataQuality } from '../domain/candle.ts'
import type { SymbolError } from '../domain/errors.ts'
import type { ScanDataQuality } from '../use-cases/batch-scan.ts'
import type { Format } from './options.ts'
import { counted, formatCount, formatDuration, formatRate } from './people.ts'
import type { ScanView } from './scan-view.ts'

const EXAMPLES = 3

/** What is wrong with rows and what becomes of them, in the words of the notes. */
const DEFECTS: readonly (readonly [kind: keyof DataQuality, words: string])[] = [
  ['notFinite', 'with a missing or infinite price or time'],
  ['halt', 'of a halt with open, high and low 0'],
  ['notPositive', 'with a zero or negative price'],
  ['highBelowLow', 'with high below low'],
]
const OTHERS: readonly (readonly [kind: keyof DataQuality, words: string])[] = [
  ['duplicates', 'replaced by a later row of the same time'],
  ['outOfOrder', 'out of order (sorted)'],
  ['inconsistent', 'with open or close outside low..high (kept)'],
  ['unknownVolume', 'with unknown volume (kept)'],
]

/** What there is to say about a scan besides its matches: counts, data quality, failures, timing. */
export function scanNotes(
  view: ScanView,
  { elapsedMs, format, colors }: { elapsedMs: number; format: Format; colors: Colors },
): string[] {
  const { statistics, result } = view
  const lines: string[] = []
  if (format !== 'table') {
    const { matches, symbolsMatched, processed } = statistics
    const where = `${formatCount(symbolsMatched)} of ${counted(processed, 'symbol')}`
    lines.push(` ${counted(matches, 'match', 'matches')} in ${where}`)
  } else lines.push('')
  lines.push(...qualityNotes(result.dataQuality, colors, result.job.timezone), ...failureNotes(result.errors, colors))
  return [...lines, ...timingNotes(view, elapsedMs).map((line) => colors.dim(` ${line}`))]
}

/** @param timezone Of the job, where it gives one. */
export function qualityNotes(
  { total, symbols, noSymbol, notes }: ScanDataQuality,
  colors: Colors,
  timezone?: string,
): string[] {
  const parts = (kinds: typeof DEFECTS) => {
    return kinds.filter(([kind]) => total[kind] > 0).map(([kind, words]) => `${formatCount(total[kind])} ${words}`)
  }
  const defects = parts(DEFECTS)
  const fate = total.dropped > 0 ? 'dropped' : 'kept'
  const found = [...(defects.length > 0 ? [`${defects.join(', ')} (${fate})`] : []), ...parts(OTHERS)]
  if (total.redated > 0) {
    const which = timezone === undefined ? 'of the nearest midnight (--timezone ZONE: there)' : `in ${timezone}`
    found.push(`${formatCount(total.redated)} stamped with a time of day, taken as the date ${which}`)
  }
  const lines = sourceNotes({ noSymbol, notes }, colors)
  if (found.length === 0) return lines
  const about = `of ${counted(total.rows, 'row')} ${found.join(', ')}; ${counted(symbols.length, 'symbol')} affected`
  return [colors.yellow(` data: ${about}`), ...lines]
}

/** What there is to say about the source as a whole. */
export function sourceNotes(
  { noSymbol, notes }: Pick<ScanDataQuality, 'noSymbol' | 'notes'>,
  colors: Colors,
): string[] {
  const unnamed = noSymbol > 0 ? [`${counted(noSymbol, 'row')} without a symbol (left out)`] : []
  return [...unnamed, ...notes].map((note) => colors.yellow(` data: ${note}`))
}

export function failureNotes(errors: readonly (SymbolError & { symbol: string })[], colors: Colors): string[] {
  const byKind = new Map<string, (SymbolError & { symbol: string })[]>()
  for (const error of errors) {
    const kind = `${error.code}: ${error.fields.file === error.symbol ? 'file' : 'symbol'}`
    byKind.set(kind, [...(byKind.get(kind) ?? []), error])
  }
  return [...byKind].map(([kind, failed]) => {
    const [code, what] = kind.split(': ') as [string, string]
    const names = failed.slice(0, EXAMPLES).map(({ symbol }) => symbol)
    const more = failed.length > EXAMPLES ? `, … ${formatCount(failed.length - EXAMPLES)} more` : ''
    const count = counted(failed.length, what)
    return colors.red(` ${code}: ${count} failed: ${names.join(', ')}${more}; ${failed[0]!.message}`)
  })
}

function timingNotes({ result, statistics }: ScanView, elapsedMs: number): string[] {
  const { loadMs, computeMs, aggregateMs } = result.timing
  const { name, workers } = result.executor
  const over = name === 'pool' && workers > 1 ? ` over ${workers} workers` : ''
  const rate = (count: number) => formatRate((1000 * count) / elapsedMs)
  const what = `${counted(statistics.symbols, 'symbol')}, ${counted(result.bars, 'bar')} in ${formatDuration(elapsedMs)}`
  const work = `load ${formatDuration(loadMs)}, compute ${formatDuration(computeMs)}${over}`
  return [
    `${what} · ${rate(statistics.symbols)} symbols/s, ${rate(result.bars)} bars/s`,
    `${work} · aggregate ${formatDuration(aggregateMs)} · total ${formatDuration(elapsedMs)}`,
  ]
}
