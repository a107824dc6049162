import type { Candle, CandleSeries } from './candle.ts'
import type { ROLES } from './codes.generated.ts'
import type { SymbolError } from './errors.ts'

/** ENTRY and EXIT come from a script with roles (`entry = …`), SCAN_HIT from a plain condition. */
export type SignalType = 'ENTRY' | 'EXIT' | 'SCAN_HIT'

/** Which statement of a script a match comes from; absent for a plain condition. */
export type SignalRole = (typeof ROLES)[number]

/** One bar of one symbol on which the formula is true. */
export interface SignalMatch {
  readonly symbol: string
  /** Milliseconds UTC: the time of the candle; of a daily or longer one its date, at 00:00. */
  readonly timestamp: number
  readonly candle: Candle
  readonly signalType: SignalType
  readonly role?: SignalRole
  /** What the formula's indicators were on this bar, by name; null where unknown. */
  readonly indicatorValues: Readonly<Record<string, number | null>>
}

/** What happened to one symbol. A series too short for a first value is no error: it has no matches. */
export interface ProcessingResult {
  symbol: string
  matches: readonly SignalMatch[]
  /** Names of the indicator values that every match carries. */
  computedIndicators: readonly string[]
  /** Bars the formula was computed on. */
  bars: number
  /** This symbol's share of the time its group took in the worker. */
  processingTimeMs: number
  error?: SymbolError
}

/** What a worker holds for one symbol. */
export interface ProcessingContext {
  symbol: string
  candles: CandleSeries
  /** Computed series by canonical name. */
  indicators: Readonly<Record<string, Float64Array>>
}
