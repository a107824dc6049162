import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { FormulaError } from '../domain/errors.ts'
import { isoTime } from '../domain/timeframe.ts'
import type { BarExplanation } from '../explain/bar.ts'
import type { FormulaMode } from '../formula/check/check.ts'
import { planFormula } from '../formula/plan/plan.ts'
import { UsageError, warningNotes } from './failure.ts'
import { FORMULAS_HELP } from './formula-files.ts'
import { addHelpBelow } from './help.ts'
import { planText, readFormula, type SourceText, withTexts } from './inputs.ts'
import { jobOf, withData } from './open-data.ts'
import {
  addColorOption,
  addDataOptions,
  addFormulaOptions,
  type DataOptions,
  type FormulaOptions,
  formatOption,
} from './options.ts'
import { timeFormatter } from './people.ts'
import { openTerminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  What a formula is made of, and how many bars it needs:
  $ millrace explain "close > sma(close, 200) and rsi(14) < 30"

  Why a symbol did or did not match on its last bar, or on a date:
  $ millrace explain @pullback.formula -d candles.parquet --symbol AAPL
  $ millrace explain "rsi(14) < 30" -d candles.parquet --symbol AAPL --at 2017-03-31`

type ExplainOptions = DataOptions &
  FormulaOptions & { symbol?: string; at?: string; format: 'table' | 'json'; color?: boolean }

export function defineExplain(program: Command, signal: AbortSignal): void {
  const command = program
    .command('explain')
    .summary('show what a formula is made of, and why it matched or not')
    .description('Shows what a formula is made of and how far back it reads; with --symbol also why it matched or not.')
    .argument('<formula>', 'a condition, a script or any expression; @file reads it from a file, @- from stdin')
    .optionsGroup('Bar:')
    .option('--symbol <symbol>', 'look at a bar of this symbol (with --data)')
    .option('--at <date>', 'the last bar up to this date (default: the last bar)')
  addDataOptions(command)
  addFormulaOptions(command)
  command.optionsGroup('Output:').addOption(formatOption(['table', 'json']))
  addColorOption(command)
  addHelpBelow(command, FORMULAS_HELP)
  addHelpBelow(command, EXAMPLES).action(async (formula: string, options: ExplainOptions) => {
    const isAsked = command.getOptionValueSource('data') === 'cli'
    if (isAsked && options.symbol === undefined) throw new UsageError('say which symbol to look at: --symbol NAME')
    await explain(await readFormula(formula, signal), options, signal)
  })
}

async function explain(source: SourceText, options: ExplainOptions, signal: AbortSignal) {
  if (options.at !== undefined && options.symbol === undefined) throw new UsageError('--at needs --symbol')
  const terminal = openTerminal(options)
  const mode = modeOf(source, options.param)
  const plan = planText(source, options.param, mode)
  const { explainPlan, variableNames } = await import('../explain/nodes.ts')
  const { kernelsFile } = await import('../engine/platform/node.ts')
  const { explanationText } = await import('./explain-text.ts')
  const explanation = explainPlan(plan, mode, readFileSync(kernelsFile()))
  let onBar: { bar: BarExplanation; date: (time: number) => string } | undefined
  if (options.symbol !== undefined) {
    const { symbol, at } = options
    onBar = await withData({ ...options, symbols: symbol }, { terminal, signal }, async (data) => {
      const { explainBar } = await import('../explain/bar.ts')
      const range = at === undefined ? {} : { to: at }
      const request = { ...jobOf({ ...options, ...range }, data), symbols: data.symbols, formula: plan.text }
      const explaining = explainBar(plan, request, data.engine, variableNames(plan, mode), signal)
      const bar = await withTexts([source], explaining)
      if ('error' in bar) throw new UsageError(`${bar.error.code}: ${bar.error.message}`)
      return { bar, date: timeFormatter(data.timeframe, options.timezone) }
    })
  }
  if (options.format === 'json') {
    const { bar } = onBar ?? {}
    await terminal.write([`${JSON.stringify({ ...explanation, ...(bar && { bar }) }, null, 2)}\n`], signal)
    return
  }
  await terminal.write(explanationText(explanation, onBar, terminal), signal)
  for (const note of warningNotes(plan.warnings, source, terminal)) terminal.note(note)
  if (onBar && options.at !== undefined && !isOnDay(onBar.bar.timestamp, options.at)) {
    const text = ` ${onBar.bar.symbol} has no bar on ${options.at}: this is the last one before`
    terminal.note({ text, tone: 'warning' })
  }
}

/** A condition or script is explained as a scan; a number as a series. */
function modeOf({ text }: SourceText, parameters: FormulaOptions['param']): FormulaMode {
  try {
    planFormula(text, parameters)
  } catch (error) {
    if (error instanceof FormulaError && error.code === 'FORMULA_NOT_A_CONDITION') return 'series'
  }
  return 'scan'
}

function isOnDay(time: number, day: string): boolean {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day)
  return !isDay || isoTime(time).startsWith(day)
}
