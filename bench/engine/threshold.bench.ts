import { BatchScanUseCase, createEngine, memoryRepository } from '../../dist/node.js'
import { SCAN_FORMULA, universe } from '../data.ts'
import { type BenchOptions, interleaved, mustBe, type Row, round } from '../measure.ts'

export const asked =
  'From how many symbols on is a pool of two workers quicker than this thread? Warm scans of 2,520 bars per symbol.'

const BARS = 2520

export async function run({ brief }: BenchOptions): Promise<Row[]> {
  const sizes = brief ? [8] : [10, 30, 100, 300, 1000]
  const candles = universe(Math.max(...sizes), BARS)
  const names = [...candles.keys()]
  const scanners = {
    inline: new BatchScanUseCase(createEngine({ repository: memoryRepository(candles), executor: 'inline' })),
    pool: new BatchScanUseCase(createEngine({ repository: memoryRepository(candles), executor: 'pool', workers: 2 })),
  }
  const rows: Row[] = []
  for (const size of sizes) {
    const job = { symbols: names.slice(0, size), timeframe: '1d', formula: SCAN_FORMULA } as const
    const [inline, pool] = [await scanners.inline.execute(job), await scanners.pool.execute(job)]
    mustBe(`matches of the pool, ${size} symbols`, pool.matches.length, inline.matches.length)
    const times = await interleaved(
      { inline: () => scanners.inline.execute(job), pool: () => scanners.pool.execute(job) },
      brief ? 1 : 40,
    )
    rows.push({
      name: `${size} symbols`,
      'inline ms': round(times.inline!.medianMs),
      'pool ms': round(times.pool!.medianMs),
      'pool / inline': round(times.pool!.medianMs / times.inline!.medianMs),
    })
  }
  for (const { engine } of Object.values(scanners)) await engine.close()
  return rows
}
