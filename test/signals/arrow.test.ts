import { type DataType, type Table, Type, tableFromIPC } from '@uwdata/flechette'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Frame } from '../../src/domain/frame.ts'
import { createEngine } from '../../src/node.ts'
import { arrowBytes } from '../../src/signals/arrow.ts'
import { frameOf } from '../../src/signals/frame.ts'
import { MatchTable } from '../../src/signals/matches.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { closes, START, universe } from '../support/candles.ts'
import { columnsOf, names, type Row } from './support.ts'

const DAY = 86_400_000
const { volume: _, ...rising } = closes([1, 2, 3, 4])
const engine = createEngine({
  repository: memoryRepository({
    ...Object.fromEntries(universe([300, 300])),
    NOBODY: closes([3, 2, 1, 0.5]),
    '005930': rising,
    '000660': closes([1, 2, 1, 9]),
  }),
  executor: 'inline',
})
afterAll(() => engine.close())

const scan = (formula: string, symbols: readonly string[] = ['NOBODY', '005930', '000660']) =>
  new BatchScanUseCase(engine).execute({ symbols, timeframe: '1d', formula })

/** The types of the format's own numbers, in words. */
const WORDS: Readonly<Record<number, string>> = {
  [Type.Utf8]: 'utf8',
  [Type.Bool]: 'bool',
  [Type.Int]: 'int',
  [Type.Float]: 'float',
  [Type.Timestamp]: 'timestamp',
}

/** Each column with its type. */
function typesOf({ schema }: Table): Record<string, string> {
  const word = ({ typeId, ...more }: DataType) => {
    const details = ['bitWidth', 'precision', 'unit', 'timezone'].map((name) => (more as Record<string, unknown>)[name])
    return [WORDS[typeId], ...details.filter((detail) => detail !== undefined)].join(' ')
  }
  return Object.fromEntries(
    schema.fields.map(({ name, type }) => {
      return [name, 'dictionary' in type ? `${word(type.dictionary)} by ${word(type.indices)}` : word(type)]
    }),
  )
}

const tableOf = (rows: readonly Row[], values: readonly string[] = [], signals = names().signals) =>
  new MatchTable(['A', 'B', 'C'], names(values, signals), columnsOf(rows, values.length))
const read = (table: MatchTable) => tableFromIPC(arrowBytes([frameOf(table)]))

describe('a result as Arrow', () => {
  it('has the matches as typed columns: text stays text, times are of UTC, unknown is null', async () => {
    const result = await scan('close > close[1] and (sma(close, 3) > 0 or close > 0)')
    const table = tableFromIPC(await result.toArrow())
    expect(typesOf(table)).toEqual({
      symbol: 'utf8 by int 32',
      timestamp: 'timestamp 1 UTC',
      signal: 'utf8 by int 32',
      open: 'float 2',
      high: 'float 2',
      low: 'float 2',
      close: 'float 2',
      volume: 'float 2',
      'sma(close, 3)': 'float 2',
    })
    const row = (symbol: string, bar: number, close: number, volume: number | null, average: number | null) => {
      const candle = { open: close, high: close, low: close, close, volume }
      return { symbol, timestamp: START + bar * DAY, signal: 'SCAN_HIT', ...candle, 'sma(close, 3)': average }
    }
    expect(table.toArray()).toEqual([
      row('005930', 1, 2, null, null),
      row('005930', 2, 3, null, 2),
      row('005930', 3, 4, null, 3),
      row('000660', 1, 2, 100, null),
      row('000660', 3, 9, 100, 4),
    ])
  })

  it('is the file that `.arrow` means, not the stream', async () => {
    const bytes = await (await scan('close > 0')).toArrow()
    const ends = [bytes.subarray(0, 6), bytes.subarray(-6)].map((end) => new TextDecoder().decode(end))
    expect(ends).toEqual(['ARROW1', 'ARROW1'])
  })

  it('has the values of its JSON, for any formula', async () => {
    const result = await scan('entry = rsi(14) < 40\nshort = close > bbands(20, 2).upper\nexit = rsi(14) > 60', [
      'S0',
      'S1',
    ])
    expect(result.matches.length).toBeGreaterThan(50)
    const rows = result.matches.toJSON().map(({ symbol, timestamp, signalType, role, candle, indicatorValues }) => {
      const { timestamp: _, ...prices } = candle
      return { symbol, timestamp, signal: signalType, role, ...prices, ...indicatorValues }
    })
    expect(tableFromIPC(await result.toArrow()).toArray()).toEqual(rows)
  })

  it('is made of the columns, and no match is', async () => {
    const result = await scan('close > 0', ['S0', 'S1'])
    const at = vi.spyOn(MatchTable.prototype, 'at')
    try {
      expect(tableFromIPC(await result.toArrow()).numRows).toBe(600)
      expect(at).not.toHaveBeenCalled()
    } finally {
      at.mockRestore()
    }
  })

  it('has its columns where there is no match', async () => {
    const table = tableFromIPC(await (await scan('close < 0 and rsi(14) < 0')).toArrow())
    expect(table.numRows).toBe(0)
    expect(Object.keys(typesOf(table))).toEqual([
      ...['symbol', 'timestamp', 'signal', 'open', 'high', 'low', 'close', 'volume', 'rsi(close, 14)'],
    ])
  })
})

describe('the dictionaries', () => {
  it('have the symbols that match, each signal once, and roles beside them', () => {
    const signals = [
      { signalType: 'ENTRY', role: 'entry' },
      { signalType: 'EXIT', role: 'exit' },
      { signalType: 'ENTRY', role: 'short' },
    ] as const
    const rows = [
      { symbol: 0, time: 0, signal: 2 },
      { symbol: 2, time: 0, signal: 0 },
      { symbol: 2, time: DAY, signal: 2 },
    ]
    const frame = frameOf(tableOf(rows, [], signals))
    const texts = frame.flatMap((column) => (column.type === 'text' ? [[column.name, column.texts]] : []))
    expect(Object.fromEntries(texts)).toEqual({ symbol: ['A', 'C'], signal: ['ENTRY'], role: ['short', 'entry'] })
    const found = read(tableOf(rows, [], signals)).toArray()
    expect(found.map(({ symbol, signal, role }) => [symbol, signal, role])).toEqual([
      ['A', 'ENTRY', 'short'],
      ['C', 'ENTRY', 'entry'],
      ['C', 'ENTRY', 'short'],
    ])
  })
})

describe('a column of values', () => {
  it('called like a column in front of it, in capitals or not, says that it is a value; as in rows', () => {
    const called = ['close', 'Close', 'role', 'close (value)']
    const table = tableOf([{ symbol: 0, time: 0, close: 5, values: [1, 2, 3, 4] }], called)
    expect(Object.entries(read(table).toArray()[0]!).slice(-5)).toEqual([
      ['volume', 1],
      ['close (value)', 1],
      ['Close (2)', 2],
      ['role', 3],
      ['close (value) (value)', 4],
    ])
    expect(Object.keys(table.rows()[0]!).slice(-4)).toEqual(read(table).names.slice(-4))
  })

  it('takes infinity for unknown, as JSON does', () => {
    const values = [Number.NaN, Infinity, -Infinity, -0, 1e-300]
    const table = tableOf(
      values.map((value, at) => ({ symbol: 0, time: at * DAY, values: [value] })),
      ['x'],
    )
    expect(read(table).getChild('x').toArray()).toEqual([null, null, null, -0, 1e-300])
  })
})

describe('parts of one table', () => {
  const texts: string[] = []
  /** Rows `from` to the one before `to` of a table: every third condition is unknown, every second other one true. */
  function part(from: number, to: number): Frame {
    const rows = Array.from({ length: to - from }, (_, at) => from + at)
    const place = texts.push(`P${from}`) - 1
    const values = (of: (row: number) => number) => Float64Array.from(rows, of)
    return [
      { name: 'symbol', type: 'text', texts, positions: Int32Array.from(rows, () => place) },
      { name: 'timestamp', type: 'time', values: values((row) => row * DAY - 0.5) },
      { name: 'is', type: 'condition', values: values((row) => (row % 3 === 0 ? Number.NaN : row % 2)) },
    ]
  }

  it('are its record batches, whose texts may come with each of them', () => {
    const table = tableFromIPC(arrowBytes([part(0, 130), part(130, 131), part(131, 200)]))
    expect(table.getChild('is').data.map(({ length }) => length)).toEqual([130, 1, 69])
    expect(typesOf(table)).toMatchObject({ is: 'bool' })
    expect(table.toArray()).toEqual(
      Array.from({ length: 200 }, (_, row) => ({
        symbol: row < 130 ? 'P0' : row < 131 ? 'P130' : 'P131',
        // A fraction of a millisecond is left out.
        timestamp: row * DAY - 1,
        is: row % 3 === 0 ? null : row % 2 === 1,
      })),
    )
  })
})
