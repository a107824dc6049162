// One cold scan, as a process of its own: `node cold-scan.mjs FILE SYMBOL|all FORMULA [MIRROR]`. Prints what it cost as JSON.
import { readFileSync } from 'node:fs'
import { BatchScanUseCase, createEngine, duckdbRepository, mirrorRepository } from '../../dist/node.js'

const [data, only, formula, folder] = process.argv.slice(2)
const source = duckdbRepository({ data })
const repository = folder === undefined ? source : mirrorRepository(source, { folder })
await run(createEngine({ repository, executor: only === 'all' ? 'pool' : 'inline', workers: 2 }))

async function run(engine) {
  try {
    void engine.start()
    const symbols = only === 'all' ? await repository.symbols('1d') : [only]
    const result = await new BatchScanUseCase(engine).execute(
      { symbols, timeframe: '1d', formula },
      { candleColumns: [] },
    )
    let counted = 0
    for (const match of result.matches) if (match.candle.close > 0) counted++
    console.log(
      JSON.stringify({
        matches: counted,
        sinceStartMs: performance.now(),
        timing: result.timing,
        maxRssMiB: peakMiB(),
      }),
    )
  } finally {
    await engine.close()
  }
}

/** Peak memory of this process. Where /proc tells it, `maxRSS` is not asked: it starts with what the parent had. */
function peakMiB() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
