import type { Range } from './problems.ts'

/** Where each line of a text begins and ends, without what ends it. */
export function lineRanges(text: string): Range[] {
  const ranges: Range[] = []
  let start = 0
  for (const newline of text.matchAll(/\r\n|\n|\r/g)) {
    ranges.push([start, newline.index])
    start = newline.index + newline[0].length
  }
  return [...ranges, [start, text.length]]
}

/** Line and column of a position, both from 1, and the line's range; columns count characters. */
export function placeAt(
  text: string,
  ranges: readonly Range[],
  position: number,
): { line: number; column: number; range: Range } {
  const index = ranges.findLastIndex(([start]) => start <= position)
  const range = ranges[index] as Range
  return { line: index + 1, column: [...text.slice(range[0], Math.min(position, range[1]))].length + 1, range }
}
