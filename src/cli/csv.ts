/** A row of RFC 4180 CSV: cells with a comma, quote or line break are quoted. Unknown numbers and nulls are empty. */
export function csvRow(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\n`
}

function csvCell(cell: string | number | boolean | null | undefined): string {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return ''
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
