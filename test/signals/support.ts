import type { SignalRole, SignalType } from '../../src/domain/result.ts'
import { emptyColumns, type MatchColumns, type MatchNames } from '../../src/signals/matches.ts'

export interface Row {
  symbol: number
  time: number
  bar?: number
  signal?: number
  close?: number
  volume?: number
  values?: readonly number[]
}

/** Columns of these matches, in this order. Open, high and low are told apart by what they add to the close. */
export function columnsOf(rows: readonly Row[], valuesPerMatch = 0): MatchColumns {
  const columns = emptyColumns(rows.length, valuesPerMatch)
  rows.forEach(({ symbol, time, bar = time, signal = 0, close = 10, volume = 1, values = [] }, at) => {
    columns.symbol[at] = symbol
    columns.bar[at] = bar
    columns.signal[at] = signal
    columns.time[at] = time
    columns.candle.open[at] = close + 1
    columns.candle.high[at] = close + 2
    columns.candle.low[at] = close - 1
    columns.candle.close[at] = close
    columns.candle.volume[at] = volume
    columns.values.set(values, at * valuesPerMatch)
  })
  return columns
}

/** Every number of the columns, match by match: what an order of matches must keep together. */
export function rowsOf(columns: MatchColumns, valuesPerMatch = 0) {
  const { symbol, bar, signal, time, candle, values } = columns
  return Array.from(bar, (_, at) => [
    symbol[at],
    bar[at],
    signal[at],
    time[at],
    candle.open[at],
    candle.high[at],
    candle.low[at],
    candle.close[at],
    candle.volume[at],
    ...values.subarray(at * valuesPerMatch, (at + 1) * valuesPerMatch),
  ])
}

export function names(
  values: readonly string[] = [],
  signals: readonly { signalType: SignalType; role?: SignalRole }[] = [{ signalType: 'SCAN_HIT' }],
): MatchNames {
  return { signals, values }
}
