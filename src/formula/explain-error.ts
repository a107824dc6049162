import type { FormulaError, FormulaWarning } from '../domain/errors.ts'
import { lineRanges, placeAt } from './lines.ts'

const TAB = '    '
/** Columns of a drawn line; a longer one is cut around the place of the error. */
const MAX_WIDTH = 120

/**
 * Draws where a formula is wrong (or probably not meant so), and says why: four lines of plain text.
 *
 * Columns count characters from 1. Tabs are drawn as four spaces, characters that take two cells (Korean, Chinese) move
 * the marks by two, and control characters are replaced, so the marks stand under the fault in any terminal.
 *
 * @example
 * const text = 'crossover(ema(c,12), emma(close, 26))'
 * const [error] = checkFormula(text)
 * explain(error, text)
 * // FORMULA_UNKNOWN_NAME  line 1, column 22
 * //   crossover(ema(c,12), emma(close, 26))
 * //                        ^^^^
 * //   there is no indicator "emma"; the nearest names are ema, rma, sma
 */
export function explain(error: FormulaError | FormulaWarning, text: string): string {
  const { at, hint } = 'fields' in error ? error.fields : error
  const what = 'fields' in error ? error.sentence : error.message
  const start = Math.min(at[0], text.length)
  const { line, column, range } = placeAt(text, lineRanges(text), start)
  const from = Math.min(start, range[1])
  const to = Math.max(from, Math.min(at[1], range[1]))
  const before = cells(text.slice(range[0], from))
  const marked = cells(text.slice(from, to))
  const after = cells(text.slice(to, range[1]))

  const cut = cutLine(before, marked, after)
  const marks = '^'.repeat(Math.max(1, width(cut.marked)))
  const sentence = hint === '' ? what : `${what}; ${hint}`
  return [
    `${error.code}  line ${line}, column ${column}`,
    `  ${[...cut.before, ...cut.marked, ...cut.after].join('')}`.trimEnd(),
    `  ${' '.repeat(width(cut.before))}${marks}`,
    `  ${sentence}`,
  ].join('\n')
}

/** Cells that a line of text takes in a terminal. */
export function displayWidth(text: string): number {
  return width(cells(text))
}

/** Characters as they are drawn; a character and the marks that combine with it are one. */
function cells(text: string): string[] {
  const drawn: string[] = []
  for (const character of text) {
    if (character === '\t') drawn.push(TAB)
    else if (/[\p{Cc}\p{Cs}]/u.test(character)) drawn.push('\ufffd')
    else if (!isInvisible(character)) drawn.push(character)
    else if (drawn.length > 0 && drawn.at(-1) !== TAB && !/\p{Cf}/u.test(character)) drawn.push(drawn.pop() + character)
  }
  return drawn
}

function cutLine(
  before: string[],
  marked: string[],
  after: string[],
): { before: string[]; marked: string[]; after: string[] } {
  if (width(before) + width(marked) + width(after) <= MAX_WIDTH) return { before, marked, after }
  const left = lastCells(before, MAX_WIDTH / 3)
  const middle = firstCells(marked, MAX_WIDTH / 3)
  const right = middle.length < marked.length ? ['…'] : firstCells(after, MAX_WIDTH / 3)
  return {
    before: left.length < before.length ? ['…', ...left] : left,
    marked: middle,
    after: right.length < after.length && middle.length === marked.length ? [...right, '…'] : right,
  }
}

function firstCells(drawn: readonly string[], maximum: number): string[] {
  const kept: string[] = []
  let used = 0
  for (const cell of drawn) {
    used += cellWidth(cell)
    if (used > maximum) break
    kept.push(cell)
  }
  return kept
}

function lastCells(drawn: readonly string[], maximum: number): string[] {
  return firstCells([...drawn].reverse(), maximum).reverse()
}

function width(drawn: readonly string[]): number {
  return drawn.reduce((sum, cell) => sum + cellWidth(cell), 0)
}

function cellWidth(cell: string): number {
  return cell === TAB ? TAB.length : isWide(cell.codePointAt(0) as number) ? 2 : 1
}

/** Combining marks, format characters, and the vowels and finals of Korean syllables written letter by letter. */
function isInvisible(character: string): boolean {
  return /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u.test(character)
}

/** Ranges that terminals draw two cells wide (East Asian Width W and F, and pictures). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

function isWide(code: number): boolean {
  return WIDE.some(([first, last]) => code >= first && code <= last)
}
