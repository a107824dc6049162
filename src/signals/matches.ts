import type { Candle } from '../domain/candle.ts'
import { CANDLE_COLUMNS, type CandleColumn } from '../domain/candle.ts'
import { DataError } from '../domain/errors.ts'
import { freeNames } from '../domain/frame.ts'
import type { SignalMatch, SignalRole, SignalType } from '../domain/result.ts'
import { DAY_MS, isoTime } from '../domain/timeframe.ts'
import { countOfMatches, INSPECT, type MatchRow, pictureOf } from './picture.ts'

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

/** A table of matches as plain data, typed arrays and texts: `postMessage` and `structuredClone` take it. */
export interface PlainMatches {
  symbols: readonly string[]
  names: MatchNames
  columns: MatchColumns
}

/** A match as JSON has it: an unknown volume is null. */
export type JsonMatch = Omit<SignalMatch, 'candle'> & {
  readonly candle: Omit<Candle, 'volume'> & { readonly volume: number | null }
}

/**
 * All matches of a scan, ordered by symbol (as in the job) and time: a list that can be read and not changed. The table
 * is columns; SignalMatch objects are made when someone looks at one. What gives several gives a new array of them.
 *
 * - Printed, it is its first and last rows; as JSON the list of matches.
 * - `rows` has flat objects: `console.table(matches.rows(0, 20))`.
 * - Another thread gets it as `toColumns()`, and makes a table of that by `MatchTable.from`.
 */
export class MatchTable implements Iterable<SignalMatch> {
  readonly length: number
  /** First match of each symbol, and behind them the number of matches. */
  readonly #starts: Uint32Array

  /**
   * The table again that `toColumns` was called on, in this or another thread.
   *
   * @throws DataError `DATA_SHAPE` for anything else.
   */
  static from(plain: PlainMatches): MatchTable {
    if (!isPlain(plain)) {
      throw new DataError('DATA_SHAPE', 'these are no columns of matches: give what matches.toColumns() gave')
    }
    return new MatchTable(plain.symbols, plain.names, plain.columns)
  }

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

  *[Symbol.iterator](): Generator<SignalMatch, undefined> {
    for (let at = 0; at < this.length; at++) yield this.at(at)!
  }

  *entries(): Generator<[index: number, match: SignalMatch], undefined> {
    for (let at = 0; at < this.length; at++) yield [at, this.at(at)!]
  }

  toArray(): SignalMatch[] {
    return Array.from(this)
  }

  /** Matches number `start` to the one before `end`, counted from the end when negative, as of an array. */
  slice(start = 0, end = this.length): SignalMatch[] {
    const first = this.#bound(start)
    return Array.from({ length: Math.max(0, this.#bound(end) - first) }, (_, at) => this.at(first + at)!)
  }

  map<Value>(make: (match: SignalMatch, index: number) => Value): Value[] {
    return Array.from(this, make)
  }

  filter(isWanted: (match: SignalMatch, index: number) => boolean): SignalMatch[] {
    return this.toArray().filter((match, index) => isWanted(match, index))
  }

  forEach(look: (match: SignalMatch, index: number) => void): void {
    for (const [index, match] of this.entries()) look(match, index)
  }

  find(isWanted: (match: SignalMatch, index: number) => boolean): SignalMatch | undefined {
    for (const [index, match] of this.entries()) if (isWanted(match, index)) return match
    return undefined
  }

  some(isWanted: (match: SignalMatch, index: number) => boolean): boolean {
    return this.find(isWanted) !== undefined
  }

  every(isWanted: (match: SignalMatch, index: number) => boolean): boolean {
    return !this.some((match, index) => !isWanted(match, index))
  }

  reduce<Value>(fold: (value: Value, match: SignalMatch, index: number) => Value, initial: Value): Value {
    let value = initial
    for (const [index, match] of this.entries()) value = fold(value, match, index)
    return value
  }

  /**
   * The same matches as flat objects: symbol, date (ISO text, a day where all of them are at 00:00 UTC), signal, role
   * where the script has roles, open to volume, and the values by name; null where unknown. A value called like one of
   * the fields in front of it, in either case of letters, has ` (value)` behind its name.
   */
  rows(start?: number, end?: number): MatchRow[] {
    const isDated = this.columns.time.every((time) => time % DAY_MS === 0)
    const hasRoles = this.names.signals.some(({ role }) => role !== undefined)
    const columns = ['symbol', 'date', 'signal', ...(hasRoles ? ['role'] : []), ...CANDLE_COLUMNS]
    const valueNames = freeNames(this.names.values, columns)
    return this.slice(start, end).map(({ symbol, timestamp, candle, signalType, role, indicatorValues }) => {
      const iso = isoTime(timestamp)
      const fields: (readonly [string, string | number | null])[] = [
        ['symbol', symbol],
        ['date', isDated ? iso.replace('T00:00:00.000Z', '') : iso],
        ['signal', signalType],
        ...(hasRoles ? [['role', role ?? null] as const] : []),
        ...CANDLE_COLUMNS.map((name) => [name, known(candle[name])] as const),
      ]
      const values = this.names.values.map((name, at) => [valueNames[at]!, indicatorValues[name]!] as const)
      return Object.fromEntries([...fields, ...values])
    })
  }

  /** Plain data for another thread; the arrays are the table's own, so they are cloned there and not transferred. */
  toColumns(): PlainMatches {
    const signals = this.names.signals.map(({ signalType, role }) => ({ signalType, ...(role && { role }) }))
    return { symbols: [...this.symbols], names: { signals, values: [...this.names.values] }, columns: this.columns }
  }

  toJSON(): JsonMatch[] {
    return this.map((match) => ({ ...match, candle: { ...match.candle, volume: known(match.candle.volume) } }))
  }

  [INSPECT](depth: number): string {
    const head = `MatchTable: ${countOfMatches(this.length)}`
    return depth < 0 ? `[${head}]` : [head, ...pictureOf(this)].join('\n')
  }

  /** How many matches the job's symbol number `index` has. */
  countOf(index: number): number {
    return this.#starts[index + 1]! - this.#starts[index]!
  }

  /** The matches of the job's symbol number `index`, oldest first. */
  of(index: number): SignalMatch[] {
    return this.slice(this.#starts[index]!, this.#starts[index + 1]!)
  }

  /** Numbers of the last `count` matches in time, latest first; of one time in the order of the symbols. */
  latest(count: number): number[] {
    const { time } = this.columns
    const order = Uint32Array.from({ length: this.length }, (_, at) => at)
    order.sort((a, b) => time[b]! - time[a]! || a - b)
    return Array.from(order.subarray(0, count))
  }

  #bound(index: number): number {
    const at = Math.trunc(index) || 0
    return Math.min(Math.max(at < 0 ? at + this.length : at, 0), this.length)
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
    // Not by assignment: a name may be `__proto__`.
    return Object.fromEntries(values.map((name, offset) => [name, known(this.columns.values[first + offset]!)]))
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** Whether something is what `toColumns` gives: columns of one length that name symbols and signals that are there. */
function isPlain(plain: PlainMatches): boolean {
  const { symbols, names, columns } = plain ?? {}
  if (!Array.isArray(symbols) || !Array.isArray(names?.signals) || !Array.isArray(names.values)) return false
  // Not by class: what came from another thread has classes of its own in some test runners.
  if (!ArrayBuffer.isView(columns?.bar) || columns.candle === undefined) return false
  const { length } = columns.bar
  const { symbol, signal, time, values, candle } = columns
  const others = [symbol, signal, time, ...CANDLE_COLUMNS.map((name) => candle[name])]
  return (
    [...others, values].every(ArrayBuffer.isView) &&
    others.every((column) => column.length === length) &&
    values.length === length * names.values.length &&
    symbol.every((at) => at < symbols.length) &&
    signal.every((at) => at < names.signals.length)
  )
}
