import { describe, expect, it } from 'vitest'
import { PULLBACK, scannedFile } from '../support/scanned-file.ts'
import { sharedFile } from '../support/shared-data.ts'

/**
 * Every match of a market, found by the engine and by the oracle on candles that were read another way. The oracle has
 * single functions from the kernels; what they give is held against plain references in the Rust tests.
 */

const MANY_INDICATORS = `
  [line, signal, histogram] = macd(close, 12, 26, 9)
  slow = sma(stoch(14), 3)
  bands = bbands(close, 20, 2)
  position = (close - bands.lower) / (bands.upper - bands.lower)
  strength = adx(14)
  pressure = obv()
  (line > signal and slow > 20 or cci(20) > 100)
    and strength > 20 and position < 0.9 and pressure > sma(pressure, 20)
    and mfi(14) < 80 and atr(14) / close < 0.05 and dmi(14, 14).plus > dmi(14, 14).minus`

const ROLES = `
  param fast = 5 in 2..50
  param hold = 10 in 1..100
  average = ema(close, fast)
  ratio = volume / sma(volume, 20)[1]
  calm = not (stdev(close, 10) / close > 0.03)
  streak = up_streak(close)
  entry = crossover(close, highest(high, 20)[1]) and calm and ratio > 2
    and count(close > open, 5) >= 3 and every(low > average * 0.95, 3)
  exit = crossunder(close, lowest(low, hold)[1]) or barssince(crossover(close, average)) == 20
    or streak[1] >= 5 and close < close[1]
  short = falling(close, 5) and close < wma(close, 30) and exist(cross(close, vwma(close, 20)), 5)
  cover = filter(rsi(2) < 5, 10) and (close[3] - close) / close[3] * 100 > valuewhen(calm, roc(close, 5), 1)
    and highestbars(high, 60) > lowestbars(low, 60)`

const krx = sharedFile('krx_daily.parquet')

describe.skipIf(krx.isMissing)(`krx_daily against the oracle${krx.note}`, () => {
  const file = scannedFile(krx.path, 2500)

  it('finds exactly the pullbacks in an uptrend', async () => {
    const { found, result } = await file.compare(PULLBACK)
    expect(found).toMatchObject({ wrong: [], wrongValues: [], agreed: 904 })
    expect(result.matches.length).toBe(904)
    expect(found.values).toBe(904 * 5)
  })

  it('finds the same ones when only a part of the history is asked for', async () => {
    const { found } = await file.compare(PULLBACK, { dateRange: { from: '2025-03-01', to: '2025-05-31' } })
    expect(found).toMatchObject({ wrong: [], wrongValues: [] })
    expect(found.agreed).toBeGreaterThan(50)
  })

  it('finds exactly the matches of a formula with most indicators', async () => {
    const { found } = await file.compare(MANY_INDICATORS)
    expect(found).toMatchObject({ wrong: [], wrongValues: [] })
    expect(found.agreed).toBe(55_909)
  })

  it('finds exactly the entries and exits of a script with roles', async () => {
    const { found, result } = await file.compare(ROLES)
    expect(found).toMatchObject({ wrong: [], wrongValues: [], agreed: 147_152 })
    const roles = Array.from(result.matches, ({ role, signalType }) => `${signalType} ${role}`)
    expect([...new Set(roles)].sort()).toEqual(['ENTRY entry', 'ENTRY short', 'EXIT cover', 'EXIT exit'])
  })

  it('reports the halt rows it has left out', async () => {
    const { plain } = file
    const { result } = await file.compare('close > open')
    expect(plain()).toMatchObject({ rows: 893_776, dropped: 27_763 })
    expect(result.dataQuality.total).toMatchObject({ rows: 893_776, dropped: 27_763, halt: 27_763 })
    expect(result.bars).toBe(893_776 - 27_763)
    expect(result.errors).toEqual([])
    const dropped = result.dataQuality.symbols.reduce((sum, symbol) => sum + symbol.dropped, 0)
    expect(dropped).toBe(27_763)
  })
})
