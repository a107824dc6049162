import { isDaily, isoTime, isTime, type Timeframe } from '../domain/timeframe.ts'

/** Numbers, times and counts as people like to read them. Nothing here is meant to be read back. */

export const UNKNOWN = '·'

const MAX_DECIMALS = 10
/** So many decimals more than the middling number needs may be shown for the sake of a smaller one. */
const MORE_DECIMALS = 3
/** Numbers below this are written without separators, so that years look like years. */
const SEPARATE_FROM = 10_000
/** Where the middling number of a column is this large, decimals say nothing. */
const WHOLE_FROM = 100_000

const separated = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,234,567`. */
export function formatCount(count: number): string {
  return separated.format(count)
}

/** `4.2 %`; two digits where the first would be 0. */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(percent > 0 && percent < 1 ? 2 : 1)} %`
}

/** `12 ms`, `1.24 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `2,310`, `1.5 M`, `2.1 G`: of something per second. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '-'
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
  ] as const) {
    if (perSecond >= size) return `${(perSecond / size).toFixed(1)} ${unit}`
  }
  return formatCount(perSecond)
}

/**
 * The numbers of a column of a table, all with the same decimals: two, or as many as its middling number needs for three
 * digits and its smallest for two; none when all are whole. A number that is smaller still gets three digits of its own.
 */
export function formatNumbers(values: readonly (number | null)[]): string[] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value))
  const decimals = known.every(Number.isInteger) ? 0 : decimalsFor(known)
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  const smallest = 0.5 * 10 ** -decimals
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return UNKNOWN
    const size = Math.abs(value)
    if (size >= 1e15 || (size < smallest && size > 0)) return value.toPrecision(3)
    return size < SEPARATE_FROM ? value.toFixed(decimals) : format.format(value)
  })
}

/** One number by itself. */
export function formatNumber(value: number | null): string {
  return formatNumbers([value])[0] as string
}

function decimalsFor(values: readonly number[]): number {
  const sizes = values.map(Math.abs).filter((size) => size > 0)
  sizes.sort((a, b) => a - b)
  const middle = sizes[sizes.length >> 1] as number
  if (middle >= WHOLE_FROM) return 0
  const needed = (size: number, digits: number) => digits - 1 - Math.floor(Math.log10(size))
  const usual = Math.max(2, needed(middle, 3))
  const most = Math.max(usual, needed(sizes[0] as number, 2))
  return Math.min(MAX_DECIMALS, usual + MORE_DECIMALS, most)
}

/** A date for daily and longer candles, date and time of the zone for shorter ones. */
export function timeFormatter(timeframe: Timeframe, timezone = 'UTC'): (time: number) => string {
  const format = isDaily(timeframe) ? formatDate : timezone === 'UTC' ? formatMinute : minuteFormatter(timezone)
  return (time) => (isTime(time) ? format(time) : isoTime(time))
}

function formatDate(time: number): string {
  return isoTime(time).slice(0, -14)
}

function formatMinute(time: number): string {
  return isoTime(time).slice(0, -8).replace('T', ' ')
}

function minuteFormatter(timezone: string): (time: number) => string {
  // Swedish writes 2024-12-31 09:00.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
  return (time) => format.format(time)
}

/** `one match`, `12 matches`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
