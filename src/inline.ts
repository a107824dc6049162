import { ProcessingEngine } from './engine/main/engine.ts'
import { type Assets, type NodeOptions, nodePlatform } from './engine/platform/node.ts'
import { Engine } from './use-cases/engine.ts'

export * from './core.ts'
export type { NodeOptions } from './engine/platform/node.ts'
export { duckdbRepository } from './storage/duckdb/repository.ts'
export { type MirrorOptions, mirrorRepository } from './storage/mirror/repository.ts'

/** What the build puts in their place: the kernels in base64, the code of the worker threads. */
declare const KERNELS: string
declare const WORKER: string

let kernels: Buffer | undefined

const inside: Assets = {
  kernels() {
    kernels ??= Buffer.from(KERNELS, 'base64')
    return kernels
  },
  worker: () => new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`),
}

/**
 * `createEngine` of the main entry with the kernels and the worker inside, for bundles that are one file.
 *
 * @throws EngineError `ENGINE_OPTION` naming what is accepted.
 */
export function createEngine(options: NodeOptions): Engine {
  return new Engine(new ProcessingEngine(options, nodePlatform(options, inside)))
}
