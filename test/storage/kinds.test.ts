import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createEngine } from '../../src/node.ts'
import { duckdbRepository } from '../../src/storage/duckdb/repository.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { KINDS } from '../data/make-kinds.mjs'

const folder = join(import.meta.dirname, '../data/kinds')

const closed: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closed.map((close) => close())))

/** Scans a file or folder of kinds as somebody does who has read nothing about options. */
async function scanned(data: string) {
  const repository = duckdbRepository({ data: join(folder, data), threads: 1 })
  const engine = createEngine({ repository, executor: 'inline' })
  closed.push(() => engine.close())
  const timeframe = await repository.timeframe()
  const symbols = await repository.symbols(timeframe)
  const result = await new BatchScanUseCase(engine).execute({ symbols, timeframe, formula: 'close > open' })
  const matches = [...result.matches].map(({ symbol, timestamp, candle }) => ({ symbol, timestamp, candle }))
  return { timeframe, matches, dataQuality: result.dataQuality, notes: result.dataQuality.notes, errors: result.errors }
}

/** The candles of every kind that closed above their open; by hand from test/data/make-kinds.mjs. */
const RISING = [
  ['2024-01-11', 1010.5, 1020.25, 1000.75, 1015.5, 1200],
  ['2024-01-15', 1012.25, 1025.5, 1005.5, 1020.75, 1100],
  ['2024-01-16', 1020.75, 1040.25, 1015.5, 1035.5, 2500],
] as const

const rising = (symbol: string) =>
  RISING.map(([day, open, high, low, close, volume]) => {
    const timestamp = Date.parse(day)
    return { symbol, timestamp, candle: { timestamp, open, high, low, close, volume } }
  })

const TWO = ['AAA', 'BBB']
const KOREAN = ['000660', '005930']
const dates = (format: string) => `the dates of column "date" are read as ${format}; the option dateFormat sets it`
const epoch = (column: string) =>
  `the numbers of column "${column}" are read as ms since 1970, by their size; the option timeUnit sets it`
const klines =
  'read as Binance klines: symbol=the name of the file before the first -, time=open_time, open=open, high=high, low=low, close=close, volume=volume'
const yfinance =
  "read as yfinance's table: symbol=the lines of headers, time=date, open=open, high=high, low=low, close=close, volume=volume"
const short = (time: string) => `read as: symbol=sym, time=${time}, open=o, high=h, low=l, close=c, volume=v`

describe('files that people have, scanned without options', () => {
  it('are those that the script writes', () => {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    const files = paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')])
    expect(Object.fromEntries(files)).toEqual(KINDS)
  })

  it.each<[data: string, symbols: string[], notes: string[]]>([
    [
      'stooq.txt',
      ['AAA.US', 'BBB.US'],
      ['read as Stooq: symbol=<TICKER>, time=<DATE>, open=<OPEN>, high=<HIGH>, low=<LOW>, close=<CLOSE>, volume=<VOL>'],
    ],
    [
      'metatrader/EURUSD.csv',
      ['EURUSD'],
      [
        'read as MetaTrader: symbol=the name of the file, time=<DATE>, open=<OPEN>, high=<HIGH>, low=<LOW>, ' +
          'close=<CLOSE>, volume=<VOL>',
      ],
    ],
    ['kaggle.csv', TWO, ['read as: symbol=Name, time=date, open=open, high=high, low=low, close=close, volume=volume']],
    [
      'nasdaq/AAA.csv',
      ['AAA'],
      [
        'read as Nasdaq: symbol=the name of the file, time=Date, open=Open, high=High, low=Low, close=Close/Last, volume=Volume',
        'the dates of column "Date" are read as %m/%d/%Y; the option dateFormat sets it',
      ],
    ],
    [
      'yahoo/AAA.csv',
      ['AAA'],
      ['read as: symbol=the name of the file, time=Date, open=Open, high=High, low=Low, close=Close, volume=Volume'],
    ],
    [
      'korean.csv',
      KOREAN,
      ['read as: symbol=심볼, time=날짜, open=시가, high=고가, low=저가, close=종가, volume=거래량'],
    ],
    [
      'chinese.csv',
      KOREAN,
      ['read as: symbol=股票代码, time=日期, open=开盘, high=最高, low=最低, close=收盘, volume=成交量'],
    ],
    [
      'taiwanese.csv',
      KOREAN,
      ['read as: symbol=證券代號, time=日期, open=開盤價, high=最高價, low=最低價, close=收盤價, volume=成交股數'],
    ],
    [
      'japanese.csv',
      KOREAN,
      ['read as: symbol=コード, time=日付, open=始値, high=高値, low=安値, close=終値, volume=出来高'],
    ],
    ['yfinance.csv', TWO, [yfinance]],
    ['yfinance-by-symbol.csv', TWO, [yfinance]],
    ['yfinance-one.csv', ['AAA'], [yfinance]],
    ['short-names.csv', TWO, [short('d')]],
    ['dt.csv', TWO, [short('dt')]],
    ['day.csv', TWO, [short('day')]],
    ['month-first.csv', TWO, [dates('%m/%d/%Y')]],
    ['day-first.csv', TWO, [dates('%d.%m.%Y')]],
    ['decimal-comma.csv', TWO, [dates('%d.%m.%Y')]],
    ['grouped-comma.csv', TWO, []],
    [
      'one-symbol/AAA.txt',
      ['AAA'],
      ['read as: symbol=the name of the file, time=date, open=open, high=high, low=low, close=close, volume=volume'],
    ],
    ['klines/BTCUSDT-1d-2024-01.csv', ['BTCUSDT'], [klines, epoch('open_time')]],
    ['klines-named', ['BTCUSDT'], [klines, epoch('open_time')]],
    ['klines-mixed', ['BTCUSDT', 'ETHUSDT'], [klines, epoch('open_time')]],
    ['rows.json', TWO, []],
    ['rows.ndjson', TWO, []],
    [
      'ccxt/BTCUSDT.json',
      ['BTCUSDT'],
      [
        'read as arrays of ccxt: symbol=the name of the file, time=timestamp, open=open, high=high, low=low, close=close, volume=volume',
        epoch('timestamp'),
      ],
    ],
  ])('%s', async (data, symbols, notes) => {
    const found = await scanned(data)
    expect(found.errors).toEqual([])
    expect(found.notes).toEqual(notes)
    expect(found.timeframe).toBe('1d')
    expect(found.matches).toEqual(symbols.flatMap(rising))
    expect(found.dataQuality.total).toMatchObject({ rows: 4 * symbols.length, dropped: 0, duplicates: 0 })
  })
})
