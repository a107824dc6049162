import type { DataQuality } from '../domain/candle.ts'
import type { SymbolError } from '../domain/errors.ts'
import { isRecognition } from '../storage/duckdb/read-as.ts'
import type { ScanDataQuality } from '../use-cases/batch-scan.ts'
import type { Format } from './options.ts'
import { counted, formatCount, formatDuration, formatRate } from './people.ts'
import { countedMatches, type ScanView } from './scan-view.ts'
import type { Note } from './terminal.ts'

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

/** What a command has spent its time on, one after the other, milliseconds. */
export interface ScanPhases {
  /** Until the scan begins: code, data and engine. */
  openMs: number
  /** Of that, where rows had to be read and sorted first. */
  sortMs: number
  scanMs: number
  aggregateMs: number
}

/**
 * What there is to say about a scan besides its matches: counts, data quality, failures, timing.
 *
 * @param context.said Symbols of which people have been told already that they are not there.
 * @param context.news How new matches were told from others.
 */
export function scanNotes(
  view: ScanView,
  {
    phases,
    format,
    said,
    news,
  }: { phases: ScanPhases; format: Format; said: readonly string[]; news: readonly Note[] },
): Note[] {
  const { statistics, result } = view
  const notes: Note[] = []
  if (format !== 'table') {
    const { symbolsMatched, processed } = statistics
    const where = `${formatCount(symbolsMatched)} of ${counted(processed, 'symbol')}`
    notes.push({ text: ` ${countedMatches(view)} in ${where}` })
  } else notes.push({ text: '' })
  notes.push(...news)
  notes.push(...qualityNotes(result.dataQuality, result.job.timezone), ...failureNotes(result.errors, said))
  if (!result.exact) notes.push(INEXACT)
  return [...notes, ...timingNotes(view, phases)]
}

/** @param timezone Of the job, where it gives one. */
export function qualityNotes({ total, symbols, noSymbol, notes }: ScanDataQuality, timezone?: string): Note[] {
  const ofSource = sourceNotes({ noSymbol, notes })
  const found = qualityWords(total, timezone)
  if (found.length === 0) return ofSource
  const about = `of ${counted(total.rows, 'row')} ${found.join(', ')}; ${counted(symbols.length, 'symbol')} affected`
  return [{ text: ` data: ${about}`, tone: 'warning' }, ...ofSource]
}

/** What is wrong with rows, a text for what is dropped and one for each other kind. */
export function qualityWords(total: DataQuality, timezone?: string): string[] {
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
  return found
}

/** What there is to say about the source as a whole. */
export function sourceNotes({ noSymbol, notes }: Pick<ScanDataQuality, 'noSymbol' | 'notes'>): Note[] {
  const unnamed = noSymbol > 0 ? [`${counted(noSymbol, 'row')} without a symbol (left out)`] : []
  return [...unnamed, ...notes].map((note) => {
    return { text: ` data: ${note}`, tone: isRecognition(note) ? 'faint' : 'warning' }
  })
}

/** @param said Symbols of which people have been told already that they are not there. */
export function failureNotes(
  errors: readonly (SymbolError & { symbol: string })[],
  said: readonly string[] = [],
): Note[] {
  const known = new Set(said)
  const byKind = new Map<string, (SymbolError & { symbol: string })[]>()
  for (const error of errors.filter(({ symbol }) => !known.has(symbol))) {
    const kind = `${error.code}: ${'file' in error.fields && error.fields.file === error.symbol ? 'file' : 'symbol'}`
    byKind.set(kind, [...(byKind.get(kind) ?? []), error])
  }
  return [...byKind].map(([kind, failed]) => {
    const [code, what] = kind.split(': ') as [string, string]
    const names = failed.slice(0, EXAMPLES).map(({ symbol }) => symbol)
    const more = failed.length > EXAMPLES ? `, … ${formatCount(failed.length - EXAMPLES)} more` : ''
    const count = counted(failed.length, what)
    return { text: ` ${code}: ${count} failed: ${names.join(', ')}${more}; ${failed[0]!.message}`, tone: 'failure' }
  })
}

/** Said where `--history` has left out what values depend on. */
export const INEXACT: Note = {
  text: ' with this --history values depend on where reading began: without it they are exact',
  tone: 'warning',
}

function timingNotes({ result, statistics }: ScanView, phases: ScanPhases): Note[] {
  const elapsedMs = phases.openMs + phases.scanMs + phases.aggregateMs
  const rate = (count: number) => formatRate((1000 * count) / elapsedMs)
  const what = `${counted(statistics.symbols, 'symbol')}, ${counted(result.bars, 'bar')} in ${formatDuration(elapsedMs)}`
  return [
    { text: ` ${what} · ${rate(statistics.symbols)} symbols/s, ${rate(result.bars)} bars/s`, tone: 'faint' },
    { text: ` ${phasesText(phases, { ...result.timing, workers: result.executor.workers })}`, tone: 'faint' },
  ]
}

/** The phases, which add up to the whole; in brackets what they are made of, which several workers do at once. */
export function phasesText(
  { openMs, sortMs, scanMs, aggregateMs }: ScanPhases,
  { loadMs, computeMs, workers }: { loadMs: number; computeMs: number; workers: number },
): string {
  const sort = sortMs > 0 ? ` (read and sort ${formatDuration(sortMs)})` : ''
  const over = workers > 1 ? ` in ${workers} workers` : ''
  const work = `load ${formatDuration(loadMs)}, compute ${formatDuration(computeMs)}${over}`
  const aggregate = `aggregate ${formatDuration(aggregateMs)}`
  return `open ${formatDuration(openMs)}${sort} + scan ${formatDuration(scanMs)} (${work}) + ${aggregate}`
}
