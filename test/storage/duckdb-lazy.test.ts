import { expect, it } from 'vitest'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'

// A file of its own: the tests of one file share a process, and a library stays loaded.
function isLibraryLoaded(): boolean {
  const report = process.report.getReport() as { sharedObjects?: string[] }
  return (report.sharedObjects ?? []).some((path) => path.includes('duckdb'))
}

it('loads the library of DuckDB only when something is read', async () => {
  const repository = duckdbRepository({ data: { sql: 'select 1 as nothing' } })
  expect(isLibraryLoaded()).toBe(false)
  await expect(repository.timeframe()).rejects.toMatchObject({ code: 'DATA_COLUMN_MISSING' })
  expect(isLibraryLoaded()).toBe(true)
  await repository.close()
})
