import { ProcessingEngine } from './engine/main/engine.ts'
import type { EngineOptions } from './engine/main/options.ts'
import { browserPlatform } from './engine/platform/browser.ts'
import type { Kernels } from './engine/platform/kernels.ts'
import { Engine } from './use-cases/engine.ts'

export * from './core.ts'

export interface BrowserOptions extends Omit<EngineOptions, 'executor' | 'workers'> {
  /** The kernels; `millrace_bg.wasm` beside this module when absent. */
  wasm?: Kernels
}

/**
 * An engine in this thread: open it in a Web Worker, so that the page stays responsive.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 */
export function createEngine(options: BrowserOptions): Engine {
  const platform = browserPlatform(options?.wasm ?? new URL('./millrace_bg.wasm', import.meta.url))
  return new Engine(new ProcessingEngine({ ...options, executor: 'inline' }, platform))
}
