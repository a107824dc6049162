import { DAY_MS, isDaily, isTime, type Timeframe } from './timeframe.ts'

const QUARTER_MS = 900_000

/** Milliseconds that local time of a zone is ahead of UTC. */
function offsetFinder(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (time) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(time)) part[type] = Number(value)
    const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
    return local - Math.floor(time / 1000) * 1000
  }
}

/**
 * Times of candles as a clock in the zone shows them, counted as if that were UTC. Daily and longer candles carry dates,
 * which are the same everywhere.
 */
export function localTimes(times: Float64Array, zone: string, timeframe: Timeframe): Float64Array {
  return zone === 'UTC' || isDaily(timeframe) ? times : inZone(times, zone)
}

/** Times as a clock in the zone shows them, counted as if that were UTC; NaN stays. */
export function inZone(times: Float64Array, zone: string): Float64Array {
  const offsetAt = offsetFinder(zone)
  const days = new Map<number, number>()
  const dayOffset = (day: number) => {
    const known = days.get(day)
    if (known !== undefined) return known
    const offset = offsetAt(day * DAY_MS)
    days.set(day, offset)
    return offset
  }
  const quarters = new Map<number, number>()
  return times.map((time) => {
    if (!isTime(time)) return Number.NaN
    const day = Math.floor(time / DAY_MS)
    const offset = dayOffset(day)
    if (offset === dayOffset(day + 1)) return time + offset
    // The clocks change on this day; every zone changes at a quarter of an hour.
    const quarter = Math.floor(time / QUARTER_MS)
    const changed = quarters.get(quarter) ?? offsetAt(quarter * QUARTER_MS)
    quarters.set(quarter, changed)
    return time + changed
  })
}

/** Zones that were found to exist: asking takes as long as checking the rest of a job. */
const timezones = new Set(['UTC'])

/** Whether this machine knows a zone by that name. */
export function isTimezone(zone: string): boolean {
  if (timezones.has(zone)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    timezones.add(zone)
    return true
  } catch {
    return false
  }
}
