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
  ['notFinite', 'with a missing or infinite price'],
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
  lines.push(...qualityNotes(result.dataQuality, colors), ...failureNotes(result.errors, colors))
  if (!result.exact) lines.push(inexactNote(colors))
  return [...lines, ...timingNotes(view, elapsedMs).map((line) => colors.dim(` ${line}`))]
}

export function qualityNotes({ total, symbols }: ScanDataQuality, colors: Colors): string[] {
  const parts = (kinds: typeof DEFECTS) => {
    return kinds.filter(([kind]) => total[kind] > 0).map(([kind, words]) => `${formatCount(total[kind])} ${words}`)
  }
  const defects = parts(DEFECTS)
  const fate = total.dropped > 0 ? 'dropped' : 'kept'
  const found = [...(defects.length > 0 ? [`${defects.join(', ')} (${fate})`] : []), ...parts(OTHERS)]
  if (found.length === 0) return []
  const affected = counted(symbols.length, 'symbol')
  return [colors.yellow(` data: of ${counted(total.rows, 'row')} ${found.join(', ')}; ${affected} affected`)]
}

export function failureNotes(errors: readonly (SymbolError & { symbol: string })[], colors: Colors): string[] {
  const byCode = new Map<string, (SymbolError & { symbol: string })[]>()
  for (const error of errors) byCode.set(error.code, [...(byCode.get(error.code) ?? []), error])
  return [...byCode].map(([code, failed]) => {
    const names = failed.slice(0, EXAMPLES).map(({ symbol }) => symbol)
    const more = failed.length > EXAMPLES ? `, … ${formatCount(failed.length - EXAMPLES)} more` : ''
    const count = counted(failed.length, 'symbol')
    return colors.red(` ${code}: ${count} failed: ${names.join(', ')}${more}; ${failed[0]!.message}`)
  })
}

/** Said where `--history` has left out what values depend on. */
export function inexactNote(colors: Colors): string {
  return colors.yellow(' with this --history values depend on where reading began: without it they are exact')
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
