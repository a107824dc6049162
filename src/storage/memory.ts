import type { Candle } from '../domain/candle.ts'
import { CANDLE_COLUMNS } from '../domain/candle.ts'
import { type DateRule, type DayTime, dateRule, dayTimesOf, joinDayTimes } from '../domain/candle-dates.ts'
import { DataError } from '../domain/errors.ts'
import { isDaily, isoTime, isTimeframe, TIMEFRAMES, type Timeframe, timeframeMs } from '../domain/timeframe.ts'
import { deliver, noData, type RawCandles, type RawColumns, spanOf } from './clean.ts'
import type { CandleRepository, LoadedCandles, LoadRequest, RepositoryDescription } from './repository.ts'
import { blankUnknown, judgeRows } from './row-flags.ts'
import { risesStrictly, selectDated } from './row-selection.ts'
import { columnNamed, isFree, userColumnsOf } from './user-columns.ts'

/** A candle with user columns: any further fields that are numbers, and null or absent where unknown. */
export type CandleWithColumns = Candle & { readonly [userColumn: string]: unknown }

/**
 * The candles of one symbol: objects, or typed columns of equal length. In any order; cleaned when they are read. Further
 * fields of objects that are numbers, and further columns of numbers, are user columns: a formula reads `marketcap` as
 * `col.marketcap`.
 */
export type MemoryCandles = readonly (Candle | CandleWithColumns)[] | RawCandles | RawColumns

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
  userColumns: readonly string[]
  /** Time, the five columns of candles and the user columns one after the other, then a byte of `ROW` bits per row when `isFlagged`. */
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
 *   const candle = { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
 *   // A field of your own: formulas read it as col.marketcap.
 *   return { ...candle, marketcap: close * 1e9 }
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
    async userColumns(wanted) {
      checkTimeframe(wanted)
      const names = new Set([...stored.values()].flatMap(({ userColumns }) => userColumns))
      return Array.from(names, (name) => ({ name, isNumber: true }))
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
      set(symbol, series ? concatenate(columnsOf(series), given(symbol, candles)) : candles)
    },
  } satisfies MemoryRepository & { description: RepositoryDescription }
}

const COLUMNS = ['time', ...CANDLE_COLUMNS] as const

function toColumns(symbol: string, candles: MemoryCandles): RawCandles {
  if (isColumns(candles)) {
    const user = userColumnsOf(candles).map(([name, column]) => [name, column.length] as const)
    const own = COLUMNS.map(
      (name) => [name, candles[name]?.length ?? (name === 'volume' ? candles.time.length : 0)] as const,
    )
    for (const [name, length] of [...own, ...user]) {
      if (length === candles.time.length) continue
      const message = `column ${name} of ${symbol} has ${length} values, time has ${candles.time.length}: give equal lengths`
      throw new DataError('DATA_SHAPE', message, { symbol, column: name, length, expected: candles.time.length })
    }
    return candles
  }
  for (const [row, { timestamp }] of candles.entries()) {
    if (typeof timestamp === 'number') continue
    const fields = Object.keys(candles[row] as Candle).join(', ')
    const message = `candle ${row} of ${symbol} has no number "timestamp" (milliseconds UTC): its fields are ${fields}`
    throw new DataError('DATA_SHAPE', message, { symbol, row })
  }
  const names = [...CANDLE_COLUMNS, ...numberFields(candles)]
  const columns = names.map((name) => [name, columnOf(candles, name)] as const)
  return Object.fromEntries([['time', columnOf(candles, 'timestamp')], ...columns]) as Columns
}

/** Fields of candles besides those that every candle has: numbers, wherever there is anything. */
function numberFields(candles: readonly object[]): string[] {
  const isNumbers = new Map<string, boolean>()
  for (const candle of candles) {
    for (const name of Object.keys(candle)) {
      if (!isFree(name)) continue
      const value = candle[name as keyof typeof candle] as unknown
      if (value !== null && value !== undefined) {
        isNumbers.set(name, typeof value === 'number' && isNumbers.get(name) !== false)
      }
    }
  }
  return [...isNumbers].filter(([, isNumber]) => isNumber).map(([name]) => name)
}

/** What is no number is unknown: a candle without the field may have a property of that name from elsewhere. */
function columnOf(candles: readonly object[], name: string): Float64Array {
  const column = new Float64Array(candles.length)
  for (let row = 0; row < candles.length; row++) {
    column[row] = (candles[row] as Record<string, number | null | undefined>)[name] ?? Number.NaN
  }
  return column
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

function isColumns(candles: MemoryCandles): candles is RawCandles {
  return !Array.isArray(candles)
}

function store(symbol: string, raw: RawCandles, version: number, isDated: boolean): StoredSeries {
  const rows = raw.time.length
  const flags = judgeRows(raw)
  const user = userColumnsOf(raw)
  const sizeBytes = rows * (COLUMNS.length + user.length) * 8 + (flags ? rows : 0)
  const buffer =
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(sizeBytes) : new SharedArrayBuffer(sizeBytes)
  const series = {
    ...{ symbol, version, rows, buffer },
    userColumns: user.map(([name]) => name),
    isFlagged: flags !== undefined,
    isRising: risesStrictly(raw.time),
    dayTimes: isDated ? dayTimesOf(raw.time) : [],
  }
  const columns = columnsOf(series)
  const given = new Map<string, Float64Array | undefined>([
    ...COLUMNS.map((name) => [name, raw[name]] as const),
    ...user,
  ])
  for (const [name, column] of Object.entries(columns)) {
    const values = given.get(name)
    if (values) column.set(values)
  }
  if (flags) {
    viewFlags(series)?.set(flags)
    blankUnknown(columns, flags)
  }
  return series
}

type Columns = RawColumns & Required<RawCandles>

/** Views on everything that is kept of a symbol. */
function columnsOf({ buffer, rows, userColumns }: StoredSeries): Columns {
  const names = [...COLUMNS, ...userColumns]
  return Object.fromEntries(names.map((name, at) => [name, new Float64Array(buffer, at * rows * 8, rows)])) as Columns
}

function viewFlags({ buffer, rows, isFlagged, userColumns }: StoredSeries): Uint8Array | undefined {
  return isFlagged ? new Uint8Array(buffer, (COLUMNS.length + userColumns.length) * rows * 8, rows) : undefined
}

function read(series: StoredSeries, request: LoadRequest, rule: DateRule): LoadedCandles {
  const { time, ...columns } = columnsOf(series)
  const flags = viewFlags(series)
  const { dates, selection } = selectDated(time, rule, flags, request.defects, spanOf(request), series.isRising)
  return deliver(series.symbol, { time: dates, columns, flags }, selection, request)
}

function concatenate(front: Columns, back: RawCandles): RawCandles {
  const user = [...userColumnsOf(front), ...userColumnsOf(back)].map(([name]) => name)
  const joined = [...COLUMNS, ...new Set(user)].map((name) => {
    const column = new Float64Array(front.time.length + back.time.length).fill(Number.NaN)
    column.set(columnNamed(front, name) ?? [])
    column.set(columnNamed(back as RawColumns, name) ?? [], front.time.length)
    return [name, column] as const
  })
  return Object.fromEntries(joined) as Columns
}
