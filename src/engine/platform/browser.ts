import { compiled, type Kernels } from './kernels.ts'
import type { Platform } from './platform.ts'

/** One thread, and whatever the place has of a browser: a server that renders pages and an old engine have less. */
export function browserPlatform(kernels: Kernels): Platform {
  return { module: compiled(kernels), ...pauses(), cores: globalThis.navigator?.hardwareConcurrency ?? 1 }
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
