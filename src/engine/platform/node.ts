import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { ProcessingEngine } from '../main/engine.ts'
import type { EngineOptions } from '../main/options.ts'
import { poolExecutor } from '../main/pool.ts'
import { lasting } from '../shared/lasting.ts'
import type { Platform } from './platform.ts'

const WASM = new URL('../../wasm/simd/millrace_bg.wasm', import.meta.url)
const WORKER = new URL('../worker/worker.js', import.meta.url)

const node: Platform = {
  module: lasting(async () => WebAssembly.compile(await readFile(WASM))),
  pause: () => setImmediate(),
  cores: availableParallelism(),
  pool: (workers, setup, lost) => poolExecutor(WORKER.href, workers, setup, lost),
}

/**
 * An engine over a repository. Close it, or write `await using`: it holds threads and the repository.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 *
 * @example
 * await using engine = createEngine({ repository: memoryRepository({ '005930': candles }) })
 */
export function createEngine(options: EngineOptions): ProcessingEngine {
  return new ProcessingEngine(options, node)
}
