import type { Command } from 'commander'
import type { Plan } from '../formula/plan/plan.ts'
import { fileErrors } from '../storage/repository.ts'
import type { ExpressionSeries } from '../use-cases/series.ts'
import { EXIT, UsageError, warningNotes } from './failure.ts'
import { FORMULAS_HELP } from './formula-files.ts'
import { addHelpBelow } from './help.ts'
import { type Expression, expressionOf, planText, readExpressions, withTexts } from './inputs.ts'
import { jobOf, type OpenData, withData } from './open-data.ts'
import {
  addDataOptions,
  addEngineOptions,
  addFormulaOptions,
  addOutputOptions,
  addSelectionOptions,
  isFrameFormat,
  type JobOptions,
} from './options.ts'
import { withFormat, withOutput, writeFrames } from './output-file.ts'
import { ProgressBar } from './progress.ts'
import type { SeriesEnd, SymbolSeries } from './series-formats.ts'
import type { SeriesColumn } from './series-frames.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** Symbols computed before their series are written: bounds the memory a universe takes. */
const SYMBOLS_PER_BATCH = 256

const EXAMPLES = `
Examples:
  Two indicators of a symbol, the last 20 bars:
  $ millrace series -s AAPL --expr "fast = ema(close, 20)" --expr "macd(close, 12, 26, 9)" -d candles.parquet

  A condition is true, false or unknown:
  $ millrace series -s AAPL,MSFT --expr "close > sma(close, 200)" --last 5 -d candles.parquet

  The RSI of every symbol on its last bar, as CSV:
  $ millrace series --expr "rsi(14)" --last 1 --format csv -d candles.parquet

  Expressions from a file, one per line:
  $ millrace series -s 005930 --exprs @indicators.txt --format json -d krx.parquet

JSON: { series: [{ symbol, expr, output, timestamps, values }], errors, exact }, \
times in milliseconds UTC, null where unknown.`

type SeriesOptions = JobOptions & { expr?: readonly string[]; exprs?: string }

export function defineSeries(commandLine: Command, signal: AbortSignal): void {
  const command = commandLine
    .command('series')
    .summary('print what expressions are, bar by bar')
    .description('Prints what expressions are on every bar of some symbols.')
    .optionsGroup('Expressions:')
    .option(
      '-e, --expr <expression>',
      'what to compute, name=… to name its column; repeatable',
      (text, known: string[] = []) => [...known, text],
    )
    .option('--exprs <@file>', 'a file with one expression per line; // comments are skipped')
  addDataOptions(command)
  addSelectionOptions(command, 'values')
  addFormulaOptions(command)
  addEngineOptions(command)
  addOutputOptions(command, 'bars per symbol, the last ones (default: 20 in a table, else all)')
  addHelpBelow(command, FORMULAS_HELP)
  addHelpBelow(command, EXAMPLES).action(async (given: SeriesOptions) => {
    const options = withFormat(given, command)
    await series(options, withOutput(openTerminal(options), options.output), signal)
  })
}

async function series(options: SeriesOptions, terminal: Terminal, signal: AbortSignal) {
  const expressions = (options.expr ?? []).map(expressionOf)
  if (options.exprs !== undefined) expressions.push(...(await readExpressions(options.exprs, signal)))
  if (expressions.length === 0) throw new UsageError('say what to compute: --expr "rsi(14)", or --exprs @file')
  checkNames(expressions)
  const plans = expressions.map((expression) => planText(expression, options.param, 'series'))
  const notes = plans.flatMap(({ warnings }, at) => warningNotes(warnings, expressions[at]!, terminal))
  const names = columnNames(expressions, plans)
  await withData(options, { terminal, signal }, async (data) => {
    const end: SeriesEnd = { failed: [], computed: 0, exact: true }
    const batches = computeBatches(data, plans, options, {
      terminal,
      signal,
      end,
      names,
      texts: expressions,
    })
    const { seriesPieces } = await import('./series-formats.ts')
    const { format } = options
    const shape = { ...options, timeframe: data.timeframe }
    if (isFrameFormat(format)) {
      const { seriesFrames } = await import('./series-frames.ts')
      await writeFrames(
        options.output!,
        format,
        seriesFrames(batches, columnsOf(plans, names), shape),
        terminal,
        signal,
      )
    } else await terminal.write(seriesPieces(batches, { ...shape, format }, terminal, end), signal)
    for (const note of notes) terminal.note(note)
    const { failureNotes, INEXACT, sourceNotes } = await import('./scan-notes.ts')
    const report = await data.engine.repository.report?.(data.timeframe)
    end.failed.push(...fileErrors(report))
    for (const note of report ? sourceNotes(report) : []) terminal.note(note)
    for (const note of failureNotes(end.failed, data.missing)) terminal.note(note)
    if (!end.exact) terminal.note(INEXACT)
    const isFailed = end.failed.length > 0 && (options.strict || end.computed === 0)
    if (isFailed) process.exitCode = EXIT.symbolsFailed
  })
}

/** By the text of an expression: what its columns are called instead. */
type ColumnNames = ReadonlyMap<string, (output: string) => string>

/** Of several outputs each keeps its own name behind the expression's: `m.signal`. */
function columnNames(expressions: readonly Expression[], plans: readonly Plan[]): ColumnNames {
  return new Map(
    expressions.flatMap(({ text, name }, at) => {
      if (name === undefined) return []
      const isOne = plans[at]!.reported.length === 1
      const called = (output: string) => (isOne ? name : `${name}${/\.\w+$/.exec(output)?.[0] ?? ''}`)
      return [[text, called] as const]
    }),
  )
}

function nameOf(expr: string, output: string, names: ColumnNames): string {
  return names.get(expr)?.(output) ?? output
}

/** The columns of the series, whether any of them can be computed or not. */
function columnsOf(plans: readonly Plan[], names: ColumnNames): SeriesColumn[] {
  return plans.flatMap(({ text, reported }) => {
    return reported.map(({ name, type }) => ({ expr: text, name: nameOf(text, name, names), type }))
  })
}

/** @throws UsageError where a name is given twice, or to an expression that stands twice. */
function checkNames(expressions: readonly Expression[]) {
  for (const { name, text } of expressions.filter((each) => each.name !== undefined)) {
    if (expressions.filter((each) => each.name === name).length > 1) {
      throw new UsageError(`two expressions are called ${name}: give each its own name`)
    }
    if (expressions.filter((each) => each.text === text).length > 1) {
      throw new UsageError(`${text} is asked for twice: once is enough, as ${name}`)
    }
  }
}

/** The series of all symbols, one symbol after another in the order asked for; what went wrong goes to `end`. */
async function* computeBatches(
  data: OpenData,
  expressions: readonly Plan[],
  options: SeriesOptions,
  {
    terminal,
    signal,
    end,
    names,
    texts,
  }: {
    terminal: Terminal
    signal: AbortSignal
    end: SeriesEnd
    names: ColumnNames
    texts: readonly Expression[]
  },
): AsyncGenerator<SymbolSeries> {
  const start = performance.now()
  const total = data.symbols.length
  const bar = await ProgressBar.open(terminal, total)
  try {
    for (let first = 0; first < total; first += SYMBOLS_PER_BATCH) {
      const symbols = data.symbols.slice(first, first + SYMBOLS_PER_BATCH)
      const request = { ...jobOf(options, data), symbols, expressions }
      const { series, errors, exact } = await withTexts(texts, data.engine.series(request, { signal }))
      end.failed.push(...errors)
      end.computed += series.length
      end.exact &&= exact
      const completed = first + symbols.length
      const elapsedMs = performance.now() - start
      const remainingMs = (elapsedMs / completed) * (total - completed)
      bar.update({ completed, failed: 0, total, elapsedMs, remainingMs })
      yield* bySymbol(
        symbols,
        series.map((one) => ({ ...one, output: nameOf(one.expr, one.output, names) })),
      )
    }
  } finally {
    bar.stop()
  }
}

/** Series come by expression and then by symbol; people read them by symbol. */
function* bySymbol(symbols: readonly string[], series: readonly ExpressionSeries[]): Generator<SymbolSeries> {
  const groups = new Map<string, ExpressionSeries[]>(symbols.map((symbol) => [symbol, []]))
  for (const one of series) groups.get(one.symbol)?.push(one)
  for (const [symbol, own] of groups) if (own.length > 0) yield { symbol, series: own }
}
