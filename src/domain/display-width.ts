/** How a tab is drawn. */
const TAB = '    '

/** Cells that a line of text takes in a terminal. */
export function displayWidth(text: string): number {
  return widthOf(drawnCells(text))
}

/** Characters as they are drawn; a character and the marks that combine with it are one. */
export function drawnCells(text: string): string[] {
  const drawn: string[] = []
  for (const character of text) {
    if (character === '\t') drawn.push(TAB)
    else if (/[\p{Cc}\p{Cs}]/u.test(character)) drawn.push('\ufffd')
    else if (!isInvisible(character)) drawn.push(character)
    else if (drawn.length > 0 && drawn.at(-1) !== TAB && !/\p{Cf}/u.test(character)) drawn.push(drawn.pop() + character)
  }
  return drawn
}

/** Cells that drawn characters take. */
export function widthOf(drawn: readonly string[]): number {
  return drawn.reduce((sum, cell) => sum + cellWidth(cell), 0)
}

/** The first of them that take no more cells than this. */
export function firstCells(drawn: readonly string[], maximum: number): string[] {
  const kept: string[] = []
  let used = 0
  for (const cell of drawn) {
    used += cellWidth(cell)
    if (used > maximum) break
    kept.push(cell)
  }
  return kept
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
