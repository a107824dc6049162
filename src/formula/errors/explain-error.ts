import { drawnCells, firstCells, widthOf } from '../../domain/display-width.ts'
import type { FormulaError, FormulaWarning } from '../../domain/errors.ts'
import { lineRanges, placeAt } from './lines.ts'

const INDENT = '  '
/** Columns of a drawing where nobody says how wide a line may be. */
const USUAL_WIDTH = 122

/**
 * Draws where a formula is wrong (or probably not meant so), and says why: four lines of plain text.
 *
 * Columns count characters from 1. Tabs are drawn as four spaces, characters that take two cells (Korean, Chinese) move
 * the marks by two, and control characters are replaced, so the marks stand under the fault in any terminal.
 *
 * @param width Columns there are for the line of the formula: a longer one is cut around the place. The sentence below
 * is never broken.
 *
 * @example
 * const text = 'close > sma(c, 12) and lowestbar(low, 26) < 3'
 * const [error] = checkFormula(text)
 * explain(error, text)
 * // FORMULA_UNKNOWN_NAME  line 1, column 24
 * //   close > sma(c, 12) and lowestbar(low, 26) < 3
 * //                          ^^^^^^^^^
 * //   there is no indicator "lowestbar"; the nearest names are lowestbars, lowest
 */
export function explain(error: FormulaError | FormulaWarning, text: string, width = USUAL_WIDTH): string {
  const { at, hint } = 'fields' in error ? error.fields : error
  const what = 'fields' in error ? error.sentence : error.message
  const start = Math.min(at[0], text.length)
  const { line, column, range } = placeAt(text, lineRanges(text), start)
  const from = Math.min(start, range[1])
  const to = Math.max(from, Math.min(at[1], range[1]))
  const before = drawnCells(text.slice(range[0], from))
  const marked = drawnCells(text.slice(from, to))
  const after = drawnCells(text.slice(to, range[1]))

  const cut = cutLine({ before, marked, after }, width - INDENT.length)
  const marks = '^'.repeat(Math.max(1, widthOf(cut.marked)))
  const sentence = hint === '' ? what : `${what}; ${hint}`
  return [
    `${error.code}  line ${line}, column ${column}`,
    `${INDENT}${[...cut.before, ...cut.marked, ...cut.after].join('')}`.trimEnd(),
    `${INDENT}${' '.repeat(widthOf(cut.before))}${marks}`,
    `${INDENT}${sentence}`,
  ].join('\n')
}

/** A line taken apart at the fault, as it is drawn. */
interface Parts {
  before: string[]
  marked: string[]
  after: string[]
}

/** What fits: a third of the width at most is marked, and what stands around it shares the rest. */
function cutLine({ before, marked, after }: Parts, width: number): Parts {
  if (widthOf(before) + widthOf(marked) + widthOf(after) <= width) return { before, marked, after }
  const middle = firstCells(marked, width / 3)
  const isWhole = middle.length === marked.length
  // Less the ellipses.
  const rest = width - widthOf(middle) - 2
  const left = lastCells(before, Math.max(rest / 2, rest - widthOf(after)))
  const right = isWhole ? firstCells(after, Math.max(rest / 2, rest - widthOf(before))) : []
  return {
    before: left.length < before.length ? ['…', ...left] : left,
    marked: middle,
    after: right.length < after.length || !isWhole ? [...right, '…'] : right,
  }
}

function lastCells(drawn: readonly string[], maximum: number): string[] {
  return firstCells([...drawn].reverse(), maximum).reverse()
}
