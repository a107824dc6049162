/** Series of the oracle: values, how far rounding may have moved them, and where a decision hung on that. */

export interface Series {
  /** NaN is unknown; a condition is 1 or 0. */
  readonly value: Float64Array
  /**
   * How much the value can differ between two sound ways of computing it. 0 where every way has the same bits: columns,
   * single operations on them, counts. So `close > open` is never in doubt, `sma(close, 3) > close` may be.
   */
  readonly error: Float64Array
  /** 1 where the value depends on a comparison that its operands' errors can turn. */
  readonly doubt: Uint8Array
  /** A column of the candles, not computed. */
  readonly isOfCandles?: boolean
}

/** Rounding of a sum over a window, a recursion's step or a library function, relative to the largest operand. */
export const ROUNDING = 1e-13

/** Near the end of what numbers can be, the order of operations decides whether a result overflows. */
const HUGE = 1e250

export function newSeries(bars: number): Series {
  return { value: new Float64Array(bars).fill(Number.NaN), error: new Float64Array(bars), doubt: new Uint8Array(bars) }
}

export function column(values: ArrayLike<number>): Series {
  return { ...newSeries(values.length), value: Float64Array.from(values) }
}

export function constant(number: number, bars: number): Series {
  return column(new Float64Array(bars).fill(number))
}

/** One value with its error; doubt when the result could have been another one. */
export type Cell = readonly [value: number, error?: number, doubt?: boolean]

export const UNKNOWN: Cell = [Number.NaN]

/** Bar by bar, unknown where an operand is. */
export function map(operands: readonly Series[], of: (values: number[], errors: number[]) => Cell): Series {
  return mapAll(operands, (values, errors) => (values.some(Number.isNaN) ? UNKNOWN : of(values, errors)))
}

/** Bar by bar, unknown operands included. `of` gets the same arrays for every bar. */
export function mapAll(operands: readonly Series[], of: (values: number[], errors: number[]) => Cell): Series {
  const result = newSeries(operands[0]!.value.length)
  const values = operands.map(() => 0)
  const errors = operands.map(() => 0)
  for (let bar = 0; bar < result.value.length; bar++) {
    for (let at = 0; at < operands.length; at++) {
      values[at] = operands[at]!.value[bar]!
      errors[at] = operands[at]!.error[bar]!
      result.doubt[bar]! |= operands[at]!.doubt[bar]!
    }
    const [value, error = 0, doubt = false] = of(values, errors)
    result.value[bar] = Number.isFinite(value) ? value : Number.NaN
    result.error[bar] = error
    if (doubt || Math.abs(value) > HUGE) result.doubt[bar] = 1
  }
  return result
}

/** A function of the bars up to each bar: doubt about any of them stays. */
export function fold(operands: readonly Series[], of: (bar: number) => Cell): Series {
  const result = newSeries(operands[0]!.value.length)
  let doubted = false
  for (let bar = 0; bar < result.value.length; bar++) {
    const [value, error = 0, doubt = false] = of(bar)
    doubted ||= doubt || Math.abs(value) > HUGE || operands.some((operand) => operand.doubt[bar])
    result.value[bar] = Number.isFinite(value) ? value : Number.NaN
    result.error[bar] = error
    result.doubt[bar] = doubted ? 1 : 0
  }
  return result
}

/** A function of the last `length` values, unknown while one of them is. */
export function windowed(source: Series, length: number, of: (values: Float64Array, error: number) => Cell): Series {
  const isExact = source.error.every((error) => error === 0)
  let knownBars = 0
  return fold([source], (bar) => {
    knownBars = Number.isNaN(source.value[bar]) ? 0 : knownBars + 1
    if (knownBars < length) return UNKNOWN
    const first = bar + 1 - length
    const error = isExact ? 0 : largest(source.error.subarray(first, bar + 1))
    return of(source.value.subarray(first, bar + 1), error)
  })
}

export function lag(source: Series, bars: number): Series {
  const result = newSeries(source.value.length)
  for (let bar = bars; bar < result.value.length; bar++) {
    result.value[bar] = source.value[bar - bars]!
    result.error[bar] = source.error[bar - bars]!
    result.doubt[bar] = source.doubt[bar - bars]!
  }
  return result
}

export function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value)
  return most
}

export const add = (a: Series, b: Series) => map([a, b], ([x, y], [ex, ey]) => [x! + y!, ex! + ey!])
export const sub = (a: Series, b: Series) => map([a, b], ([x, y], [ex, ey]) => [x! - y!, ex! + ey!])
export const mul = (a: Series, b: Series) =>
  map([a, b], ([x, y], [ex, ey]) => [x! * y!, Math.abs(x!) * ey! + Math.abs(y!) * ex! + ex! * ey!])

export function div(a: Series, b: Series): Series {
  return map([a, b], ([x, y], [ex, ey]) => {
    const value = y === 0 ? Number.NaN : x! / y!
    const room = Math.abs(y!) - ey!
    // A divisor that may be 0 may make the quotient unknown.
    if (ey! > 0 && room <= 0) return [value, Number.POSITIVE_INFINITY, true]
    return [value, ex! + ey! === 0 ? 0 : (ex! + Math.abs(value) * ey!) / room]
  })
}

type Compare = (a: number, b: number) => boolean

/** A comparison is in doubt when its operands are no further apart than their errors. */
export function compare(a: Series, b: Series, holds: Compare): Series {
  return map([a, b], ([x, y], [ex, ey]) => {
    return [holds(x!, y!) ? 1 : 0, 0, ex! + ey! > 0 && Math.abs(x! - y!) <= ex! + ey!]
  })
}

const U = Number.NaN

/** Kleene: false and unknown is false. A false without doubt settles the whole. */
export function and(a: Series, b: Series): Series {
  const result = mapAll([a, b], ([x, y]) => [x === 0 || y === 0 ? 0 : x === 1 && y === 1 ? 1 : U])
  for (let bar = 0; bar < result.doubt.length; bar++) {
    if ((a.value[bar] === 0 && !a.doubt[bar]) || (b.value[bar] === 0 && !b.doubt[bar])) result.doubt[bar] = 0
  }
  return result
}

export const not = (a: Series) => map([a], ([x]) => [1 - x!])
export const or = (a: Series, b: Series) => not(and(not(a), not(b)))

export function choose(condition: Series, whenTrue: Series, whenFalse: Series): Series {
  const result = mapAll([condition, whenTrue, whenFalse], ([c, x, y], [, ex, ey]) =>
    Number.isNaN(c!) ? [U] : c === 1 ? [x!, ex!] : [y!, ey!],
  )
  for (let bar = 0; bar < result.doubt.length; bar++) {
    const chosen = condition.value[bar] === 1 ? whenTrue : whenFalse
    if (!condition.doubt[bar] && !chosen.doubt[bar]) result.doubt[bar] = 0
  }
  return result
}
