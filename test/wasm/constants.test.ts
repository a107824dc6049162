import { afterAll, describe, expect, it } from 'vitest'
import { random, walk } from '../support/candles.ts'
import { everyBar, Machine, simdKernels, valuesOf } from './machine.ts'

/** What is written in numbers is what is computed on bars of these numbers, to the bit, through the WASM that is published. */

const next = random(8)
/** Among whole numbers are those whose logarithms and powers differ between libraries. */
const PAIRS = [
  ...Array.from({ length: 40 }, (_, at) => [10 + at, at % 3 === 0 ? 36 - at : 1.1] as const),
  ...Array.from({ length: 40 }, () => [300 * next() - 50, 12 * next() - 4] as const),
  ...([
    [0.49999999999999994, 2],
    [-2.5, -0.5],
    [1e308, 10],
    [5e-324, 0.5],
  ] as const),
]

const candles = walk(1, PAIRS.length)
PAIRS.forEach(([a, b], bar) => {
  candles.open[bar] = a
  candles.close[bar] = b
})
const machine = new Machine(simdKernels.kernels, simdKernels.memory, [candles])
afterAll(() => machine.free())

const values = (text: string) => valuesOf(machine, everyBar(text, 'number'), [0])[0]!

describe('a constant has the bits of the bar', () => {
  const signs = ['+', '-', '*', '/', '%', '**'].map((sign) => `(A) ${sign} (B)`)
  const calls = ['abs', 'sign', 'sqrt', 'log', 'log10', 'exp', 'floor', 'ceil', 'round'].map((name) => `${name}(A)`)
  it.each([...signs, '-(A)', 'min(A, B)', 'max(A, B)', ...calls, 'sqrt(exp(A / 100)) * log(abs(A)) + 2'])(
    '%s',
    (text) => {
      const written = (a: string, b: string) => text.replaceAll('A', a).replaceAll('B', b)
      const onBars = values(written('open', 'close'))
      PAIRS.forEach(([a, b], bar) => {
        // Which of the zeros it is shows nowhere.
        expect({ a, b, value: values(written(`${a}`, `${b}`))[bar]! + 0 }).toEqual({ a, b, value: onBars[bar]! + 0 })
      })
    },
  )
})
