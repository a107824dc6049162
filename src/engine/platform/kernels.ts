import { CATALOGUE_HASH } from '../../domain/codes.generated.ts'
import { refuseOption } from '../main/options.ts'
import { lasting } from '../shared/lasting.ts'
import type { CompiledModule } from '../shared/protocol.ts'

/** What a `Response` is read for. */
interface ResponseLike {
  readonly ok: boolean
  readonly status: number
  readonly url: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/**
 * Where the kernels (`millrace_bg.wasm`) are: their address (a URL, in Node a path too), their bytes, a `Response` that
 * has them, or the compiled `WebAssembly.Module`.
 */
export type Kernels = URL | string | ArrayBuffer | ArrayBufferView | ResponseLike | CompiledModule

type Module = () => Promise<CompiledModule>

/** Compiled once for all engines. */
const byAddress = new Map<string, Module>()
const byObject = new WeakMap<object, Module>()

/**
 * The kernels, compiled when they are first asked for.
 *
 * @throws EngineError `ENGINE_OPTION` for what cannot be kernels.
 */
export function compiled(kernels: Kernels): Module {
  const address = addressOf(kernels)
  if (address !== undefined) return known(byAddress, address, async () => compile(await bytesAt(address), address))
  const given = kernels as object
  if (isBytes(given)) return known(byObject, given, () => compile(given))
  if (isResponse(given)) return known(byObject, given, async () => compile(await bytesOf(given)))
  if (Object.prototype.toString.call(given) === '[object WebAssembly.Module]') return async () => ofThisBuild(given)
  return refuseOption('wasm', kernels, 'a URL, bytes, a Response or a compiled WebAssembly.Module')
}

function known<K>(
  modules: { get(key: K): Module | undefined; set(key: K, module: Module): unknown },
  key: K,
  make: Module,
) {
  const module = modules.get(key) ?? lasting(make)
  modules.set(key, module)
  return module
}

/** By what things can do, not by their class: test runners give each file classes of its own. */
function addressOf(kernels: Kernels): string | undefined {
  if (typeof kernels === 'string') return kernels
  return typeof (kernels as Partial<URL> | null)?.href === 'string' ? String(kernels) : undefined
}

function isBytes(given: object): given is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(given) || Object.prototype.toString.call(given) === '[object ArrayBuffer]'
}

function isResponse(given: object): given is ResponseLike {
  return typeof (given as Partial<ResponseLike> | null)?.arrayBuffer === 'function'
}

/** What every WebAssembly begins with. */
const MAGIC = '\0asm'

async function compile(given: ArrayBuffer | ArrayBufferView, from = 'what was given'): Promise<CompiledModule> {
  // As bytes: Node 20 compiles no DataView.
  const bytes =
    'buffer' in given ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given)
  const beginning = String.fromCharCode(...bytes.subarray(0, MAGIC.length))
  // Web servers like to answer with a page.
  if (beginning !== MAGIC) throw new Error(`${from} is no WebAssembly, it begins with ${JSON.stringify(beginning)}`)
  return ofThisBuild(await WebAssembly.compile(bytes as BufferSource))
}

/** The section of the kernels that holds the hash of their catalogue. */
const CATALOGUE_SECTION = 'millrace.catalogue'

/** Functions go by their number, and those of another version would compute something else without a word. */
function ofThisBuild(module: CompiledModule): CompiledModule {
  const [section] = WebAssembly.Module.customSections(module as WebAssembly.Module, CATALOGUE_SECTION)
  const hash = section && new DataView(section).getBigUint64(0, true).toString(16).padStart(16, '0')
  if (hash === CATALOGUE_HASH) return module
  const theirs = hash === undefined ? 'name no catalogue' : `have the catalogue ${hash}`
  throw new Error(
    `they ${theirs} and this code has ${CATALOGUE_HASH}: take millrace_bg.wasm of the version of millrace that calls it`,
  )
}

async function bytesOf(response: ResponseLike): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`${response.url || 'the server'} answered ${response.status}`)
  return response.arrayBuffer()
}

async function bytesAt(address: string): Promise<ArrayBuffer | ArrayBufferView> {
  // Node's fetch reads no files.
  const files = globalThis.process?.getBuiltinModule?.('node:fs/promises')
  if (files && !/^(https?|data|blob):/.test(address)) {
    return files.readFile(address.startsWith('file:') ? new URL(address) : address)
  }
  return bytesOf(await fetch(address))
}
