import type {
  DataErrorFields,
  EngineErrorFields,
  FormulaErrorFields,
  Given,
  JobErrorFields,
  SymbolErrorFields,
} from './error-fields.ts'

/** Fields that go with an error code: plain data, so they survive the way between threads. */
export type ErrorFields = Readonly<Record<string, unknown>>

const KINDS = ['FormulaError', 'DataError', 'JobError', 'EngineError'] as const
type Kind = (typeof KINDS)[number]

export interface SerialisedError {
  kind: Kind
  code: string
  message: string
  fields: ErrorFields
}

/**
 * Base of every error millrace throws on purpose. Match on `code`, which says which `fields` there are; `message` is for
 * people and may change.
 */
export abstract class MillraceError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fields: ErrorFields = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** By its shape: the code of worker threads has classes of its own, and what it calls has those of the package. */
export function isMillraceError(error: unknown): error is MillraceError & { name: Kind } {
  if (!(error instanceof Error)) return false
  const { name, code, fields } = error as Partial<MillraceError>
  return KINDS.some((kind) => kind === name) && typeof code === 'string' && typeof fields === 'object'
}

/** The error with a stack that begins at the caller of `callee`, on platforms that can: what is below is ours. */
export function seenFromCallerOf(callee: (...args: never[]) => unknown, error: unknown): unknown {
  if (error instanceof MillraceError) Error.captureStackTrace?.(error, callee)
  return error
}

/** The errors of one kind: with its code, an error's fields are known. */
type CodedError<Name extends Kind, Fields, More = unknown> = {
  [Code in keyof Fields]: Error &
    More & { readonly name: Name; readonly code: Code; readonly fields: Readonly<Fields[Code]> }
}[keyof Fields]

/** The class of one kind. Fields are left out where none must be given. */
interface ErrorClass<Name extends Kind, Fields, More = unknown> {
  new <Code extends keyof Fields>(
    code: Code,
    message: string,
    ...more: [...fields: Given<Fields[Code]>, options?: ErrorOptions]
  ): CodedError<Name, Pick<Fields, Code>, More>
  readonly prototype: CodedError<Name, Fields, More>
}

export type JobErrorCode = keyof JobErrorFields

/** The job itself is wrong: nothing was run. `fields.path` names the part. */
export type JobError = CodedError<'JobError', JobErrorFields>
export const JobError = class JobError extends MillraceError {
  override readonly name = 'JobError'
} as unknown as ErrorClass<'JobError', JobErrorFields>

export type DataErrorCode = keyof DataErrorFields

/** The storage cannot be read, or what it holds cannot be candles. */
export type DataError = CodedError<'DataError', DataErrorFields>
export const DataError = class DataError extends MillraceError {
  override readonly name = 'DataError'
} as unknown as ErrorClass<'DataError', DataErrorFields>

export type FormulaErrorCode = keyof FormulaErrorFields

/** What is wrong with a formula, without what to do and where. */
interface Sentence {
  readonly sentence: string
}

/**
 * The formula cannot be run as written. The message says what is wrong, what to do and where;
 * `explain(error, text)` draws it.
 */
export type FormulaError = CodedError<'FormulaError', FormulaErrorFields, Sentence>
export const FormulaError = class FormulaError extends MillraceError {
  override readonly name = 'FormulaError'
  constructor(
    code: FormulaErrorCode,
    readonly sentence: string,
    fields: FormulaErrorFields[FormulaErrorCode],
  ) {
    const { hint, line, column } = fields
    const place = line === undefined ? '' : ` (line ${line}, column ${column})`
    super(code, `${sentence}${hint && `; ${hint}`}${place}`, { ...fields })
  }
} as unknown as ErrorClass<'FormulaError', FormulaErrorFields, Sentence>

export type FormulaWarningCode =
  /** A constant without a value: `sqrt(-1)`, or a division by 0. */
  | 'FORMULA_NEVER_KNOWN'
  /** A comparison whose result does not depend on the candles. */
  | 'FORMULA_ALWAYS_THE_SAME'
  /** Arguments in the order that another language has. */
  | 'FORMULA_ARGUMENT_ORDER'
  /** A comparison with a number that the function cannot give. */
  | 'FORMULA_SIGN'
  /** The formula looks further back than the candles reach. */
  | 'FORMULA_LONGER_THAN_DATA'

/** Something in a formula that runs and is hardly what was meant. Plain data; `explain(warning, text)` draws where. */
export interface FormulaWarning {
  code: FormulaWarningCode
  message: string
  /** What to write instead, as a sentence. */
  hint: string
  /** Half-open range of the text, in UTF-16 code units. */
  at: readonly [start: number, end: number]
}

export type EngineErrorCode = keyof EngineErrorFields

/** The engine cannot run, or was told to stop. */
export type EngineError = CodedError<'EngineError', EngineErrorFields>
export const EngineError = class EngineError extends MillraceError {
  override readonly name = 'EngineError'
} as unknown as ErrorClass<'EngineError', EngineErrorFields>

export type SymbolErrorCode = keyof SymbolErrorFields

/** What happened to one symbol; the others go on. */
export type SymbolError = {
  [Code in SymbolErrorCode]: { code: Code; message: string; fields: Readonly<SymbolErrorFields[Code]> }
}[SymbolErrorCode]
