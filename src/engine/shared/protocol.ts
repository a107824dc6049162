import type { CandleColumn, DataQuality, DefectPolicy } from '../../domain/candle.ts'
import type { SerialisedError, SymbolError } from '../../domain/errors.ts'
import type { DateRange } from '../../domain/job.ts'
import type { Timeframe } from '../../domain/timeframe.ts'
import type { UserColumnName } from '../../domain/user-columns.ts'
import type { MatchColumns } from '../../signals/matches.ts'
import type { CandleRepository, LoadedCandles, RepositoryDescription } from '../../storage/repository.ts'

/** Everything that goes between the main thread and a worker. */

/** Places in the counters of a run, which both sides share. */
export const CANCELLED = 0
export const COMPLETED = 1
export const FAILED = 2
export const COUNTERS = 3

/** A `WebAssembly.Module`. Projects that use ours need not have the types of WebAssembly. */
export type CompiledModule = object

/** What a worker gets when it starts. */
export interface WorkerSetup {
  module: CompiledModule
  /** Candles it may keep, in bytes. */
  residentBytes: number
  /** How many workers there are. */
  workers: number
}

/** Where the candles of a task come from. */
export type CandleSource =
  /** The worker opens the repository itself, once per generation: what it has opened before is out of date. */
  | { kind: 'open'; generation: number; description?: RepositoryDescription }
  /** The repository cannot be opened elsewhere: the main thread has read it. */
  | { kind: 'given'; candles: readonly LoadedCandles[] }
  /** Same thread. */
  | { kind: 'live'; repository: CandleRepository }

/** The part of a plan that a worker needs. */
export interface PlanTask {
  /** Equal for equal plans. */
  key: string
  bytes: Uint8Array
  /** Numbers a match carries. */
  values: number
  columns: readonly CandleColumn[]
  readsTime: boolean
  readsCalendar: boolean
}

/** A user column of a plan. */
export interface TaskColumn {
  /** As the formula writes it. */
  name: UserColumnName
  /** As the repository calls it. */
  source: string
}

/** The kinds of work, and what the symbols of a task come to in each. */
export interface Work {
  scan: ScanPart
  series: SeriesPart
}

export type WorkKind = keyof Work

/** Some symbols of a job. */
export interface Task<K extends WorkKind = WorkKind> {
  kind: K
  /** The number of the job: it rises. */
  job: number
  counters: Int32Array
  source: CandleSource
  plan: PlanTask
  symbols: readonly string[]
  /** What each symbol is at: candles that were read when it was at less are out of date. */
  revisions: Uint32Array
  /** Position of the first symbol in the job. */
  first: number
  timeframe: Timeframe
  range: DateRange
  /** Bars to read in front of the range, where the job gives less than all. */
  history?: number
  /** Of the bars in the range only the last so many of each symbol count; all where absent. */
  last?: number
  timezone?: string
  defects: DefectPolicy
  /** What is read: columns of the plan, and those that are only shown. */
  columns: readonly CandleColumn[]
  /** The plan's, in the order of its bytes. */
  userColumns: readonly TaskColumn[]
}

export function isCancelled({ counters }: Pick<Task, 'counters'>): boolean {
  return Atomics.load(counters, CANCELLED) !== 0
}

/** What a worker is asked: a task, or to close what it has open, after which it gets no task. */
export type ToWorker = Task | 'close'

/** What the symbols of a task came to, whatever the work. */
export interface Part {
  first: number
  /** Bars the formula was computed on, and the time it took, per symbol. */
  bars: Uint32Array
  timeMs: Float64Array
  failures: { symbol: number; error: SymbolError }[]
  /** Sum over all symbols, and the symbols with anything but sound rows. */
  quality: DataQuality
  defective: { symbol: number; quality: DataQuality }[]
  /** Whether every value is what it is when all of the history is run: false only where the job gives a `history`. */
  exact: boolean
  /** First bar on which every signal of the plan has a value, counted from 0, on candles without holes. */
  firstBar: number
  loadMs: number
  computeMs: number
  cache: CacheCounts
}

/** How often candles were found resident in a worker's memory, and how many bytes of them are kept. */
export interface CacheCounts {
  hits: number
  misses: number
  /** Of the worker; in a result of all workers, and of what this thread keeps to hand it over to them. */
  residentBytes: number
}

export interface ScanPart extends Part {
  matches: MatchColumns
}

export interface SeriesPart extends Part {
  /** Per symbol its times and the reported values, one series per reported name; empty for a failed symbol. */
  series: readonly { time: Float64Array; values: readonly Float64Array[] }[]
}

/** What a worker answers. Errors keep their code and fields, which cloning an Error would drop. */
export type Reply<T> = { value: T } | { error: SerialisedError }
