import type { Range } from '../errors/problems.ts'
import { Problems } from '../errors/problems.ts'
import { tokenise } from './tokens.ts'

/** A piece of a formula, for an editor to color. */
export interface FormulaToken {
  /** `symbol` is an operator (`and`, `or` and `not` too), a bracket or another sign. */
  kind: 'number' | 'name' | 'string' | 'symbol' | 'comment'
  /** As it is written. */
  text: string
  /** Half-open range of the formula, in UTF-16 code units, as in the errors of `checkFormula`. */
  at: Range
}

/** Comments of other languages are none here, so neither is what looks like a comment inside them. */
const COMMENTS = /\/\*[\s\S]*?(?:\*\/|$)|#[^\n\r]*|\/\/[^\n\r]*/g

/**
 * The tokens and comments of any text, in its order and apart from each other; space is left out, and what is not of
 * the language, which `checkFormula` has an error for.
 *
 * @example
 * formulaTokens('c > 1.5 // up').map(({ kind, text }) => `${kind} ${text}`)
 * // [ 'name c', 'symbol >', 'number 1.5', 'comment // up' ]
 */
export function formulaTokens(text: string): FormulaToken[] {
  const found: FormulaToken[] = []
  let from = 0
  for (const { kind, at } of tokenise(text, new Problems(text))) {
    found.push(...commentsIn(text, from, at[0]))
    if (kind !== 'end') found.push({ kind, text: text.slice(...at), at })
    from = at[1]
  }
  return found
}

/** The comments between two tokens. */
function commentsIn(text: string, from: number, to: number): FormulaToken[] {
  return [...text.slice(from, to).matchAll(COMMENTS)]
    .filter(([comment]) => comment.startsWith('//'))
    .map(({ 0: comment, index }) => {
      const start = from + index
      return { kind: 'comment', text: comment, at: [start, start + comment.length] }
    })
}
