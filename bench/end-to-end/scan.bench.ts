import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { BatchScanUseCase, createEngine, memoryRepository } from '../../dist/node.js'
import { SCAN_FORMULA, universe } from '../data.ts'
import { type BenchOptions, mustBe, type Row, round, spread } from '../measure.ts'
import { writeParquet } from '../parquet.ts'

export const asked = `What does a scan cost, from the call (or the start of the process) to a result whose matches are counted? \`${SCAN_FORMULA}\`, two workers.`

const BARS = 2520

interface Cold {
  matches: number
  sinceStartMs: number
  maxRssMiB: number
}

/** @param mirror The folder of a mirror that it goes through, where it does. */
function coldScan(file: string, mirror?: string): Cold & { wallMs: number } {
  const start = performance.now()
  const args = ['bench/end-to-end/cold-scan.mjs', file, 'all', SCAN_FORMULA, ...(mirror === undefined ? [] : [mirror])]
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' })
  return { ...(JSON.parse(printed) as Cold), wallMs: performance.now() - start }
}

export async function run({ brief }: BenchOptions): Promise<Row[]> {
  const count = brief ? 50 : 2500
  const candles = universe(count, BARS)
  const symbols = [...candles.keys()]
  const rounds = brief ? 1 : 40
  const rows: Row[] = []
  const report = (name: string, times: number[], more: Record<string, number> = {}) => {
    const { minMs, medianMs, p75Ms } = spread(times)
    rows.push({ name, 'median ms': round(medianMs, 1), 'min ms': round(minMs, 1), 'p75 ms': round(p75Ms, 1), ...more })
  }

  const engine = createEngine({ repository: memoryRepository(candles), executor: 'pool', workers: 2 })
  const scan = new BatchScanUseCase(engine)
  const job = { symbols, timeframe: '1d', formula: SCAN_FORMULA } as const
  const first = performance.now()
  const { matches } = await scan.execute(job)
  report(`first scan from memory, ${count} symbols`, [performance.now() - first], { matches: matches.length })
  const warm: Record<string, number[]> = {
    'matches with all of the candle': [],
    "matches with the formula's columns": [],
  }
  // Some rounds more than are counted: V8 optimises the kernels meanwhile.
  for (let round = 0; round < rounds + 10; round++) {
    for (const [name, times] of Object.entries(warm)) {
      const start = performance.now()
      const result = await scan.execute(job, name.endsWith('candle') ? {} : { candleColumns: [] })
      let counted = 0
      for (let at = 0; at < result.matches.length; at++) counted++
      if (round >= 10 || brief) times.push(performance.now() - start)
      mustBe('matches of a warm scan', counted, matches.length)
    }
  }
  for (const [name, times] of Object.entries(warm)) {
    report(`warm scan, candles resident, ${count} symbols, ${name}`, times, { matches: matches.length })
  }
  await engine.close()

  const alone = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
  const single: number[] = []
  for (let at = 0; at < rounds + 5; at++) {
    const start = performance.now()
    const result = await new BatchScanUseCase(alone).execute({ ...job, symbols: [symbols[at % count]!] })
    if (at >= 5 || brief) single.push(performance.now() - start)
    mustBe('matches of one symbol', result.matches.length, matches.countOf(at % count))
  }
  report('one symbol from memory', single)
  await alone.close()

  const file = await writeParquet(`node_modules/.cache/bench/scan-${count}.parquet`, candles)
  const mirror = `${file}.mirror`
  rmSync(mirror, { recursive: true, force: true })
  const cold = (folder?: string) => {
    const ran = coldScan(file, folder)
    mustBe('matches of a cold scan', ran.matches, matches.length)
    return ran
  }
  const reportCold = (from: string, runs: readonly Cold[]) => {
    const peakMiB = Math.round(Math.max(...runs.map(({ maxRssMiB }) => maxRssMiB)))
    const since = runs.map(({ sinceStartMs }) => sinceStartMs)
    const more = { matches: matches.length, 'peak MiB': peakMiB }
    report(`cold scan from ${from}, process start to result, ${count} symbols`, since, more)
  }
  const making = cold(mirror)
  // In turns: what else the machine does meets both.
  const pairs = Array.from({ length: brief ? 1 : 7 }, () => [cold(), cold(mirror)] as const)
  const wallsOf = (which: 0 | 1) => pairs.map((pair) => pair[which].wallMs)
  reportCold(
    'Parquet',
    pairs.map(([parquet]) => parquet),
  )
  report('the same, until the process has ended', wallsOf(0))
  reportCold('Parquet into a new mirror', [making])
  reportCold(
    'a mirror',
    pairs.map(([, mirrored]) => mirrored),
  )
  report('from a mirror, until the process has ended', wallsOf(1))
  rmSync(mirror, { recursive: true, force: true })
  return rows
}
