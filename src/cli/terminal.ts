import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import { visible } from './visible.ts'
import { shorten, textWidth, wrapBehind } from './wrap.ts'

/** A line for people about a result. It may hold the text of others: whatever is in it is shown, nothing is obeyed. */
export interface Note {
  text: string
  /** Stands in front of the first line; the others are indented as far. */
  lead?: string
  tone?: 'plain' | 'faint' | 'warning' | 'failure'
  /** Its spaces mean something: it is not broken into lines. */
  isDrawn?: boolean
}

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Terminal {
  /** For what goes to stdout. */
  colors: Colors
  /** For what goes to stderr. */
  noteColors: Colors
  /** Columns a table may take; Infinity when the output is not looked at in a terminal. */
  width: number
  /** The same of what goes to stderr. */
  noteWidth: number
  /** Whether people see stderr while the program runs. */
  isWatched: boolean
  /** Tells people about the result; not shown with --quiet. */
  note(note: Note): void
  /** A line that says what is going on; the next one replaces it, an empty one wipes it. Only where it is watched. */
  status(text: string): void
  /** Results, piece by piece: no faster than the reader takes them. */
  write(pieces: Iterable<string> | AsyncIterable<string>, signal?: AbortSignal): Promise<void>
}

const CHUNK_CHARACTERS = 65_536
const WIPE = '\r\u001b[2K'

/** Colors where a person sees them: in a terminal, unless --no-color or NO_COLOR; FORCE_COLOR asks for them anywhere. */
export function colorsFor(stream: Partial<WriteStream>, isWanted: boolean): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const isPossible = FORCE_COLOR ? FORCE_COLOR !== '0' : stream.isTTY === true && TERM !== 'dumb'
  return pc.createColors(isWanted && !NO_COLOR && isPossible)
}

/** The same before options are parsed. */
export function typedColors(stream: Partial<WriteStream>): Colors {
  return colorsFor(stream, !process.argv.includes('--no-color'))
}

/**
 * For what must not be missed. Bold, which most terminals draw bright: of xterm, GNOME, macOS, VS Code and Windows the
 * least contrast, on white or on black, is then 3.0 : 1. Without it magenta is at 2.4 on the black of Windows and red at
 * 2.4 on that of macOS; yellow is at 1.7 on the white of xterm.
 */
export function paintsOf({ bold, magenta, red }: Colors) {
  return {
    warning: (text: string) => bold(magenta(text)),
    failure: (text: string) => bold(red(text)),
  }
}

/** Columns of the terminal a stream goes to; Infinity where it goes to none, or to one that does not say. */
export function widthOf(stream: Partial<WriteStream>): number {
  return (stream.isTTY && stream.columns) || Number.POSITIVE_INFINITY
}

export function openTerminal({ color = true, quiet = false }: { color?: boolean; quiet?: boolean }): Terminal {
  const { stdout, stderr } = process
  const noteColors = colorsFor(stderr, color)
  const paints = { plain: String, faint: noteColors.dim, ...paintsOf(noteColors) }
  const isWatched = stderr.isTTY === true && !quiet
  const noteWidth = widthOf(stderr)
  return {
    colors: colorsFor(stdout, color),
    noteColors,
    width: widthOf(stdout),
    noteWidth,
    isWatched,
    note({ text, lead = '', tone = 'plain', isDrawn = false }) {
      if (quiet) return
      const width = isDrawn ? Number.POSITIVE_INFINITY : noteWidth
      for (const line of noteLines(visible(text), width, lead)) stderr.write(`${paints[tone](line)}\n`)
    },
    status(text) {
      // Of a line that is broken in two only the second would be wiped.
      const line = shorten(visible(text), noteWidth - 1)
      if (isWatched) stderr.write(text === '' ? WIPE : `${WIPE}${noteColors.dim(line)}`)
    },
    write: (pieces, signal) => writeAll(stdout, pieces, signal),
  }
}

/** A note broken at words, its lines indented like the first. */
export function noteLines(text: string, width: number, lead = ''): string[] {
  if (textWidth(lead) + textWidth(text) <= width) return [`${lead}${text}`]
  const [indent = ''] = /^ */.exec(text) ?? []
  return wrapBehind(`${lead}${indent}`, text, width)
}

async function writeAll(
  stream: NodeJS.WritableStream,
  pieces: Iterable<string> | AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  let waiting = ''
  const flush = async () => {
    signal?.throwIfAborted()
    const isTaken = stream.write(waiting)
    waiting = ''
    // A pipe takes everything at once; without a pause Ctrl-C would wait for the last piece.
    await (isTaken ? setImmediate() : once(stream, 'drain'))
  }
  for await (const piece of pieces) {
    waiting += piece
    if (waiting.length >= CHUNK_CHARACTERS) await flush()
  }
  await flush()
}
