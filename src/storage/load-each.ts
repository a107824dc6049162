import { isMillraceError, type SymbolError } from '../domain/errors.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from './repository.ts'

/** Many symbols by whatever a repository offers; one that throws is delivered as its error. */
export async function* loadEach(
  repository: CandleRepository,
  symbols: readonly string[],
  request: LoadRequest,
): AsyncGenerator<LoadedCandles, undefined> {
  if (repository.loadMany) {
    yield* repository.loadMany(symbols, request)
    return
  }
  for (const symbol of symbols) {
    try {
      yield await repository.load(symbol, request)
    } catch (cause) {
      yield { symbol, error: loadFailed(symbol, cause) }
    }
  }
}

/** A symbol whose candles could not be read, whatever the loader threw. */
export function loadFailed(symbol: string, cause: unknown): SymbolError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const code = isMillraceError(cause) ? cause.code : undefined
  return {
    code: 'LOAD_FAILED',
    message: `${symbol} could not be read: ${reason}`,
    fields: { symbol, reason, ...(code && { code }) },
  }
}
