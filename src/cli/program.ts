import { Command } from 'commander'
import { defineCompletion } from './completion.ts'
import { defineData } from './data.ts'
import { defineDemo } from './demo.ts'
import { defineExplain } from './explain.ts'
import { defineIndicators } from './indicators.ts'
import { defineInit } from './init.ts'
import { defineScan } from './scan.ts'
import { defineSeries } from './series.ts'
import { colorsFor } from './terminal.ts'
import { packageVersion } from './version.ts'
import { visibleLines } from './visible.ts'

const MORE = `
Examples:
  $ millrace demo
  $ millrace init my-scan --data candles.parquet
  $ millrace scan "crossover(ema(close, 12), ema(close, 26)) and rsi(14) < 70" --data candles.parquet
  $ millrace data candles.parquet
  $ millrace indicators macd

Exit codes: 0 done, 1 every symbol failed, or one with --strict, or a command of --exec, or something broke,
2 wrong use or a wrong formula, 130 Ctrl-C.`

/** The command line. Errors are thrown: CommanderError for wrong use, and what the commands throw. */
export function makeProgram(signal: AbortSignal): Command {
  const { bold, cyan } = colorsFor(process.stdout, !process.argv.includes('--no-color'))
  const program = new Command('millrace')
    .description('Scans the candles of thousands of symbols with a formula.')
    .version(packageVersion(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'help for a command')
    .configureHelp({ styleTitle: bold, styleOptionTerm: cyan, styleSubcommandTerm: cyan, styleCommandText: cyan })
    .configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', MORE)
  const commands = [defineScan, defineSeries, defineExplain, defineData, defineIndicators, defineDemo, defineInit]
  for (const define of [...commands, defineCompletion]) define(program, signal)
  return program
}
