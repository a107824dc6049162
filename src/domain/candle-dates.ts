import { inZone } from './local-time.ts'
import { DAY_MS, isTime } from './timeframe.ts'

/**
 * Dates of daily and longer candles. millrace writes a date as its midnight UTC. Sources stamp such candles with the
 * midnight of their own zone as well (Seoul's 12 March is 15:00 UTC on the 11th), or with the session's open or close:
 * read as they are, they would land on the day before.
 */

/** How the times of a source become dates; undefined where they are dates already, or nothing tells. */
export type DateRule =
  /** The calendar date in a zone. */
  | { zone: string }
  /** The date that a clock this far ahead of UTC shows. */
  | { aheadMs: number }
  | undefined

/** Candles at one time of day. */
export interface DayTime {
  /** Milliseconds after midnight UTC. */
  timeOfDay: number
  /** Dates in UTC of the first and last, in days since 1970. */
  firstDay: number
  lastDay: number
  /** How many stand on weekends by their date in UTC, and by the date after it. */
  weekends: number
  weekendsAhead: number
}

const HOUR_MS = DAY_MS / 24
/** Midnights of a zone lie at one time of day, or two when its clocks change: data with more times than this has no such rule. */
export const DAY_TIMES = 64
/** From the first of so many days to the last there is a weekend, whichever the first is. */
const DAYS_WITH_WEEKEND = 7

/** At which times of day candles stand; as many times as tell that there is no rule. */
export function dayTimesOf(time: Float64Array): DayTime[] {
  const found = new Map<number, DayTime>()
  for (const ms of time) {
    if (!isTime(ms)) continue
    const day = Math.floor(ms / DAY_MS)
    const timeOfDay = ms - day * DAY_MS
    const known = found.get(timeOfDay)
    if (!known && found.size > DAY_TIMES) break
    const dayTime = known ?? { timeOfDay, firstDay: day, lastDay: day, weekends: 0, weekendsAhead: 0 }
    if (!known) found.set(timeOfDay, dayTime)
    if (day < dayTime.firstDay) dayTime.firstDay = day
    if (day > dayTime.lastDay) dayTime.lastDay = day
    if (isWeekend(day)) dayTime.weekends++
    if (isWeekend(day + 1)) dayTime.weekendsAhead++
  }
  return [...found.values()]
}

/** The day times of several series together. */
export function joinDayTimes(series: Iterable<readonly DayTime[]>): DayTime[] {
  const joined = new Map<number, DayTime>()
  for (const dayTime of [...series].flat()) {
    const known = joined.get(dayTime.timeOfDay)
    if (!known) joined.set(dayTime.timeOfDay, { ...dayTime })
    else {
      known.firstDay = Math.min(known.firstDay, dayTime.firstDay)
      known.lastDay = Math.max(known.lastDay, dayTime.lastDay)
      known.weekends += dayTime.weekends
      known.weekendsAhead += dayTime.weekendsAhead
    }
  }
  return [...joined.values()]
}

/**
 * How candles at these times of day get their dates.
 *
 * - All at midnight UTC: they are dates.
 * - A zone is given: the calendar date there.
 * - All at one time of day, or within the hour that clocks are changed by: the date of the nearest midnight. Not where
 *   that would put candles on weekends which by their date in UTC have none: these are stamped with the open or close of
 *   a session in the west, and keep that date.
 * - Else nothing tells, and times stay as they are.
 */
export function dateRule(dayTimes: readonly DayTime[], zone?: string): DateRule {
  if (dayTimes.every(({ timeOfDay }) => timeOfDay === 0)) return undefined
  if (zone !== undefined) return { zone }
  const first = firstOfHour(dayTimes.map(({ timeOfDay }) => timeOfDay))
  if (first === undefined) return undefined
  const isOpenOnWeekends = dayTimes.some(({ weekends }) => weekends > 0)
  const days =
    Math.max(...dayTimes.map(({ lastDay }) => lastDay)) - Math.min(...dayTimes.map(({ firstDay }) => firstDay)) + 1
  const isMovedToWeekends = dayTimes.some(({ weekendsAhead }) => weekendsAhead > 0)
  if (days >= DAYS_WITH_WEEKEND && !isOpenOnWeekends && isMovedToWeekends) return { aheadMs: 0 }
  // The two midnights of a zone half a day away (Auckland's 11:00 and 12:00) belong to the same date.
  const isAcrossNoon = first < DAY_MS / 2 && dayTimes.some(({ timeOfDay }) => timeOfDay >= DAY_MS / 2)
  return { aheadMs: isAcrossNoon ? DAY_MS - first : DAY_MS / 2 }
}

/** The earliest of times of day that lie within an hour of each other, around midnight as well; undefined when they do not. */
function firstOfHour(times: readonly number[]): number | undefined {
  return times.find((first) => times.every((time) => (time - first + DAY_MS) % DAY_MS <= HOUR_MS))
}

/**
 * Times as the rule says: dates at midnight UTC. The same array where there is no rule, and where most candles would share
 * their date with another: these are shorter than a day, whatever they were called, and none must get lost.
 */
export function datesOf(time: Float64Array, rule: DateRule): Float64Array {
  if (!rule) return time
  const ahead = 'zone' in rule ? inZone(time, rule.zone) : time.map((ms) => ms + rule.aheadMs)
  const dates = ahead.map((ms) => Math.floor(ms / DAY_MS) * DAY_MS)
  let shared = 0
  for (let row = 1; row < time.length; row++) if (dates[row] === dates[row - 1] && time[row] !== time[row - 1]) shared++
  return shared * 2 > time.length ? time : dates
}

/** How many of some rows stand at another time than their date, of those with dates `from` to `to`, both inclusive. */
export function countRedated(time: Float64Array, dates: Float64Array, from: number, to: number): number {
  let count = 0
  if (time === dates) return count
  for (let row = 0; row < time.length; row++) {
    const date = dates[row] as number
    if (date !== time[row] && date >= from && date <= to) count++
  }
  return count
}

/** Saturday or Sunday; 1 January 1970, day 0, was a Thursday. */
function isWeekend(day: number): boolean {
  const weekday = (day + 4) % 7
  return weekday === 0 || weekday === 6 || weekday === -1
}
