import type { Range } from '../errors/problems.ts'

/** A formula as written: statements in order. Parentheses are not kept; the shape of the tree says them. */
export interface Script {
  statements: readonly Statement[]
}

export type Statement =
  | { kind: 'assign'; name: string; nameAt: Range; value: Expression; at: Range }
  | { kind: 'unpack'; names: readonly { name: string; at: Range }[]; value: Expression; at: Range }
  /** From -Infinity to Infinity where it has no range. */
  | { kind: 'param'; name: string; nameAt: Range; initial: number; low: number; high: number; at: Range }
  | { kind: 'value'; value: Expression; at: Range }

export type Expression =
  | { kind: 'number'; value: number; at: Range }
  /** With its quotes. Some parameters of functions take one. */
  | { kind: 'string'; text: string; at: Range }
  /** With its prefix as written: `ta.tr`. */
  | { kind: 'name'; name: string; at: Range }
  | { kind: 'unary'; operator: '-' | 'not'; operand: Expression; at: Range }
  | Chain
  | { kind: 'power'; base: Expression; exponent: Expression; at: Range }
  | { kind: 'choose'; condition: Expression; whenTrue: Expression; whenFalse: Expression; at: Range }
  | { kind: 'postfix'; source: Expression; steps: readonly Step[]; at: Range }
  | Call
  /** Where the text is wrong; the error is reported, `parts` are what could be read. */
  | { kind: 'broken'; parts: readonly Expression[]; at: Range }

/** `a + b - c`: operators of one level, left to right, flat so that no length of it can overflow a stack. */
export interface Chain {
  kind: 'chain'
  level: ChainLevel
  operators: readonly string[]
  /** One more than operators. */
  operands: readonly Expression[]
  at: Range
}

export interface Call {
  kind: 'call'
  name: string
  nameAt: Range
  arguments: readonly Argument[]
  at: Range
}

export interface Argument {
  /** Absent for a positional argument. */
  name?: string
  /** Of the value; of `name = value` when named. */
  at: Range
  value: Expression
}

/** `[bars]` or `.output` behind a value. */
export type Step =
  | { kind: 'index'; bars: Expression; at: Range }
  | { kind: 'output'; name: string; nameAt: Range; at: Range }

/** How tightly a form holds its operands; a higher level needs no parentheses inside a lower one. */
export const LEVEL = {
  choose: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  minus: 7,
  power: 8,
  postfix: 9,
} as const

export type Level = (typeof LEVEL)[keyof typeof LEVEL]
export type ChainLevel = 1 | 2 | 4 | 5 | 6

/** The level of every operator that makes a chain. */
export const CHAIN_OPERATORS: ReadonlyMap<string, ChainLevel> = new Map<string, ChainLevel>([
  ['or', LEVEL.or],
  ['and', LEVEL.and],
  ...['<', '<=', '>', '>=', '==', '!='].map((operator) => [operator, LEVEL.comparison] as const),
  ...['+', '-'].map((operator) => [operator, LEVEL.sum] as const),
  ...['*', '/', '%'].map((operator) => [operator, LEVEL.product] as const),
])
