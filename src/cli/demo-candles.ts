import type { RawCandles } from '../storage/clean.ts'

/** A year and a half: the averages of 200 days need most of it. */
const BARS = 380
const FIRST_DAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

/** Daily candles of so many companies that do not exist, by symbol: the same on every machine, and every working day. */
export function madeUpCandles(count: number): Map<string, RawCandles> {
  const days = Array.from({ length: BARS }, (_, bar) => FIRST_DAY + (7 * Math.floor(bar / 5) + (bar % 5)) * DAY_MS)
  const time = Float64Array.from(days)
  const names = Array.from({ length: count }, (_, at) => `X${String(at + 1).padStart(4, '0')}`)
  return new Map(names.map((symbol, at) => [symbol, madeUp(time, at + 1)]))
}

/** A walk in phases that rise and fall; a day that moves much has much volume. */
function madeUp(time: Float64Array, seed: number): RawCandles {
  const next = numbers(seed)
  const column = () => new Float64Array(time.length)
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
  const usualVolume = 10 ** (5 + 2 * next())
  let price = 10 + 200 * next()
  let drift = 0
  for (let bar = 0; bar < time.length; bar++) {
    // A phase lasts 30 days in the mean.
    if (bar === 0 || next() < 1 / 30) drift = 0.008 * (next() - 0.4)
    const change = drift + 0.02 * (next() + next() + next() - 1.5)
    open[bar] = price * (1 + 0.01 * (next() - 0.5))
    price *= 1 + change
    close[bar] = price
    high[bar] = Math.max(open[bar]!, price) * (1 + 0.01 * next())
    low[bar] = Math.min(open[bar]!, price) * (1 - 0.01 * next())
    volume[bar] = Math.round(usualVolume * (0.5 + next() + 40 * Math.abs(change)))
  }
  return { time, open, high, low, close, volume }
}

/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator, which is enough for a picture. */
function numbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
