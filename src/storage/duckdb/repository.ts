import { type DateRule, dateRule } from '../../domain/candle-dates.ts'
import { DataError } from '../../domain/errors.ts'
import {
  DAY_MS,
  isDaily,
  isTimeframe,
  TIME_UNITS,
  TIMEFRAMES,
  type Timeframe,
  timeframeMs,
} from '../../domain/timeframe.ts'
import { bareName, isReadable, isUserColumn } from '../../domain/user-columns.ts'
import { deliver, type JudgedCandles, noData, spanOf } from '../clean.ts'
import type {
  CandleRepository,
  LoadedCandles,
  LoadRequest,
  RepositoryDescription,
  SourceReport,
} from '../repository.ts'
import { selectDated } from '../row-selection.ts'
import { isFree } from '../user-columns.ts'
import type { BrokenFile } from './broken.ts'
import { COLUMN_ROLES } from './column-names.ts'
import { DuckdbData, type DuckdbOptions, type DuckdbWatch, type KnownData, type OpenData } from './data.ts'
import { identify } from './identity.ts'
import type { DuckdbConnection } from './library.ts'
import { memoryBytes } from './memory.ts'
import { libraryFile } from './native.ts'
import { readSymbol, readSymbols } from './read.ts'
import type { TimeBounds } from './rows.ts'
import { fileStem, isReadInWorkers, parquetOf } from './source.ts'
import { spillFolder } from './spill.ts'
import { timeframeFilter } from './timeframe.ts'

export type { DuckdbOptions, DuckdbWatch } from './data.ts'

export interface DuckdbRepository extends CandleRepository {
  /** The length of the candles: the option, or what the data says; where it holds several, the one with most rows. */
  timeframe(): Promise<Timeframe>
}

/**
 * Reads candles with DuckDB, which is loaded when the first of them is needed. Nothing is read yet, so mistakes in the
 * data show with the first call.
 *
 * @throws DataError `DATA_OPTION` for options that cannot be. The methods reject with `DATA_UNREADABLE`,
 * `DATA_COLUMN_MISSING`, `DATA_SHAPE`, `DATA_TIMEFRAME`, or `DATA_OPTION` for a table to be chosen and SQL that is no SELECT.
 *
 * @example
 * // Files called AAPL.csv, MSFT.csv … with the columns date, open, high, low, close, volume.
 * await using engine = createEngine({ repository: duckdbRepository({ data: 'prices' }) })
 * const symbols = await engine.repository.symbols('1d')
 * const { matches } = await engine.scan({ symbols, timeframe: '1d', formula: 'close > close[1]', last: 1 })
 * matches.map(({ symbol, candle }) => `${symbol} ${candle.close}`)
 * // [ 'AAPL 14' ]
 */
export function duckdbRepository(options: DuckdbOptions, watch: DuckdbWatch = {}): DuckdbRepository {
  checkOptions(options)
  return repositoryOf(options, new DuckdbData(options, undefined, undefined, watch))
}

/** How often what is being read is stopped again after a signal, until it has ended. */
const STOP_MS = 50

/** What a worker thread opens a repository from: its options, and what is known about the data already. */
export interface DuckdbDescription {
  options: DuckdbOptions
  known: KnownData | undefined
  /** The folder of the process for what does not fit into memory: it goes with the process, not with a thread. */
  spillFolder: string
  library: string
}

/** Opens the repository that another thread's `description.options` describes, as one of so many workers. */
export function openDuckdbDescription(
  { options, known, ...place }: DuckdbDescription,
  workers: number,
): DuckdbRepository {
  // A worker is one of many already: `threads` is for the thread that opened the repository.
  return repositoryOf(options, new DuckdbData({ ...options, threads: 1 }, known, { workers, ...place }))
}

function repositoryOf(options: DuckdbOptions, data: DuckdbData): DuckdbRepository {
  /** Who waits for the connection. */
  const waiting = new Set<{ signal: AbortSignal | undefined }>()
  const leave = async (one: { signal: AbortSignal | undefined }) => {
    waiting.delete(one)
    if (waiting.size === 0) await data.dropOutdated()
  }
  const waitedFor = async <T>(work: () => Promise<T>): Promise<T> => {
    const one = { signal: undefined }
    waiting.add(one)
    try {
      return await work()
    } finally {
      await leave(one)
    }
  }

  /** Opens the data for a timeframe it must hold. */
  const open = async (wanted: Timeframe, check: 'none' | 'files' | 'all') => {
    const found = await data.current(check)
    if (found.timeframes.has(wanted)) return found
    const holds = [...found.timeframes.keys()]
    const message = `the data holds ${holds.join(', ')} candles, the job asks for ${wanted}`
    throw new DataError('DATA_TIMEFRAME', message, { holds, wanted })
  }

  /** How the times of candles become dates. */
  const ruleOf = async (found: OpenData, { timeframe, timezone }: LoadRequest) => {
    return isDaily(timeframe) ? dateRule(await data.dayTimes(found, timeframe), timezone) : undefined
  }

  const load = async (symbol: string, request: LoadRequest, asked?: TimeBounds): Promise<LoadedCandles> => {
    const found = await open(request.timeframe, 'none')
    const broken = brokenSymbols(found).get(symbol)
    if (broken) return loadFailed(symbol, broken)
    await data.copyColumns(found, request.userColumns)
    const rule = await ruleOf(found, request)
    const bounds = asked ?? boundsOf(request)
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
    const candles = await readSymbol(connection, table, symbol, rows, request, timesOf(bounds, rule))
    return finish(symbol, candles, request, bounds, rule) ?? load(symbol, request, { to: request.to })
  }

  async function* loadMany(symbols: readonly string[], request: LoadRequest): AsyncGenerator<LoadedCandles> {
    const connection = await data.connection()
    const one = { signal: request.signal }
    waiting.add(one)
    let stopping: NodeJS.Timeout | undefined
    const stop = () => {
      // What runs may be what somebody else waits for.
      if ([...waiting].every(({ signal }) => signal?.aborted)) connection.interrupt()
      // It may come between two queries.
      stopping ??= setInterval(stop, STOP_MS)
    }
    if (request.signal?.aborted) stop()
    request.signal?.addEventListener('abort', stop, { once: true })
    try {
      yield* readMany(connection, symbols, request)
    } finally {
      request.signal?.removeEventListener('abort', stop)
      clearInterval(stopping)
      await leave(one)
    }
  }

  async function* readMany(connection: DuckdbConnection, symbols: readonly string[], request: LoadRequest) {
    const found = await open(request.timeframe, 'files')
    await data.copyColumns(found, request.userColumns)
    const index = await data.rowIndex(found, request.timeframe)
    const rule = await ruleOf(found, request)
    const broken = brokenSymbols(found)
    let wanted = new Set(symbols)
    for (const symbol of wanted) {
      const file = broken.get(symbol)
      if (file) yield loadFailed(symbol, file)
      else if (!index.rowsOf.has(symbol)) yield { symbol, error: noData(symbol, request) }
      if (file) wanted.delete(symbol)
    }
    let bounds = boundsOf(request)
    while (wanted.size > 0) {
      const again = new Set<string>()
      for await (const read of readSymbols(connection, index, wanted, request, timesOf(bounds, rule), request.signal)) {
        const { symbol } = read
        if ('failure' in read) {
          yield loadFailed(symbol, { reason: firstLine(read.failure.message) })
          continue
        }
        const isAll = read.candles.time.length === index.rowsOf.get(symbol)
        const loaded = finish(symbol, read.candles, request, isAll ? {} : bounds, rule)
        if (loaded) yield loaded
        else again.add(symbol)
      }
      wanted = again
      bounds = { to: request.to }
    }
  }

  const reportOf = async (timeframe: Timeframe): Promise<SourceReport> => {
    const found = await open(timeframe, 'none')
    const ofSymbols = new Set(brokenSymbols(found).values())
    const { skippedLines } = found.original.source
    return {
      noSymbol: await data.unnamedRows(found, timeframe),
      notes: [
        ...found.original.columns.notes,
        ...(skippedLines ? [`lines of CSV that cannot be taken apart, and are left out: ${skippedLines}`] : []),
      ],
      failures: found.broken.filter((file) => !ofSymbols.has(file)).map(fileFailure),
    }
  }

  const repository: DuckdbRepository = {
    givesDates: true,
    symbols: (timeframe) =>
      waitedFor(async () => {
        const found = await open(timeframe, 'all')
        const { rowsOf } = await data.rowIndex(found, timeframe)
        // One whose file cannot be read is there all the same: its failure is to be seen.
        return [...new Set([...rowsOf.keys(), ...brokenSymbols(found).keys()])]
      }),
    load: (symbol, request) => waitedFor(() => load(symbol, request)),
    loadMany,
    versions: (symbols, timeframe) =>
      waitedFor(async () => {
        const found = await open(timeframe, 'all')
        // Workers, which are described next, are to know it.
        if (isDaily(timeframe)) await data.dayTimes(found, timeframe)
        return symbols.map(() => found.stamp)
      }),
    timeframe: () =>
      waitedFor(async () => {
        const { timeframes } = await data.current('none')
        const [most] = timeframes.keys()
        return options.timeframe ?? (most as Timeframe)
      }),
    userColumns: (timeframe) => waitedFor(async () => data.userColumns(await open(timeframe, 'none'))),
    report: (timeframe) => waitedFor(() => reportOf(timeframe)),
    identity: async () => identify(options),
    close: () => data.close(),
  }
  if (!isReadInWorkers(options.data)) return repository
  const describe = (): RepositoryDescription => {
    const described: DuckdbDescription = {
      options,
      known: data.knowledge,
      spillFolder: spillFolder(),
      library: libraryFile(),
    }
    return { kind: 'duckdb', options: described }
  }
  return Object.defineProperty(repository, 'description', { get: describe, enumerable: true })
}

function checkOptions(options: DuckdbOptions): void {
  const { data, columns = {}, timeframe, threads, timeUnit, dateFormat, decimal, memoryLimit } = options
  const refuse = (option: string, accepted: string, found: unknown) => {
    throw new DataError('DATA_OPTION', `${option} must be ${accepted}, got ${String(found)}`, { option, found })
  }
  const isQuery = typeof data === 'object' && data !== null && typeof data.sql === 'string' && data.sql.trim() !== ''
  if (!isQuery && (typeof data !== 'string' || data === '')) {
    refuse('data', "a path, a pattern, or a query as { sql: 'select …' }", data)
  }
  for (const role of Object.keys(columns)) {
    if (isUserColumn(role) ? isFree(bareName(role)) && isReadable(role) : COLUMN_ROLES.some((one) => one === role))
      continue
    refuse('columns', `of ${COLUMN_ROLES.join(', ')}, or a name of your own behind col., like col.marketcap`, role)
  }
  if (timeframe !== undefined && !isTimeframe(timeframe))
    refuse('timeframe', `one of ${TIMEFRAMES.join(', ')}`, timeframe)
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    refuse('threads', 'a whole number from 1', threads)
  }
  if (timeUnit !== undefined && !TIME_UNITS.includes(timeUnit)) {
    refuse('timeUnit', `one of ${TIME_UNITS.join(', ')}`, timeUnit)
  }
  if (dateFormat !== undefined && (typeof dateFormat !== 'string' || dateFormat === '')) {
    refuse('dateFormat', 'a format of dates like %d/%m/%Y', dateFormat)
  }
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') refuse('decimal', '"." or ","', decimal)
  if (memoryLimit !== undefined) memoryBytes(memoryLimit)
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

/** The times to read for some dates: a zone's midnight is less than a day away from that of UTC. */
function timesOf({ from, to }: TimeBounds, rule: DateRule): TimeBounds {
  if (!rule) return { from, to }
  return { from: from === undefined ? from : from - DAY_MS, to: to === undefined ? to : to + DAY_MS }
}

/** Answers a request from what was read; undefined when its lookback may reach back further than that. */
function finish(
  symbol: string,
  candles: JudgedCandles,
  request: LoadRequest,
  bounds: TimeBounds,
  rule: DateRule,
): LoadedCandles | undefined {
  const { dates, selection } = selectDated(candles.time, rule, candles.flags, request.defects, spanOf(request))
  const hasHistory = bounds.from === undefined
  if (!hasHistory && selection.barsBefore < request.lookbackBars) return undefined
  return deliver(symbol, { ...candles, time: dates }, selection, request, hasHistory)
}

function loadFailed(symbol: string, { file, reason }: Partial<BrokenFile>): LoadedCandles {
  const where = file === undefined || reason?.includes(file) ? '' : `${file}: `
  const message = `cannot read ${symbol}: ${where}${reason}`
  return { symbol, error: { code: 'LOAD_FAILED', message, fields: { symbol, reason, ...(file && { file }) } } }
}

function fileFailure({ file, reason }: BrokenFile): SourceReport['failures'][number] {
  const where = reason.includes(file) ? '' : `${file}: `
  const message = `cannot read a file: ${where}${reason}`
  return { file, code: 'LOAD_FAILED', message, fields: { file, reason } }
}

/** Symbols whose file cannot be read, where files have one each. */
function brokenSymbols({ broken, original }: OpenData): Map<string, BrokenFile> {
  return new Map(original.columns.isSymbolOfFile ? broken.map((one) => [fileStem(one.file), one]) : [])
}

function firstLine(text: string): string {
  return text.split('\n')[0] as string
}
