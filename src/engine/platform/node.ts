import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { EngineError, type EngineErrorCode } from '../../domain/errors.ts'
import type { ProcessingEngine } from '../main/engine.ts'
import { type NodeOptions, nodeEngine, type Parts } from './node-engine.ts'

// The places are written out where they are used: bundlers know `new URL('…', import.meta.url)` and bring the file along.
const FILES: Parts = {
  kernels: kernelsFile,
  worker() {
    const inPackage = () => new URL('../worker/millrace-worker.mjs', import.meta.url)
    return found('millrace-worker.mjs', inPackage, 'ENGINE_WORKER')
  },
}

/** @throws EngineError `ENGINE_WASM` when the kernels are nowhere. */
export function kernelsFile(): URL {
  return found('millrace_bg.wasm', () => new URL('../../wasm/simd/millrace_bg.wasm', import.meta.url), 'ENGINE_WASM')
}

/** The engine of Node, with the files of the package. */
export function createEngine(options: NodeOptions): ProcessingEngine {
  return nodeEngine(options, FILES)
}

/** A file of the package: in its place, or beside the bundle that this module has become a part of. */
function found(name: string, inPackage: () => URL, code: EngineErrorCode): URL {
  const beside = () => new URL(name, here())
  const file = existing(inPackage) ?? existing(beside)
  if (file) return file
  const folder = dirname(fileURLToPath(beside()))
  const message = `${name} is not in ${folder}, where the bundle is: copy it there from the package, or import 'millrace/inline', which has it inside (docs/bundling.md)`
  throw new EngineError(code, message, { file: name, folder })
}

/** A place that can be worked out and has a file. */
function existing(place: () => URL): URL | undefined {
  try {
    const url = place()
    // Next.js has webpack make addresses of its web server of them.
    return url.protocol === 'file:' && existsSync(url) ? url : undefined
  } catch {
    // A bundle of CommonJS has no import.meta.url.
    return undefined
  }
}

/** The address of this module, or of the bundle that it is in. */
function here(): string {
  return typeof __filename === 'string' ? pathToFileURL(__filename).href : import.meta.url
}
