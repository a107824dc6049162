import type { RawCandles } from '../../src/storage/row-flags.ts'

export const DAY_MS = 86_400_000
export const START = Date.UTC(2024, 0, 1)

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A random walk of prices with volumes, the same for the same seed. */
export function walk(seed: number, bars: number, { stepMs = DAY_MS, start = START } = {}): Required<RawCandles> {
  const next = random(seed + 1)
  const column = () => new Float64Array(bars)
  const candles = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let price = 20 + 200 * next()
  for (let bar = 0; bar < bars; bar++) {
    const open = price
    price *= Math.exp(0.04 * (next() - 0.495))
    candles.time[bar] = start + bar * stepMs
    candles.open[bar] = open
    candles.close[bar] = price
    candles.high[bar] = Math.max(open, price) * (1 + 0.01 * next())
    candles.low[bar] = Math.min(open, price) * (1 - 0.01 * next())
    candles.volume[bar] = Math.floor(1000 + 9000 * next() ** 3)
  }
  return candles
}

/** Candles of closes alone: the other prices are the close, the volume is 100. */
export function closes(values: readonly number[], { stepMs = DAY_MS, start = START } = {}): Required<RawCandles> {
  const close = Float64Array.from(values)
  const time = close.map((_, bar) => start + bar * stepMs)
  return { time, open: close, high: close, low: close, close, volume: close.map(() => 100) }
}

/** Symbols `S0`, `S1`, … with walks of the lengths given. */
export function universe(lengths: readonly number[], options = {}): Map<string, Required<RawCandles>> {
  return new Map(lengths.map((bars, at) => [`S${at}`, walk(at, bars, options)]))
}
