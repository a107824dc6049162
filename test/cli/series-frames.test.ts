import { describe, expect, it } from 'vitest'
import { type SeriesColumn, seriesFrames } from '../../src/cli/series-frames.ts'
import type { Frame } from '../../src/domain/frame.ts'

const COLUMNS: readonly SeriesColumn[] = [
  { expr: 'close', name: 'last', type: 'number' },
  { expr: 'close > 1', name: 'close > 1', type: 'condition' },
]

/** Symbols of so many bars; a bar's close is its number, and `without` has one series alone. */
async function* symbolsOf(bars: Readonly<Record<string, number>>, without?: string) {
  for (const [symbol, count] of Object.entries(bars)) {
    const values = Float64Array.from({ length: count }, (_, bar) => bar)
    const of = (expr: string, output: string, type: 'number' | 'condition') => {
      return { symbol, expr, output, type, timestamps: values, values }
    }
    const series = [of('close > 1', 'close > 1', 'condition'), of('close', 'last', 'number')]
    yield { symbol, series: symbol === without ? series.slice(0, 1) : series }
  }
}

async function framesOf(symbols: ReturnType<typeof symbolsOf>, shape = {}): Promise<readonly Frame[]> {
  const frames: Frame[] = []
  for await (const frame of seriesFrames(symbols, COLUMNS, { timeframe: '1d', ...shape })) frames.push(frame)
  return frames
}

/** Of each frame how many rows each symbol has in it. */
const rowsOf = (frames: readonly Frame[]) =>
  frames.map(([symbol]) => {
    if (symbol?.type !== 'text') throw new Error('no symbols')
    const rows: Record<string, number> = {}
    for (const position of symbol.positions) rows[symbol.texts[position]!] = (rows[symbol.texts[position]!] ?? 0) + 1
    return rows
  })

const valuesOf = (frame: Frame, name: string) => {
  const column = frame.find((each) => each.name === name)
  return column && 'values' in column ? [...column.values] : []
}

describe('the frames of series', () => {
  it('have the symbols one after another, of as many as make a frame worth reading', async () => {
    const frames = await framesOf(symbolsOf({ A: 40_000, B: 40_000, C: 65_536, D: 1, E: 2 }))
    expect(rowsOf(frames)).toEqual([{ A: 40_000, B: 40_000 }, { C: 65_536 }, { D: 1, E: 2 }])
    expect(valuesOf(frames[2]!, 'last')).toEqual([0, 0, 1])
  })

  it('end with the last row', async () => {
    expect(rowsOf(await framesOf(symbolsOf({ A: 65_536 })))).toEqual([{ A: 65_536 }])
  })

  it('count the bars that are shown', async () => {
    const frames = await framesOf(symbolsOf({ A: 70_000, B: 70_000 }), { limit: 2 })
    expect(rowsOf(frames)).toEqual([{ A: 2, B: 2 }])
    expect(valuesOf(frames[0]!, 'timestamp')).toEqual([69_998, 69_999, 69_998, 69_999])
  })

  it('know nothing where a series of a symbol is missing', async () => {
    const [frame] = await framesOf(symbolsOf({ A: 1, B: 2 }, 'B'))
    expect(valuesOf(frame!, 'last')).toEqual([0, Number.NaN, Number.NaN])
    expect(valuesOf(frame!, 'close > 1')).toEqual([0, 0, 1])
  })
})
