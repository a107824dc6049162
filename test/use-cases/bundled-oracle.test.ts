import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PULLBACK, scannedFile } from '../support/scanned-file.ts'
import { root } from '../support/shared-data.ts'

describe('bundled data against the oracle', () => {
  const file = scannedFile(join(root, 'test/data/us_daily_2500.parquet'), 2500)

  it('finds exactly the pullbacks in an uptrend', async () => {
    const { found, result } = await file.compare(PULLBACK)
    expect(found).toMatchObject({ wrong: [], wrongValues: [] })
    expect(found.agreed).toBe(result.matches.length)
    expect(found.agreed).toBeGreaterThan(100)
    expect(result.bars).toBe(631_877)
  })
})
