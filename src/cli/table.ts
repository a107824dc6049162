import Table from 'cli-table3'
import type { Colors } from 'picocolors/types.js'
import { counted } from './people.ts'
import { visible } from './visible.ts'
import { shorten, textWidth, wrap } from './wrap.ts'

/** A column of a table for people: any text, made visible and colored when it is drawn. */
export interface Column {
  header: string
  align: 'left' | 'right'
  cells: readonly string[]
  paint?: (cell: string) => string
}

/** The column of a table that has a row for each of these. */
export function columnOf<Row>(
  rows: readonly Row[],
  header: string,
  cell: (row: Row) => string,
  more: Partial<Pick<Column, 'align' | 'paint'>> = {},
): Column {
  return { header, align: 'right', cells: rows.map(cell), ...more }
}

export interface TableOptions {
  /** Columns of the terminal; Infinity when nobody looks. */
  width: number
  colors: Colors
  /** How many of the first columns are never left out. */
  keep: number
}

const MARGIN = ' '
const GAP = '  '
/** A header may be cut down to this when the table is too wide. */
const SHORTEST_HEADER = 8
/** In a terminal no header gets more than this: formulas as headers are long. */
const LONGEST_HEADER = 40
/** Rows given to cli-table3 at once: its time grows with their square. */
const ROWS_AT_ONCE = 100

const SIDES = ['top', 'bottom', 'left', 'mid', 'right'] as const
const NO_LINES = {
  ...Object.fromEntries(SIDES.flatMap((side) => ['', '-mid', '-left', '-right'].map((end) => [`${side}${end}`, '']))),
  left: MARGIN,
  middle: GAP,
}

/** A table, and below it what there was no room for. `elsewhere` is what shows it: `--format csv`. */
export function* tableText(
  columns: readonly Column[],
  options: TableOptions & { elsewhere: string },
): Generator<string> {
  const { pieces, hidden } = drawTable(columns, options)
  yield* pieces
  yield* hiddenText(hidden, options)
}

/** How many columns there was no room for. */
export function* hiddenText(
  hidden: number,
  { width, colors, elsewhere }: TableOptions & { elsewhere: string },
): Generator<string> {
  if (hidden === 0) return
  const said = `${counted(hidden, 'more column')}: widen the terminal, or ${elsewhere}`
  for (const line of wrap(said, width - MARGIN.length)) yield `${MARGIN}${colors.dim(line)}\n`
}

/**
 * Draws columns under their headers, some rows at a time. Where the width does not do, long headers are cut first; then
 * columns are left out from the end. `hidden` says how many.
 */
export function drawTable(
  given: readonly Column[],
  { width, colors, keep }: TableOptions,
): { pieces: Iterable<string>; hidden: number } {
  const columns = given.map((column) => {
    return { ...column, header: visible(column.header), cells: column.cells.map(visible) }
  })
  const bodies = columns.map(({ cells }) => cells.reduce((most, cell) => Math.max(most, textWidth(cell)), 0))
  const headers = fitHeaders(columns, bodies, width, keep)
  const shown = columns.slice(0, headers.length)
  const widths = headers.map((header, at) => Math.max(textWidth(header), bodies[at]!, 1))
  return { pieces: piecesOf(shown, headers, widths, colors), hidden: columns.length - shown.length }
}

function* piecesOf(
  columns: readonly Column[],
  headers: readonly string[],
  widths: readonly number[],
  colors: Colors,
): Generator<string> {
  const head = headers.map((header) => (header === '' ? '' : colors.bold(header)))
  yield lay(columns, widths, [head, widths.map((width) => colors.dim('─'.repeat(width)))])
  const rows = columns[0]?.cells.length ?? 0
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - first)
    const some = Array.from({ length: count }, (_, at) => {
      return columns.map(({ cells, paint = String }) => paint(cells[first + at]!))
    })
    yield lay(columns, widths, some)
  }
}

function lay(columns: readonly Column[], widths: readonly number[], rows: readonly string[][]): string {
  const table = new Table({
    chars: NO_LINES,
    colAligns: columns.map(({ align }) => align),
    colWidths: [...widths],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  const lines = table.toString().split('\n')
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** The headers that fit: cut where they must be, and fewer where that is not enough. */
function fitHeaders(columns: readonly Column[], bodies: readonly number[], width: number, keep: number): string[] {
  const longest = Number.isFinite(width) ? LONGEST_HEADER : Number.POSITIVE_INFINITY
  for (let count = columns.length; ; count--) {
    const limits = columns.slice(0, count).map(({ header }, at) => {
      return Math.min(textWidth(header), Math.max(longest, bodies[at]!))
    })
    const least = limits.map((limit, at) => Math.min(limit, Math.max(bodies[at]!, SHORTEST_HEADER)))
    let excess = MARGIN.length + GAP.length * (count - 1) - width
    for (let at = 0; at < count; at++) excess += Math.max(limits[at]!, bodies[at]!)
    for (; excess > 0; excess--) {
      // The header that sticks out most gives way first.
      const spare = limits.map((limit, at) => limit - least[at]!)
      const most = spare.indexOf(Math.max(...spare))
      if (spare[most] === 0) break
      limits[most]! -= 1
    }
    if (excess <= 0 || count <= keep) return limits.map((limit, at) => shortenHeader(columns[at]!.header, limit))
  }
}

/** A header cut to a width; which output of a call it is stays. */
function shortenHeader(header: string, width: number): string {
  const [output = ''] = /\.\w+$/.exec(header) ?? []
  const rest = header.slice(0, header.length - output.length)
  return width > output.length + 3 ? `${shorten(rest, width - output.length)}${output}` : shorten(header, width)
}

/** What is left of a terminal's width for one more column beside these. */
export function widthBeside(columns: readonly Column[], width: number): number {
  const taken = columns.map(({ header, cells }) => GAP.length + Math.max(...[header, ...cells].map(textWidth)))
  return taken.reduce((left, each) => left - each, width - MARGIN.length)
}
