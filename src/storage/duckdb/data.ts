import type { DayTime } from '../../domain/candle-dates.ts'
import { DataError } from '../../domain/errors.ts'
import type { Timeframe, TimeUnit } from '../../domain/timeframe.ts'
import { bareName, isUserColumn, type SourceColumn } from '../../domain/user-columns.ts'
import { type BrokenFile, type Sound, withoutBroken, withoutFiles } from './broken.ts'
import type { ColumnNames } from './column-names.ts'
import { type CandleColumns, type ColumnOptions, findColumns } from './columns.ts'
import { findDayTimes } from './dates.ts'
import { filesLacking } from './lacking.ts'
import { type DuckdbConnection, openConnection } from './library.ts'
import { memoryShare } from './memory.ts'
import { type CandleTable, findRuns, type RowIndex, type Run, rowIndexOf, unnamed } from './row-index.ts'
import { type CandleData, filesOf, isReadInWorkers, nameOf, openSource, reachOf, stampFiles } from './source.ts'
import { reading, where } from './sql.ts'
import { stage } from './staging.ts'
import { findTimeframes, type HeldTimeframes, timeframeFilter } from './timeframe.ts'
import { describeUserColumns } from './user-columns.ts'

export interface DuckdbOptions extends ColumnOptions {
  /**
   * A Parquet, CSV or JSON file, a pattern or folder of them, or a `.duckdb` file; or a query, which is one SELECT.
   * Parquet sorted by symbol and time is read fastest, and by all worker threads at once.
   */
  data: CandleData
  /** The table of a `.duckdb` file, where it has more than one. */
  table?: string
  /**
   * Names of columns that are not found by themselves, and of columns that a formula is to read by another name:
   * `{ time: 'Datum', 'col.marketcap': 'MKT_CAP' }`. Other columns of numbers are read as `col.` and their own name.
   */
  columns?: ColumnNames
  /** The length of the candles; told from the data where absent. */
  timeframe?: Timeframe
  /** The symbol, where the data is of one and does not name it. */
  symbol?: string
  /** What times that are numbers count since 1970: `s`, `ms`, `us` or `ns`; told by their size where absent. */
  timeUnit?: TimeUnit
  /** How times that are text are written, as DuckDB's `strptime` takes it: `%d/%m/%Y`. */
  dateFormat?: string
  /** What stands before the decimals of prices that are text; told from them where absent. */
  decimal?: '.' | ','
  /** Threads of DuckDB itself, in the thread that opens the repository; at most four where absent. */
  threads?: number
  /**
   * Memory of everything that reads this repository together: half for the thread that opened it, half for the worker
   * threads, which get at least 64 MB each. `512MB`, `2GB`; `1GB` where absent. What does not fit goes to the system's
   * temporary folder, but for the rows of one symbol, which have to fit.
   */
  memoryLimit?: string
}

/** Who is told what takes long. */
export interface DuckdbWatch {
  /** Called when all rows are read and sorted into a copy; the promise is of that work. */
  onSort?: (sorting: Promise<unknown>) => void
}

/** What one thread has found out, for the others: whether it still holds, they see by the stamp. */
export interface KnownData {
  stamp: string
  timeframes: HeldTimeframes
  runs: ReadonlyMap<Timeframe, readonly Run[]>
  dayTimes: ReadonlyMap<Timeframe, readonly DayTime[]>
  broken: readonly BrokenFile[]
  timeUnit: TimeUnit | undefined
}

/** A worker thread's part in reading. */
export interface ReaderRole {
  /** How many worker threads read; 0 in the thread that opened the repository. */
  workers: number
  spillFolder: string
  /** The file of DuckDB, as that thread has found it. */
  library: string
}

/** What was found out about the data, until it changes. */
export interface OpenData {
  /** The source as it is, without files that cannot be read. */
  original: CandleTable
  /** All its files. */
  files: readonly string[]
  broken: readonly BrokenFile[]
  /** What single symbols are read from: the source, or its staged copy where it cannot be read in parts. */
  table: CandleTable
  timeframes: HeldTimeframes
  /** Changes when the data does. */
  stamp: string
  /** A sorted copy, once somebody needed one. */
  staged?: Promise<CandleTable>
  /** User columns that copies have: those that the options name, and what was asked for since. */
  copied: Set<string>
  /** Ends when the last copy that was made for user columns is there. */
  copying: Promise<void>
  rowIndexes: Map<Timeframe, Promise<RowIndex>>
  dayTimes: Map<Timeframe, Promise<readonly DayTime[]>>
}

/** Whether somebody has stopped a query: no file is to blame. */
function isInterrupted(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('INTERRUPT')
}

/** The data of one repository: opened when first needed, and again when it has changed. */
export class DuckdbData {
  private connecting: Promise<DuckdbConnection> | undefined
  private opening: Promise<OpenData> | undefined
  private isClosed = false
  private copies = 0
  /** Copies that lack columns of the one made after them, and may still be read. */
  private readonly outdated: string[] = []
  private known: KnownData | undefined
  private readonly name: string

  constructor(
    private readonly options: DuckdbOptions,
    known?: KnownData,
    private readonly role?: ReaderRole,
    private readonly watch: DuckdbWatch = {},
  ) {
    this.known = known
    this.name = nameOf(options.data)
  }

  /** Grows with what is asked; nothing of a copy that only this thread has. */
  get knowledge(): KnownData | undefined {
    return this.known
  }

  connection(): Promise<DuckdbConnection> {
    if (this.isClosed) throw new DataError('DATA_UNREADABLE', 'the repository is closed: open it again to read from it')
    this.connecting ??= openConnection({
      threads: this.options.threads,
      memoryBytes: this.memoryBytes(),
      spillFolder: this.role?.spillFolder,
      reach: reachOf(this.options.data),
      library: this.role?.library,
    })
    return this.connecting
  }

  private memoryBytes(): number {
    const { data, memoryLimit = '1GB' } = this.options
    return memoryShare(memoryLimit, isReadInWorkers(data), this.role?.workers ?? 0)
  }

  /** @param check How closely to look for changes first: not at all, at the files known, or for new files as well. */
  current(check: 'none' | 'files' | 'all'): Promise<OpenData> {
    return reading(this.name, async () => {
      const connection = await this.connection()
      const opening = this.opening
      const known = await opening
      // SQL is run again to see whether its answer has changed: only for those who ask for new files as well.
      const isAsked = check === 'all' || (check === 'files' && typeof this.options.data === 'string')
      const isStale = known && isAsked && (await this.stamp(connection, known, check === 'all')) !== known.stamp
      // Not when another call has begun to open it again meanwhile.
      if (isStale && this.opening === opening) this.opening = undefined
      this.opening ??= this.open(connection)
      return this.opening.catch((error) => {
        this.opening = undefined
        throw error
      })
    })
  }

  /** Where the rows of every symbol are; sorts all rows into a copy first where they are too mixed. */
  async rowIndex(data: OpenData, timeframe: Timeframe): Promise<RowIndex> {
    const connection = await this.connection()
    const names = data.timeframes.get(timeframe)
    const find = (table: CandleTable) => findRuns(connection, table, timeframeFilter(table.columns, names))
    let found = data.rowIndexes.get(timeframe)
    found ??= reading(this.name, async () => {
      const inPlace = await find(data.table).catch(async (cause) => {
        await this.exclude(connection, data, cause)
        return find(data.table)
      })
      if (inPlace) {
        this.learn(data, timeframe, { runs: inPlace.runs })
        return inPlace
      }
      data.staged ??= this.stage(connection, data.original, data.copied)
      return (await find(await data.staged)) as RowIndex
    })
    data.rowIndexes.set(timeframe, found)
    return found.catch((error) => {
      data.rowIndexes.delete(timeframe)
      throw error
    })
  }

  /** What the columns besides the candle's hold. */
  async userColumns({ original }: OpenData): Promise<readonly SourceColumn[]> {
    const connection = await this.connection()
    const { userColumns, sample } = original.columns
    return reading(this.name, () => describeUserColumns(connection, userColumns, sample))
  }

  /** Makes another copy where rows are read from one that lacks some of these user columns. */
  async copyColumns(data: OpenData, names: readonly string[]): Promise<void> {
    const copying = data.copying.then(() => this.copyLacking(data, names))
    data.copying = copying.catch(() => undefined)
    return reading(this.name, () => copying)
  }

  private async copyLacking(data: OpenData, names: readonly string[]): Promise<void> {
    const isCopy = data.table !== data.original
    const copy = isCopy ? data.table : await data.staged
    const own = new Set(data.original.columns.userColumns.map(({ name }) => name))
    const lacking = names.filter((name) => own.has(name) && !data.copied.has(name))
    for (const name of lacking) data.copied.add(name)
    if (!copy || lacking.length === 0) return
    const made = await this.copy(await this.connection(), data.original, data.copied).catch((cause: unknown) => {
      for (const name of lacking) data.copied.delete(name)
      throw cause
    })
    this.outdated.push(copy.source.from)
    if (isCopy) data.table = made
    else data.staged = Promise.resolve(made)
    data.rowIndexes.clear()
  }

  /** Frees copies that nobody reads: to be called when nothing is being read. */
  async dropOutdated(): Promise<void> {
    const names = this.outdated.splice(0)
    if (names.length === 0 || this.isClosed) return
    const connection = await this.connection()
    for (const name of names) await connection.query(`drop table if exists ${name}`)
  }

  async close(): Promise<void> {
    this.isClosed = true
    const connection = await this.connecting?.catch(() => undefined)
    await connection?.close()
  }

  /** When the candles stand in the day: of all of them, unless the first stand where dates do. */
  async dayTimes(data: OpenData, timeframe: Timeframe): Promise<readonly DayTime[]> {
    const connection = await this.connection()
    let found = data.dayTimes.get(timeframe)
    found ??= reading(this.name, async () => {
      const find = () => {
        const { columns, source } = data.table
        const filter = timeframeFilter(columns, data.timeframes.get(timeframe))
        return findDayTimes(connection, source.from, columns.time.milliseconds, filter)
      }
      const times = await find().catch(async (cause) => {
        await this.exclude(connection, data, cause)
        return find()
      })
      this.learn(data, timeframe, { dayTimes: times })
      return times
    })
    data.dayTimes.set(timeframe, found)
    return found.catch((error) => {
      data.dayTimes.delete(timeframe)
      throw error
    })
  }

  /** How many rows of a timeframe have no symbol. */
  async unnamedRows(data: OpenData, timeframe: Timeframe): Promise<number> {
    const connection = await this.connection()
    const index = await data.rowIndexes.get(timeframe)
    if (index?.unnamedRows !== undefined) return index.unnamedRows
    const { columns, source } = (await data.staged) ?? data.table
    if (columns.isSymbolOfFile) return 0
    const filter = timeframeFilter(columns, data.timeframes.get(timeframe))
    const counting = `select count(*)::double from ${source.from}${where(unnamed(columns), filter)}`
    const [row] = await reading(this.name, () => connection.rows(counting))
    return Number(row?.[0])
  }

  private async open(connection: DuckdbConnection): Promise<OpenData> {
    const { data, table: name, ...options } = this.options
    const all = await openSource(connection, data, name)
    const stamp = typeof data === 'string' ? stampFiles(all.files) : undefined
    const known = stamp !== undefined && this.known?.stamp === stamp ? this.known : undefined
    const timeUnit = options.timeUnit ?? known?.timeUnit
    let sound: Sound = known ? withoutFiles(all, known.broken) : { source: all, broken: [] }
    const columnsOf = () => findColumns(connection, sound.source, { ...options, timeUnit })
    const columns = await columnsOf().catch(async (cause) => {
      sound = await this.soundOf(connection, sound, cause)
      return columnsOf()
    })
    const copied = new Set(
      Object.keys(options.columns ?? {})
        .filter(isUserColumn)
        .map(bareName),
    )
    const opened = async (): Promise<OpenData> => {
      const original = { source: sound.source, columns }
      const table = sound.source.rowNumber === undefined ? await this.stage(connection, original, copied) : original
      const lacking = table === original ? [] : await filesLacking(connection, original, table)
      if (lacking.length > 0) {
        const { source } = withoutFiles(sound.source, lacking, sound.source.skippedLines)
        sound = { source, broken: [...sound.broken, ...lacking] }
        return opened()
      }
      const timeframes = known?.timeframes ?? (await findTimeframes(connection, table, this.options.timeframe))
      const rowIndexes = new Map<Timeframe, Promise<RowIndex>>()
      for (const [held, runs] of known?.runs ?? []) rowIndexes.set(held, Promise.resolve(rowIndexOf(table, runs)))
      const dayTimes = new Map<Timeframe, Promise<readonly DayTime[]>>()
      for (const [held, times] of known?.dayTimes ?? []) dayTimes.set(held, Promise.resolve(times))
      const found = {
        original,
        files: all.files,
        broken: sound.broken,
        table,
        timeframes,
        rowIndexes,
        dayTimes,
        copied,
      }
      return { ...found, copying: Promise.resolve(), stamp: stamp ?? (await this.stamp(connection, found, true)) }
    }
    return opened().catch(async (cause) => {
      sound = await this.soundOf(connection, sound, cause, columns)
      return opened()
    })
  }

  /** The files that can be read, after something went wrong; throws it again when no file is to blame. */
  private async soundOf(connection: DuckdbConnection, sound: Sound, cause: unknown, columns?: CandleColumns) {
    if (cause instanceof DataError || isInterrupted(cause)) throw cause
    const found = await withoutBroken(connection, sound.source, columns)
    if (!found) throw cause
    return { source: found.source, broken: [...sound.broken, ...found.broken] }
  }

  /** Goes on without the files that cannot be read. */
  private async exclude(connection: DuckdbConnection, data: OpenData, cause: unknown): Promise<void> {
    const { source, columns } = data.original
    const sound = await this.soundOf(connection, { source, broken: data.broken }, cause, columns)
    const isPlain = data.table === data.original
    data.original = { source: sound.source, columns }
    data.broken = sound.broken
    if (isPlain) data.table = data.original
    // Positions of files have moved.
    data.rowIndexes.clear()
    this.known = undefined
  }

  /** A copy gets a new name, so that who still reads the one before fails instead of reading other rows. */
  private async stage(
    connection: DuckdbConnection,
    table: CandleTable,
    userColumns: ReadonlySet<string>,
  ): Promise<CandleTable> {
    for (const name of [...this.outdated.splice(0), `staged_${this.copies}`]) {
      await connection.query(`drop table if exists ${name}`)
    }
    return this.copy(connection, table, userColumns)
  }

  private copy(
    connection: DuckdbConnection,
    table: CandleTable,
    userColumns: ReadonlySet<string>,
  ): Promise<CandleTable> {
    const sorting = stage(connection, table, `staged_${++this.copies}`, userColumns)
    this.watch.onSort?.(sorting)
    return sorting
  }

  /** Notes what other threads need not find out again: nothing of a copy that only this one has. */
  private learn(
    { original, table, timeframes, stamp, broken }: OpenData,
    timeframe: Timeframe,
    { runs, dayTimes }: { runs?: readonly Run[]; dayTimes?: readonly DayTime[] },
  ): void {
    if (table !== original) return
    const known = this.known?.stamp === stamp ? this.known : undefined
    this.known = {
      ...{ stamp, timeframes, broken, timeUnit: original.columns.time.unit },
      runs: new Map([...(known?.runs ?? []), ...(runs ? [[timeframe, runs] as const] : [])]),
      dayTimes: new Map([...(known?.dayTimes ?? []), ...(dayTimes ? [[timeframe, dayTimes] as const] : [])]),
    }
  }

  private async stamp(
    connection: DuckdbConnection,
    { original, files }: Pick<OpenData, 'original' | 'files'>,
    hasNewFiles: boolean,
  ): Promise<string> {
    const { data } = this.options
    const { source, columns } = original
    if (typeof data === 'string') return stampFiles(hasNewFiles ? await filesOf(connection, data) : files)
    const [row] = await connection.rows(
      `select count(*)::double, max(${columns.time.milliseconds}) from ${source.from}`,
    )
    return `${row?.[0]}-${row?.[1]}`
  }
}
