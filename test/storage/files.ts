import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { type DuckdbConnection, openConnection } from '../../src/storage/duckdb/library.ts'
import { type DuckdbOptions, type DuckdbRepository, duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import type { CandleData } from '../../src/storage/duckdb/source.ts'
import { identifier, literal } from '../../src/storage/duckdb/sql.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { columnsOf, everything, loadAll, type Row, readable } from './candles.ts'

/** A row of a file: a symbol, then a `Row`. A day that is NaN is written as NULL. */
export type FileRow = readonly [symbol: string, ...Row]

/** Writes the files that tests read, with a DuckDB of its own, into a folder that goes with `close`. */
export class Files {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-storage-'))
  private readonly repositories: DuckdbRepository[] = []
  private connection: Promise<DuckdbConnection> | undefined

  path(name: string): string {
    return join(this.folder, name)
  }

  async sql(statement: string): Promise<void> {
    this.connection ??= openConnection({ threads: 1, memoryBytes: 1e9, reach: 'any file' })
    await (await this.connection).query(statement)
  }

  /** Writes what a query says as Parquet or CSV, by the name of the file. */
  async write(name: string, query: string, options = ''): Promise<string> {
    const path = this.path(name)
    mkdirSync(dirname(path), { recursive: true })
    const format = name.endsWith('.csv') ? 'format csv, header' : 'format parquet'
    await this.sql(`copy (${query}) to ${literal(path)} (${format}${options})`)
    return path
  }

  /** A repository of its data, closed with `closeRepositories`. */
  repository(data: CandleData, options: Omit<DuckdbOptions, 'data'> = {}): DuckdbRepository {
    return this.opened(duckdbRepository({ data, threads: 1, ...options }))
  }

  opened(repository: DuckdbRepository): DuckdbRepository {
    this.repositories.push(repository)
    return repository
  }

  async closeRepositories(): Promise<void> {
    for (const repository of this.repositories.splice(0)) await repository.close()
  }

  async close(): Promise<void> {
    await this.closeRepositories()
    await (await this.connection)?.close()
    rmSync(this.folder, { recursive: true })
  }
}

const NAMES = ['symbol', 'ts', 'open', 'high', 'low', 'close', 'volume']

/**
 * Rows as a query in their own order, with the usual names of columns.
 *
 * @param unknown How NaN is written.
 */
export function queryOf(rows: readonly FileRow[], names: readonly string[] = NAMES, unknown = `'NaN'::double`): string {
  const number = (value: number) => {
    if (Number.isNaN(value)) return unknown
    return Number.isFinite(value) ? `${value}::double` : `'${value}'::double`
  }
  const time = (day: number) => (Number.isNaN(day) ? 'null' : `timestamp '2024-01-01' + to_days(${day})`)
  const tuples = rows.map(
    ([symbol, day, ...values]) => `(${literal(symbol)}, ${time(day)}, ${values.map(number).join(', ')})`,
  )
  return `select * from (values ${tuples.join(', ')}) as rows(${names.map(identifier).join(', ')})`
}

/** Rows of several symbols, one symbol after the other. */
export function fileRows(bySymbol: Readonly<Record<string, readonly Row[]>>): FileRow[] {
  return Object.entries(bySymbol).flatMap(([symbol, rows]) => rows.map((row): FileRow => [symbol, ...row]))
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

/** Checks that every symbol, by `loadMany` and by `load`, is what the memory adapter makes of the same rows. */
export async function expectSameAsMemory(
  repository: DuckdbRepository,
  bySymbol: Readonly<Record<string, readonly Row[]>>,
  request = everything(),
): Promise<void> {
  const symbols = Object.keys(bySymbol)
  const memory = memoryRepository(new Map(symbols.map((symbol) => [symbol, columnsOf(bySymbol[symbol] as Row[])])))
  const many = await loadAll(repository, symbols, request)
  expect([...many.keys()].sort()).toEqual([...symbols].sort())
  for (const symbol of symbols) {
    const expected = readable(await memory.load(symbol, request))
    expect(readable(many.get(symbol)!)).toEqual(expected)
    expect(readable(await repository.load(symbol, request))).toEqual(expected)
  }
}
