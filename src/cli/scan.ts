import type { Command } from 'commander'
import type { RunOptions } from '../engine/main/options.ts'
import type { BatchScanResult } from '../use-cases/batch-scan.ts'
import { EXIT, warningNotes } from './failure.ts'
import { FORMULAS_HELP } from './formula-files.ts'
import { planText, readFormula, type SourceText } from './inputs.ts'
import { jobOf, type TimedRepository, withData } from './open-data.ts'
import {
  addDataOptions,
  addEngineOptions,
  addFormulaOptions,
  addOutputOptions,
  addSelectionOptions,
  type JobOptions,
} from './options.ts'
import { withFormat, withOutput } from './output-file.ts'
import { ProgressBar } from './progress.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  Stocks of one file that cross their averages, the latest 20 matches as a table:
  $ millrace scan "crossover(ema(close, 12), ema(close, 26)) and volume > 2 * sma(volume, 20)" -d candles.parquet

  Only what is true on the last candle of each symbol, from a script in a file, with a parameter of it:
  $ millrace scan @pullback.formula -d "daily/*.parquet" --last 1 --param len=10

  All matches of a year in a file, one JSON object per line:
  $ millrace scan "rsi(14) < 25" -d candles.parquet --from 2024-01-01 --to 2024-12-31 -o matches.ndjson

  Why nothing matches:
  $ millrace scan "close > sma(close, 200) and rsi(14) < 15 and volume > 5 * sma(volume, 20)" -d candles.parquet --why

  Korean column names, some symbols:
  $ millrace scan "close > highest(high[1], 250)" -d krx.csv --columns time=날짜,close=종가 -s 005930,000660

JSON: { job, statistics, matches: [{ symbol, timestamp, signalType, candle, indicatorValues }], warnings, errors,
dataQuality, exact, timing, cache }, times in milliseconds UTC. With --limit the latest matches come, latest first; else all, by symbol and time.`

type ScanOptions = JobOptions & { why?: boolean }

export function defineScan(program: Command, signal: AbortSignal): void {
  const command = program
    .command('scan')
    .summary('find the bars on which a formula is true')
    .description('Finds the bars of all symbols on which a formula is true.')
    .argument('<formula>', 'a condition, or a script with entry = …; @file reads it from a file, @- from stdin')
  addDataOptions(command)
  addSelectionOptions(command, 'matches')
  addFormulaOptions(command)
  addEngineOptions(command)
  addOutputOptions(command, 'matches, the latest ones (default: 20 in a table, else all)')
  command.option(
    '--why',
    'also how many symbols each condition of an `and` leaves on the last bar, and the nearest ones',
  )
  command
    .addHelpText('after', FORMULAS_HELP)
    .addHelpText('after', EXAMPLES)
    .action(async (formula: string, given: ScanOptions) => {
      const options = withFormat(given, command)
      const terminal = withOutput(openTerminal(options), options.output)
      await scan(await readFormula(formula, signal), options, terminal, signal)
    })
}

/** A table has room for two columns of the candle: the others need not be read. */
function shownColumns({ format }: JobOptions): Pick<RunOptions, 'candleColumns'> {
  return format === 'table' ? { candleColumns: ['close', 'volume'] } : {}
}

/** Runs a scan and prints it; sets the exit code when all symbols failed, or some under `--strict`. */
export async function scan(
  source: SourceText,
  options: ScanOptions,
  terminal: Terminal,
  signal: AbortSignal,
  repository?: TimedRepository,
) {
  const start = performance.now()
  planText(source, options.param, 'scan')
  const { BatchScanUseCase } = await import('../use-cases/batch-scan.ts')
  await withData(options, { terminal, signal, ...(repository && { repository }) }, async (data) => {
    const bar = await ProgressBar.open(terminal, data.symbols.length)
    let result: BatchScanResult
    try {
      result = await new BatchScanUseCase(data.engine).execute(
        { ...jobOf(options, data), symbols: data.symbols, formula: source.text },
        { onProgress: (progress) => bar.update(progress), signal, ...shownColumns(options) },
      )
    } finally {
      bar.stop()
    }
    const { viewOf } = await import('./scan-view.ts')
    const { scanPieces } = await import('./scan-formats.ts')
    const { scanNotes } = await import('./scan-notes.ts')
    const view = viewOf(result, options.last)
    const elapsedMs = performance.now() - start
    await terminal.write(scanPieces(view, options, terminal), signal)
    for (const note of warningNotes(result.warnings, source)) terminal.note(note)
    for (const note of scanNotes(view, { elapsedMs, format: options.format, said: data.missing })) terminal.note(note)
    if (options.why && !options.quiet) {
      const { funnelsOf } = await import('./funnel.ts')
      const { variableNames } = await import('./explain-nodes.ts')
      const { funnelNotes } = await import('./funnel-notes.ts')
      const { plan, job } = result
      const funnels = await funnelsOf(plan, job, data.engine, variableNames(plan, 'scan'), signal)
      for (const note of funnelNotes(funnels)) terminal.note(note)
    }
    const { errors, statistics } = result
    const isFailed = errors.length > 0 && (options.strict || statistics.processed === 0)
    if (isFailed) process.exitCode = EXIT.symbolsFailed
  })
}
