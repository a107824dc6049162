import { DataError } from '../domain/errors.ts'
import { isTimeframe, TIMEFRAMES, type Timeframe, timeframeMs } from '../domain/timeframe.ts'
import { deliver, type JudgedCandles, noData, spanOf } from './clean.ts'
import { DuckdbData, type DuckdbOptions, type KnownData } from './duckdb-data.ts'
import { readSymbol, readSymbols } from './duckdb-read.ts'
import type { TimeBounds } from './duckdb-rows.ts'
import { fileStem, isReadInWorkers, parquetOf } from './duckdb-source.ts'
import { timeframeFilter } from './duckdb-timeframe.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, RepositoryDescription } from './repository.ts'
import { selectRows } from './row-selection.ts'

export type { DuckdbOptions } from './duckdb-data.ts'

export interface DuckdbRepository extends CandleRepository {
  /** The length of the candles: the option, or what the data says; where it holds several, the one with most rows. */
  timeframe(): Promise<Timeframe>
}

/**
 * Reads candles with DuckDB, which is loaded when the first of them is needed. Nothing is read yet, so mistakes in the
 * data show with the first call.
 *
 * @throws DataError `DATA_OPTION` for options that cannot be. The methods reject with `DATA_UNREADABLE`,
 * `DATA_COLUMN_MISSING`, `DATA_SHAPE`, `DATA_TIMEFRAME`, or `DATA_OPTION` for a table to be chosen.
 */
export function duckdbRepository(options: DuckdbOptions): DuckdbRepository {
  checkOptions(options)
  return repositoryOf(options, new DuckdbData(options))
}

/** What a worker thread opens a repository from: its options, and what is known about the data already. */
export interface DuckdbDescription {
  options: DuckdbOptions
  known: KnownData | undefined
}

/** Opens the repository that another thread's `description.options` describes. */
export function openDuckdbDescription({ options, known }: DuckdbDescription): DuckdbRepository {
  return repositoryOf(options, new DuckdbData(options, known))
}

function repositoryOf(options: DuckdbOptions, data: DuckdbData): DuckdbRepository {
  /** Opens the data for a timeframe it must hold. */
  const open = async (wanted: Timeframe, check: 'none' | 'files' | 'all') => {
    const found = await data.current(check)
    if (found.timeframes.has(wanted)) return found
    const holds = [...found.timeframes.keys()]
    const message = `the data holds ${holds.join(', ')} candles, the job asks for ${wanted}`
    throw new DataError('DATA_TIMEFRAME', message, { holds, wanted })
  }

  const load = async (symbol: string, request: LoadRequest, bounds = boundsOf(request)): Promise<LoadedCandles> => {
    const found = await open(request.timeframe, 'none')
    const table = (await found.staged) ?? found.table
    const isSymbol = table.columns.isSymbol(symbol)
    if (isSymbol === undefined) return { symbol, error: noData(symbol, request) }
    const filter = timeframeFilter(table.columns, found.timeframes.get(request.timeframe))
    const files = table.columns.isSymbolOfFile && table.source.files.filter((file) => fileStem(file) === symbol)
    const rows = {
      from: files ? parquetOf(files) : table.source.from,
      condition: filter === undefined ? isSymbol : `${isSymbol} and ${filter}`,
    }
    const connection = await data.connection()
    const candles = await readSymbol(connection, table, symbol, rows, request.columns, bounds)
    return finish(symbol, candles, request, bounds) ?? load(symbol, request, { to: request.to })
  }

  async function* loadMany(symbols: readonly string[], request: LoadRequest): AsyncGenerator<LoadedCandles> {
    const catalogue = await data.catalogue(await open(request.timeframe, 'files'), request.timeframe)
    const connection = await data.connection()
    let wanted = new Set(symbols)
    for (const symbol of wanted) if (!catalogue.rowsOf.has(symbol)) yield { symbol, error: noData(symbol, request) }
    let bounds = boundsOf(request)
    while (wanted.size > 0) {
      const again = new Set<string>()
      for await (const read of readSymbols(connection, catalogue, wanted, request.columns, bounds)) {
        const { symbol } = read
        if ('failure' in read) {
          yield loadFailed(symbol, read.failure)
          continue
        }
        const isAll = read.candles.time.length === catalogue.rowsOf.get(symbol)
        const loaded = finish(symbol, read.candles, request, isAll ? {} : bounds)
        if (loaded) yield loaded
        else again.add(symbol)
      }
      wanted = again
      bounds = { to: request.to }
    }
  }

  const repository: DuckdbRepository = {
    async symbols(timeframe) {
      const catalogue = await data.catalogue(await open(timeframe, 'all'), timeframe)
      return [...catalogue.rowsOf.keys()]
    },
    load,
    loadMany,
    async versions(symbols, timeframe) {
      const { stamp } = await open(timeframe, 'all')
      return symbols.map(() => stamp)
    },
    async timeframe() {
      const { timeframes } = await data.current('none')
      const [most] = timeframes.keys()
      return options.timeframe ?? (most as Timeframe)
    },
    close: () => data.close(),
  }
  if (!isReadInWorkers(options.data)) return repository
  const describe = (): RepositoryDescription => ({ kind: 'duckdb', options: { options, known: data.knowledge } })
  return Object.defineProperty(repository, 'description', { get: describe, enumerable: true })
}

/** `duckdbRepository`, with the data opened and looked at: mistakes show here. */
export async function openDuckdb(options: DuckdbOptions): Promise<DuckdbRepository> {
  const repository = duckdbRepository(options)
  try {
    await repository.timeframe()
  } catch (error) {
    await repository.close()
    throw error
  }
  return repository
}

function checkOptions({ data, timeframe, threads }: DuckdbOptions): void {
  const refuse = (message: string, option: string) => {
    throw new DataError('DATA_OPTION', message, { option })
  }
  if (typeof data !== 'string' || data === '') refuse('data must be a path, a pattern or a SQL query', 'data')
  if (timeframe !== undefined && !isTimeframe(timeframe)) {
    refuse(`timeframe must be one of ${TIMEFRAMES.join(', ')}, got ${String(timeframe)}`, 'timeframe')
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    refuse(`threads must be a whole number from 1, got ${String(threads)}`, 'threads')
  }
}

/** Calendar time that `bars` surely take when markets are open a part of the day and the week. Only a guess to start with. */
function guessLookbackMs(bars: number, timeframe: Timeframe): number {
  const stepMs = timeframeMs(timeframe)
  const openShare = stepMs < timeframeMs('1d') ? 1 / 6 : stepMs === timeframeMs('1d') ? 1 / 1.6 : 1
  return (bars * stepMs) / openShare + 30 * timeframeMs('1d')
}

/**
 * The times to read for a request. Its lookback counts bars, so where it begins is guessed; `finish` checks. Which bar of
 * the history the first one is only tells who has judged all rows in front of it, so exact requests read all.
 */
function boundsOf({ from, to, lookbackBars, exact, timeframe }: LoadRequest): TimeBounds {
  if (from === undefined || exact || lookbackBars === Infinity) return { to }
  return { from: lookbackBars === 0 ? from : from - guessLookbackMs(lookbackBars, timeframe), to }
}

/** Answers a request from what was read; undefined when its lookback may reach back further than that. */
function finish(
  symbol: string,
  candles: JudgedCandles,
  request: LoadRequest,
  bounds: TimeBounds,
): LoadedCandles | undefined {
  const selection = selectRows(candles.time, candles.flags, request.defects, spanOf(request))
  const hasHistory = bounds.from === undefined
  if (!hasHistory && selection.barsBefore < request.lookbackBars) return undefined
  return deliver(symbol, candles, selection, request, hasHistory)
}

function loadFailed(symbol: string, failure: Error): LoadedCandles {
  const reason = failure.message
  return {
    symbol,
    error: { code: 'LOAD_FAILED', message: `cannot read ${symbol}: ${reason}`, fields: { symbol, reason } },
  }
}
