import { MillraceError, type SymbolError } from '../../domain/errors.ts'
import type { CandleRepository, LoadedCandles, LoadRequest } from '../../storage/repository.ts'

/**
 * Many symbols by whatever the repository offers; one that throws is delivered as its error. Where values must be exact
 * and only a part of the history came, without a word which, the symbol is read again with all of it.
 */
export async function* loadAll(
  repository: CandleRepository,
  symbols: readonly string[],
  request: LoadRequest,
): AsyncIterable<LoadedCandles> {
  const isWhole = request.from === undefined || request.lookbackBars === Infinity
  const again: string[] = []
  for await (const loaded of loadEach(repository, symbols, request)) {
    if (loaded.error || loaded.firstBar !== undefined) yield loaded
    else if (isWhole) yield { ...loaded, firstBar: 0 }
    else if (request.exact) again.push(loaded.symbol)
    else yield loaded
  }
  if (again.length > 0) yield* loadAll(repository, again, { ...request, lookbackBars: Infinity })
}

async function* loadEach(
  repository: CandleRepository,
  symbols: readonly string[],
  request: LoadRequest,
): AsyncIterable<LoadedCandles> {
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
  const code = cause instanceof MillraceError ? cause.code : undefined
  return {
    code: 'LOAD_FAILED',
    message: `${symbol} could not be read: ${reason}`,
    fields: { symbol, reason, ...(code && { code }) },
  }
}
