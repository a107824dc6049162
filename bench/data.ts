/** Seeded inputs for the benches: the same candles on every machine. */

/** Mulberry32: a small generator of numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Columns {
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
}

const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2015, 0, 1)

/** A random walk of daily candles: about 2 % a day, volume that doubles and halves. */
export function walk(seed: number, bars: number): Columns {
  const next = random(seed)
  const columns = () => new Float64Array(bars)
  const candles = {
    time: columns(),
    open: columns(),
    high: columns(),
    low: columns(),
    close: columns(),
    volume: columns(),
  }
  let price = 20 + 200 * next()
  for (let bar = 0; bar < bars; bar++) {
    const open = price
    price *= 1 + 0.04 * (next() - 0.5)
    candles.time[bar] = FIRST_DAY + bar * DAY_MS
    candles.open[bar] = open
    candles.close[bar] = price
    candles.high[bar] = Math.max(open, price) * (1 + 0.01 * next())
    candles.low[bar] = Math.min(open, price) * (1 - 0.01 * next())
    candles.volume[bar] = Math.floor(1e6 * next() * (0.5 + next()))
  }
  return candles
}

/** A universe of walks, by symbol. */
export function universe(symbols: number, bars: number): Map<string, Columns> {
  return new Map(Array.from({ length: symbols }, (_, at) => [`S${String(at).padStart(5, '0')}`, walk(at + 1, bars)]))
}

/** The formula of the main bench: five indicators and three comparisons. */
export const SCAN_FORMULA =
  'close > sma(close,200) and crossover(ema(close,12), ema(close,26)) and rsi(close,14) < 70 and volume > 1.5*sma(volume,20)'
