import { Command } from 'commander'
import { defineCompletion } from './completion.ts'
import { defineData } from './data.ts'
import { defineDemo } from './demo.ts'
import { defineExplain } from './explain.ts'
import { addHelpBelow, helpStyle, usageErrorText } from './help.ts'
import { defineIndicators } from './indicators.ts'
import { defineInit } from './init.ts'
import { defineScan } from './scan.ts'
import { defineSeries } from './series.ts'
import { packageVersion } from './version.ts'

const MORE = `
Examples:
  $ millrace demo
  $ millrace init my-scan --data candles.parquet
  $ millrace scan "crossover(ema(close, 12), ema(close, 26)) and rsi(14) < 70" --data candles.parquet
  $ millrace data candles.parquet
  $ millrace indicators macd

Exit codes: 0 done, 1 every symbol failed, or one with --strict, or a command of --exec, or something broke, \
2 wrong use or a wrong formula, 130 Ctrl-C.`

/** The command line. Errors are thrown: CommanderError for wrong use, and what the commands throw. */
export function makeCommandLine(signal: AbortSignal): Command {
  const commandLine = new Command('millrace')
    .description('Scans the candles of thousands of symbols with a formula.')
    .version(packageVersion(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'help for a command')
    .configureHelp(helpStyle())
    .configureOutput({ outputError: (text, write) => write(usageErrorText(text)) })
    .showSuggestionAfterError()
    .exitOverride()
  addHelpBelow(commandLine, MORE)
  const commands = [defineScan, defineSeries, defineExplain, defineData, defineIndicators, defineDemo, defineInit]
  for (const define of [...commands, defineCompletion]) define(commandLine, signal)
  return commandLine
}
