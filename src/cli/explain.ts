import type { Command } from 'commander'
import { isoTime } from '../domain/timeframe.ts'
import type { BarExplanation } from '../explain/bar.ts'
import type { Explanation } from '../explain/nodes.ts'
import type { Plan } from '../formula/plan/plan.ts'
import { UsageError, warningNotes } from './failure.ts'
import { FORMULAS_HELP } from './formula-files.ts'
import { addHelpBelow } from './help.ts'
import { ofSource, readFormula, type SourceText, withTexts } from './inputs.ts'
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
import { openTerminal, type Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  What a formula is made of, and how many bars it needs:
  $ millrace explain "close > sma(close, 200) and rsi(14) < 30"

  Why a symbol did or did not match on its last bar, or on a date:
  $ millrace explain @pullback.formula -d candles.parquet --symbol AAPL
  $ millrace explain "rsi(14) < 30" -d candles.parquet --symbol AAPL --at 2017-03-31`

type ExplainOptions = DataOptions &
  FormulaOptions & { symbol?: string; at?: string; format: 'table' | 'json'; color?: boolean }

export function defineExplain(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
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
  const { planAny } = await import('../use-cases/explain.ts')
  const plan = ofSource(source, (text) => planAny(text, options.param))
  const { symbol, at } = options
  const { bar, date, ...explanation } =
    symbol === undefined
      ? await aboutFormula(plan)
      : await withTexts([source], aboutBar(plan, symbol, options, { terminal, signal }))
  if (options.format === 'json') {
    await terminal.write([`${JSON.stringify({ ...explanation, ...(bar && { bar }) }, null, 2)}\n`], signal)
    return
  }
  const { explanationText } = await import('./explain-text.ts')
  await terminal.write(explanationText(explanation, bar && { bar, date }, terminal), signal)
  for (const note of warningNotes(plan.warnings, source, terminal)) terminal.note(note)
  if (bar && at !== undefined && !isOnDay(bar.timestamp, at)) {
    const text = ` ${bar.symbol} has no bar on ${at}: this is the last one before`
    terminal.note({ text, tone: 'warning' })
  }
}

type Shown = Explanation & { bar?: BarExplanation | undefined; date: (time: number) => string }

async function aboutFormula(plan: Plan): Promise<Shown> {
  const { createEngine, memoryRepository } = await import('../node.ts')
  const engine = createEngine({ repository: memoryRepository({}) })
  const explanation = await engine.explain({ formula: plan })
  await engine.close()
  return { ...explanation, date: isoTime }
}

/** @throws UsageError where the symbol has no bar. */
async function aboutBar(
  plan: Plan,
  symbol: string,
  { at, ...options }: ExplainOptions,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<Shown> {
  return withData({ ...options, symbols: symbol }, { terminal, signal }, async (data) => {
    const job = jobOf({ ...options, ...(at !== undefined && { to: at }) }, data)
    const asked = { ...job, symbol: data.symbols[0]!, formula: plan }
    const { error, ...explained } = await data.engine.explain(asked, { signal })
    if (error) throw new UsageError(`${error.code}: ${error.message}`)
    return { ...explained, date: timeFormatter(data.timeframe, options.timezone) }
  })
}

function isOnDay(time: number, day: string): boolean {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day)
  return !isDay || isoTime(time).startsWith(day)
}
