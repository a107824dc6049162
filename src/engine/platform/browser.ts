import { lasting } from '../shared/lasting.ts'
import type { Platform } from './platform.ts'

/** The kernels by address, for all engines. */
const kernels = new Map<string, () => Promise<WebAssembly.Module>>()

/** The kernels stand beside the module that asks for them, as `millrace_bg.wasm`, unless told otherwise. */
export function browser(wasm: URL | string): Platform {
  const address = String(wasm)
  const module = kernels.get(address) ?? lasting(() => compile(address))
  kernels.set(address, module)
  // Not every place that runs this has one: a server that renders pages, an old engine.
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1
  return { module, ...pauses(), cores }
}

async function compile(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
  return WebAssembly.compile(await response.arrayBuffer())
}

/**
 * Pauses of one message each: it stands behind what is waiting already, and nothing else does. A timer would cost 4 ms,
 * which is what browsers make of nested ones, and a scan has a pause per group of symbols.
 */
function pauses(): Required<Pick<Platform, 'pause' | 'close'>> {
  let channel: MessageChannel | undefined
  const waiting: (() => void)[] = []
  const open = () => {
    const opened = new MessageChannel()
    opened.port1.onmessage = () => waiting.shift()?.()
    return opened
  }
  return {
    pause() {
      channel ??= open()
      const { port2 } = channel
      return new Promise((resolve) => {
        waiting.push(resolve)
        port2.postMessage(undefined)
      })
    },
    close() {
      channel?.port1.close()
      channel = undefined
    },
  }
}
