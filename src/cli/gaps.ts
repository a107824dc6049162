import { DAY_MS, isDaily, type Timeframe, timeframeMs } from '../domain/timeframe.ts'

/** The longest gaps, so many, are told one by one. */
const LONGEST = 3
/** A step is usual that comes up so often in all the data … */
const USUAL_COUNT = 3
/** … and where steps of its length make up so much of the time: nights, weekends and holidays do, halts do not. */
const USUAL_SHARE = 0.01
/** A weekend and a holiday. */
const LONG_WEEKEND_MS = 4 * DAY_MS
const LONGEST_MONTH_MS = 31 * DAY_MS

/** A step from one candle to the next that is longer than usual. */
export interface Gap {
  symbol: string
  /** The candles around it, milliseconds UTC. */
  from: number
  to: number
}

export interface Gaps {
  /** The longest step that is none, milliseconds. */
  usualMs: number
  count: number
  /** Longest first, one of each length: the first that came. */
  longest: readonly Gap[]
}

/** Measures the steps between candles. It keeps a number per length of step, not per candle. */
export class GapCounter {
  readonly #steps = new Map<number, { count: number; first: Gap }>()
  #totalMs = 0

  /** @param time Milliseconds UTC, rising. */
  add(symbol: string, time: Float64Array) {
    for (let bar = 1; bar < time.length; bar++) {
      const from = time[bar - 1]!
      const to = time[bar]!
      const length = to - from
      this.#totalMs += length
      const known = this.#steps.get(length)
      if (known) known.count += 1
      else this.#steps.set(length, { count: 1, first: { symbol, from, to } })
    }
  }

  gaps(timeframe: Timeframe): Gaps {
    let usualMs = shortestUsual(timeframe)
    for (const [length, { count }] of this.#steps) {
      const isUsual = count >= USUAL_COUNT && length * count >= USUAL_SHARE * this.#totalMs
      if (isUsual) usualMs = Math.max(usualMs, length)
    }
    const gaps = [...this.#steps].filter(([length]) => length > usualMs).sort(([a], [b]) => b - a)
    const count = gaps.reduce((sum, [, step]) => sum + step.count, 0)
    return { usualMs, count, longest: gaps.slice(0, LONGEST).map(([, { first }]) => first) }
  }
}

/** Never a gap, however little data there is. */
function shortestUsual(timeframe: Timeframe): number {
  if (timeframe === '1M') return LONGEST_MONTH_MS
  return isDaily(timeframe) ? Math.max(timeframeMs(timeframe), LONG_WEEKEND_MS) : timeframeMs(timeframe)
}
