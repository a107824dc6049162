import { type NodeOptions, nodeEngine } from './engine/platform/node-engine.ts'
import { Engine } from './use-cases/engine.ts'

export * from './public.ts'

/** What the build puts in their place: the kernels in base64, the code of the worker threads. */
declare const KERNELS: string
declare const WORKER: string

let kernels: Buffer | undefined

/**
 * `createEngine` of the main entry with the kernels and the worker inside, for bundles that are one file.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 */
export function createEngine(options: NodeOptions): Engine {
  const inner = nodeEngine(options, {
    kernels() {
      kernels ??= Buffer.from(KERNELS, 'base64')
      return kernels
    },
    worker: () => new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`),
  })
  return new Engine(inner)
}
