import type { Command } from 'commander'
import type { RunOptions } from '../engine/main/options.ts'
import type { Plan } from '../formula/plan/plan.ts'
import type { BatchScanResult } from '../use-cases/batch-scan.ts'
import { type AlertOptions, addAlertOptions, checkAlertOptions } from './alert-options.ts'
import { EXIT, warningNotes } from './failure.ts'
import { FORMULAS_HELP } from './formula-files.ts'
import { addHelpBelow } from './help.ts'
import { planText, readFormula, type SourceText, withTexts } from './inputs.ts'
import { jobOf, type OpenData, type TimedRepository, withData } from './open-data.ts'
import {
  addDataOptions,
  addEngineOptions,
  addFormulaOptions,
  addOutputOptions,
  addSelectionOptions,
  isFrameFormat,
  type JobOptions,
} from './options.ts'
import { checkFolder, withFormat, withOutput, writeFrames } from './output-file.ts'
import { ProgressBar } from './progress.ts'
import type { ScanView } from './scan-view.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  Stocks of one file that cross their averages, the latest 20 matches as a table:
  $ millrace scan "crossover(ema(close, 12), ema(close, 26)) and rsi(14) < 70" -d candles.parquet

  Only what is true on the last candle of each symbol, from a script in a file, with a parameter of it:
  $ millrace scan @pullback.formula -d "daily/*.parquet" --last 1 --param len=10

  All matches of a year in a file, one JSON object per line:
  $ millrace scan "rsi(14) < 25" -d candles.parquet --from 2024-01-01 --to 2024-12-31 -o matches.ndjson

  An alert after the close, from cron: a command for each symbol that was no match in the run before:
  $ millrace scan @pullback.formula -d candles.parquet --last 1 --new --state pullback.json \
--exec 'notify-send "$MILLRACE_SYMBOL" "$MILLRACE_CLOSE, $MILLRACE_TIME"'

  Why nothing matches:
  $ millrace scan "close > sma(close, 200) and rsi(14) < 15" -d candles.parquet --why

  Korean column names, some symbols:
  $ millrace scan "close > highest(high[1], 250)" -d krx.csv --columns time=날짜,close=종가 -s 005930,000660

JSON: { job, statistics, matches: [{ symbol, timestamp, signalType, candle, indicatorValues }], warnings, errors, \
dataQuality, exact, timing, cache }, times in milliseconds UTC. With --limit the latest matches come, latest first; \
else all, by symbol and time.`

type ScanOptions = JobOptions & AlertOptions & { why?: boolean; html?: string }

export function defineScan(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
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
  command.option(
    '--html <file>',
    'also a page with table and charts (of the 50 latest symbols), which needs no network',
  )
  addAlertOptions(command)
  addHelpBelow(command, FORMULAS_HELP)
  addHelpBelow(command, EXAMPLES).action(async (formula: string, given: ScanOptions) => {
    const options = withFormat(given, command)
    checkAlertOptions(options)
    checkFolder(options.html)
    const terminal = withOutput(openTerminal(options), options.output)
    await scan(await readFormula(formula, signal), options, terminal, signal)
  })
}

/** A table has room for two columns of the candle: the others need not be read, unless a command gets them. */
function shownColumns({ format, exec }: ScanOptions): Pick<RunOptions, 'candleColumns'> {
  return format === 'table' && exec === undefined ? { candleColumns: ['close', 'volume'] } : {}
}

/**
 * Runs a scan and prints it; sets the exit code when all symbols failed, or some under `--strict`, or a command. What the
 * next run counts as known is written last: a run that broke off shows, and tells, everything again.
 */
export async function scan(
  source: SourceText,
  options: ScanOptions,
  terminal: Terminal,
  signal: AbortSignal,
  repository?: TimedRepository,
) {
  const start = performance.now()
  const plan = planText(source, options.param, 'scan')
  const compare =
    options.state === undefined ? undefined : await (await import('./scan-new.ts')).openState(options.state)
  const library = options.html === undefined ? undefined : await (await import('./page-file.ts')).readLibrary()
  await withData(options, { terminal, signal, ...(repository && { repository }) }, async (data) => {
    const opened = performance.now()
    const result = await withTexts([source], runScan(plan, options, data, terminal, signal))
    const scanned = performance.now()
    const { viewOf } = await import('./scan-view.ts')
    const all = viewOf(result)
    const news = compare?.(all)
    const view = news?.view ?? all
    const aggregateMs = performance.now() - scanned
    const phases = { openMs: opened - start, sortMs: data.sortMs, scanMs: scanned - opened, aggregateMs }
    await print(view, options, terminal, signal)
    const { scanNotes } = await import('./scan-notes.ts')
    for (const note of warningNotes(result.warnings, source, terminal)) terminal.note(note)
    const context = { phases, format: options.format, said: data.missing, news: news ? [news.note] : [] }
    for (const note of scanNotes(view, context)) terminal.note(note)
    if (options.html !== undefined && library !== undefined) {
      const { writePage } = await import('./page-file.ts')
      const { limit } = options
      await writePage(options.html, view, { library, limit }, { engine: data.engine, terminal, signal })
    }
    if (options.why && !options.quiet) await tellWhy(result, data, terminal, signal)
    const failed = options.exec === undefined ? [] : await runAlerts(options.exec, view, terminal, signal)
    await news?.keep(failed)
    const { errors, statistics } = result
    const isFailed = errors.length > 0 && (options.strict || statistics.processed === 0)
    if (isFailed) process.exitCode = EXIT.symbolsFailed
    if (failed.length > 0) process.exitCode = EXIT.commandFailed
  })
}

async function runScan(
  plan: Plan,
  options: ScanOptions,
  data: OpenData,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<BatchScanResult> {
  const bar = await ProgressBar.open(terminal, data.symbols.length)
  try {
    return await data.engine.scan(
      { ...jobOf(options, data), symbols: data.symbols, formula: plan },
      { onProgress: (progress) => bar.update(progress), signal, ...shownColumns(options) },
    )
  } finally {
    bar.stop()
  }
}

async function print(view: ScanView, options: ScanOptions, terminal: Terminal, signal: AbortSignal) {
  const { scanFrame, scanPieces } = await import('./scan-formats.ts')
  const { format, limit, output } = options
  if (isFrameFormat(format)) await writeFrames(output!, format, [scanFrame(view, limit)], terminal, signal)
  else await terminal.write(scanPieces(view, { ...options, format }, terminal), signal)
}

async function tellWhy({ job }: BatchScanResult, { engine }: OpenData, terminal: Terminal, signal: AbortSignal) {
  const { funnelNotes } = await import('./funnel-notes.ts')
  const { funnels } = await engine.explain(job, { signal })
  for (const note of funnelNotes(funnels)) terminal.note(note)
}

async function runAlerts(command: string, view: ScanView, terminal: Terminal, signal: AbortSignal) {
  const { alertsOf, failedNotes, runCommands } = await import('./exec.ts')
  const alerts = alertsOf(view.matches)
  const failed = await runCommands(command, alerts, view.result.job.timeframe, signal)
  for (const note of failedNotes(failed, alerts.length, view.isNew)) terminal.note(note)
  return failed
}
