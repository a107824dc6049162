import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { OracleCandles } from './oracle.ts'

export const root = join(import.meta.dirname, '../..')

const shared = process.env.MILLRACE_SHARED ?? join(root, '../shared/data')

/** Where a file of the shared data is, and whether it is there: it is no part of the repository. */
export function sharedFile(name: string): { path: string; isMissing: boolean; note: string } {
  const path = join(shared, name)
  const isMissing = !existsSync(path)
  return {
    path,
    isMissing,
    note: isMissing ? ` (skipped: ${name} is not there, set MILLRACE_SHARED to its folder)` : '',
  }
}

type Rows = Record<'time' | 'open' | 'high' | 'low' | 'close' | 'volume', number[]>
const PRICES = ['open', 'high', 'low', 'close'] as const

export interface PlainCandles {
  symbols: Map<string, OracleCandles>
  rows: number
  /** Rows left out: a price not finite, zero or negative, or high below low. */
  dropped: number
}

/** Candles straight from DuckDB and cleaned by the written rules, without anything of src. */
export async function readPlainly(path: string): Promise<PlainCandles> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const names = ['epoch_ms(ts)::double', ...PRICES, 'volume']
  const query = `select symbol, ${names.join(', ')} from read_parquet('${path.replaceAll("'", "''")}')`
  const reader = await connection.streamAndReadAll(query)
  const [symbols, ...numbers] = reader.getColumns() as [string[], ...number[][]]
  connection.closeSync()
  instance.closeSync()

  const bySymbol = new Map<string, number[]>()
  symbols.forEach((symbol, row) => {
    const rows = bySymbol.get(symbol)
    if (rows) rows.push(row)
    else bySymbol.set(symbol, [row])
  })
  const [time, open, high, low, close, volume] = numbers as [number[], number[], number[], number[], number[], number[]]
  const all: Rows = { time, open, high, low, close, volume }
  const found: PlainCandles = { symbols: new Map(), rows: symbols.length, dropped: 0 }
  for (const symbol of [...bySymbol.keys()].sort()) {
    // The last of rows with one time wins.
    const last = new Map(bySymbol.get(symbol)!.map((row) => [time[row]!, row]))
    const kept: Rows = { time: [], open: [], high: [], low: [], close: [], volume: [] }
    for (const [, row] of [...last].sort(([a], [b]) => a - b)) {
      const isSound = PRICES.every((name) => Number.isFinite(all[name][row]) && all[name][row]! > 0)
      if (!isSound || high[row]! < low[row]!) found.dropped++
      else {
        for (const name of ['time', ...PRICES] as const) kept[name].push(all[name][row]!)
        kept.volume.push(volume[row]! >= 0 ? volume[row]! : Number.NaN)
      }
    }
    found.symbols.set(symbol, kept)
  }
  return found
}
