import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import { visible } from './visible.ts'
import { wrap } from './wrap.ts'

/** A line for people about a result. It may hold the text of others: whatever is in it is shown, nothing is obeyed. */
export interface Note {
  text: string
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

export function openTerminal({ color = true, quiet = false }: { color?: boolean; quiet?: boolean }): Terminal {
  const { stdout, stderr } = process
  const noteColors = colorsFor(stderr, color)
  const paints = { plain: String, faint: noteColors.dim, warning: noteColors.yellow, failure: noteColors.red }
  const isWatched = stderr.isTTY === true && !quiet
  return {
    colors: colorsFor(stdout, color),
    noteColors,
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    isWatched,
    note({ text, tone = 'plain', isDrawn = false }) {
      if (quiet) return
      const lines =
        stderr.isTTY && !isDrawn
          ? noteLines(visible(text), stderr.columns || Number.POSITIVE_INFINITY)
          : [visible(text)]
      for (const line of lines) stderr.write(`${paints[tone](line)}\n`)
    },
    status(text) {
      if (isWatched) stderr.write(text === '' ? WIPE : `${WIPE}${noteColors.dim(visible(text))}`)
    },
    write: (pieces, signal) => writeAll(stdout, pieces, signal),
  }
}

/** A note broken at words, its lines indented like the first. */
export function noteLines(text: string, width: number): string[] {
  const [indent = ''] = /^ */.exec(text) ?? []
  const lines = wrap(text, width - indent.length)
  return lines.length === 0 ? [''] : lines.map((line) => `${indent}${line}`)
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
