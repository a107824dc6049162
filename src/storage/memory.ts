import type { Candle } from '../domain/candle.ts'
import { CANDLE_COLUMNS } from '../domain/candle.ts'
import { type DateRule, type DayTime, dateRule, dayTimesOf, joinDayTimes } from '../domain/candle-dates.ts'
import { DataError } from '../domain/errors.ts'
import { isDaily, isoTime, isTimeframe, TIMEFRAMES, type Timeframe, timeframeMs } from '../domain/timeframe.ts'
import { deliver, noData, type RawCandles, spanOf } from './clean.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, RepositoryDescription } from './repository.ts'
import { blankUnknown, judgeRows } from './row-flags.ts'
import { risesStrictly, selectDated } from './row-selection.ts'

/** The candles of one symbol: objects, or typed columns of equal length. In any order; cleaned when they are read. */
export type MemoryCandles = readonly Candle[] | RawCandles

/** Candles by symbol. A plain object lists names that look like small integers first; a Map keeps its order. */
export type MemoryInput = Readonly<Record<string, MemoryCandles>> | ReadonlyMap<string, MemoryCandles>

export interface MemoryOptions {
  /** The length of the candles; `1d` where absent. */
  timeframe?: Timeframe
}

/** A repository in memory, which can also change. Worker threads that opened it before do not see a change. */
export interface MemoryRepository extends CandleRepository {
  readonly description: { kind: 'memory'; options: MemorySnapshot }
  /** Replaces all candles of a symbol, or adds the symbol. */
  set(symbol: string, candles: MemoryCandles): void
  /** Adds candles behind those of a symbol: the last of two with one time wins. */
  append(symbol: string, candles: MemoryCandles): void
}

/** What a memory repository is made of; goes to another thread without copying where there is shared memory. */
export interface MemorySnapshot {
  timeframe: Timeframe
  series: readonly StoredSeries[]
}

interface StoredSeries {
  symbol: string
  /** Rises with every change of the repository. */
  version: number
  rows: number
  /** Time and the five columns of candles one after the other, then a byte of `ROW` bits per row when `isFlagged`. */
  buffer: ArrayBufferLike
  isFlagged: boolean
  isRising: boolean
  /** When its candles stand in the day; of daily and longer ones. */
  dayTimes: readonly DayTime[]
}

/**
 * Keeps candles in memory, shared with worker threads where the platform can.
 *
 * @throws DataError `DATA_SHAPE` for columns of different length and for times in seconds, `DATA_OPTION` for an unknown
 * timeframe; `load` and `symbols` reject with `DATA_TIMEFRAME` for another timeframe than the repository's.
 *
 * @example
 * const days = [10, 11, 12].map((close, day) => {
 *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
 * })
 * const repository = memoryRepository({ AAPL: days, MSFT: days.slice(1) })
 * repository.append('MSFT', [{ ...days[2], timestamp: Date.UTC(2024, 0, 4) }])
 * await repository.symbols('1d')
 * // [ 'AAPL', 'MSFT' ]
 */
export function memoryRepository(input: MemoryInput, options: MemoryOptions = {}): MemoryRepository {
  const timeframe = options.timeframe ?? '1d'
  if (!isTimeframe(timeframe)) {
    const message = `timeframe must be one of ${TIMEFRAMES.join(', ')}, got ${String(timeframe)}`
    throw new DataError('DATA_OPTION', message, { option: 'timeframe', found: timeframe })
  }
  const repository = openMemory({ timeframe, series: [] })
  const entries = input instanceof Map ? input.entries() : Object.entries(input)
  for (const [symbol, candles] of entries) repository.set(symbol, candles)
  return repository
}

/** Opens the memory that another thread's `description.options` names. */
export function openMemory(snapshot: MemorySnapshot): MemoryRepository {
  const { timeframe } = snapshot
  const stored = new Map(snapshot.series.map((series) => [series.symbol, series]))
  let changes = snapshot.series.reduce((latest, series) => Math.max(latest, series.version), 0)

  const given = (symbol: string, candles: MemoryCandles) => {
    const columns = toColumns(symbol, candles)
    refuseSeconds(symbol, columns.time, timeframe)
    return columns
  }
  const set = (symbol: string, candles: MemoryCandles) => {
    stored.set(symbol, store(symbol, given(symbol, candles), ++changes, isDaily(timeframe)))
  }
  let joined: { changes: number; dayTimes: readonly DayTime[] } | undefined
  const dayTimes = () => {
    if (joined?.changes !== changes) {
      joined = { changes, dayTimes: joinDayTimes([...stored.values()].map((series) => series.dayTimes)) }
    }
    return joined.dayTimes
  }
  const checkTimeframe = (wanted: Timeframe) => {
    if (wanted === timeframe) return
    const message = `the memory holds ${timeframe} candles, the job asks for ${wanted}`
    throw new DataError('DATA_TIMEFRAME', message, { holds: timeframe, wanted })
  }

  return {
    get description() {
      return { kind: 'memory', options: { timeframe, series: [...stored.values()] } } as const
    },
    givesDates: true,
    async symbols(wanted) {
      checkTimeframe(wanted)
      return [...stored.values()].filter(({ symbol, rows }) => rows > 0 && symbol !== '').map(({ symbol }) => symbol)
    },
    async load(symbol, request) {
      checkTimeframe(request.timeframe)
      const series = stored.get(symbol)
      return series
        ? read(series, request, dateRule(dayTimes(), request.timezone))
        : { symbol, error: noData(symbol, request) }
    },
    async report() {
      return { noSymbol: stored.get('')?.rows ?? 0, notes: [], failures: [] }
    },
    async versions(symbols, wanted) {
      checkTimeframe(wanted)
      return symbols.map((symbol) => String(stored.get(symbol)?.version ?? 'none'))
    },
    async close() {
      stored.clear()
    },
    set,
    append(symbol, candles) {
      const series = stored.get(symbol)
      set(symbol, series ? concatenate(viewColumns(series), given(symbol, candles)) : candles)
    },
  } satisfies MemoryRepository & { description: RepositoryDescription }
}

const COLUMNS = ['time', ...CANDLE_COLUMNS] as const
type Columns = Record<(typeof COLUMNS)[number], Float64Array>

function toColumns(symbol: string, candles: MemoryCandles): RawCandles {
  if (isColumns(candles)) {
    for (const name of COLUMNS) {
      const length = candles[name]?.length ?? (name === 'volume' ? candles.time.length : 0)
      if (length === candles.time.length) continue
      const message = `column ${name} of ${symbol} has ${length} values, time has ${candles.time.length}: give equal lengths`
      throw new DataError('DATA_SHAPE', message, { symbol, column: name, length, expected: candles.time.length })
    }
    return candles
  }
  const columns = emptyColumns(candles.length)
  for (let row = 0; row < candles.length; row++) {
    const candle = candles[row] as Candle
    if (typeof candle.timestamp !== 'number') {
      const message = `candle ${row} of ${symbol} has no number "timestamp" (milliseconds UTC): its fields are ${Object.keys(candle).join(', ')}`
      throw new DataError('DATA_SHAPE', message, { symbol, row })
    }
    columns.time[row] = candle.timestamp
    for (const name of CANDLE_COLUMNS) columns[name][row] = candle[name] ?? Number.NaN
  }
  return columns
}

/** Seconds of the years 1980 to 2200. Read as milliseconds they are all in the first quarter of 1970. */
const FIRST_SECOND = Date.UTC(1980, 0) / 1000
const LAST_SECOND = Date.UTC(2200, 0) / 1000

/** Seconds read as milliseconds would be candles of 1970, a thousand times closer together than the timeframe says. */
function refuseSeconds(symbol: string, time: Float64Array, timeframe: Timeframe): void {
  const isSecond = (at: number) => at >= FIRST_SECOND && at <= LAST_SECOND
  const first = time.find(Number.isFinite)
  if (first === undefined || !isSecond(first)) return
  const known = time.filter(Number.isFinite)
  if (!known.every(isSecond)) return
  const span = known.reduce((max, at) => Math.max(max, at)) - known.reduce((min, at) => Math.min(min, at))
  if (span >= ((known.length - 1) * timeframeMs(timeframe)) / 2 && span > 0) return
  const read = `${first} would be ${isoTime(first)}`
  const message = `the times of ${symbol} are seconds, and have to be milliseconds: ${read}; multiply them by 1000`
  throw new DataError('DATA_SHAPE', message, { symbol, found: first })
}

function emptyColumns(rows: number): Columns {
  const column = () => new Float64Array(rows).fill(Number.NaN)
  return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
}

function isColumns(candles: MemoryCandles): candles is RawCandles {
  return !Array.isArray(candles)
}

function store(symbol: string, raw: RawCandles, version: number, isDated: boolean): StoredSeries {
  const rows = raw.time.length
  const flags = judgeRows(raw)
  const sizeBytes = rows * COLUMNS.length * 8 + (flags ? rows : 0)
  const buffer =
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(sizeBytes) : new SharedArrayBuffer(sizeBytes)
  const series = {
    ...{ symbol, version, rows, buffer },
    isFlagged: flags !== undefined,
    isRising: risesStrictly(raw.time),
    dayTimes: isDated ? dayTimesOf(raw.time) : [],
  }
  const columns = viewColumns(series)
  for (const name of COLUMNS) {
    const column = raw[name]
    if (column) columns[name].set(column)
  }
  if (flags) {
    viewFlags(series)?.set(flags)
    blankUnknown(columns, flags)
  }
  return series
}

function viewColumns({ buffer, rows }: StoredSeries): Columns {
  const view = (at: number) => new Float64Array(buffer, at * rows * 8, rows)
  return { time: view(0), open: view(1), high: view(2), low: view(3), close: view(4), volume: view(5) }
}

function viewFlags({ buffer, rows, isFlagged }: StoredSeries): Uint8Array | undefined {
  return isFlagged ? new Uint8Array(buffer, COLUMNS.length * rows * 8, rows) : undefined
}

function read(series: StoredSeries, request: LoadRequest, rule: DateRule): LoadedCandles {
  const { time, ...columns } = viewColumns(series)
  const flags = viewFlags(series)
  const { dates, selection } = selectDated(time, rule, flags, request.defects, spanOf(request), series.isRising)
  return deliver(series.symbol, { time: dates, columns, flags }, selection, request)
}

function concatenate(front: Columns, back: RawCandles): RawCandles {
  const joined = emptyColumns(front.time.length + back.time.length)
  for (const name of COLUMNS) {
    joined[name].set(front[name])
    const added = back[name]
    if (added) joined[name].set(added, front.time.length)
  }
  return joined
}
