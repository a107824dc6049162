import type { JobRequest } from '../domain/job.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import type { DuckdbOptions, DuckdbWatch } from '../storage/duckdb/repository.ts'
import type { CandleRepository } from '../storage/repository.ts'
import type { Engine } from '../use-cases/engine.ts'
import { checkDataPath, checkWorkingDirectory } from './data-path.ts'
import { UsageError } from './failure.ts'
import { readSymbols } from './inputs.ts'
import { mirrorFolder } from './mirror-folder.ts'
import { Opening } from './opening.ts'
import type { DataOptions, EngineChoice, SelectionOptions } from './options.ts'
import type { Terminal } from './terminal.ts'
import { findSymbols, missingNote } from './watchlist.ts'

/** What a job needs before it can start. */
export interface OpenData {
  engine: Engine
  timeframe: Timeframe
  /** Those asked for, as the data writes them; else all. */
  symbols: readonly string[]
  /** Symbols asked for that are not in the data: people have been told. */
  missing: readonly string[]
  /** How long rows have been read and sorted, where they had to be. */
  sortMs: number
}

/** A repository that knows the length of its candles. */
export interface TimedRepository extends CandleRepository {
  timeframe(): Promise<Timeframe>
}

/**
 * Opens the data and starts an engine, both at once; hands them to `use`, and closes them whatever happens.
 *
 * @param context.repository Instead of the one that `--data` names.
 *
 * @throws UsageError without `--data`; DataError, EngineError; whatever `use` throws.
 */
export async function withData<T>(
  options: DataOptions & SelectionOptions & EngineChoice,
  { terminal, signal, repository: given }: { terminal: Terminal; signal: AbortSignal; repository?: TimedRepository },
  use: (data: OpenData) => Promise<T>,
): Promise<T> {
  const { workers, executor, defects } = options
  const opening = new Opening(terminal)
  const [{ repository }, { createEngine }, { POOL_FROM_SYMBOLS }] = await Promise.all([
    given ? { repository: given } : openRepository(options, opening),
    import('../node.ts'),
    import('../engine/main/executors.ts'),
  ])
  const named = options.symbols === undefined ? undefined : await readSymbols(options.symbols, signal)
  const engine = createEngine({
    repository,
    ...(workers !== undefined && { workers }),
    ...(executor !== undefined && { executor }),
    ...(defects !== undefined && { defects }),
  })
  try {
    // Started while the data is being opened. What goes wrong with the workers shows when they are needed.
    if (named === undefined || named.length >= POOL_FROM_SYMBOLS) void engine.start().catch(() => undefined)
    opening.begin()
    const open = async (): Promise<OpenData> => {
      const timeframe = options.timeframe ?? (await repository.timeframe())
      const known = await repository.symbols(timeframe)
      if (named === undefined) return { engine, timeframe, symbols: known, missing: [], sortMs: opening.sortMs }
      const { symbols, missing } = findSymbols(named, known)
      opening.end()
      if (missing.length > 0) terminal.note(missingNote(missing, known))
      return { engine, timeframe, symbols, missing, sortMs: opening.sortMs }
    }
    const data = await orAborted(open(), signal)
    opening.end()
    const used = await use(data)
    await engine.close()
    return used
  } catch (error) {
    opening.end()
    // What went wrong first is what is told.
    await engine.close().catch(() => undefined)
    throw error
  }
}

/**
 * The repository of `--data`, and where it is.
 *
 * @throws UsageError without it, or for what is no file.
 */
export async function openRepository(
  options: DataOptions,
  watch: DuckdbWatch,
): Promise<{ repository: TimedRepository; source: string }> {
  const { data: source, mirror } = options
  const folder = mirror === undefined ? undefined : mirrorFolder(mirror)
  if (source === undefined) {
    throw new UsageError('say where the candles are: --data FILE (Parquet, CSV, folder, .duckdb or SQL)')
  }
  checkWorkingDirectory()
  checkDataPath(source)
  const { duckdbRepository } = await import('../storage/duckdb/repository.ts')
  const repository = duckdbRepository(duckdbOptions(options, source), watch)
  if (folder === undefined) return { repository, source }
  const { mirrorRepository } = await import('../storage/mirror/repository.ts')
  return { repository: mirrorRepository(repository, { folder }), source }
}

/** The part of a job that `--from`, `--last` and the like give. */
export function jobOf(
  { from, to, history, last, timezone }: SelectionOptions & { timezone?: string },
  { timeframe }: OpenData,
): Pick<JobRequest, 'timeframe' | 'dateRange' | 'history' | 'last' | 'timezone'> {
  return {
    timeframe,
    dateRange: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    ...(history !== undefined && { history }),
    ...(last !== undefined && { last }),
    ...(timezone !== undefined && { timezone }),
  }
}

/** Whether `--data` is SQL: no file is called what a query begins with. */
export function isQuery(data: string): boolean {
  return /^\s*(select|from|with)\s/i.test(data)
}

/** What opens the same data in a program. */
export function duckdbOptions(
  { table, columns, oneSymbol, dateFormat, decimal }: DataOptions,
  data: string,
): DuckdbOptions {
  const { timeUnit, ...names } = columns ?? {}
  return {
    data: isQuery(data) ? { sql: data } : data,
    columns: names,
    ...(timeUnit !== undefined && { timeUnit }),
    ...(table !== undefined && { table }),
    ...(oneSymbol !== undefined && { symbol: oneSymbol }),
    ...(dateFormat !== undefined && { dateFormat }),
    ...(decimal !== undefined && { decimal }),
  }
}

/** What the work comes to, or the signal's reason as soon as it is aborted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  // Closing the repository makes the work that nobody waits for any more fail.
  work.catch(() => undefined)
  return Promise.race([work, aborted])
}
