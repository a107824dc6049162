import { isAbsolute } from 'node:path'
import { isDaily, isoTime } from '../domain/timeframe.ts'
import { csvWriter } from './csv.ts'
import type { DataReport } from './data-report.ts'
import { madeUpCandles } from './demo-candles.ts'
import { duckdbOptions } from './open-data.ts'
import type { DataOptions } from './options.ts'
import { packageVersion } from './version.ts'

/** What `millrace init` writes. */

const SYMBOLS = 10
/** Bars of the long average: the longest that leaves a third of the candles to find something on. */
const LENGTHS = [200, 100, 50, 20]

/** A condition that fits the number of candles. */
export function formulaText({ candles, symbols }: Pick<DataReport, 'candles' | 'symbols'>): string {
  const bars = candles / symbols.length
  const long = LENGTHS.find((length) => bars >= 1.5 * length) ?? LENGTHS.at(-1)!
  return `// A pullback in an uptrend ends.
// Each name stands for the line it begins; the last line is the condition.
// "millrace explain @pullback.formula" shows what it is made of,
// "millrace indicators" what else there is.

// Numbers that may be others in a run: --param dip=35
param long = ${long} in 2..500
param dip = 40 in 1..99

average = sma(close, long)
uptrend = close > average and average > average[10]
dipped  = lowest(rsi(14), 10) < dip
back    = crossover(close, sma(close, 10))

uptrend and dipped and back
`
}

/** A program that scans the data with the formula beside it. */
export function scriptText(formula: string, options: DataOptions & { data: string }, report: DataReport): string {
  const { data, ...others } = duckdbOptions(options, options.data)
  const path = literal(data)
  const settings = Object.entries({ ...others, ...(options.timeframe && { timeframe: options.timeframe }) })
  const lines = settings.filter(([, value]) => JSON.stringify(value) !== '{}')
  const opened = [
    `data: ${isAbsolute(options.data) ? path : `join(import.meta.dirname, ${path})`},`,
    ...report.notes.map((note) => `// ${note.replaceAll(/\s+/g, ' ')}`),
    ...lines.map(([name, value]) => `${name}: ${literal(value)},`),
  ]
  const engine = options.defects === undefined ? '' : `, defects: ${literal(options.defects)}`
  return `// Scans the candles with ${formula}: node scan.mjs
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, duckdbRepository } from 'millrace'

const repository = duckdbRepository({
${opened.map((line) => `  ${line}\n`).join('')}})
const engine = createEngine({ repository${engine} })

const result = await engine.scan({
  symbols: await repository.symbols(${literal(report.timeframe)}),
  timeframe: ${literal(report.timeframe)},
  formula: readFileSync(join(import.meta.dirname, ${literal(formula)}), 'utf8'),
  // parameters: { dip: 35 },
  // dateRange: { from: ${literal(isoTime(report.first!).slice(0, 10))} },
})
await engine.close()

for (const { symbol, message } of result.errors) console.error(symbol, message)
for (const { symbol, timestamp, candle } of result.matches) {
  console.log(symbol, new Date(timestamp).toISOString().slice(0, ${isDaily(report.timeframe) ? 10 : 16}), candle.close)
}
const { matches, symbolsMatched, processed } = result.statistics
console.log(\`\${matches} matches in \${symbolsMatched} of \${processed} symbols\`)
`
}

export function packageText(): string {
  const dependencies = { millrace: `^${packageVersion()}` }
  return `${JSON.stringify({ private: true, type: 'module', dependencies }, null, 2)}\n`
}

/** Made-up candles of some symbols. */
export function candlesCsv(): string {
  const row = csvWriter()
  const lines = [row(['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'])]
  for (const [symbol, { time, open, high, low, close, volume }] of madeUpCandles(SYMBOLS)) {
    for (const [bar, timestamp] of time.entries()) {
      const prices = [open, high, low, close].map((column) => column[bar]!.toFixed(2))
      lines.push(row([symbol, isoTime(timestamp).slice(0, 10), ...prices, volume![bar]!]))
    }
  }
  return lines.join('')
}

/** A value as JavaScript has it in the house's style. */
function literal(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${/^\w+$/.test(name) ? name : literal(name)}: ${literal(each)}`)
      .join(', ')} }`
  }
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
