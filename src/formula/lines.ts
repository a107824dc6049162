import type { Range } from './problems.ts'

/** The line a position stands on, from 1, and where that line begins and ends. */
export function lineAt(text: string, position: number): { line: number; range: Range } {
  let line = 1
  let start = 0
  for (const newline of text.matchAll(/\r\n|\n|\r/g)) {
    if (newline.index >= position) return { line, range: [start, newline.index] }
    line += 1
    start = newline.index + newline[0].length
  }
  return { line, range: [start, text.length] }
}
