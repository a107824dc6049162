import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyQuality } from '../../src/domain/candle.ts'
import { cleanCandles, type RawCandles } from '../../src/storage/clean.ts'
import { anyPolicy, anySpan, cleanRows, columnsOf, DAY_0, DAY_MS, dirtyRows, type Row } from './candles.ts'

const good: Row = [0, 10, 12, 9, 11, 100]

function clean(rows: readonly Row[], policy: Parameters<typeof cleanCandles>[1] = 'drop', span = {}) {
  const cleaned = cleanCandles(columnsOf(rows), policy, span)
  if (cleaned.error) return { error: cleaned.error, quality: cleaned.quality, days: [], columns: undefined }
  const days = [...cleaned.time].map((time) => (time - DAY_0) / DAY_MS)
  return { error: undefined, days, columns: cleaned.columns, quality: cleaned.quality }
}

describe('cleanCandles', () => {
  it('hands clean sorted columns over as they are, without copying', () => {
    const raw = columnsOf(cleanRows(100))
    const cleaned = cleanCandles(raw, 'drop')
    expect(cleaned.error).toBeUndefined()
    if (cleaned.error) return
    expect(cleaned.time).toBe(raw.time)
    expect(cleaned.columns.close).toBe(raw.close)
    expect(cleaned.quality).toEqual({ ...emptyQuality(), rows: 100 })
  })

  it('never changes what it is given', () => {
    const raw = columnsOf([[1, 10, Infinity, 9, 11, -1], good])
    const before = structuredClone(raw)
    cleanCandles(raw, 'keep')
    expect(raw).toEqual(before)
  })

  it('lets the last row of a time win before it judges', () => {
    const bad: Row = [0, 0, 0, 0, 11, 0]
    const repaired = clean([bad, good])
    expect(repaired.days).toEqual([0])
    expect(repaired.quality).toEqual({ ...emptyQuality(), rows: 2, duplicates: 1 })
    const broken = clean([good, bad])
    expect(broken.days).toEqual([])
    expect(broken.quality).toEqual({ ...emptyQuality(), rows: 2, duplicates: 1, halt: 1, dropped: 1 })
  })

  it('sorts, and counts the rows behind a later one', () => {
    const sorted = clean([
      [2, 10, 12, 9, 11, 100],
      [0, 10, 12, 9, 10, 100],
      [3, 10, 12, 9, 12, 100],
      [1, 10, 12, 9, 9, 100],
    ])
    expect(sorted.days).toEqual([0, 1, 2, 3])
    expect([...(sorted.columns?.close ?? [])]).toEqual([10, 9, 11, 12])
    expect(sorted.quality).toEqual({ ...emptyQuality(), rows: 4, outOfOrder: 2 })
  })

  it.each([
    ['notFinite', [0, Number.NaN, 12, 9, 11, 1]],
    ['notFinite', [0, 10, Infinity, 9, 11, 1]],
    ['notFinite', [0, 10, 12, -Infinity, 0, 1]],
    ['halt', [0, 0, 0, 0, 11, 1]],
    ['halt', [0, 0, 0, 0, 11, 0]],
    ['notPositive', [0, 0, 0, 0, 0, 0]],
    ['notPositive', [0, 0, 0, 9, 11, 1]],
    ['notPositive', [0, 0, 0, 0, -11, 1]],
    ['notFinite', [9e15 / DAY_MS, 10, 12, 9, 11, 1]],
    ['notFinite', [Infinity, 10, 12, 9, 11, 1]],
    ['notPositive', [0, 10, 12, -9, 11, 1]],
    ['notPositive', [0, 10, -12, 9, 11, 1]],
    ['highBelowLow', [0, 10, 9, 12, 11, 1]],
  ] as const)('counts a row once, as %s: %j', (kind, row) => {
    expect(clean([row]).quality).toEqual({ ...emptyQuality(), rows: 1, [kind]: 1, dropped: 1 })
    // A row without a time is left out whatever the policy says.
    const dropped = Number.isFinite(row[0]) && row[0] < 1e6 ? 0 : 1
    expect(clean([row], 'keep').quality).toEqual({ ...emptyQuality(), rows: 1, [kind]: 1, dropped })
  })

  it.each([[[0, 13, 12, 9, 11, 1]], [[0, 10, 12, 9, 13, 1]], [[0, 8, 12, 9, 11, 1]], [[0, 10, 12, 9, 8, 1]]] as const)(
    'keeps and counts a body outside high and low: %j',
    (row) => {
      const kept = clean([row])
      expect(kept.days).toEqual([0])
      expect(kept.quality).toEqual({ ...emptyQuality(), rows: 1, inconsistent: 1 })
    },
  )

  it('reads volumes that cannot be as unknown, of the rows it hands over', () => {
    const rows: Row[] = [good, [1, 10, 12, 9, 11, -1], [2, 10, 12, 9, 11, Number.NaN], [3, 10, 12, 9, 11, Infinity]]
    const kept = clean([...rows, [4, 0, 0, 0, 11, Number.NaN]])
    expect([...(kept.columns?.volume ?? [])]).toEqual([100, Number.NaN, Number.NaN, Number.NaN])
    expect(kept.quality).toEqual({ ...emptyQuality(), rows: 5, halt: 1, dropped: 1, unknownVolume: 3 })
    const { volume: _, ...without } = columnsOf(rows)
    const cleaned = cleanCandles(without, 'drop')
    expect(cleaned.quality.unknownVolume).toBe(4)
    if (!cleaned.error) expect([...cleaned.columns.volume]).toEqual(Array(4).fill(Number.NaN))
  })

  it('keeps every row under keep, infinite prices as unknown', () => {
    const kept = clean([good, [1, 0, 0, 0, 11, 5], [2, 10, Infinity, 9, 11, 5]], 'keep')
    expect([...(kept.columns?.high ?? [])]).toEqual([12, 0, Number.NaN])
    expect(kept.quality).toEqual({ ...emptyQuality(), rows: 3, halt: 1, notFinite: 1 })
  })

  it('says under error how many rows are wrong and what to do', () => {
    const rows: Row[] = [good, [1, 0, 0, 0, 11, 5], [2, 10, 9, 12, 11, 5], [3, 10, 12, 9, Number.NaN, 5]]
    const refused = clean([...rows, [4, 10, 12, 0, 11, 5]], 'error')
    expect(refused.error?.code).toBe('BAD_DATA')
    expect(refused.error?.message).toBe(
      '4 of 5 rows cannot be candles: 1 with a price or time that is not a number, 1 of a halt, with open, high and ' +
        'low 0, 1 with a price that is zero or negative, 1 with high below low; repair the source, or set defects to "drop" to leave them out or "keep" to use them as they are',
    )
    expect(clean([good], 'error').error).toBeUndefined()
  })

  it('leaves rows without a time out under every policy, and counts them when all is wanted', () => {
    const rows: Row[] = [good, [Number.NaN, 10, 12, 9, 11, 100], [1, 10, 12, 9, 11, 100]]
    expect(clean(rows).days).toEqual([0, 1])
    expect(clean(rows, 'keep').days).toEqual([0, 1])
    expect(clean(rows, 'keep').quality).toEqual({ ...emptyQuality(), rows: 3, notFinite: 1, dropped: 1 })
    expect(clean(rows, 'error').error?.code).toBe('BAD_DATA')
    expect(clean(rows, 'drop', { from: DAY_0 }).quality).toEqual({ ...emptyQuality(), rows: 2 })
  })

  it('cuts the span, both ends inclusive, and counts clean bars for the lookback', () => {
    const rows = cleanRows(10).map((row): Row => (row[0] === 3 ? [3, 0, 0, 0, 1, 1] : row))
    const day = (n: number) => DAY_0 + n * DAY_MS
    expect(clean(rows, 'drop', { from: day(5), to: day(7) }).days).toEqual([5, 6, 7])
    const back = clean(rows, 'drop', { from: day(5), to: day(7), lookbackBars: 2 })
    expect(back.days).toEqual([2, 4, 5, 6, 7])
    expect(back.quality).toEqual({ ...emptyQuality(), rows: 6, halt: 1, dropped: 1 })
    expect(clean(rows, 'keep', { from: day(5), lookbackBars: 2 }).days).toEqual([3, 4, 5, 6, 7, 8, 9])
    expect(clean(rows, 'drop', { from: day(5), lookbackBars: Infinity }).days).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9])
    expect(clean(rows, 'drop', { from: day(50) }).days).toEqual([])
  })

  it('agrees with the plain way of doing it on any rows, policy and span', () => {
    fc.assert(
      fc.property(dirtyRows, anyPolicy, anySpan, (rows, policy, { from, to, lookbackBars }) => {
        const span = {
          lookbackBars,
          ...(from === undefined ? {} : { from: DAY_0 + from * DAY_MS }),
          ...(to === undefined ? {} : { to: DAY_0 + to * DAY_MS }),
        }
        const cleaned = cleanCandles(columnsOf(rows), policy, span)
        const expected = plainly(rows, policy, from, to, lookbackBars)
        expect(cleaned.quality).toEqual(expected.quality)
        if (cleaned.error) expect(expected.isRefused).toBe(true)
        else expect(table(cleaned)).toEqual(expected.rows)
      }),
      { numRuns: 500 },
    )
  })
})

function table({ time, columns }: { time: Float64Array; columns: Required<Omit<RawCandles, 'time'>> }) {
  const { open, high, low, close, volume } = columns
  return [...time].map((t, at) => [(t - DAY_0) / DAY_MS, open[at], high[at], low[at], close[at], volume[at]])
}

/** The same rules, written for reading and not for speed. */
function plainly(rows: readonly Row[], policy: string, from = -Infinity, to = Infinity, lookbackBars = 0) {
  const kindOf = ([, o, h, l, c]: Row) => {
    const prices = [o, h, l, c]
    if (!prices.every(Number.isFinite)) return 'notFinite' as const
    if (prices.slice(0, 3).every((price) => price === 0) && prices[3]! > 0) return 'halt' as const
    if (!prices.every((price) => price > 0)) return 'notPositive' as const
    if (h < l) return 'highBelowLow' as const
    return h < Math.max(o, c) || l > Math.min(o, c) ? ('inconsistent' as const) : undefined
  }
  const isDefect = (row: Row) => !['inconsistent', undefined].includes(kindOf(row))
  const known = (value: number) => (Number.isFinite(value) ? value : Number.NaN)
  const winners = rows.filter((row, at) => !rows.slice(at + 1).some((later) => later[0] === row[0]))
  const kept = winners
    .filter((row) => row[0] <= to && (policy === 'keep' || !isDefect(row)))
    .sort((a, b) => a[0] - b[0])
  const before = kept.filter((row) => row[0] < from)
  const lookback = lookbackBars === 0 ? [] : before.slice(-lookbackBars)
  const isAll = from === -Infinity || lookback.length < lookbackBars
  const first = isAll ? -Infinity : (lookback[0]?.[0] ?? from)
  const source = rows.filter((row) => row[0] >= first && row[0] <= to)
  const judged = winners.filter((row) => row[0] >= first && row[0] <= to)
  const quality = { ...emptyQuality(), rows: source.length, duplicates: source.length - judged.length }
  quality.outOfOrder = source.filter((row, at) => source.slice(0, at).some((earlier) => earlier[0] > row[0])).length
  for (const row of judged) {
    const kind = kindOf(row)
    if (kind) quality[kind]++
    if (isDefect(row) && policy !== 'keep') quality.dropped++
    else if (!(row[5] >= 0 && row[5] < Infinity)) quality.unknownVolume++
  }
  const isRefused = policy === 'error' && quality.dropped > 0
  const handed = kept
    .filter((row) => row[0] >= from || lookback.includes(row))
    .map(([day, o, h, l, c, v]) => [day, known(o), known(h), known(l), known(c), v >= 0 ? known(v) : Number.NaN])
  return { rows: handed, quality, isRefused }
}
