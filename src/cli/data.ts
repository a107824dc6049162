import type { Command } from 'commander'
import type { DataReport } from './data-report.ts'
import { EXIT } from './failure.ts'
import { addHelpBelow } from './help.ts'
import { openRepository, orAborted } from './open-data.ts'
import { Opening } from './opening.ts'
import { addColorOption, addDataOptions, addTimezoneOption, type DataOptions, formatOption } from './options.ts'
import { ProgressBar } from './progress.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  $ millrace data candles.parquet
  $ millrace data krx.csv --columns time=날짜,close=종가
  $ millrace data "daily/*.csv" --format json

JSON: { source, timeframe, symbols, first, last, candles, quality, gaps: { usualMs, count, longest }, \
columns, sample, noSymbol, notes, errors }, times in milliseconds UTC. A gap is a step between candles that is longer than \
nights, weekends and holidays of this data.`

type ReportOptions = DataOptions & { timezone?: string; format: 'table' | 'json'; color?: boolean }

export function defineData(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
    .command('data')
    .summary('show what is in a file of candles')
    .description('Shows what is in the data: symbols, dates, what is wrong with rows, gaps, and some candles.')
    .argument('[source]', 'as --data')
  addTimezoneOption(addDataOptions(command))
  command.optionsGroup('Output:').addOption(formatOption(['table', 'json']))
  addHelpBelow(addColorOption(command), EXAMPLES)
  command.action(async (source: string | undefined, options: ReportOptions) => {
    await data({ ...options, ...(source !== undefined && { data: source }) }, signal)
  })
}

/** Prints a report; sets the exit code where nothing could be read. */
async function data(options: ReportOptions, signal: AbortSignal) {
  const terminal = openTerminal(options)
  const { source, report } = await readReport(options, terminal, signal)
  if (options.format === 'json') {
    await terminal.write([`${JSON.stringify({ source, ...report }, null, 2)}\n`], signal)
  } else {
    const { dataPieces } = await import('./data-text.ts')
    await terminal.write(dataPieces(source, report, terminal, options.timezone), signal)
  }
  if (report.candles === 0) process.exitCode = EXIT.symbolsFailed
}

/** Reads all of the data that options name, with progress, and closes it again. */
export async function readReport(
  options: DataOptions & { timezone?: string },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ source: string; report: DataReport }> {
  const opening = new Opening(terminal)
  const { repository, source } = await openRepository(options, opening)
  try {
    opening.begin()
    const timeframe = options.timeframe ?? (await orAborted(repository.timeframe(), signal))
    const { length } = await orAborted(repository.symbols(timeframe), signal)
    opening.end()
    const bar = await ProgressBar.open(terminal, length)
    const { reportData } = await import('./data-report.ts')
    const start = performance.now()
    let completed = 0
    const onSymbol = () => {
      const elapsedMs = performance.now() - start
      completed += 1
      const remainingMs = (elapsedMs / completed) * (length - completed)
      bar.update({ completed, failed: 0, total: length, elapsedMs, remainingMs })
    }
    const { defects = 'drop', timezone } = options
    const how = { defects, ...(timezone !== undefined && { timezone }), signal, onSymbol }
    const report = await reportData(repository, timeframe, how).finally(() => bar.stop())
    return { source, report }
  } finally {
    opening.end()
    await repository.close().catch(() => undefined)
  }
}
