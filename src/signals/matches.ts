import type { Candle } from '../domain/candle.ts'
import { CANDLE_COLUMNS, type CandleColumn } from '../domain/candle.ts'
import type { SignalMatch, SignalRole, SignalType } from '../domain/result.ts'

/** What the signals and reported values of a plan are called. */
export interface MatchNames {
  signals: readonly { signalType: SignalType; role?: SignalRole }[]
  values: readonly string[]
}

/** Matches of some symbols as columns of equal length: symbol after symbol, bars rising within a symbol. */
export interface MatchColumns {
  /** Position of the symbol in the job. */
  symbol: Uint32Array
  /** Position of the candle among those the symbol's formula was computed on. */
  bar: Uint32Array
  /** Position of the signal in the plan. */
  signal: Uint8Array
  /** Milliseconds UTC. */
  time: Float64Array
  candle: Readonly<Record<CandleColumn, Float64Array>>
  /** Reported values, all of a match one after another. */
  values: Float64Array
}

/** Columns for a number of matches, to be filled. */
export function emptyColumns(matches: number, valuesPerMatch: number): MatchColumns {
  const numbers = () => new Float64Array(matches)
  return {
    symbol: new Uint32Array(matches),
    bar: new Uint32Array(matches),
    signal: new Uint8Array(matches),
    time: numbers(),
    candle: { open: numbers(), high: numbers(), low: numbers(), close: numbers(), volume: numbers() },
    values: new Float64Array(matches * valuesPerMatch),
  }
}

/** The columns of several parts one after the other. */
export function joinColumns(parts: readonly MatchColumns[], valuesPerMatch: number): MatchColumns {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const joined = emptyColumns(
    parts.reduce((matches, part) => matches + part.bar.length, 0),
    valuesPerMatch,
  )
  let at = 0
  for (const part of parts) {
    joined.symbol.set(part.symbol, at)
    joined.bar.set(part.bar, at)
    joined.signal.set(part.signal, at)
    joined.time.set(part.time, at)
    for (const column of CANDLE_COLUMNS) joined.candle[column].set(part.candle[column], at)
    joined.values.set(part.values, at * valuesPerMatch)
    at += part.bar.length
  }
  return joined
}

/** The same matches ordered by symbol; bars within a symbol are in order already. */
export function orderColumns(matches: MatchColumns, valuesPerMatch: number): MatchColumns {
  const { symbol } = matches
  let rising = true
  for (let at = 1; at < symbol.length && rising; at++) rising = symbol[at - 1]! <= symbol[at]!
  if (rising) return matches
  const order = Uint32Array.from(symbol, (_, at) => at).sort((a, b) => symbol[a]! - symbol[b]! || a - b)
  const sorted = emptyColumns(symbol.length, valuesPerMatch)
  order.forEach((from, to) => {
    sorted.symbol[to] = symbol[from]!
    sorted.bar[to] = matches.bar[from]!
    sorted.signal[to] = matches.signal[from]!
    sorted.time[to] = matches.time[from]!
    for (const name of CANDLE_COLUMNS) sorted.candle[name][to] = matches.candle[name][from]!
    for (let value = 0; value < valuesPerMatch; value++) {
      sorted.values[to * valuesPerMatch + value] = matches.values[from * valuesPerMatch + value]!
    }
  })
  return sorted
}

/**
 * All matches of a scan, ordered by symbol (as in the job) and time. The table is columns; SignalMatch objects are
 * made when someone looks at one.
 */
export class MatchTable implements Iterable<SignalMatch> {
  readonly length: number
  /** First match of each symbol, and behind them the number of matches. */
  readonly #starts: Uint32Array

  constructor(
    readonly symbols: readonly string[],
    readonly names: MatchNames,
    readonly columns: MatchColumns,
  ) {
    this.length = columns.bar.length
    this.#starts = new Uint32Array(symbols.length + 1)
    for (const symbol of columns.symbol) this.#starts[symbol + 1]! += 1
    for (let at = 0; at < symbols.length; at++) this.#starts[at + 1]! += this.#starts[at]!
  }

  /** Match number `index`, 0 to `length - 1`; from the end when negative; undefined beyond. */
  at(index: number): SignalMatch | undefined {
    const at = index < 0 ? index + this.length : index
    if (at < 0 || at >= this.length) return undefined
    const { symbol, signal, time } = this.columns
    const { signalType, role } = this.names.signals[signal[at]!]!
    return {
      symbol: this.symbols[symbol[at]!]!,
      timestamp: time[at]!,
      candle: this.#candle(at),
      signalType,
      ...(role && { role }),
      indicatorValues: this.#values(at),
    }
  }

  *[Symbol.iterator](): Iterator<SignalMatch> {
    for (let at = 0; at < this.length; at++) yield this.at(at)!
  }

  /** How many matches the job's symbol number `index` has. */
  countOf(index: number): number {
    return this.#starts[index + 1]! - this.#starts[index]!
  }

  /** The matches of the job's symbol number `index`, oldest first. */
  of(index: number): SignalMatch[] {
    const start = this.#starts[index]!
    return Array.from({ length: this.countOf(index) }, (_, at) => this.at(start + at)!)
  }

  /** Numbers of the last `count` matches in time, latest first; of one time in the order of the symbols. */
  latest(count: number): number[] {
    const { time } = this.columns
    const order = Uint32Array.from({ length: this.length }, (_, at) => at)
    order.sort((a, b) => time[b]! - time[a]! || a - b)
    return Array.from(order.subarray(0, count))
  }

  #candle(at: number): Candle {
    const { time, candle } = this.columns
    return {
      timestamp: time[at]!,
      open: candle.open[at]!,
      high: candle.high[at]!,
      low: candle.low[at]!,
      close: candle.close[at]!,
      volume: candle.volume[at]!,
    }
  }

  #values(at: number): Record<string, number | null> {
    const { values } = this.names
    const first = at * values.length
    const numberOf = (offset: number) => {
      const value = this.columns.values[first + offset]!
      return Number.isNaN(value) ? null : value
    }
    // Not by assignment: a name may be `__proto__`.
    return Object.fromEntries(values.map((name, offset) => [name, numberOf(offset)]))
  }
}
