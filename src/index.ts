import { createEngine as createInner } from './engine/platform/node.ts'
import type { NodeOptions } from './engine/platform/node-engine.ts'
import { Engine } from './use-cases/engine.ts'

export * from './public.ts'

/**
 * An engine over a repository. Close it, or write `await using`: it holds threads and the repository.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 *
 * @example
 * await using engine = createEngine({ repository: memoryRepository({ '005930': candles }) })
 * const job = { symbols: ['005930'], timeframe: '1d', formula: 'close > sma(close, 20)' }
 * const { matches } = await engine.scan(job)
 */
export function createEngine(options: NodeOptions): Engine {
  return new Engine(createInner(options))
}
