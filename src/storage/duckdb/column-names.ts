import { CANDLE_COLUMNS, type CandleColumn } from '../../domain/candle.ts'
import type { UserColumnName } from '../../domain/user-columns.ts'

/** What a column can be. */
export type ColumnRole = 'symbol' | 'time' | CandleColumn | 'timeframe'

/** The roles a column can have, in words. */
export const COLUMN_ROLES: readonly ColumnRole[] = ['symbol', 'time', ...CANDLE_COLUMNS, 'timeframe']

/** Names of columns by what they are; of user columns by what a formula calls them: `{ 'col.marketcap': 'MKT_CAP' }`. */
export type ColumnNames = Partial<Record<ColumnRole, string>> & { [userColumn: UserColumnName]: string }

/** Which columns are which, and what could not be found. */
export interface FoundColumns {
  found: ColumnNames
  /** The roles without a column that need one. */
  missing: readonly ColumnRole[]
}

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

/** Whether a name has a word of the role in it. A letter or two are in everything. */
export function resembles(name: string, role: ColumnRole): boolean {
  return NAMES[role].some((word) => word.length > (/^[a-z]/.test(word) ? 2 : 1) && plain(name).includes(word))
}

/** Columns that may hold the date and the time of the day of what `time` is to be; what they hold says whether they do. */
export function dateAndTime(names: readonly string[], time: string): { date: string; timeOfDay: string } | undefined {
  const isTimeOfDay = (name: string) => TIMES_OF_DAY.includes(plain(name))
  const timeOfDay = names.find(isTimeOfDay)
  const date = guessColumn(names, 'time', (name) => !isTimeOfDay(name))
  const isBoth = timeOfDay !== undefined && date !== undefined && (time === date || time === timeOfDay)
  return isBoth ? { date, timeOfDay } : undefined
}
