/** Fields that go with an error code: plain data, so they survive the way between threads. */
export type ErrorFields = Readonly<Record<string, unknown>>

const KINDS = ['FormulaError', 'DataError', 'JobError', 'EngineError'] as const

export interface SerialisedError {
  kind: (typeof KINDS)[number]
  code: string
  message: string
  fields: ErrorFields
}

/** Base of every error millrace throws on purpose. Match on `code`; `message` is for people and may change. */
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
export function isMillraceError(error: unknown): error is MillraceError & { name: SerialisedError['kind'] } {
  if (!(error instanceof Error)) return false
  const { name, code, fields } = error as Partial<MillraceError>
  return KINDS.some((kind) => kind === name) && typeof code === 'string' && typeof fields === 'object'
}

/** The error with a stack that begins at the caller of `callee`, on platforms that can: what is below is ours. */
export function seenFromCallerOf(callee: (...args: never[]) => unknown, error: unknown): unknown {
  if (error instanceof MillraceError) Error.captureStackTrace?.(error, callee)
  return error
}

export type JobErrorCode =
  | 'JOB_NO_SYMBOLS'
  | 'JOB_TIMEFRAME'
  | 'JOB_DATE_RANGE'
  | 'JOB_HISTORY'
  | 'JOB_LAST'
  | 'JOB_TYPE'
  | 'JOB_FORMULA'
  | 'JOB_PARAMETERS'
  | 'JOB_FIELD'

/** The job itself is wrong: nothing was run. `fields.path` names the part. */
export class JobError extends MillraceError {
  override readonly name = 'JobError'
  declare readonly code: JobErrorCode
  constructor(code: JobErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields)
  }
}

export type DataErrorCode =
  | 'DATA_UNREADABLE'
  | 'DATA_COLUMN_MISSING'
  | 'DATA_SHAPE'
  | 'DATA_TIMEFRAME'
  | 'DATA_OPTION'
  | 'DATA_LIBRARY'
  | 'NO_DATA'
  | 'BAD_DATA'

/** The storage cannot be read, or what it holds cannot be candles. */
export class DataError extends MillraceError {
  override readonly name = 'DataError'
  declare readonly code: DataErrorCode
  constructor(code: DataErrorCode, message: string, fields: ErrorFields = {}, options?: ErrorOptions) {
    super(code, message, fields, options)
  }
}

export type FormulaErrorCode =
  | 'FORMULA_SYNTAX'
  | 'FORMULA_UNKNOWN_NAME'
  | 'FORMULA_ARGUMENT_COUNT'
  | 'FORMULA_ARGUMENT_TYPE'
  | 'FORMULA_ARGUMENT_RANGE'
  | 'FORMULA_UNKNOWN_OUTPUT'
  | 'FORMULA_TYPE'
  | 'FORMULA_LOOKAHEAD'
  | 'FORMULA_DUPLICATE_NAME'
  | 'FORMULA_NOT_A_CONDITION'
  | 'FORMULA_PARAMETER'
  | 'FORMULA_TOO_LARGE'
  /** A column (`col.…`) that the data does not have, or that holds no numbers: known once there is data. */
  | 'FORMULA_UNKNOWN_COLUMN'

export interface FormulaErrorFields extends ErrorFields {
  /** Half-open range of the text, in UTF-16 code units. */
  at: readonly [start: number, end: number]
  /** What to do, as a sentence; empty when the message says it. */
  hint: string
  /** Where it begins, both counted from 1; absent where there is no place, as for a parameter the formula has not. */
  line?: number
  column?: number
}

/**
 * The formula cannot be run as written. The message says what is wrong, what to do and where;
 * `explain(error, text)` draws it.
 */
export class FormulaError extends MillraceError {
  override readonly name = 'FormulaError'
  declare readonly code: FormulaErrorCode
  declare readonly fields: FormulaErrorFields
  constructor(
    code: FormulaErrorCode,
    /** What is wrong, without what to do and where. */
    readonly sentence: string,
    fields: FormulaErrorFields,
  ) {
    const { hint, line, column } = fields
    const place = line === undefined ? '' : ` (line ${line}, column ${column})`
    super(code, `${sentence}${hint && `; ${hint}`}${place}`, fields)
  }
}

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

export type EngineErrorCode = 'ENGINE_CLOSED' | 'ENGINE_OPTION' | 'ENGINE_WASM' | 'ENGINE_WORKER' | 'CANCELLED'

/** The engine cannot run, or was told to stop. */
export class EngineError extends MillraceError {
  override readonly name = 'EngineError'
  declare readonly code: EngineErrorCode
  constructor(code: EngineErrorCode, message: string, fields: ErrorFields = {}, options?: ErrorOptions) {
    super(code, message, fields, options)
  }
}

/** What happened to one symbol; the others go on. */
export type SymbolErrorCode = 'NO_DATA' | 'BAD_DATA' | 'LOAD_FAILED' | 'NO_COLUMN'

export interface SymbolError {
  code: SymbolErrorCode
  message: string
  fields: ErrorFields
}
