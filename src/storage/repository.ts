import type { CandleColumn, CandleSeries, DataQuality, DefectPolicy } from '../domain/candle.ts'
import type { SymbolError } from '../domain/errors.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import type { SourceColumn } from '../domain/user-columns.ts'

/** Which candles to read, and how much of them. */
export interface LoadRequest {
  timeframe: Timeframe
  /** First and last time wanted, milliseconds UTC, both inclusive; open where absent. */
  from?: number
  to?: number
  /** Bars wanted in front of `from` as well, where the source has them; Infinity for all. */
  lookbackBars: number
  /**
   * True (unless a job gives its `history`): values must be those of the whole history. Who then delivers less of it than
   * all must tell `firstBar`; where that is not told, the symbol is asked for again with all of its history.
   */
  exact: boolean
  /** The columns to read; time always comes. */
  columns: readonly CandleColumn[]
  /**
   * What else the formula reads (`col.…`), by the names that `userColumns` gives; as the formula writes them where there is
   * no such method. One that a symbol does not have is left out of its answer: that symbol is an error of the result.
   */
  userColumns: readonly string[]
  defects: DefectPolicy
  /** The job's zone, where it gives one: it says which date a daily or longer candle has whose time is no date. */
  timezone?: string
  /** Aborted when nobody waits for the candles any more. */
  signal?: AbortSignal
}

/** One symbol, read: its candles and what was wrong with its rows, or why there are none. */
export type LoadedCandles =
  | {
      symbol: string
      series: CandleSeries
      quality: DataQuality
      /** How many bars of the symbol's history stand in front of the first one delivered; absent where nobody counted. */
      firstBar?: number
      error?: undefined
    }
  | { symbol: string; error: SymbolError; quality?: DataQuality }

/**
 * Where candles come from. Candles are handed over clean: times strictly rising (of rows with one time the last wins),
 * defects treated by `request.defects`, unknown volume as NaN. `cleanCandles` does that for an adapter that has raw rows.
 */
export interface CandleRepository {
  /** How a worker thread opens this repository itself, reading in parallel; absent when only this thread can. */
  readonly description?: RepositoryDescription
  /**
   * Whether times of daily and longer candles come as dates (00:00 UTC) by the request's zone, and its range counts these.
   * Absent: they come as the source has them; whoever asks reads a day more on both sides and makes dates of them.
   */
  readonly givesDates?: true
  /** Every symbol that has candles of the timeframe, in the source's order. */
  symbols(timeframe: Timeframe): Promise<readonly string[]>
  /**
   * One symbol's candles. A symbol without candles in the range is `{ error: { code: 'NO_DATA' } }`, not an exception;
   * an exception is also only this symbol's failure.
   */
  load(symbol: string, request: LoadRequest): Promise<LoadedCandles>
  /** Many symbols in one pass, each exactly once, in any order. Absent: `load` is called for each. */
  loadMany?(symbols: readonly string[], request: LoadRequest): AsyncIterable<LoadedCandles>
  /** Changes whenever a symbol's candles do; one entry per symbol asked for, in that order. */
  versions(symbols: readonly string[], timeframe: Timeframe): Promise<readonly string[]>
  /**
   * Columns that the source has besides the candle's. With it, a formula that reads another is refused before anything is
   * loaded; without it that shows with each symbol.
   */
  userColumns?(timeframe: Timeframe): Promise<readonly SourceColumn[]>
  /** What there is to say about the source as a whole, besides its symbols; absent where there is nothing. */
  report?(timeframe: Timeframe): Promise<SourceReport>
  /**
   * What a copy of the source in files (`mirrorRepository`) goes by: told without reading it. Undefined, or absent, where
   * nothing tells whether the source has changed: then there is no copy.
   */
  identity?(): Promise<SourceIdentity | undefined>
  close(): Promise<void>
}

/** Which source it is, and what it is at; the same in every process. */
export interface SourceIdentity {
  /** Where it is and how it is read: never the same for two that could deliver different candles. */
  source: string
  /** Changes whenever anything of it does. */
  stamp: string
}

/** What is wrong with a source as a whole, or was guessed about it. */
export interface SourceReport {
  /** Rows that no symbol stands in. */
  noSymbol: number
  /** Guesses, and what was left out, as sentences. */
  notes: readonly string[]
  /** Files that cannot be read, by name. */
  failures: readonly (SymbolError & { file: string })[]
}

/** What a report says of files, as errors of results: the file stands where else the symbol does. */
export function fileErrors(report: SourceReport | undefined): (SymbolError & { symbol: string })[] {
  return (report?.failures ?? []).map(({ file, ...error }) => ({ symbol: file, ...error }))
}

/** A repository as plain data, so that a worker thread can open its own. */
export type RepositoryDescription =
  | { kind: 'memory'; options: unknown }
  | { kind: 'duckdb'; options: unknown }
  | { kind: 'mirror'; options: unknown }
  /** A module whose default export is `(options) => CandleRepository | Promise<CandleRepository>`. */
  | { kind: 'module'; url: string; options: unknown }
