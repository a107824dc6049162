import type { CandleColumn } from '../domain/candle.ts'
import { DataError } from '../domain/errors.ts'
import type { Source } from './duckdb-source.ts'

/** What a column can be. */
export type ColumnRole = 'symbol' | 'time' | CandleColumn | 'timeframe'

/** Names of columns by what they are. */
export type ColumnNames = Partial<Record<ColumnRole, string>>

// In the order of preference, compared as `plain` writes them. No adjusted close: it does not go with unadjusted open,
// high and low.
const NAMES: Record<ColumnRole, readonly string[]> = {
  symbol: [
    ...['symbol', 'ticker', 'code', 'isin', 'sym', 'instrument', 'stockcode', 'shcode'],
    ...['종목코드', '단축코드', '심볼', '티커', '종목', '股票代码', '证券代码', '代码', '股票代號', '證券代號', '代號'],
    ...['銘柄コード', '証券コード', 'コード', 'シンボル', 'ティッカー', '銘柄'],
    // Beside a code it is what the company is called.
    'name',
  ],
  time: [
    ...['ts', 'timestamp', 'datetime', 'time', 'date', 'opentime', 'bartime', 'tradedate', 'day', 'dt', 'd'],
    ...['일시', '일자', '날짜', '거래일자', '거래일', '시간', '日期', '交易日期', '时间', '時間', '日時', '日付'],
  ],
  open: ['open', 'openprice', 'o', '시가', '开盘', '开盘价', '開盤', '開盤價', '始値'],
  high: ['high', 'highprice', 'h', '고가', '最高', '最高价', '最高價', '高値'],
  low: ['low', 'lowprice', 'l', '저가', '最低', '最低价', '最低價', '安値'],
  close: ['close', 'closeprice', 'c', 'close/last', '종가', '현재가', '收盘', '收盘价', '收盤', '收盤價', '終値'],
  volume: ['volume', 'vol', 'v', 'tradingvolume', '거래량', '成交量', '成交股數', '出来高'],
  timeframe: ['timeframe', 'tf', 'interval'],
}

/** The time of the day, where a date stands in a column of its own. */
const TIMES_OF_DAY: readonly string[] = ['time', '시간', '时间', '時間', '時刻']

/** Without case, spaces, dots, dashes, underscores and angle brackets. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s._<>-]/g, '')
}

/** The column that is called as those of a role usually are. @param isUsable Whether a column can be of the role. */
export function guessColumn(
  names: readonly string[],
  role: ColumnRole,
  isUsable: (name: string) => boolean,
): string | undefined {
  for (const wanted of NAMES[role]) {
    const found = names.find((name) => plain(name) === wanted && isUsable(name))
    if (found !== undefined) return found
  }
  return undefined
}

/** Columns that may hold the date and the time of the day of what `time` is to be; what they hold says whether they do. */
export function dateAndTime(names: readonly string[], time: string): { date: string; timeOfDay: string } | undefined {
  const isTimeOfDay = (name: string) => TIMES_OF_DAY.includes(plain(name))
  const timeOfDay = names.find(isTimeOfDay)
  const date = guessColumn(names, 'time', (name) => !isTimeOfDay(name))
  const isBoth = timeOfDay !== undefined && date !== undefined && (time === date || time === timeOfDay)
  return isBoth ? { date, timeOfDay } : undefined
}

/** Which columns are which, and what could not be found. */
export interface FoundColumns {
  found: ColumnNames
  /** The roles without a column that need one. */
  missing: readonly ColumnRole[]
}

/**
 * All that is missing at once, with what to set for it: the columns asked for before, and for every missing one the
 * column left over that its name fits best, or the word NAME.
 */
export function columnsMissing(
  { found, missing }: FoundColumns,
  wanted: ColumnNames,
  names: readonly string[],
  { kind, files }: Source,
): DataError {
  const unknown = missing.filter((role) => wanted[role] === undefined).map((role) => `the ${role}`)
  const absent = missing.filter((role) => wanted[role] !== undefined).map((role) => `"${wanted[role]}"`)
  const problems = [
    ...(unknown.length > 0 ? [`no column looks like ${either(unknown)}`] : []),
    ...(absent.length > 0 ? [`there is no column ${either(absent)}`] : []),
  ]
  const columns = { ...wanted, ...suggested(missing, found, names) }
  const setting = Object.entries(columns).map(([role, name]) => `${role}: ${quoted(name)}`)
  const single = missing.includes('symbol') ? `, or symbol: 'NAME' when the data is of one symbol` : ''
  const where = kind === 'sql' ? 'the data has' : kind === 'table' || files.length < 2 ? `${files[0]} has` : has(files)
  const message =
    `${problems.join(', and ')}; ${where} ${names.join(', ')}: set the option columns to { ${setting.join(', ')} }` +
    single
  return new DataError('DATA_COLUMN_MISSING', message, { missing, names, columns })
}

function suggested(missing: readonly ColumnRole[], found: ColumnNames, names: readonly string[]): ColumnNames {
  const free = new Set(names)
  for (const name of Object.values(found)) free.delete(name)
  const columns: ColumnNames = {}
  for (const role of missing) {
    // A letter or two are in everything.
    const words = NAMES[role].filter((word) => word.length > (/^[a-z]/.test(word) ? 2 : 1))
    const fitting = [...free].find((name) => words.some((word) => plain(name).includes(word)))
    if (fitting !== undefined) free.delete(fitting)
    columns[role] = fitting ?? 'NAME'
  }
  return columns
}

function has(files: readonly string[]): string {
  return `${files[0]} and ${files.length - 1} more ${files.length === 2 ? 'file' : 'files'} have`
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function quoted(name: string): string {
  return `'${name.replace(/['\\]/g, '\\$&')}'`
}
