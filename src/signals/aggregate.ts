import type { SymbolErrorCode } from '../domain/errors.ts'
import type { SignalMatch } from '../domain/result.ts'
import type { MatchTable } from './matches.ts'

/** The matches of one time over all symbols. */
export interface DateGroup {
  /** Milliseconds UTC. */
  timestamp: number
  matches: number
  /** Symbols with a match at this time, in percent of the symbols that were processed. */
  breadth: number
}

/** How many matches the symbols have that have any. */
export interface Distribution {
  min: number
  median: number
  mean: number
  max: number
}

export interface ScanStatistics {
  /** Symbols of the job: processed ones and failed ones. */
  symbols: number
  processed: number
  failed: number
  matches: number
  symbolsMatched: number
  /** Symbols with a match, in percent of those processed; 0 when none was. */
  matchRate: number
  /** Time of the first and of the last match, milliseconds UTC; null without matches. */
  first: number | null
  last: number | null
  /** Absent without matches. */
  perSymbol?: Distribution
  /** Oldest first. */
  byDate: readonly DateGroup[]
  /** The symbols with most matches, at most ten. */
  mostMatches: readonly { symbol: string; matches: number }[]
  failuresByCode: Readonly<Partial<Record<SymbolErrorCode, number>>>
}

const MOST_MATCHES = 10

/** Groups the matches of a scan and counts what they have in common. Groups are computed when asked for. */
export class SignalAggregator {
  constructor(
    readonly matches: MatchTable,
    readonly failures: readonly { code: SymbolErrorCode }[],
  ) {}

  /** Matches by symbol, in the job's order; symbols without a match are left out. */
  bySymbol(): Map<string, SignalMatch[]> {
    const { symbols } = this.matches
    const groups = new Map<string, SignalMatch[]>()
    symbols.forEach((symbol, index) => {
      if (this.matches.countOf(index) > 0) groups.set(symbol, this.matches.of(index))
    })
    return groups
  }

  /** Matches by time (milliseconds UTC), oldest first. */
  byDate(): Map<number, SignalMatch[]> {
    const groups = new Map<number, SignalMatch[]>()
    for (const [timestamp, numbers] of [...this.#numbersByTime()].sort(([a], [b]) => a - b)) {
      groups.set(
        timestamp,
        numbers.map((number) => this.matches.at(number)!),
      )
    }
    return groups
  }

  statistics(): ScanStatistics {
    const { symbols, length } = this.matches
    const counts = symbols.map((_, index) => this.matches.countOf(index))
    const matched = counts.filter((count) => count > 0).sort((a, b) => a - b)
    const processed = symbols.length - this.failures.length
    const byDate = this.#dateGroups(processed)
    return {
      symbols: symbols.length,
      processed,
      failed: this.failures.length,
      matches: length,
      symbolsMatched: matched.length,
      matchRate: percent(matched.length, processed),
      first: byDate[0]?.timestamp ?? null,
      last: byDate.at(-1)?.timestamp ?? null,
      ...(matched.length > 0 && { perSymbol: distribution(matched, length) }),
      byDate,
      mostMatches: counts
        .map((matches, index) => ({ symbol: symbols[index]!, matches }))
        .filter(({ matches }) => matches > 0)
        .sort((a, b) => b.matches - a.matches)
        .slice(0, MOST_MATCHES),
      failuresByCode: countByCode(this.failures),
    }
  }

  #numbersByTime(): Map<number, number[]> {
    const groups = new Map<number, number[]>()
    this.matches.columns.time.forEach((timestamp, number) => {
      const group = groups.get(timestamp)
      if (group) group.push(number)
      else groups.set(timestamp, [number])
    })
    return groups
  }

  #dateGroups(processed: number): DateGroup[] {
    const { symbol } = this.matches.columns
    const groups = [...this.#numbersByTime()].map(([timestamp, numbers]) => {
      const symbols = new Set(numbers.map((number) => symbol[number]))
      return { timestamp, matches: numbers.length, breadth: percent(symbols.size, processed) }
    })
    return groups.sort((a, b) => a.timestamp - b.timestamp)
  }
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole
}

/** Of counts in rising order, at least one. */
function distribution(counts: readonly number[], total: number): Distribution {
  const middle = counts.length >> 1
  const median = counts.length % 2 === 1 ? counts[middle]! : (counts[middle - 1]! + counts[middle]!) / 2
  return { min: counts[0]!, median, mean: total / counts.length, max: counts.at(-1)! }
}

function countByCode(failures: readonly { code: SymbolErrorCode }[]): Partial<Record<SymbolErrorCode, number>> {
  const counts: Partial<Record<SymbolErrorCode, number>> = {}
  for (const { code } of failures) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
