import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { defineCompletion } from './completion.ts'
import { defineData } from './data.ts'
import { defineDemo } from './demo.ts'
import { defineExplain } from './explain.ts'
import { defineIndicators } from './indicators.ts'
import { defineScan } from './scan.ts'
import { defineSeries } from './series.ts'
import { colorsFor } from './terminal.ts'
import { visibleLines } from './visible.ts'

const PACKAGE = new URL('../../package.json', import.meta.url)

const MORE = `
Examples:
  $ millrace demo
  $ millrace scan "crossover(ema(close, 12), ema(close, 26)) and rsi(14) < 70" --data candles.parquet
  $ millrace data candles.parquet
  $ millrace indicators macd

Exit codes: 0 done, 1 every symbol failed, or one with --strict, or something broke, 2 wrong use or a wrong formula, 130 Ctrl-C.`

/** The command line. Errors are thrown: CommanderError for wrong use, and what the commands throw. */
export function makeProgram(signal: AbortSignal): Command {
  const { bold, cyan } = colorsFor(process.stdout, !process.argv.includes('--no-color'))
  const program = new Command('millrace')
    .description('Scans the candles of thousands of symbols with a formula.')
    .version(version(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'help for a command')
    .configureHelp({ styleTitle: bold, styleOptionTerm: cyan, styleSubcommandTerm: cyan, styleCommandText: cyan })
    .configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', MORE)
  for (const define of [
    defineScan,
    defineSeries,
    defineExplain,
    defineData,
    defineIndicators,
    defineDemo,
    defineCompletion,
  ])
    define(program, signal)
  return program
}

function version(): string {
  return (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version
}
