import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { BatchScanUseCase, createEngine, memoryRepository } from '../../src/node.ts'
import { frameOf } from '../../src/signals/frame.ts'
import { writeParquet } from '../../src/storage/duckdb/parquet-file.ts'
import { closes } from '../support/candles.ts'
import { root } from '../support/shared-data.ts'

// .ci/install-toolchain makes the one in target.
const PYTHONS = [process.env.MILLRACE_PYTHON, join(root, 'target/python/bin/python'), 'python3']
const python = PYTHONS.find((each) => each && spawnSync(each, ['-c', 'import duckdb, pyarrow']).status === 0)
const note = python ? '' : ' (skipped: no Python has pyarrow and duckdb; set MILLRACE_PYTHON to one)'

const folder = mkdtempSync(join(tmpdir(), 'millrace-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!python)(`in Python${note}`, () => {
  it('pyarrow and DuckDB see the matches as they are, in Arrow and in Parquet', async () => {
    const { volume: _, ...silent } = closes([1, 2, 3])
    const repository = memoryRepository({ '005930': silent, 삼성: closes([4, 3, 5]) })
    await using engine = createEngine({ repository, executor: 'inline' })
    const result = await new BatchScanUseCase(engine).execute({
      symbols: ['005930', '삼성'],
      timeframe: '1d',
      formula: 'average = sma(close, 2)\nentry = close > close[1] or average > 0\nexit = close < close[1]',
    })
    const [arrow, parquet] = ['matches.arrow', 'matches.parquet'].map((name) => join(folder, name)) as [string, string]
    writeFileSync(arrow, await result.toArrow())
    await writeParquet(parquet, [frameOf(result.matches)])

    const script = fileURLToPath(new URL('read_frames.py', import.meta.url))
    const seen = JSON.parse(execFileSync(python!, [script, arrow, parquet], { encoding: 'utf8' }))
    const names = ['symbol', 'timestamp', 'signal', 'role', 'open', 'high', 'low', 'close', 'volume', 'average']
    const typesOf = (text: string, time: string) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          ['symbol', 'signal', 'role'].includes(name) ? text : name === 'timestamp' ? time : 'double',
        ]),
      )
    const row = (
      symbol: string,
      day: number,
      signal: string,
      close: number,
      volume: number | null,
      average: number,
    ) => [
      symbol,
      `2024-01-0${day}T00:00:00+00:00`,
      signal,
      signal.toLowerCase(),
      close,
      close,
      close,
      close,
      volume,
      average,
    ]
    const rows = [
      row('005930', 2, 'ENTRY', 2, null, 1.5),
      row('005930', 3, 'ENTRY', 3, null, 2.5),
      row('삼성', 2, 'ENTRY', 3, 100, 3.5),
      row('삼성', 2, 'EXIT', 3, 100, 3.5),
      row('삼성', 3, 'ENTRY', 5, 100, 4),
    ]
    const dictionary = 'dictionary<values=string, indices=int32, ordered=0>'
    expect(seen.arrow).toEqual({ types: typesOf(dictionary, 'timestamp[ms, tz=UTC]'), rows })
    expect(seen.parquet).toEqual({ types: typesOf('string', 'timestamp[us, tz=UTC]'), rows })
    expect(seen.feather).toBe(true)
    const latest = Date.UTC(2024, 0, 3)
    const bySymbol = [
      ['005930', 2, 0, latest, 5],
      ['삼성', 3, 3, latest, 11],
    ]
    expect(seen.duckdb).toEqual([bySymbol, bySymbol])
  })
})
