import { readFile } from 'node:fs/promises'

/** The bytes of the kernels. */
export function kernels(): Promise<Buffer<ArrayBuffer>> {
  return readFile(new URL('../../src/wasm/simd/millrace_bg.wasm', import.meta.url)) as Promise<Buffer<ArrayBuffer>>
}
