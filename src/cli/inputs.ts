import { constants, createReadStream, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { FormulaError } from '../domain/errors.ts'
import type { FormulaMode } from '../formula/check/check.ts'
import { MAX_TEXT } from '../formula/limits.ts'
import { isRole } from '../formula/names.ts'
import { type Plan, planFormula } from '../formula/plan/plan.ts'
import { FormulaFailure, UsageError } from './failure.ts'
import { findFormula } from './formula-files.ts'
import { formatCount } from './people.ts'
import { symbolsOf, symbolsOfFile } from './watchlist.ts'

/** A text of the command line, and the file it was read from when it was `@file`. */
export interface SourceText {
  text: string
  file?: string
}

/** An expression, and what its column is to be called where that is said. */
export interface Expression extends SourceText {
  name?: string
}

/** `fast = ema(close, 12)`: one assignment. */
const NAMED = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)\s*([^;\n]+)$/u

/** More is no formula: a character takes at most three bytes per code unit. */
const FORMULA_BYTES = 3 * MAX_TEXT
/** Room for a million symbols, or expressions. */
const LIST_BYTES = 16 * 2 ** 20

/** The text itself, or that of the file behind `@`, which may be one of the folder of formulas; `@-` is stdin. */
export function readFormula(argument: string, signal: AbortSignal): Promise<SourceText> {
  return readText(formulaSource(argument), FORMULA_BYTES, signal)
}

/** The symbols of a list or of the file behind `@`, in the order given. */
export async function readSymbols(argument: string, signal: AbortSignal): Promise<string[]> {
  const { text, file } = await readText(argument, LIST_BYTES, signal)
  const named = file === undefined ? symbolsOf(text) : symbolsOfFile(text)
  if (named.length === 0) throw new UsageError(`${file ?? '--symbols'} names no symbols`)
  return named
}

/** Expressions one per line; blank lines and comments are skipped. */
export async function readExpressions(argument: string, signal: AbortSignal): Promise<Expression[]> {
  const source = formulaSource(argument.startsWith('@') ? argument : `@${argument}`)
  const { text, file } = await readText(source, LIST_BYTES, signal)
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const expressions = lines.filter((line) => line !== '' && !line.startsWith('//'))
  return expressions.map((line) => ({ ...expressionOf(line), ...(file !== undefined && { file }) }))
}

/**
 * An expression with the name in front of it taken off: positions in errors count without it. A role stays, which is an
 * expression by itself.
 */
export function expressionOf(text: string): Expression {
  const [, name, rest] = NAMED.exec(text) ?? []
  return name === undefined || rest === undefined || isRole(name) ? { text } : { text: rest, name }
}

/** Plans a formula; one that is wrong is thrown together with its text. */
export function planText(
  source: SourceText,
  parameters: Readonly<Record<string, number>> | undefined,
  mode: FormulaMode,
): Plan {
  return ofSource(source, (text) => planFormula(text, parameters, { mode }))
}

/** What is made of a formula; one that is wrong is thrown together with where it stands. */
export function ofSource<T>(source: SourceText, make: (text: string) => T): T {
  try {
    return make(source.text)
  } catch (error) {
    throw error instanceof FormulaError ? new FormulaFailure(error, source) : error
  }
}

/**
 * What runs a plan of one of these texts; an error in one that only the data shows is thrown together with it.
 */
export async function withTexts<T>(sources: readonly SourceText[], running: Promise<T>): Promise<T> {
  try {
    return await running
  } catch (error) {
    if (!(error instanceof FormulaError) || error.code !== 'FORMULA_UNKNOWN_COLUMN') throw error
    const { at, found } = error.fields
    const source = sources.find(
      ({ text }) =>
        text
          .slice(...at)
          .replaceAll(/\s/g, '')
          .normalize('NFC') === found,
    )
    throw source ? new FormulaFailure(error, source) : error
  }
}

function formulaSource(argument: string): string {
  return argument.startsWith('@') && argument !== '@-' ? `@${findFormula(argument.slice(1))}` : argument
}

/** @throws UsageError when there is no such file, or it has more bytes than what it is for can have. */
async function readText(argument: string, maxBytes: number, signal: AbortSignal): Promise<SourceText> {
  if (!argument.startsWith('@')) return { text: argument }
  const file = argument === '@-' ? 'stdin' : argument.slice(1)
  try {
    const stream = argument === '@-' ? process.stdin : openFile(file)
    const bytes = await readSome(addAbortSignal(signal, stream), maxBytes)
    return { text: bytes.toString('utf8').replace(/^\ufeff/, ''), file }
  } catch (cause) {
    signal.throwIfAborted()
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** A pipe as a socket: a read of a file that waits for its writer could not be stopped, not even by Ctrl-C. */
function openFile(file: string): Readable {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const isPipe = fstatSync(descriptor).isFIFO()
  return isPipe
    ? new Socket({ fd: descriptor, readable: true, writable: false })
    : createReadStream('', { fd: descriptor })
}

async function readSome(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`it has more than ${formatCount(maxBytes)} bytes, which is too much`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
