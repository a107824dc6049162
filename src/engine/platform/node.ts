import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type EngineOptions, refuseOption } from '../main/options.ts'
import { poolExecutor } from '../main/pool.ts'
import { compiled, type Kernels } from './kernels.ts'
import type { Platform } from './platform.ts'

export interface NodeOptions extends EngineOptions {
  /** The kernels, where a bundle keeps them elsewhere than docs/bundling.md says. */
  wasm?: Kernels
  /** The file of the worker threads, `millrace-worker.mjs`, as a URL or path: the same. */
  worker?: URL | string
}

/** What of the package is no module. */
export interface Assets {
  kernels(): Kernels
  worker(): URL
}

/** The threads and timers of Node, with the assets that the options do not give. */
export function nodePlatform(options: Pick<NodeOptions, 'wasm' | 'worker'>, assets: Assets): Platform {
  const { wasm, worker } = options ?? {}
  // Refused here, where they are named, and not by the first job.
  const module = wasm === undefined ? undefined : compiled(wasm)
  const entry = worker === undefined ? undefined : urlOf(worker)
  return {
    module: module ?? (async () => compiled(assets.kernels())()),
    pause: () => setImmediate(),
    cores: availableParallelism(),
    pool: (workers, setup, lost) => poolExecutor(entry ?? assets.worker(), workers, setup, lost),
  }
}

/** Node starts threads from files and from text, and from nothing else. */
function urlOf(worker: URL | string): URL {
  const url = typeof worker === 'string' && worker !== '' ? urlOfText(worker) : (worker as URL | null)
  if (url?.protocol === 'file:' || url?.protocol === 'data:') return url
  return refuseOption('worker', worker, 'the file URL or path of millrace-worker.mjs')
}

function urlOfText(text: string): URL {
  return /^(data:|file:|\w+:\/\/)/.test(text) ? new URL(text) : pathToFileURL(resolve(text))
}
