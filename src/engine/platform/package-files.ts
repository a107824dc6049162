import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { EngineError, type EngineErrorCode } from '../../domain/errors.ts'
import type { Assets } from './node.ts'

/**
 * The files of the package. Their places are written out where they are used: bundlers know `new URL('…', import.meta.url)`
 * and bring the file along. Throws EngineError `ENGINE_WASM`, `ENGINE_WORKER` where there is none.
 */
export const packageFiles: Assets = {
  kernels() {
    const inPackage = () => new URL('../../wasm/simd/millrace_bg.wasm', import.meta.url)
    return found('millrace_bg.wasm', inPackage, 'ENGINE_WASM')
  },
  worker() {
    const inPackage = () => new URL('../worker/millrace-worker.mjs', import.meta.url)
    return found('millrace-worker.mjs', inPackage, 'ENGINE_WORKER')
  },
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
