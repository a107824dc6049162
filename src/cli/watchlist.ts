import { nearestNames } from '../domain/nearest.ts'
import { formatCount } from './people.ts'
import type { Note } from './terminal.ts'

/** Symbols that are named as not there; of more there is only the number. */
const NAMED = 3
/** An exchange as charts write it: `NASDAQ:AAPL`. */
const PREFIX = /^[^:]+:/
/** The head of a section in TradingView's exported lists: `###TECH,NASDAQ:AAPL`. */
const SECTION = /^###\S/

/** Symbols of a list, apart by commas and lines, each once. */
export function symbolsOf(text: string): string[] {
  return [...new Set(text.split(/[,\r\n]/).map((symbol) => symbol.trim()))].filter((symbol) => symbol !== '')
}

/** The same of a file, which may have comments (# or //) on lines of their own and after a space. */
export function symbolsOfFile(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => {
    const isSection = SECTION.test(line.trim())
    return isSection ? line : line.replace(/(^|\s)(#|\/\/).*$/, '')
  })
  return symbolsOf(lines.join('\n')).filter((symbol) => !SECTION.test(symbol))
}

/** What a list asks for, in the words of the data. */
export interface FoundSymbols {
  /** In the order asked for, each once; those that are not there as they were asked for. */
  symbols: readonly string[]
  missing: readonly string[]
}

/**
 * Looks for each symbol as it is written, then without the exchange in front, then in another case where exactly one
 * symbol fits.
 */
export function findSymbols(asked: readonly string[], known: readonly string[]): FoundSymbols {
  const exact = new Set(known)
  const byCase = new Map<string, string | undefined>()
  for (const symbol of known) {
    const lower = symbol.toLowerCase()
    byCase.set(lower, byCase.has(lower) ? undefined : symbol)
  }
  const missing: string[] = []
  const symbols = asked.map((symbol) => {
    const bare = symbol.replace(PREFIX, '').trim()
    const found = [symbol, bare].find((each) => exact.has(each))
    const other = found ?? byCase.get(symbol.toLowerCase()) ?? byCase.get(bare.toLowerCase())
    if (other === undefined) missing.push(symbol)
    return other ?? symbol
  })
  return { symbols: [...new Set(symbols)], missing }
}

/** What is said of symbols that are not in the data, with those that may have been meant. */
export function missingText(missing: readonly string[], known: readonly string[]): string {
  const named = missing.slice(0, NAMED).map((symbol) => {
    const near = nearestNames(symbol.replace(PREFIX, '').trim(), known)
    return near.length > 0 ? `${symbol} (did you mean ${near.join(' or ')}?)` : symbol
  })
  const more = missing.length > NAMED ? `, … ${formatCount(missing.length - NAMED)} more` : ''
  return `not in the data: ${named.join(', ')}${more}`
}

export function missingNote(missing: readonly string[], known: readonly string[]): Note {
  return { text: ` ${missingText(missing, known)}`, tone: 'failure' }
}
