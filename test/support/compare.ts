import type { BatchScanResult } from '../../src/use-cases/batch-scan.ts'
import { Oracle, type OracleCandles } from './oracle.ts'

export interface Comparison {
  /** Matches that both found. */
  agreed: number
  /** Matches of one side only, as text. */
  wrong: string[]
  /** Indicator values of matches that were compared, and those that are other numbers. */
  values: number
  wrongValues: string[]
}

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

/** Compares a scan with what the oracle finds on candles that were read another way. */
export function compareWithOracle(
  result: BatchScanResult,
  candles: ReadonlyMap<string, OracleCandles>,
  parameters: Readonly<Record<string, number>> = {},
): Comparison {
  const { job, plan, matches } = result
  const found: Comparison = { agreed: 0, wrong: [], values: 0, wrongValues: [] }
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = job.dateRange
  job.symbols.forEach((symbol, index) => {
    const columns = candles.get(symbol)
    if (!columns) return
    const oracle = new Oracle(job.formula, columns, parameters)
    const barOf = new Map(Array.from(columns.time, (time, bar) => [time, bar]))
    const ours = new Map<string, Readonly<Record<string, number | null>>>()
    for (const match of matches.of(index)) {
      const bar = barOf.get(match.timestamp)
      ours.set(`${bar} ${match.role ?? match.signalType}`, match.indicatorValues)
      for (const name of PRICES) {
        const expected = columns[name][bar!]!
        if (!Object.is(match.candle[name], expected)) {
          found.wrong.push(`${symbol} bar ${bar}: ${name} is ${match.candle[name]}, expected ${expected}`)
        }
      }
    }
    for (const { name, condition } of oracle.signals) {
      condition.forEach((value, bar) => {
        const key = `${bar} ${name}`
        const time = columns.time[bar]!
        const expected = value === 1 && time >= from && time <= to
        if (expected && ours.has(key)) found.agreed++
        else if (expected !== ours.has(key)) {
          const side = expected ? 'only the oracle' : 'only millrace'
          found.wrong.push(`${side}: ${symbol} bar ${bar} ${new Date(time).toISOString()} ${name}`)
        }
      })
    }
    const known = new Set(oracle.signals.map(({ name }) => name))
    for (const key of ours.keys()) {
      const [bar, name] = key.split(' ') as [string, string]
      if (!known.has(name) || bar === 'undefined') found.wrong.push(`only millrace: ${symbol} ${key}, no such bar`)
    }
    for (const { name } of plan.reported) compareValues(found, oracle, symbol, name, ours)
  })
  return found
}

/** Names of reported values are expressions, unless they have a digest or a variable's output in them. */
function compareValues(
  found: Comparison,
  oracle: Oracle,
  symbol: string,
  name: string,
  ours: ReadonlyMap<string, Readonly<Record<string, number | null>>>,
) {
  if (ours.size === 0 || name.includes('#')) return
  const series = oracle.value(name)
  for (const [key, values] of ours) {
    const bar = Number(key.split(' ')[0])
    const expected = series[bar]!
    const value = values[name]!
    found.values++
    if (value === expected || (value === null && Number.isNaN(expected))) continue
    found.wrongValues.push(`${symbol} bar ${bar} ${name}: ${value}, expected ${expected}`)
  }
}
