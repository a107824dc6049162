import { DataError } from '../domain/errors.ts'
import type { Timeframe } from '../domain/timeframe.ts'
import { type CandleTable, type Catalogue, findRuns } from './duckdb-catalogue.ts'
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

/** What was found out about the data, until it changes. */
interface OpenData {
  /** The source as it is. */
  original: CandleTable
  /** What single symbols are read from: the source, or its staged copy where it cannot be read in parts. */
  table: CandleTable
  timeframes: HeldTimeframes
  /** Changes when the data does. */
  stamp: string
  staged?: Promise<CandleTable>
  catalogues: Map<Timeframe, Promise<Catalogue>>
}

/** The data of one repository: opened when first needed, and again when it has changed. */
export class DuckdbData {
  private connecting: Promise<DuckdbConnection> | undefined
  private opening: Promise<OpenData> | undefined
  private isClosed = false

  constructor(private readonly options: DuckdbOptions) {}

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
      const isStale = known && check !== 'none' && (await this.stamp(connection, known.original, check)) !== known.stamp
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
      if (inPlace) return inPlace
      data.staged ??= stage(connection, data.original)
      return (await find(await data.staged)) as Catalogue
    })
    data.catalogues.set(timeframe, found)
    return found
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
    const stamp = await this.stamp(connection, original, 'all')
    const table = source.rowNumber === undefined ? await stage(connection, original) : original
    const timeframes = await findTimeframes(connection, table, timeframe)
    return { original, table, timeframes, stamp, catalogues: new Map() }
  }

  private async stamp(
    connection: DuckdbConnection,
    { source, columns }: CandleTable,
    check: 'files' | 'all',
  ): Promise<string> {
    const { data } = this.options
    if (!isQuery(data)) return stampFiles(check === 'files' ? source.files : await filesOf(connection, data))
    const known = await this.opening
    if (check === 'files' && known) return known.stamp
    const time = columns.time.milliseconds
    const [row] = await connection.rows(`select count(*)::double, max(${time}) from ${source.from}`)
    return `${row?.[0]}-${row?.[1]}`
  }
}
