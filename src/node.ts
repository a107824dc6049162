import { ProcessingEngine } from './engine/main/engine.ts'
import { type NodeOptions, nodePlatform } from './engine/platform/node.ts'
import { packageFiles } from './engine/platform/package-files.ts'
import { Engine } from './use-cases/engine.ts'

export * from './core.ts'
export type { NodeOptions } from './engine/platform/node.ts'
export { duckdbRepository } from './storage/duckdb/repository.ts'
export { type MirrorOptions, mirrorRepository } from './storage/mirror/repository.ts'

/**
 * An engine over a repository. Close it, or write `await using`: it holds threads and the repository.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 *
 * @example
 * const days = [10, 11, 12].map((close, day) => {
 *   return { timestamp: Date.UTC(2024, 0, 1 + day), open: close, high: close, low: close, close, volume: 100 }
 * })
 * await using engine = createEngine({ repository: memoryRepository({ AAPL: days }) })
 * const { matches } = await engine.scan({ symbols: ['AAPL'], timeframe: '1d', formula: 'close > close[1]' })
 * matches.map(({ candle }) => candle.close)
 * // [ 11, 12 ]
 */
export function createEngine(options: NodeOptions): Engine {
  return new Engine(new ProcessingEngine(options, nodePlatform(options, packageFiles)))
}
