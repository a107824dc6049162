import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormulaError } from '../../src/domain/errors.ts'
import { checkFormula } from '../../src/formula/check/check.ts'
import { explain } from '../../src/formula/errors/explain-error.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { parseFormula } from '../../src/formula/read/parser.ts'
import { printFormula } from '../../src/formula/read/print.ts'
import { formulas, wordSoup } from './support.ts'

const anyText = fc.oneof(
  wordSoup,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  damaged(),
)

/** A formula with a piece cut out or doubled, as it is while somebody types. */
function damaged(): fc.Arbitrary<string> {
  return fc.tuple(formulas.condition, fc.nat(), fc.nat(9), fc.boolean()).map(([text, at, length, isDoubled]) => {
    const start = at % (text.length + 1)
    const piece = text.slice(start, start + length)
    return text.slice(0, start) + (isDoubled ? piece + piece : '') + text.slice(start + length)
  })
}

describe('any text', () => {
  it('gives a tree or errors with a range inside the text, nothing else', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('scan', 'series'), (text, mode) => {
        const errors = checkFormula(text, {}, { mode })
        for (const error of errors) {
          expect(error).toBeInstanceOf(FormulaError)
          const [start, end] = error.fields.at
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(explain(error, text).split('\n')).toHaveLength(4)
          if (/_RANGE$|_PARAMETER$/.test(error.code)) expect(error.fields.hint).not.toBe('')
        }
        const positions = errors.map((error) => error.fields.at[0])
        expect(positions).toEqual([...positions].sort((a, b) => a - b))
      }),
      { numRuns: 2000 },
    )
  })

  it('plans exactly when there is no error, and throws the first one otherwise', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('scan', 'series'), (text, mode) => {
        const first = checkFormula(text, {}, { mode })[0]
        let thrown: unknown
        try {
          planFormula(text, {}, { mode })
        } catch (reason) {
          thrown = reason
        }
        expect(thrown).toEqual(first)
      }),
      { numRuns: 500 },
    )
  })

  it('prints whatever tree it gives', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof printFormula(parseFormula(text).tree)).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})
