import { stripVTControlCharacters } from 'node:util'
import { displayWidth, drawnCells, firstCells } from '../domain/display-width.ts'

const OPTION = /^--?[a-z]/

/** Cells a text takes; its colors take none. */
export function textWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : displayWidth(stripVTControlCharacters(text))
}

/** Text cut to a width, with an ellipsis for what is gone. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return `${firstCells(drawnCells(text), width - 1)
    .join('')
    .trimEnd()}…`
}

/**
 * A paragraph as lines of at most this width; a word that is longer stands alone. No break at a no-break space, nor
 * between an option and its value, which people copy.
 */
export function wrap(text: string, width: number): string[] {
  const words = text.split(/[ \n]+/).filter((word) => word !== '')
  return fill(withValues(words), () => width)
}

/** A paragraph behind something on its first line, its other lines indented as far as that is wide, or as `hang` says. */
export function wrapBehind(lead: string, text: string, width: number, hang = textWidth(lead)): string[] {
  const [first = '', ...more] = wrap(text, width - Math.max(hang, textWidth(lead)))
  return [`${lead}${first}`, ...more.map((line) => `${' '.repeat(hang)}${line}`)]
}

const CONTINUED = ' \\'
/** What is escaped, in quotes, or neither; a quote that is never closed is a character like others. */
const SHELL_WORDS = /(?:\\.|[^\s"'\\]|"(?:\\.|[^"\\])*"|'[^']*'|["'\\])+/g
/** Columns by which the lines of a broken command are further in than its first. */
const COMMAND_HANG = 4

/**
 * A command to copy, broken as a shell allows it, between words and not between an option and its value: a word that is
 * longer than a line stays whole.
 *
 * @param lead What stands in front of it, as `  $ `.
 */
export function wrapCommand(lead: string, command: string, width: number): string[] {
  const words = command.match(SHELL_WORDS) ?? []
  const indent = ' '.repeat(/^ */.exec(lead)![0].length + COMMAND_HANG)
  const room = (isFirst: boolean, isLast: boolean) => {
    return width - (isFirst ? textWidth(lead) : indent.length) - (isLast ? 0 : CONTINUED.length)
  }
  const lines = fill(withValues(words), room)
  return lines.map((line, at) => {
    return `${at === 0 ? lead : indent}${line}${at < lines.length - 1 ? CONTINUED : ''}`
  })
}

/** Options with what stands behind them in one piece. */
function withValues(words: readonly string[]): string[] {
  const pieces: string[] = []
  words.forEach((word, at) => {
    const isValue = at > 0 && OPTION.test(words[at - 1]!) && !OPTION.test(word)
    if (isValue) pieces.push(`${pieces.pop()} ${word}`)
    else pieces.push(word)
  })
  return pieces
}

/** Words on lines that have this room, the first or the last one perhaps less. */
function fill(words: readonly string[], roomOf: (isFirst: boolean, isLast: boolean) => number): string[] {
  const lines: string[] = []
  let line = ''
  words.forEach((word, at) => {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > roomOf(lines.length === 0, at === words.length - 1)) {
      lines.push(line)
      line = word
    } else line = longer
  })
  return line === '' ? lines : [...lines, line]
}
