import type { Platform } from './platform.ts'

let compiled: Promise<WebAssembly.Module> | undefined

/** The kernels stand beside the module that asks for them, as `millrace_bg.wasm`, unless told otherwise. */
export function browser(wasm: URL | string): Platform {
  return {
    module() {
      compiled ??= fetch(wasm).then(async (response) => {
        if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
        return WebAssembly.compile(await response.arrayBuffer())
      })
      return compiled
    },
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    cores: navigator.hardwareConcurrency,
  }
}
