export type CsvCell = string | number | boolean | null | undefined

/** What spreadsheets take for the start of a formula, and run when the file is opened. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * Writes rows of RFC 4180 CSV: cells with a comma, quote or line break are quoted. What JSON has null for is empty:
 * unknown and infinite numbers. Text that a spreadsheet would run as a formula gets an apostrophe in front, unless raw.
 */
export function csvWriter({ raw = false }: { raw?: boolean } = {}): (cells: readonly CsvCell[]) => string {
  return (cells) => `${cells.map((cell) => csvCell(cell, raw)).join(',')}\n`
}

function csvCell(cell: CsvCell, raw: boolean): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const written = String(cell)
  const text = !raw && FORMULA.test(written) && !NUMBER.test(written) ? `'${written}` : written
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
