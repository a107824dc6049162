import { CommanderError } from 'commander'
import type { Colors } from 'picocolors/types.js'
import { type FormulaError, type FormulaWarning, MillraceError } from '../domain/errors.ts'
import { explain } from '../formula/errors/explain-error.ts'
import { type Note, noteLines, paintsOf, type Terminal } from './terminal.ts'
import { visible, visibleLines } from './visible.ts'

/** Exit codes. 130 is how a shell reports a process that Ctrl-C ended. */
export const EXIT = {
  done: 0,
  symbolsFailed: 1,
  commandFailed: 1,
  unexpected: 1,
  wrongUse: 2,
  interrupted: 130,
} as const

/** What was typed cannot be done; the message is complete. */
export class UsageError extends Error {
  constructor(
    message: string,
    /** What to type instead, on a line of its own. */
    readonly example = '',
  ) {
    super(message)
  }
}

/** A formula that is wrong, with its text, so that the place can be drawn. */
export class FormulaFailure extends Error {
  constructor(
    readonly error: FormulaError,
    /** The formula, and the file it comes from when it does. */
    readonly source: { text: string; file?: string },
  ) {
    super(error.message)
  }
}

const INDENT = '  '

/** Codes that mean that something broke, not that something was asked for wrongly. */
const BROKEN: ReadonlySet<string> = new Set(['ENGINE_WORKER', 'ENGINE_WASM'])

/** Where an error is told: colors, and columns, Infinity where it is no terminal. */
export interface ErrorScreen {
  colors: Colors
  width?: number
}

/**
 * What stderr is told about an error that ends the program, and its exit code. Messages carry the text of others: what
 * would steer a terminal is written out.
 */
export function failureOf(
  error: unknown,
  screen: ErrorScreen,
  isInterrupted = false,
): { text: string; exitCode: number } {
  const { warning } = paintsOf(screen.colors)
  if (isInterrupted) return { text: warning(visible(cancelText(error))), exitCode: EXIT.interrupted }
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? EXIT.done : EXIT.wrongUse }
  if (error instanceof FormulaFailure) return { text: drawn(error, screen), exitCode: EXIT.wrongUse }
  if (error instanceof UsageError) return { text: told(error.message, error.example, screen), exitCode: EXIT.wrongUse }
  if (error instanceof MillraceError) {
    const text = told(`${error.code}: ${error.message}`, optionHint(error), screen)
    return { text, exitCode: BROKEN.has(error.code) ? EXIT.unexpected : EXIT.wrongUse }
  }
  const reason = `unexpected error: ${error instanceof Error ? error.message : String(error)}`
  if (!process.env.DEBUG || !(error instanceof Error)) {
    return { text: told(reason, 'DEBUG=1 shows where it happened', screen), exitCode: EXIT.unexpected }
  }
  return { text: `${told(reason, '', screen)}\n${visibleLines(`${error.stack}`)}`, exitCode: EXIT.unexpected }
}

/** What went wrong, and below it what to do. */
function told(message: string, hint: string, { colors, width = Number.POSITIVE_INFINITY }: ErrorScreen): string {
  const lines = noteLines(visible(message), width).map(paintsOf(colors).failure)
  return [...lines, ...(hint === '' ? [] : noteLines(visible(hint), width, INDENT))].join('\n')
}

function cancelText(error: unknown): string {
  return error instanceof MillraceError && error.code === 'CANCELLED' ? error.message : 'cancelled'
}

function drawn({ error, source }: FormulaFailure, screen: ErrorScreen): string {
  const { at, hint } = error.fields
  const { colors, width = Number.POSITIVE_INFINITY } = screen
  // A value for a parameter that the formula does not have: there is no place to point at.
  if (at[1] === 0) return told(`${error.code}: ${error.sentence}`, hint, screen)
  const { head, line, marks, sentence } = placed(error, source, width)
  return [...noteLines(head, width).map(paintsOf(colors).failure), line, marks, ...noteLines(sentence, width)].join(
    '\n',
  )
}

/** Where a formula says something else than was probably meant, drawn as its errors are. */
export function warningNotes(
  warnings: readonly FormulaWarning[],
  source: FormulaFailure['source'],
  { noteWidth }: Terminal,
): Note[] {
  return warnings.flatMap((warning) => {
    const { head, line, marks, sentence } = placed(warning, source, noteWidth)
    return [
      { text: head, tone: 'warning' as const },
      { text: line, isDrawn: true },
      { text: marks, isDrawn: true },
      { text: sentence },
    ]
  })
}

/** The lines of the drawing, the file named in the first. */
function placed(problem: FormulaError | FormulaWarning, { text, file }: FormulaFailure['source'], width: number) {
  const drawing = explain(problem, text, Number.isFinite(width) ? width : undefined)
  const [head = '', line = '', marks = '', sentence = ''] = drawing.split('\n').map(visible)
  return { head: file === undefined ? head : `${head}  in ${visible(file)}`, line, marks, sentence }
}

/** How to set on the command line what the message asks for. */
function optionHint({ code, fields }: MillraceError): string {
  if (code === 'DATA_COLUMN_MISSING') {
    const { columns, missing } = fields as { columns: Record<string, string>; missing: readonly string[] }
    const single = missing.includes('symbol') ? ', or --one-symbol NAME for data of a single symbol' : ''
    const setting = Object.entries(columns).map(([role, name]) => `${role}=${name}`)
    return `on the command line: --columns ${shellWord(setting.join(','))}${single}`
  }
  if (code === 'DATA_OPTION' && 'tables' in fields) return 'on the command line: --table NAME'
  if (code === 'DATA_TIMEFRAME') return 'on the command line: --timeframe 1d'
  return ''
}

/** A text as one word of a shell. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}=,./:_-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
