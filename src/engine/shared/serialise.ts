import {
  DataError,
  type DataErrorCode,
  EngineError,
  type EngineErrorCode,
  isMillraceError,
  type MillraceError,
  type SerialisedError,
} from '../../domain/errors.ts'

/** An error as plain data, for the way to another thread. */
export function serialise(error: unknown): SerialisedError {
  const message = error instanceof Error ? error.message : String(error)
  if (isMillraceError(error)) {
    return { kind: error.name, code: error.code, message, fields: error.fields }
  }
  return { kind: 'EngineError', code: 'ENGINE_WORKER', message: `A worker failed: ${message}`, fields: {} }
}

/** The error again. What a worker can throw is about data or about itself: formulas and jobs are checked before. */
export function revive({ kind, code, message, fields }: SerialisedError): MillraceError {
  if (kind === 'DataError') return new DataError(code as DataErrorCode, message, fields)
  return new EngineError(code as EngineErrorCode, message, fields)
}
