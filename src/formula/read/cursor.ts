import type { Problems, Range } from '../errors/problems.ts'
import { excerpt } from '../errors/problems.ts'
import { MAX_NESTING } from '../limits.ts'
import type { Token } from './tokens.ts'

/** Where the parser stands in the tokens, how deep it is, and how it finds its way back after an error. */
export class Cursor {
  private index = 0
  private nesting = 0
  /** Open brackets: inside them a new line means nothing. */
  private brackets = 0
  private reportedAt = -1

  constructor(
    private readonly tokens: readonly Token[],
    readonly problems: Problems,
  ) {}

  get token(): Token {
    return this.peek(0)
  }

  peek(ahead: number): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)] as Token
  }

  take(): Token {
    const token = this.token
    if (token.kind !== 'end') this.index += 1
    return token
  }

  is(symbol: string): boolean {
    return isSymbol(this.token, symbol)
  }

  accept(symbol: string): boolean {
    if (!this.is(symbol)) return false
    this.index += 1
    return true
  }

  /** End of the last token taken. */
  get end(): number {
    return this.index === 0 ? 0 : (this.tokens[this.index - 1] as Token).at[1]
  }

  since(start: number): Range {
    return [start, Math.max(start, this.end)]
  }

  /** One syntax error per token: what follows from the first is not news. */
  problem(at: Range, message: string, hint = ''): void {
    if (this.reportedAt === this.index) return
    this.reportedAt = this.index
    this.problems.add('FORMULA_SYNTAX', at, message, hint)
  }

  nest<T>(read: () => T): T {
    this.nesting += 1
    if (this.nesting > MAX_NESTING) {
      const message = `the formula is nested more than ${MAX_NESTING} deep`
      this.problems.tooLarge(this.token.at, message, 'name the inner parts: part = …')
    }
    const value = read()
    this.nesting -= 1
    return value
  }

  /** Takes the opening bracket, reads with new lines ignored, and leaves the closing one to the reader. */
  inBrackets<T>(read: (open: Token) => T): T {
    const open = this.take()
    this.brackets += 1
    const value = this.nest(() => read(open))
    this.brackets -= 1
    return value
  }

  /** True where a token that could go on with the expression starts a new statement instead. */
  get startsStatement(): boolean {
    return this.brackets === 0 && this.token.startsLine
  }

  /** True at the end of a statement. */
  get atBoundary(): boolean {
    return this.token.kind === 'end' || this.is(';') || this.token.startsLine
  }

  /** `name =`, `param name` or `[…` at the start of a line: nobody writes that inside an expression. */
  get looksLikeStatement(): boolean {
    const token = this.token
    if (!token.startsLine) return false
    const next = this.peek(1)
    return (
      token.kind === 'name' &&
      (isSymbol(next, '=') || (token.text === 'param' && next.kind === 'name' && !next.startsLine))
    )
  }

  /** Takes the closing bracket; after an error, the next one that could be it. False when something was wrong. */
  close(open: Token, symbol: string): boolean {
    if (this.accept(symbol)) return true
    this.unexpected(open, symbol, `"${symbol}"`)
    this.skipArgument()
    while (this.accept(',')) this.skipArgument()
    if (this.is(')') || this.is(']')) this.index += 1
    return false
  }

  /** Says that neither a comma nor the closing bracket is here. */
  unexpected(open: Token, symbol: string, expected: string): void {
    if (this.token.kind === 'end' || this.is(';') || this.looksLikeStatement) {
      this.problem(open.at, `"${open.text}" is never closed`, `add "${symbol}" where it ends`)
    } else {
      this.problem(this.token.at, `${found(this.token)} is not expected here`, `what can follow is ${expected}`)
    }
  }

  /** Goes on to the comma or bracket that ends the argument, or to the end of the statement. */
  skipArgument(): void {
    let depth = 0
    while (this.token.kind !== 'end' && !this.is(';') && !this.looksLikeStatement) {
      if (this.is('(') || this.is('[')) depth += 1
      else if (this.is(')') || this.is(']')) {
        if (depth === 0) return
        depth -= 1
      } else if (this.is(',') && depth === 0) return
      this.index += 1
    }
  }

  /** Goes on to the next statement; takes at least one token. */
  skipStatement(): void {
    let depth = 0
    do {
      if (this.is('(') || this.is('[')) depth += 1
      else if (this.is(')') || this.is(']')) depth = Math.max(0, depth - 1)
      this.take()
    } while (!(depth === 0 ? this.atBoundary : this.token.kind === 'end' || this.is(';') || this.looksLikeStatement))
  }
}

export function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.text === symbol
}

/** A token as a message names it. */
export function found(token: Token): string {
  return token.kind === 'end' ? 'the end of the formula' : `"${excerpt(token.text)}"`
}
