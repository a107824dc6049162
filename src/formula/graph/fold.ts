/** What a function of constants gives, as near as JavaScript knows it. `b` is 0 for rows with one input. */
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

/** Rows whose result IEEE 754 leaves open in the last bit: `log10(11)` is another number in the kernels. */
const OPEN: ReadonlySet<string> = new Set(['pow', 'log', 'log10', 'exp'])

/** Whether a row of constants has the same bits in JavaScript and in the kernels, so that it can be a constant itself. */
export function isExact(row: string): boolean {
  return !OPEN.has(row)
}

/**
 * The value of a row whose inputs are all constants; undefined for a row that is no arithmetic.
 *
 * Unknown (a division by zero, an overflow, an unknown input) is NaN.
 */
export function fold(row: string, values: readonly number[]): number | undefined {
  const folded = FOLDS.get(row)
  if (folded === undefined) return undefined
  const value = values.some(Number.isNaN) ? Number.NaN : folded(values[0] ?? 0, values[1] ?? 0)
  return Number.isFinite(value) ? value : Number.NaN
}
