import {
  add,
  and,
  type Cell,
  choose,
  column,
  compare,
  constant,
  div,
  fold,
  lag,
  largest,
  map,
  mapAll,
  mul,
  newSeries,
  not,
  or,
  ROUNDING,
  type Series,
  sub,
  UNKNOWN,
  windowed,
} from './oracle-series.ts'

/** Naive forms of every function, from the written conventions: a loop over each bar's window, no state where none is needed. */

const known = (value: number) => !Number.isNaN(value)

function isFlat(values: Float64Array): boolean {
  for (const value of values) if (value !== values[0]) return false
  return true
}

function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

const areWhole = (values: Float64Array) => values.every(Number.isInteger) && largest(values) * values.length < 2 ** 53

const sum = (x: Series, n: number) =>
  windowed(x, n, (w, e) => [total(w), n * (e + (areWhole(w) && e === 0 ? 0 : ROUNDING * largest(w)))])

function sma(x: Series, n: number): Series {
  // The mean of equal values is exactly that value.
  return windowed(x, n, (w, e) => (isFlat(w) && e === 0 ? [w[0]!] : [total(w) / n, e + ROUNDING * largest(w)]))
}

function wma(x: Series, n: number): Series {
  return windowed(x, n, (w, e) => {
    const weighted = w.reduce((all, value, at) => all + value * (at + 1), 0)
    return n === 1 ? [w[0]!, e] : [weighted / ((n * (n + 1)) / 2), e + ROUNDING * largest(w)]
  })
}

/** `y + step·(x − y)`, from the mean of the first n known values; goes on after an unknown value. */
function smoothed(x: Series, n: number, step: number): Series {
  const seed: number[] = []
  let y = Number.NaN
  let error = 0
  return fold([x], (bar) => {
    const value = x.value[bar]!
    if (!known(value)) return UNKNOWN
    if (known(y)) {
      const exact = x.error[bar] === 0 && error === 0 && value === y
      error =
        (1 - step) * error + step * x.error[bar]! + (exact ? 0 : ROUNDING * Math.max(Math.abs(value), Math.abs(y)))
      y += step * (value - y)
      return [y, error]
    }
    seed.push(value)
    error = Math.max(error, x.error[bar]!)
    if (seed.length < n) return UNKNOWN
    const values = Float64Array.from(seed)
    const exact = isFlat(values) && error === 0
    y = exact ? value : total(values) / n
    if (!exact && n > 1) error += ROUNDING * largest(values)
    return [y, error]
  })
}
const ema = (x: Series, n: number) => smoothed(x, n, 2 / (n + 1))
const rma = (x: Series, n: number) => smoothed(x, n, 1 / n)

/** Numbers with a square that is one, too; 0 has one. */
const canBeSquared = (value: number) => value === 0 || (Math.abs(value) >= 1e-120 && Math.abs(value) <= 1e150)

function stdev(x: Series, n: number): Series {
  return windowed(x, n, (w, e) => {
    if (!w.every((value) => canBeSquared(value))) return [Number.NaN, 0, e > 0]
    if (isFlat(w) && e === 0) return [0]
    const mean = total(w) / n
    const value = Math.sqrt(w.reduce((all, each) => all + (each - mean) ** 2, 0) / n)
    return [value, 1e-11 * value + e + ROUNDING * largest(w)]
  })
}

function dev(x: Series, n: number): Series {
  return windowed(x, n, (w, e) => {
    if (isFlat(w) && e === 0) return [0]
    const mean = total(w) / n
    return [w.reduce((all, each) => all + Math.abs(each - mean), 0) / n, 2 * e + ROUNDING * largest(w)]
  })
}

const highest = (x: Series, n: number) => windowed(x, n, (w, e) => [w.reduce((a, b) => Math.max(a, b)), e])
const lowest = (x: Series, n: number) => windowed(x, n, (w, e) => [w.reduce((a, b) => Math.min(a, b)), e])

/** Of equal values the latest counts. */
function extremeBars(x: Series, n: number, sign: number): Series {
  return windowed(x, n, (w, e) => {
    let at = 0
    for (let i = 1; i < n; i++) if (sign * w[i]! >= sign * w[at]!) at = i
    const isClose = w.some((value, i) => i !== at && Math.abs(value - w[at]!) <= 2 * e)
    return [n - 1 - at, 0, e > 0 && isClose]
  })
}

const negative = (x: Series) => map([x], ([value], [error]) => [0 - value!, error!])
const greater = (a: Series, b: Series) => compare(a, b, (x, y) => x > y)
const less = (a: Series, b: Series) => compare(a, b, (x, y) => x < y)
const atMost = (a: Series, b: Series) => compare(a, b, (x, y) => x <= y)

const crossover = (a: Series, b: Series) => and(greater(a, b), atMost(lag(a, 1), lag(b, 1)))

/** A condition joined with those of the n − 1 bars before; all that lie before the first bar are unknown alike. */
function over(condition: Series, n: number, join: (a: Series, b: Series) => Series): Series {
  let all = condition
  for (let bars = 1; bars < n && bars <= condition.value.length; bars++) all = join(all, lag(condition, bars))
  return all
}

const change = (x: Series, n: number) => sub(x, lag(x, n))
const hundred = (x: Series) =>
  map([x], ([value], [error]) => [100 * value!, 100 * error! + 1e-15 * Math.abs(100 * value!)])

/** What was gained and what was lost on every bar. */
function changesOf(x: Series): Series[] {
  let last = Number.NaN
  let lastError = 0
  // The next change is measured from the last known value.
  const changes = fold([x], (bar) => {
    const [value, error] = [x.value[bar]!, x.error[bar]!]
    if (!known(value)) return UNKNOWN
    const cell: Cell = [value - last, error + lastError]
    last = value
    lastError = error
    return cell
  })
  return [1, -1].map((sign) => map([changes], ([d], [e]) => [Math.max(sign * d!, 0), e!]))
}

function rsi(x: Series, n: number): Series {
  const [gain, loss] = changesOf(x).map((part) => rma(part, n)) as [Series, Series]
  const moved = add(gain, loss)
  const index = hundred(div(gain, moved))
  return choose(
    compare(moved, constant(0, x.value.length), (a, b) => a === b),
    constant(50, x.value.length),
    index,
  )
}

function stoch(high: Series, low: Series, x: Series, n: number): Series {
  const floor = lowest(low, n)
  return hundred(div(sub(x, floor), sub(highest(high, n), floor)))
}

function cci(x: Series, n: number): Series {
  const deviation = dev(x, n)
  const zero = constant(0, x.value.length)
  const index = div(sub(x, sma(x, n)), mul(constant(0.015, x.value.length), deviation))
  const rounded = map([index], ([value], [error]) => [value!, error! + 1e-15 * Math.abs(value!)])
  return choose(
    compare(deviation, zero, (a, b) => a === b),
    zero,
    rounded,
  )
}

/** Where a series rose and where it fell; a computed price within four units in the last place has not changed. */
function moves(x: Series): Series[] {
  const before = lag(x, 1)
  const room = (y: number) => (x.isOfCandles ? 0 : 4 * Number.EPSILON * Math.abs(y))
  return [
    compare(x, before, (now, then) => now - then > room(then)),
    compare(x, before, (now, then) => then - now > room(then)),
  ]
}

function mfi(x: Series, volume: Series, n: number): Series {
  const flow = mul(x, volume)
  const none = constant(0, x.value.length)
  const [rose, fell] = moves(x).map((moved) => sum(choose(moved, flow, none), n)) as [Series, Series]
  return hundred(div(rose, add(rose, fell)))
}

const reach = (h: number, l: number, before: number) => Math.max(h - l, Math.abs(h - before), Math.abs(l - before))

/** On the first bar, which has no close before it, high − low. */
function tr(high: Series, low: Series, close: Series): Series {
  const before = lag(close, 1)
  if (before.value.length > 0) before.value[0] = high.value[0]!
  return map([high, low, before], ([h, l, c], errors) => [reach(h!, l!, c!), Math.max(...errors)])
}

function movement(high: Series, low: Series, isUp: boolean): Series {
  const up = change(high, 1)
  const down = sub(lag(low, 1), low)
  return map([up, down], ([u, d], [eu, ed]) => {
    const [mine, other] = isUp ? [u!, d!] : [d!, u!]
    const e = eu! + ed!
    return [mine > other && mine > 0 ? mine : 0, e, e > 0 && (Math.abs(mine - other) <= e || Math.abs(mine) <= e)]
  })
}

/** There is no close before the first bar. */
const rangeFromBefore = (high: Series, low: Series, close: Series) =>
  map([high, low, lag(close, 1)], ([h, l, c], errors) => [reach(h!, l!, c!), Math.max(...errors)])

/** RMA of each part; the range of the first bar is left out, there is no movement to compare it with. */
function dmi(high: Series, low: Series, close: Series, n: number, smoothing: number) {
  const range = rma(rangeFromBefore(high, low, close), n)
  const plus = hundred(div(rma(movement(high, low, true), n), range))
  const minus = hundred(div(rma(movement(high, low, false), n), range))
  return withAdx(plus, minus, smoothing)
}

function withAdx(plus: Series, minus: Series, smoothing: number) {
  const zero = constant(0, plus.value.length)
  const both = add(plus, minus)
  const apart = map([plus, minus], ([p, m], [ep, em]) => [Math.abs(p! - m!), ep! + em!])
  const index = choose(
    compare(both, zero, (a, b) => a === b),
    zero,
    hundred(div(apart, both)),
  )
  return { plus, minus, adx: rma(index, smoothing) }
}

/** Where the averaged range is 0 the two sides keep their last values. */
function pineDmi(high: Series, low: Series, close: Series, n: number, smoothing: number) {
  const range = rma(rangeFromBefore(high, low, close), n)
  const moved = greater(range, constant(0, range.value.length))
  const side = (isUp: boolean) => valueWhen(moved, hundred(div(rma(movement(high, low, isUp), n), range)), 0)
  return withAdx(side(true), side(false), smoothing)
}

/** 100 where nothing was lost. */
function pineRsi(x: Series, n: number): Series {
  const house = rsi(x, n)
  const [gain, loss] = changesOf(x).map((part) => rma(part, n)) as [Series, Series]
  const zero = constant(0, x.value.length)
  return choose(
    compare(loss, zero, (a, b) => a === b),
    map([gain], () => [100]),
    house,
  )
}

/** The change of the first bar is unknown, so that its money counts on both sides. */
function pineMfi(x: Series, volume: Series, n: number): Series {
  const flow = mul(x, volume)
  const none = mul(constant(0, x.value.length), volume)
  const [rose, fell] = moves(x).map((moved) => {
    const counted = choose(moved, flow, none)
    for (const part of ['value', 'error', 'doubt'] as const) {
      if (x.value.length > 0) counted[part][0] = flow[part][0]!
    }
    return sum(counted, n)
  }) as [Series, Series]
  return choose(
    compare(fell, constant(0, x.value.length), (a, b) => a === b),
    constant(100, x.value.length),
    hundred(div(rose, add(rose, fell))),
  )
}

function obv(close: Series, volume: Series): Series {
  let last = Number.NaN
  let sumOf = 0
  let size = 0
  let isWhole = true
  return fold([close, volume], (bar) => {
    const [c, v] = [close.value[bar]!, volume.value[bar]!]
    if (!known(c) || !known(v)) return UNKNOWN
    if (known(last) && c !== last) {
      sumOf += c > last ? v : -v
      size += Math.abs(v)
      isWhole &&= Number.isInteger(v)
    }
    last = c
    return [sumOf, isWhole ? 0 : 1e-14 * size]
  })
}

function cum(x: Series): Series {
  let [all, size, error, isWhole] = [0, 0, 0, true]
  return fold([x], (bar) => {
    const value = x.value[bar]!
    if (!known(value)) return UNKNOWN
    all += value
    size += Math.abs(value)
    error += x.error[bar]!
    isWhole &&= Number.isInteger(value)
    return [all, error + (isWhole ? 0 : 1e-14 * size)]
  })
}

function extremeSoFar(x: Series, better: (a: number, b: number) => number): Series {
  let best = Number.NaN
  let error = 0
  return fold([x], (bar) => {
    const value = x.value[bar]!
    if (!known(value)) return UNKNOWN
    best = known(best) ? better(best, value) : value
    error = Math.max(error, x.error[bar]!)
    return [best, error]
  })
}

function upStreak(x: Series): Series {
  let last = Number.NaN
  let lastError = 0
  let bars = 0
  return fold([x], (bar) => {
    const [value, error] = [x.value[bar]!, x.error[bar]!]
    if (!known(value)) return UNKNOWN
    const before = last
    const room = error + lastError
    last = value
    lastError = error
    if (!known(before)) return UNKNOWN
    bars = value > before ? bars + 1 : 0
    return [bars, 0, room > 0 && Math.abs(value - before) <= room]
  })
}

function barsSince(condition: Series): Series {
  let at = -1
  return fold([condition], (bar) => {
    if (condition.value[bar] === 1) at = bar
    return at < 0 || !known(condition.value[bar]!) ? UNKNOWN : [bar - at]
  })
}

function valueWhen(condition: Series, x: Series, occurrence: number): Series {
  const found: number[] = []
  return fold([condition, x], (bar) => {
    if (condition.value[bar] === 1) found.unshift(bar)
    const at = found[occurrence]
    if (at === undefined || !known(condition.value[bar]!)) return UNKNOWN
    return [x.value[at]!, x.error[at]!]
  })
}

function filter(condition: Series, n: number): Series {
  let passed = Number.NEGATIVE_INFINITY
  return fold([condition], (bar) => {
    const value = condition.value[bar]!
    if (!known(value)) return UNKNOWN
    if (value === 0 || bar - passed <= n) return [0]
    passed = bar
    return [1]
  })
}

/** One operand, a function of it, and how its error grows. */
const elementwise =
  (of: (x: number) => number, slope: (x: number) => number, rounding = 0) =>
  (x: Series) =>
    map([x], ([value], [error]) => [
      of(value!),
      (error === 0 ? 0 : Math.abs(slope(value!)) * error!) + rounding * Math.abs(of(value!)),
    ])
/** A function with steps: in doubt where the error reaches over one. */
const stepped = (of: (x: number) => number) => (x: Series) =>
  map([x], ([value], [error]) => [of(value!), 0, of(value! - error!) !== of(value! + error!)])

export function power(a: Series, b: Series): Series {
  return map([a, b], ([x, y], [ex, ey]) => {
    const value = x! ** y!
    const relative = Math.abs(y! / x!) * ex! + (ey === 0 ? 0 : Math.abs(Math.log(Math.abs(x!))) * ey!) + 1e-14
    // A base that may be on the other side of 0 may make the power unknown.
    return [value, Math.abs(value) * (Number.isNaN(relative) ? 1e-14 : relative), ex! > 0 && Math.abs(x!) <= ex!]
  })
}

export function remainder(a: Series, b: Series): Series {
  return map([a, b], ([x, y], [ex, ey]) => {
    const value = y === 0 ? Number.NaN : x! % y!
    const error = ex! + Math.abs(Math.trunc(x! / y!)) * ey!
    const left = Math.abs(y!) - Math.abs(value)
    // As in `div`, a divisor that may be 0 may make the remainder unknown.
    if (ey! > 0 && Math.abs(y!) <= ey!) return [value, Number.POSITIVE_INFINITY, true]
    return [value, error, error > 0 && (left <= error || Math.abs(value) <= error)]
  })
}

const smaller = (a: Series, b: Series) => map([a, b], ([x, y], [ex, ey]) => [Math.min(x!, y!), Math.max(ex!, ey!)])
const larger = (a: Series, b: Series) => map([a, b], ([x, y], [ex, ey]) => [Math.max(x!, y!), Math.max(ex!, ey!)])
const count = (c: Series, n: number) => windowed(c, n, (w) => [total(w)])

const calendar = (of: (date: Date) => number) => (time: Series) => map([time], ([ms]) => [of(new Date(ms!))])

/** A function: how it is called, and what it does with series and numbers in that order. */
interface Entry {
  parameters: readonly { name: string; isNumber: boolean; isImplied: boolean; default?: string }[]
  of: (...given: never[]) => Series | Record<string, Series>
}

/**
 * `name(source = close, #length = 14, ~volume = volume)`: # a constant, ~ a column that is never positional. A constant's
 * default may be an earlier constant.
 */
function entries(table: Readonly<Record<string, Entry['of']>>): Map<string, Entry> {
  return new Map(
    Object.entries(table).map(([signature, of]) => {
      const [, name, list] = /^([\w.]+)(?:\((.*)\))?$/.exec(signature) as unknown as [
        string,
        string,
        string | undefined,
      ]
      const parameters = (list ? list.split(', ') : []).map((text) => {
        const [written, given] = text.split(' = ') as [string, string | undefined]
        const isImplied = written.startsWith('~')
        const isNumber = written.startsWith('#')
        return {
          name: written.replace(/^[~#]/, ''),
          isNumber,
          isImplied,
          ...(given !== undefined && { default: given }),
        }
      })
      return [name, { parameters, of }]
    }),
  )
}

export const FUNCTIONS = entries({
  'sma(source, #length)': sma,
  'wma(source, #length)': wma,
  'ema(source, #length)': ema,
  'rma(source, #length)': rma,
  'vwma(source, #length, ~volume = volume)': (x: Series, n: number, v: Series) => div(sum(mul(x, v), n), sum(v, n)),
  'sum(source, #length)': sum,
  'stdev(source, #length)': stdev,
  'dev(source, #length)': dev,
  'highest(source = high, #length)': highest,
  'lowest(source = low, #length)': lowest,
  'highestbars(source = high, #length)': (x: Series, n: number) => extremeBars(x, n, 1),
  'lowestbars(source = low, #length)': (x: Series, n: number) => extremeBars(x, n, -1),
  'change(source, #length = 1)': change,
  'mom(source = close, #length = 10)': change,
  'roc(source = close, #length = 10)': (x: Series, n: number) => hundred(div(change(x, n), lag(x, n))),
  'rsi(source = close, #length = 14)': rsi,
  'stoch(high = high, low = low, close = close, #length = 14)': stoch,
  'cci(source = hlc3, #length = 20)': cci,
  'mfi(source = hlc3, #length = 14, ~volume = volume)': (x: Series, n: number, v: Series) => mfi(x, v, n),
  'macd(source = close, #fast = 12, #slow = 26, #signal = 9)': (x: Series, fast: number, slow: number, n: number) => {
    const line = sub(ema(x, fast), ema(x, slow))
    const signal = ema(line, n)
    return { line, signal, histogram: sub(line, signal) }
  },
  'bbands(source = close, #length = 20, #mult = 2, #average = 0)': (
    x: Series,
    n: number,
    mult: number,
    average: number,
  ) => {
    const middle = [sma, ema, wma, rma][average]!(x, n)
    const width = mul(constant(mult, x.value.length), stdev(x, n))
    return { upper: add(middle, width), middle, lower: sub(middle, width) }
  },
  'tr(~high = high, ~low = low, ~close = close)': tr,
  'atr(#length = 14, ~high = high, ~low = low, ~close = close)': (n: number, h: Series, l: Series, c: Series) =>
    rma(tr(h, l, c), n),
  'plus_dm(~high = high, ~low = low)': (h: Series, l: Series) => movement(h, l, true),
  'minus_dm(~high = high, ~low = low)': (h: Series, l: Series) => movement(h, l, false),
  'dmi(#length = 14, #smoothing = length, ~high = high, ~low = low, ~close = close)': (
    n: number,
    s: number,
    h: Series,
    l: Series,
    c: Series,
  ) => dmi(h, l, c, n, s),
  'adx(#length = 14, #smoothing = length, ~high = high, ~low = low, ~close = close)': (
    n: number,
    s: number,
    h: Series,
    l: Series,
    c: Series,
  ) => dmi(h, l, c, n, s).adx,
  'ta.stoch(source, high, low, #length)': (x: Series, h: Series, l: Series, n: number) => stoch(h, l, x, n),
  'ta.bb(series, #length, #mult)': (x: Series, n: number, mult: number) => {
    const middle = sma(x, n)
    const width = mul(constant(mult, x.value.length), stdev(x, n))
    return { middle, upper: add(middle, width), lower: sub(middle, width) }
  },
  'ta.highestbars(source = high, #length)': (x: Series, n: number) => negative(extremeBars(x, n, 1)),
  'ta.lowestbars(source = low, #length)': (x: Series, n: number) => negative(extremeBars(x, n, -1)),
  'ta.tr(~high = high, ~low = low, ~close = close)': rangeFromBefore,
  'ta.rsi(source, #length)': pineRsi,
  'ta.dmi(#diLength, #adxSmoothing, ~high = high, ~low = low, ~close = close)': (
    n: number,
    s: number,
    h: Series,
    l: Series,
    c: Series,
  ) => pineDmi(h, l, c, n, s),
  'ta.mfi(series, #length, ~volume = volume)': (x: Series, n: number, v: Series) => pineMfi(x, v, n),
  'obv(~close = close, ~volume = volume)': obv,
  'cum(source)': cum,
  'highest_ever(source)': (x: Series) => extremeSoFar(x, Math.max),
  'lowest_ever(source)': (x: Series) => extremeSoFar(x, Math.min),
  'up_streak(source)': upStreak,
  'rising(source, #length)': (x: Series, n: number) => greater(x, highest(lag(x, 1), n)),
  'falling(source, #length)': (x: Series, n: number) => less(x, lowest(lag(x, 1), n)),
  'count(condition, #length)': count,
  'every(condition, #length)': (c: Series, n: number) => over(c, n, and),
  'exist(condition, #length)': (c: Series, n: number) => over(c, n, or),
  'barssince(condition)': barsSince,
  'valuewhen(condition, source, #occurrence = 0)': valueWhen,
  'filter(condition, #length)': filter,
  'crossover(a, b)': crossover,
  'crossunder(a, b)': (a: Series, b: Series) => crossover(b, a),
  'cross(a, b)': (a: Series, b: Series) => or(crossover(a, b), crossover(b, a)),
  'abs(a)': elementwise(Math.abs, () => 1),
  'sign(a)': stepped(Math.sign),
  'sqrt(a)': elementwise(Math.sqrt, (x) => 1 / Math.sqrt(x)),
  'log(a)': elementwise(
    (x) => (x > 0 ? Math.log(x) : Number.NaN),
    (x) => 1 / x,
    1e-15,
  ),
  'log10(a)': elementwise(
    (x) => (x > 0 ? Math.log10(x) : Number.NaN),
    (x) => 1 / x,
    1e-15,
  ),
  'exp(a)': elementwise(Math.exp, Math.exp, 1e-15),
  'floor(a)': stepped(Math.floor),
  'ceil(a)': stepped(Math.ceil),
  'round(a)': stepped(Math.round),
  'pow(a, b)': power,
  'min(a, b)': smaller,
  'max(a, b)': larger,
  'nz(a, replacement = 0)': (a: Series, b: Series) => {
    return mapAll([a, b], ([x, y], [ex, ey]) => (known(x!) ? [x!, ex!] : [y!, ey!]))
  },
  'na(a)': (a: Series) => mapAll([a], ([x]) => [known(x!) ? 0 : 1]),
  'year(~local_time = local_time)': calendar((date) => date.getUTCFullYear()),
  'month(~local_time = local_time)': calendar((date) => date.getUTCMonth() + 1),
  'day(~local_time = local_time)': calendar((date) => date.getUTCDate()),
  'weekday(~local_time = local_time)': calendar((date) => date.getUTCDay() || 7),
  'dayofweek(~local_time = local_time)': calendar((date) => date.getUTCDay() + 1),
  'hour(~local_time = local_time)': calendar((date) => date.getUTCHours()),
  'minute(~local_time = local_time)': calendar((date) => date.getUTCMinutes()),
  'bar_index(~time = time)': (time: Series) => column(time.value.map((_, bar) => bar)),
} as Record<string, Entry['of']>)

export { add, and, choose, column, compare, constant, div, lag, map, mul, newSeries, not, or, type Series, sub }
