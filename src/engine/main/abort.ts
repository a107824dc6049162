/** What each signal stops. */
const stopped = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `stop` when the signal aborts; the answer ends that. However many runs one signal is given to, it has one
 * listener: Node takes more than ten for a leak and warns.
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  let stops = stopped.get(signal)
  if (!stops) {
    stops = new Set()
    stopped.set(signal, stops)
    signal.addEventListener('abort', stopAll, { once: true })
  }
  stops.add(stop)
  return () => {
    if (!stops.delete(stop) || stops.size > 0) return
    stopped.delete(signal)
    signal.removeEventListener('abort', stopAll)
  }
}

function stopAll(this: AbortSignal) {
  for (const stop of stopped.get(this) ?? []) stop()
}
