/** Series of the oracle, and what the signs of the language do with them, bar by bar. */

/** NaN is unknown; a condition is 1, 0 or unknown. */
export type Series = Float64Array

export function constant(number: number, bars: number): Series {
  return new Float64Array(bars).fill(number)
}

/** A function of every bar's values; what is no finite number is unknown. */
export function mapAll(operands: readonly Series[], of: (...values: number[]) => number): Series {
  return operands[0]!.map((_, bar) => {
    const value = of(...operands.map((operand) => operand[bar]!))
    return Number.isFinite(value) ? value : Number.NaN
  })
}

/** The same, unknown where one of the values is. */
export function map(operands: readonly Series[], of: (...values: number[]) => number): Series {
  return mapAll(operands, (...values) => (values.some(Number.isNaN) ? Number.NaN : of(...values)))
}

export function lag(source: Series, bars: number): Series {
  return source.map((_, bar) => (bar < bars ? Number.NaN : source[bar - bars]!))
}

export function compare(a: Series, b: Series, holds: (a: number, b: number) => boolean): Series {
  return map([a, b], (x, y) => (holds(x!, y!) ? 1 : 0))
}

/** Kleene: false and unknown is false. */
export function and(a: Series, b: Series): Series {
  return mapAll([a, b], (x, y) => (x === 0 || y === 0 ? 0 : x! * y!))
}

export const not = (a: Series) => map([a], (x) => 1 - x!)
export const or = (a: Series, b: Series) => not(and(not(a), not(b)))

export function choose(condition: Series, whenTrue: Series, whenFalse: Series): Series {
  return mapAll([condition, whenTrue, whenFalse], (c, x, y) => (Number.isNaN(c) ? Number.NaN : c === 1 ? x! : y!))
}
