import fc from 'fast-check'
import { afterAll, afterEach, describe, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { anyPolicy, anySpan, DAY_0, DAY_MS, dirtyRows, everything, type Row } from './candles.ts'
import { expectSameAsMemory, Files, fileRows, queryOf } from './files.ts'

const files = new Files()
afterEach(() => files.closeRepositories())
afterAll(() => files.close())

const day = (n: number) => DAY_0 + n * DAY_MS

describe('duckdbRepository and memoryRepository', () => {
  it('make the same series and the same quality of any rows', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(dirtyRows, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(anyPolicy, anySpan), { minLength: 3, maxLength: 3 }),
        fc.constantFrom('parquet', 'nulls', 'csv', 'mixed'),
        async (series, requests, kind) => {
          const bySymbol = Object.fromEntries(series.map((rows, at) => [`S${at}`, rows]))
          const rows = fileRows(bySymbol)
          // Row by row from each symbol: no symbol stands together.
          const mixed = rows.map((row, at) => ({ row, at })).sort((a, b) => (a.at % 7) - (b.at % 7) || a.at - b.at)
          const ordered = kind === 'mixed' ? mixed.map(({ row }) => row) : rows
          const inOrder = Object.fromEntries(
            Object.keys(bySymbol).map((symbol) => [
              symbol,
              ordered.filter((row) => row[0] === symbol).map(([, ...row]) => row as unknown as Row),
            ]),
          )
          const query = queryOf(ordered, undefined, kind === 'nulls' ? 'null' : undefined)
          const data = await files.write(`any-${run++}.${kind === 'csv' ? 'csv' : 'parquet'}`, query)
          const repository = duckdbRepository({ data, threads: 1, timeframe: '1d' })
          for (const [defects, { from, to, lookbackBars }] of requests) {
            const request = everything({
              defects,
              lookbackBars,
              ...(from === undefined ? {} : { from: day(from) }),
              ...(to === undefined ? {} : { to: day(to) }),
            })
            await expectSameAsMemory(repository, inOrder, request)
          }
          await repository.close()
        },
      ),
      { numRuns: 60 },
    )
  })
})
