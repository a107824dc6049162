import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { type EngineOptions, ProcessingEngine } from '../main/engine.ts'
import { poolExecutor } from '../main/pool.ts'
import type { Platform } from './platform.ts'

const WASM = new URL('../../wasm/simd/millrace_bg.wasm', import.meta.url)
const WORKER = new URL('../worker/worker.js', import.meta.url)

let compiled: Promise<WebAssembly.Module> | undefined

const node: Platform = {
  module() {
    compiled ??= readFile(WASM).then((bytes) => WebAssembly.compile(bytes))
    return compiled
  },
  pause: () => setImmediate(),
  cores: availableParallelism(),
  pool: (workers, setup) => poolExecutor(WORKER.href, workers, setup),
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
