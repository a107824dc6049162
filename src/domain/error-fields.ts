// What goes with each code of each kind of error: plain data, so that it survives the way between threads.
import type { Timeframe } from './timeframe.ts'

type Nothing = Record<never, never>

/** Which part of a job is wrong, as `dateRange.to`, and what stands there. */
interface JobPart {
  path: string
  found?: unknown
}

interface JobChoice extends JobPart {
  accepted?: readonly string[]
}

export interface JobErrorFields {
  JOB_NO_SYMBOLS: JobPart
  JOB_TIMEFRAME: JobChoice
  JOB_DATE_RANGE: JobPart
  JOB_HISTORY: JobPart
  JOB_LAST: JobPart
  JOB_TYPE: JobChoice
  JOB_FORMULA: JobChoice
  JOB_PARAMETERS: JobPart
  JOB_FIELD: JobPart
}

export interface DataErrorFields {
  /** A repository of one's own may say more. */
  DATA_UNREADABLE: { data?: string; reason?: string; readonly [more: string]: unknown }
  /** The columns of the candle that are missing, those that are there, and a setting of the option `columns` to begin with. */
  DATA_COLUMN_MISSING: {
    missing: readonly string[]
    names: readonly string[]
    columns: Readonly<Record<string, string | undefined>>
  }
  /** Of whatever cannot be a candle: where it stands, and what is there instead. */
  DATA_SHAPE: {
    symbol?: string
    column?: string
    row?: number
    found?: unknown
    length?: number
    expected?: number
    type?: string
    example?: string
    formats?: readonly string[]
  }
  DATA_TIMEFRAME: { holds?: Timeframe | readonly Timeframe[]; wanted?: Timeframe; found?: readonly string[] }
  DATA_OPTION: {
    option: string
    found?: unknown
    reason?: string
    /** Of a database and the tables it has, where `table` is none of them. */
    data?: string
    table?: string | undefined
    tables?: readonly string[]
    /** Of a module that is no repository. */
    url?: string
  }
  DATA_LIBRARY: { library: string; file?: string; reason?: string }
}

/** Where a formula is wrong, and what to do. */
export interface FormulaPlace {
  /** Half-open range of the text, in UTF-16 code units. */
  at: readonly [start: number, end: number]
  /** What to do, as a sentence; empty when the message says it. */
  hint: string
  /** Where it begins, both counted from 1; absent where there is no place, as for a parameter the formula has not. */
  line?: number
  column?: number
}

/** What errors of formulas say besides their place. */
export interface FormulaErrorDetails {
  FORMULA_SYNTAX: Nothing
  FORMULA_UNKNOWN_NAME: { found: string; closest: readonly string[] }
  FORMULA_ARGUMENT_COUNT: { missing?: readonly string[] }
  /** The parameter that a constant in the place of a series was probably meant as. */
  FORMULA_ARGUMENT_TYPE: { parameter?: string | undefined }
  FORMULA_ARGUMENT_RANGE: { found: number; min: number; max: number }
  FORMULA_UNKNOWN_OUTPUT: { found: string; outputs: readonly string[] }
  FORMULA_TYPE: Nothing
  FORMULA_LOOKAHEAD: Nothing
  /** `first` is where the name stands first. */
  FORMULA_DUPLICATE_NAME: { found: string; first?: readonly [start: number, end: number] | undefined }
  FORMULA_NOT_A_CONDITION: Nothing
  FORMULA_PARAMETER: { found?: unknown; known?: readonly string[] }
  FORMULA_TOO_LARGE: Nothing
  /** A column (`col.…`) that the data does not have, or that holds no numbers; `known` are those that it has. */
  FORMULA_UNKNOWN_COLUMN: { found: string; closest: readonly string[]; known: readonly string[] }
}

/** Fields that need not be given where none of them must be. */
export type Given<Fields> = Nothing extends Fields ? [fields?: Fields] : [fields: Fields]

export type FormulaErrorFields = {
  [Code in keyof FormulaErrorDetails]: FormulaPlace & FormulaErrorDetails[Code]
}

export interface EngineErrorFields {
  ENGINE_CLOSED: Nothing
  ENGINE_OPTION: { option: string; found: unknown }
  /** `reason` is why, `file` and `folder` what was looked for where. */
  ENGINE_WASM: { reason?: string; file?: string; folder?: string }
  ENGINE_WORKER: { worker?: number; reason?: string; file?: string; folder?: string }
  /** How far the job came. */
  CANCELLED: { jobId: string; completed: number; failed: number; total: number }
}

/** What happened to one symbol; a repository of one's own need not say more than the code. */
export interface SymbolErrorFields {
  NO_DATA: { symbol?: string; timeframe?: Timeframe; from?: number | undefined; to?: number | undefined }
  /** Rows that were read, and how many of them cannot be candles, by what is wrong with them. */
  BAD_DATA: { rows?: number; notFinite?: number; halt?: number; notPositive?: number; highBelowLow?: number }
  /** `code` is that of the error behind it, where it was one of millrace. */
  LOAD_FAILED: { symbol?: string; file?: string; reason?: string | undefined; code?: string }
  /** A column that the formula reads, as the repository calls it, and the name that it has in the formula. */
  NO_COLUMN: { symbol?: string; column?: string; name?: string }
}
