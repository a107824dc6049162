import { readFileSync } from 'node:fs'
import { FormulaError } from '../domain/errors.ts'
import type { FormulaMode } from '../formula/check.ts'
import { type Plan, planFormula } from '../formula/plan.ts'
import { FormulaFailure, UsageError } from './failure.ts'

/** A text of the command line, and the file it was read from when it was `@file`. */
export interface SourceText {
  text: string
  file?: string
}

/** The text itself, or that of the file behind `@`; `@-` is stdin. */
export function readText(argument: string): SourceText {
  if (!argument.startsWith('@')) return { text: argument }
  const file = argument.slice(1)
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\ufeff/, '')
    return { text, file: file === '-' ? 'stdin' : file }
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** Symbols apart by commas or, in a file, by lines; in the order given. Lines of a file that begin with # are left out. */
export function readSymbols(argument: string): string[] {
  const { text, file } = readText(argument)
  const lines = file === undefined ? [text] : text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'))
  const symbols = lines.flatMap((line) => line.split(',')).map((symbol) => symbol.trim())
  const named = [...new Set(symbols.filter((symbol) => symbol !== ''))]
  if (named.length === 0) throw new UsageError(`${file ?? '--symbols'} names no symbols`)
  return named
}

/** Expressions one per line; blank lines and comments are skipped. */
export function readExpressions(argument: string): SourceText[] {
  const { text, file } = readText(argument.startsWith('@') ? argument : `@${argument}`)
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const expressions = lines.filter((line) => line !== '' && !line.startsWith('//'))
  return expressions.map((line) => ({ text: line, ...(file !== undefined && { file }) }))
}

/** Plans a formula; one that is wrong is thrown together with its text. */
export function planText(
  source: SourceText,
  parameters: Readonly<Record<string, number>> | undefined,
  mode: FormulaMode,
): Plan {
  try {
    return planFormula(source.text, parameters, { mode })
  } catch (error) {
    throw error instanceof FormulaError ? new FormulaFailure(error, source) : error
  }
}
