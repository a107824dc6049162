import type { FormulaErrorDetails, FormulaErrorFields, Given } from '../../domain/error-fields.ts'
import type { FormulaErrorCode, FormulaWarning, FormulaWarningCode } from '../../domain/errors.ts'
import { FormulaError } from '../../domain/errors.ts'
import { MAX_TEXT } from '../limits.ts'
import { lineRanges, placeAt } from './lines.ts'

/** Half-open range of the formula's text, in UTF-16 code units. */
export type Range = readonly [start: number, end: number]

/** Enough for an editor; more would only make garbage slow to refuse. */
const MAX_PROBLEMS = 100

/** Leaves the front end from any depth once a limit is passed; the problem itself is already written down. */
export class Stop extends Error {}

/** The errors found so far in one formula. */
export class Problems {
  private readonly found: FormulaError[] = []
  private readonly noticed: FormulaWarning[] = []
  /** How many there were, those beyond the maximum included. */
  count = 0
  /** Found out once: a text of nothing but lines takes 10 ms, and there may be a hundred problems. */
  private lines: readonly Range[] | undefined

  constructor(private readonly text: string) {}

  /** @param details What errors of this code say besides their place. */
  add<Code extends FormulaErrorCode>(
    code: Code,
    at: Range,
    message: string,
    hint: string,
    ...[details]: Given<FormulaErrorDetails[Code]>
  ): void {
    this.count += 1
    if (this.found.length < MAX_PROBLEMS) this.push(code, message, { ...details, at, hint })
  }

  /** Notes what runs and is hardly what was meant. */
  warn(code: FormulaWarningCode, at: Range, message: string, hint: string): void {
    if (this.noticed.length < MAX_PROBLEMS) this.noticed.push({ code, message, hint, at })
  }

  /** Writes down that a limit is passed, and leaves. */
  tooLarge(at: Range, message: string, hint: string): never {
    this.count += 1
    this.push('FORMULA_TOO_LARGE', message, { at, hint })
    throw new Stop()
  }

  /** True when nobody will see the next one; what is costly to say need not be worked out. */
  get isFull(): boolean {
    return this.found.length >= MAX_PROBLEMS
  }

  /** Line and column of a position, both from 1. */
  placeOf(position: number): { line: number; column: number } {
    // Nobody reads on behind the limit.
    this.lines ??= lineRanges(this.text.slice(0, MAX_TEXT))
    const { line, column } = placeAt(this.text, this.lines, position)
    return { line, column }
  }

  private push(code: FormulaErrorCode, message: string, fields: FormulaErrorFields[FormulaErrorCode]): void {
    this.found.push(new FormulaError(code, message, { ...fields, ...this.placeOf(fields.at[0]) }))
  }

  list(): FormulaError[] {
    return inTextOrder(this.found)
  }

  get warnings(): readonly FormulaWarning[] {
    return [...this.noticed].sort((a, b) => a.at[0] - b.at[0])
  }
}

export function inTextOrder(errors: readonly FormulaError[]): FormulaError[] {
  return [...errors].sort((a, b) => a.fields.at[0] - b.fields.at[0])
}

/** A piece of the formula as it may stand in a message: one line, short, without control characters. */
export function excerpt(text: string, maximum = 48): string {
  const line = text
    .slice(0, maximum * 4)
    .replace(/\s+/g, ' ')
    .replace(/\p{C}/gu, '\ufffd')
    .trim()
  const characters = [...line]
  return characters.length <= maximum && text.length <= maximum * 4
    ? line
    : `${characters.slice(0, maximum - 1).join('')}…`
}

export function listed(names: readonly string[]): string {
  return names.join(', ')
}
