// Writes test/data/kinds: the same four candles in every kind of file that people have. `node test/data/make-kinds.mjs`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const DAYS = ['2024-01-11', '2024-01-12', '2024-01-15', '2024-01-16']
const PRICES = [
  [1010.5, 1020.25, 1000.75, 1015.5, 1200],
  [1015.5, 1030.5, 1010.25, 1012.25, 1500],
  [1012.25, 1025.5, 1005.5, 1020.75, 1100],
  [1020.75, 1040.25, 1015.5, 1035.5, 2500],
]

/** Rows of one symbol: a day, then open, high, low, close and volume. */
const rows = DAYS.map((day, at) => [day, ...PRICES[at]])

const number = (value) => String(value)
const comma = (value) => String(value).replace('.', ',')
const money = (value) => `$${value}`
const grouped = (value) => `"${value.toLocaleString('en-US')}"`
const german = (value) => value.toLocaleString('de-DE')

/** 2024-01-11 in another way: Y, M and D stand for their numbers. */
const dated = (day, format) => {
  const [year, month, date] = day.split('-')
  return format.replace('Y', year).replace('M', month).replace('D', date)
}

/** A table of text: a header, then a line for every candle of every symbol. */
function table(header, symbols, line, separator = ',') {
  const lines = symbols.flatMap((symbol) => rows.map((row) => line(symbol, ...row).join(separator)))
  return `${[...(header ? [header] : []), ...lines].join('\n')}\n`
}

const TWO = ['AAA', 'BBB']
const KOREAN = ['005930', '000660']

/** A line of a Binance dump. @param unit How many of its times are a millisecond. */
const kline = (unit) => (_, day, open, high, low, close, volume) => {
  const ms = Date.parse(day)
  const [opens, closes] = [ms * unit, (ms + 86_400_000) * unit - 1]
  return [opens, open, high, low, close, volume, closes, volume * close, 10, volume / 2, (volume * close) / 2, 0]
}
const KLINES =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'

const objects = (symbols) =>
  symbols.flatMap((symbol) =>
    rows.map(([date, open, high, low, close, volume]) => ({ symbol, date, open, high, low, close, volume })),
  )

/** What pandas writes of yfinance: prices and symbols in two lines of headers, then the name of the dates. */
function wide(symbols, isByPrice) {
  const prices = ['Close', 'High', 'Low', 'Open', 'Volume']
  const places = [3, 1, 2, 0, 4]
  const columns = isByPrice
    ? prices.flatMap((price, at) => symbols.map((symbol) => [price, symbol, places[at]]))
    : symbols.flatMap((symbol) => prices.map((price, at) => [price, symbol, places[at]]))
  const headers = [['Price', ...columns.map(([price]) => price)], ['Ticker', ...columns.map(([, symbol]) => symbol)]]
  const head = [...(isByPrice ? headers : headers.reverse()), ['Date', ...columns.map(() => '')]]
  const lines = rows.map(([day, ...values]) => [day, ...columns.map(([, , place]) => values[place])])
  return `${[...head, ...lines].map((line) => line.join(',')).join('\n')}\n`
}

/** Every file by its path. */
export const KINDS = {
  'stooq.txt': table('<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>', TWO, (symbol, day, ...values) => [
    `${symbol}.US`, 'D', dated(day, 'YMD'), '000000', ...values, 0,
  ]),
  'metatrader/EURUSD.csv': table(
    '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>', ['EURUSD'],
    (_, day, ...values) => [dated(day, 'Y.M.D'), '00:00:00', ...values.slice(0, 4), 7, values[4], 1], '\t',
  ),
  'kaggle.csv': table('date,open,high,low,close,volume,Name', TWO, (symbol, ...row) => [...row, symbol]),
  'nasdaq/AAA.csv': table('Date,Close/Last,Volume,Open,High,Low', ['AAA'], (_, day, open, high, low, close, volume) => [
    dated(day, 'M/D/Y'), money(close), volume, money(open), money(high), money(low),
  ]),
  'yahoo/AAA.csv': table('Date,Open,High,Low,Close,Adj Close,Volume', ['AAA'], (_, day, open, high, low, close, volume) => [
    day, open, high, low, close, close / 2, volume,
  ]),
  'yfinance.csv': wide(TWO, true),
  'yfinance-by-symbol.csv': wide(TWO, false),
  'yfinance-one.csv': wide(['AAA'], true),
  'korean.csv': table('심볼,날짜,시가,고가,저가,종가,거래량', KOREAN, (symbol, day, ...values) => [
    symbol, dated(day, 'Y년 M월 D일'), ...values.map(grouped),
  ]),
  'chinese.csv': table('股票代码,名称,日期,开盘,最高,最低,收盘,成交量', KOREAN, (symbol, day, ...values) => [
    symbol, '某公司', dated(day, 'Y/M/D'), ...values,
  ]),
  'taiwanese.csv': table('證券代號,證券名稱,日期,開盤價,最高價,最低價,收盤價,成交股數', KOREAN, (symbol, day, ...values) => [
    symbol, '某公司', dated(day, 'Y年M月D日'), ...values,
  ]),
  'japanese.csv': table('コード,銘柄名,日付,始値,高値,安値,終値,出来高', KOREAN, (symbol, day, ...values) => [
    symbol, '会社', dated(day, 'Y年M月D日'), ...values,
  ]),
  'short-names.csv': table('sym,d,o,h,l,c,v', TWO, (symbol, ...row) => [symbol, ...row]),
  'dt.csv': table('sym,dt,o,h,l,c,v', TWO, (symbol, day, ...values) => [symbol, `${day} 00:00`, ...values]),
  'day.csv': table('sym,day,o,h,l,c,v', TWO, (symbol, day, ...values) => [symbol, dated(day, 'YMD'), ...values]),
  'month-first.csv': table('symbol,date,open,high,low,close,volume', TWO, (symbol, day, ...values) => [
    symbol, dated(day, 'M/D/Y'), ...values,
  ]),
  'day-first.csv': table('symbol,date,open,high,low,close,volume', TWO, (symbol, day, ...values) => [
    symbol, dated(day, 'D.M.Y'), ...values,
  ]),
  'decimal-comma.csv': table('symbol;date;open;high;low;close;volume', TWO, (symbol, day, ...values) => [
    symbol, dated(day, 'D.M.Y'), ...values.map(comma),
  ], ';'),
  'grouped-comma.csv': table('symbol;date;open;high;low;close;volume', TWO, (symbol, day, ...values) => [
    symbol, day, ...values.map(german),
  ], ';'),
  'one-symbol/AAA.txt': table('date\topen\thigh\tlow\tclose\tvolume', ['AAA'], (_, ...row) => row.map(number), '\t'),
  'klines/BTCUSDT-1d-2024-01.csv': table('', ['BTCUSDT'], kline(1)),
  'klines-named/BTCUSDT-1d-2024-01.csv': table(KLINES, ['BTCUSDT'], kline(1)),
  'klines-mixed/BTCUSDT-1d-2024-01.csv': table('', ['BTCUSDT'], kline(1)),
  'klines-mixed/ETHUSDT-1d-2024-01.csv': table(KLINES, ['ETHUSDT'], kline(1000)),
  'rows.json': `${JSON.stringify(objects(TWO), null, 1)}\n`,
  'rows.ndjson': `${objects(TWO).map((row) => JSON.stringify(row)).join('\n')}\n`,
  'ccxt/BTCUSDT.json': `${JSON.stringify(rows.map(([day, ...values]) => [Date.parse(day), ...values]))}\n`,
}

if (import.meta.filename === process.argv[1]) {
  const folder = join(import.meta.dirname, 'kinds')
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of Object.entries(KINDS)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
