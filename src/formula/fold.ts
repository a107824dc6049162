/** What a function of constants gives, for the rows that are worth it. `b` is 0 for rows with one input. */
const FOLDS: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['add', (a: number, b: number) => a + b],
  ['sub', (a: number, b: number) => a - b],
  ['mul', (a: number, b: number) => a * b],
  ['div', (a: number, b: number) => a / b],
  ['mod', (a: number, b: number) => a % b],
  ['pow', (a: number, b: number) => a ** b],
  ['neg', (a: number) => -a],
  ['min', (a: number, b: number) => Math.min(a, b)],
  ['max', (a: number, b: number) => Math.max(a, b)],
  ['abs', (a: number) => Math.abs(a)],
  ['sign', (a: number) => Math.sign(a)],
  ['sqrt', (a: number) => Math.sqrt(a)],
  ['log', (a: number) => Math.log(a)],
  ['log10', (a: number) => Math.log10(a)],
  ['exp', (a: number) => Math.exp(a)],
  ['floor', (a: number) => Math.floor(a)],
  ['ceil', (a: number) => Math.ceil(a)],
  ['round', (a: number) => Math.round(a)],
])

/**
 * The value of a row whose inputs are all constants; undefined for a row that stays in the plan.
 *
 * Unknown (a division by zero, an overflow, an unknown input) is NaN.
 */
export function fold(row: string, values: readonly number[]): number | undefined {
  const folded = FOLDS.get(row)
  if (folded === undefined) return undefined
  const value = values.some(Number.isNaN) ? Number.NaN : folded(values[0] ?? 0, values[1] ?? 0)
  return Number.isFinite(value) ? value : Number.NaN
}
