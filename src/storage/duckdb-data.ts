import { DataError } from '../domain/errors.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import { type CandleTable, type Catalogue, catalogueOf, findRuns, type Run } from './duckdb-catalogue.ts'
import { type ColumnRole, findColumns } from './duckdb-columns.ts'
import { type DuckdbConnection, type DuckdbSettings, openConnection } from './duckdb-library.ts'
import { filesOf, isQuery, openSource, stampFiles } from './duckdb-source.ts'
import { reading } from './duckdb-sql.ts'
import { stage } from './duckdb-staging.ts'
import { findTimeframes, type HeldTimeframes, timeframeFilter } from './duckdb-timeframe.ts'

export interface DuckdbOptions extends DuckdbSettings {
  /**
   * A Parquet or CSV file, a pattern or folder of them, a `.duckdb` file, or SQL that begins with SELECT, FROM or WITH.
   * Parquet sorted by symbol and time is read fastest, and by all worker threads at once.
   */
  data: string
  /** The table of a `.duckdb` file, where it has more than one. */
  table?: string
  /** Names of columns that are not found by themselves. */
  columns?: Partial<Record<ColumnRole, string>>
  /** The length of the candles; told from the data where absent. */
  timeframe?: Timeframe
  /** The symbol, where the data is of one and does not name it. */
  symbol?: string
}

/** What one thread has found out, for the others: whether it still holds, they see by the stamp. */
export interface KnownData {
  stamp: string
  timeframes: HeldTimeframes
  runs: ReadonlyMap<Timeframe, readonly Run[]>
}

/** What was found out about the data, until it changes. */
interface OpenData {
  /** The source as it is. */
  original: CandleTable
  /** What single symbols are read from: the source, or its staged copy where it cannot be read in parts. */
  table: CandleTable
  timeframes: HeldTimeframes
  /** Changes when the data does. */
  stamp: string
  /** A sorted copy, once somebody needed one. */
  staged?: Promise<CandleTable>
  catalogues: Map<Timeframe, Promise<Catalogue>>
}

/** The data of one repository: opened when first needed, and again when it has changed. */
export class DuckdbData {
  private connecting: Promise<DuckdbConnection> | undefined
  private opening: Promise<OpenData> | undefined
  private isClosed = false
  private copies = 0
  private known: KnownData | undefined

  constructor(
    private readonly options: DuckdbOptions,
    known?: KnownData,
  ) {
    this.known = known
  }

  /** Grows with what is asked; nothing of a copy that only this thread has. */
  get knowledge(): KnownData | undefined {
    return this.known
  }

  connection(): Promise<DuckdbConnection> {
    if (this.isClosed) throw new DataError('DATA_UNREADABLE', 'the repository is closed: open it again to read from it')
    this.connecting ??= openConnection(this.options)
    return this.connecting
  }

  /** @param check How closely to look for changes first: not at all, at the files known, or for new files as well. */
  current(check: 'none' | 'files' | 'all'): Promise<OpenData> {
    return reading(this.options.data, async () => {
      const connection = await this.connection()
      const opening = this.opening
      const known = await opening
      // SQL is run again to see whether its answer has changed: only for those who ask for new files as well.
      const isAsked = check === 'all' || (check === 'files' && !isQuery(this.options.data))
      const isStale =
        known && isAsked && (await this.stamp(connection, known.original, check === 'all')) !== known.stamp
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
  async catalogue(data: OpenData, timeframe: Timeframe): Promise<Catalogue> {
    const connection = await this.connection()
    const names = data.timeframes.get(timeframe)
    const find = (table: CandleTable) => findRuns(connection, table, timeframeFilter(table.columns, names))
    let found = data.catalogues.get(timeframe)
    found ??= reading(this.options.data, async () => {
      const inPlace = await find(data.table)
      if (inPlace) {
        this.learn(data, timeframe, inPlace)
        return inPlace
      }
      data.staged ??= this.stage(connection, data.original)
      return (await find(await data.staged)) as Catalogue
    })
    data.catalogues.set(timeframe, found)
    return found.catch((error) => {
      data.catalogues.delete(timeframe)
      throw error
    })
  }

  async close(): Promise<void> {
    this.isClosed = true
    const connection = await this.connecting?.catch(() => undefined)
    await connection?.close()
  }

  private async open(connection: DuckdbConnection): Promise<OpenData> {
    const { data, columns = {}, symbol, timeframe } = this.options
    const source = await openSource(connection, data, this.options.table)
    const original = { source, columns: await findColumns(connection, source, columns, symbol) }
    const stamp = await this.stamp(connection, original, true)
    const table = source.rowNumber === undefined ? await this.stage(connection, original) : original
    const known = this.known?.stamp === stamp ? this.known : undefined
    const timeframes = known?.timeframes ?? (await findTimeframes(connection, table, timeframe))
    const catalogues = new Map<Timeframe, Promise<Catalogue>>()
    for (const [held, runs] of known?.runs ?? []) catalogues.set(held, Promise.resolve(catalogueOf(table, runs)))
    return { original, table, timeframes, stamp, catalogues }
  }

  /** A copy gets a new name, so that who still reads the one before fails instead of reading other rows. */
  private async stage(connection: DuckdbConnection, table: CandleTable): Promise<CandleTable> {
    await connection.query(`drop table if exists staged_${this.copies}`)
    return stage(connection, table, `staged_${++this.copies}`)
  }

  private learn({ original, timeframes, stamp }: OpenData, timeframe: Timeframe, { table, runs }: Catalogue): void {
    if (table !== original) return
    const others = this.known?.stamp === stamp ? this.known.runs : []
    this.known = { stamp, timeframes, runs: new Map([...others, [timeframe, runs]]) }
  }

  private async stamp(connection: DuckdbConnection, table: CandleTable, hasNewFiles: boolean): Promise<string> {
    const { data } = this.options
    const { source, columns } = table
    if (!isQuery(data)) return stampFiles(hasNewFiles ? await filesOf(connection, data) : source.files)
    const [row] = await connection.rows(
      `select count(*)::double, max(${columns.time.milliseconds}) from ${source.from}`,
    )
    return `${row?.[0]}-${row?.[1]}`
  }
}
