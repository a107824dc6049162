import { displayWidth, drawnCells, firstCells } from '../domain/display-width.ts'

/** What Node asks an object for that is printed. By its name: browsers have no module of Node. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A match as one flat object: a row of a table or of a data frame. */
export type MatchRow = Readonly<Record<string, string | number | null>>

/** Rows shown of either end. */
const END_ROWS = 4
const WIDTH = 80
const CELL_WIDTH = 20
const DIGITS = 6
const UNKNOWN = '·'

const separated = new Intl.NumberFormat('en-US')

/** `one match`, `1,234 matches`. */
export function countOfMatches(count: number): string {
  return count === 1 ? 'one match' : `${separated.format(count)} matches`
}

/** The first and last matches as lines of text no wider than a screen; columns that do not fit are named below. */
export function pictureOf(matches: { length: number; rows(start?: number, end?: number): MatchRow[] }): string[] {
  const hidden = Math.max(0, matches.length - 2 * END_ROWS)
  const rows = hidden === 0 ? matches.rows() : [...matches.rows(0, END_ROWS), ...matches.rows(-END_ROWS)]
  const names = Object.keys(rows[0] ?? {})
  const shown: string[][] = []
  let width = 0
  for (const name of names) {
    const cells = columnOf(name, rows)
    width += 2 + displayWidth(cells[0] as string)
    if (width > WIDTH) break
    shown.push(cells)
  }
  const lines = rows.length === 0 ? [] : [-1, ...rows.keys()].map((row) => lineOf(shown, row + 1))
  if (hidden > 0) lines.splice(1 + END_ROWS, 0, `  … ${separated.format(hidden)} more …`)
  const left = names.slice(shown.length).join(', ')
  return left === '' ? lines : [...lines, `  ${clipped(`and ${left}`, WIDTH - 2)}`]
}

/** A piece of somebody's text on one line, without what would steer a terminal. */
export function clipped(text: string, width: number): string {
  const line = text.slice(0, 2 * width).replace(/[\p{C}\s]+/gu, ' ')
  if (displayWidth(line) <= width && text.length <= 2 * width) return line
  return `${firstCells(drawnCells(line), width - 1).join('')}…`
}

/** Header and cells of one width; numbers to the right. */
function columnOf(name: string, rows: readonly MatchRow[]): string[] {
  const cells = [name, ...rows.map((row) => cellOf(row[name]))].map((cell) => clipped(cell, CELL_WIDTH))
  const widths = cells.map(displayWidth)
  const width = Math.max(...widths)
  const isText = rows.some((row) => typeof row[name] === 'string')
  return cells.map((cell, at) => {
    const room = ' '.repeat(width - (widths[at] as number))
    return isText ? cell + room : room + cell
  })
}

function cellOf(value: string | number | null | undefined): string {
  if (typeof value !== 'number') return value ?? UNKNOWN
  return Math.abs(value) >= 10 ** DIGITS ? String(Math.round(value)) : String(Number(value.toPrecision(DIGITS)))
}

function lineOf(columns: readonly string[][], line: number): string {
  return columns
    .map((cells) => `  ${cells[line]}`)
    .join('')
    .trimEnd()
}
