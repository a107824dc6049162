import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { DefectPolicy } from '../../src/domain/candle.ts'
import type { SignalMatch } from '../../src/domain/result.ts'
import { createEngine } from '../../src/node.ts'
import { cleanCandles } from '../../src/storage/clean.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import type { CandleRepository, LoadRequest } from '../../src/storage/repository.ts'
import type { RawCandles } from '../../src/storage/row-flags.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { candles, columnsOf, formulas, type RandomCandle, windowed } from '../support/random.ts'

/**
 * A range says where matches count, never what a value is. `MILLRACE_RUNS=200000` tries that many cases; an ordinary run
 * tries 2,000.
 */
const RUNS = Number(process.env.MILLRACE_RUNS ?? 2000)

/** What markets do: a trading halt, a price out of this world, and a bar that says nothing. */
const EVENTS = {
  halt: (candle: RandomCandle) => ({ ...candle, open: 0, high: 0, low: 0, volume: 0 }),
  spike: (candle: RandomCandle) => ({ ...candle, high: candle.high * 1e12, close: candle.high * 1e12 }),
  hole: (candle: RandomCandle) => ({ ...candle, close: Number.NaN, volume: Number.NaN }),
}
type Event = keyof typeof EVENTS

const eventful = fc
  .tuple(
    candles,
    fc.array(fc.tuple(fc.nat(59), fc.constantFrom<Event>('halt', 'halt', 'spike', 'hole')), { maxLength: 6 }),
  )
  .map(([series, events]) => {
    const changed = [...series]
    for (const [at, event] of events) {
      const candle = changed[at]
      if (candle) changed[at] = EVENTS[event](candle)
    }
    return columnsOf(changed)
  })

const FIRST_DAY = Date.UTC(2024, 0, 26)
const day = fc.integer({ min: -3, max: 130 }).map((days) => FIRST_DAY + days * 86_400_000)

const scenario = fc.record({
  formula: fc.oneof(formulas, windowed),
  universe: fc.array(eventful, { minLength: 1, maxLength: 11 }),
  range: fc.record({ from: day, to: day }, { requiredKeys: [] }).filter(({ from = 0, to = Infinity }) => from < to),
  last: fc.integer({ min: 1, max: 70 }),
  defects: fc.constantFrom<DefectPolicy>('drop', 'keep'),
})

/** Repositories that deliver no more than they are asked for, and do or do not say where in the history that is. */
function cutting(universe: ReadonlyMap<string, RawCandles>, tellsFirstBar: boolean): CandleRepository {
  return {
    givesDates: true,
    async symbols() {
      return [...universe.keys()]
    },
    async load(symbol, request: LoadRequest) {
      const cleaned = cleanCandles(universe.get(symbol)!, request.defects, request)
      if (cleaned.error) return { symbol, ...cleaned }
      const { time, columns, quality, firstBar } = cleaned
      const series = { symbol, timeframe: request.timeframe, time, columns }
      return { symbol, series, quality, ...(tellsFirstBar && { firstBar }) }
    },
    async versions(symbols) {
      return symbols.map(() => 'one')
    },
    async close() {},
  }
}

function lastTimes(series: RawCandles, defects: DefectPolicy, span: { to?: number }, count: number): number[] {
  const cleaned = cleanCandles(series, defects, span)
  return cleaned.error ? [] : Array.from(cleaned.time.slice(-count))
}

/** Every number by its bits: -0 and 0, and any two values that print alike, are different. */
function bitsOf({ symbol, timestamp, candle, signalType, role, indicatorValues }: SignalMatch): string {
  const numbers = [...Object.values(candle), ...Object.values(indicatorValues)]
  return `${symbol} ${timestamp} ${signalType} ${role} ${numbers.map((x) => (Object.is(x, -0) ? '-0' : x)).join(' ')}`
}

describe('a range', () => {
  let compared = 0
  let cut = 0
  afterAll(() => {
    // Enough of what was compared says something.
    expect(compared).toBeGreaterThan(RUNS)
    expect(cut).toBeGreaterThan(RUNS / 10)
  })

  it('leaves matches and values as they are in the whole history, bit for bit', async () => {
    const property = fc.asyncProperty(scenario, async ({ formula, universe, range, last, defects }) => {
      const symbols = new Map(universe.map((series, at) => [`S${at}`, series]))
      const job = { symbols: [...symbols.keys()], timeframe: '1d' as const, formula }
      const scan = async (repository: CandleRepository, dateRange = {}, lastBars?: number) => {
        await using engine = createEngine({ repository, executor: 'inline', defects })
        const counted = { ...job, dateRange, ...(lastBars !== undefined && { last: lastBars }) }
        return new BatchScanUseCase(engine).execute(counted)
      }
      const whole = await scan(memoryRepository(symbols))
      const isInRange = ({ timestamp }: SignalMatch) =>
        timestamp >= (range.from ?? -Infinity) && timestamp <= (range.to ?? Infinity)
      const expected = Array.from(whole.matches).filter(isInRange).map(bitsOf)
      for (const repository of [memoryRepository(symbols), cutting(symbols, true), cutting(symbols, false)]) {
        const ranged = await scan(repository, range)
        expect(Array.from(ranged.matches, bitsOf)).toEqual(expected)
        expect(ranged.exact).toBe(true)
        if (ranged.bars < whole.bars) cut++
      }
      compared += expected.length

      // The last bars of each symbol are those of the run up to there.
      const span = range.to === undefined ? {} : { to: range.to }
      const latest = await scan(memoryRepository(symbols), span, last)
      const lastOf = new Map(universe.map((series, at) => [`S${at}`, lastTimes(series, defects, span, last)]))
      const isLast = ({ symbol, timestamp }: SignalMatch) => lastOf.get(symbol)!.includes(timestamp)
      expect(Array.from(latest.matches, bitsOf)).toEqual(Array.from(whole.matches).filter(isLast).map(bitsOf))
    })
    await fc.assert(property, { numRuns: RUNS })
  })
})
