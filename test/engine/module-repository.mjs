// A repository that worker threads open from its URL: they run this file, so it is plain JavaScript over dist.
import { isMainThread } from 'node:worker_threads'
import { DataError } from '../../dist/domain/errors.js'
import { memoryRepository } from '../../dist/storage/memory.js'

/** Places in `counters`, which the test and the workers share. */
export const LOADS = 0
export const WAITING = 1
export const GATE = 2
export const OPENED = 3
export const REFUSED = 4
export const CLOSING = 5
export const CLOSED = 6
export const COUNTERS = 7

/**
 * @param {{ candles: Map<string, object>, counters: Int32Array, broken?: string[], isGated?: boolean, closes?: string }} options
 *   `broken` symbols throw. With `isGated` a load waits until the test has opened the gate; while REFUSED is not 0
 *   nobody can open the repository. In worker threads it `closes` well, `never`, or `badly`.
 */
export default function open({ candles, counters, broken = [], isGated = false, closes = 'well' }) {
  if (Atomics.load(counters, REFUSED) !== 0)
    throw new DataError('DATA_UNREADABLE', 'the drive is not there', { drive: 'x' })
  Atomics.add(counters, OPENED, 1)
  const memory = memoryRepository(candles)
  return {
    symbols: (timeframe) => memory.symbols(timeframe),
    versions: (symbols, timeframe) => memory.versions(symbols, timeframe),
    async close() {
      Atomics.add(counters, CLOSING, 1)
      Atomics.notify(counters, CLOSING)
      if (!isMainThread && closes === 'never') await new Promise(() => {})
      if (!isMainThread && closes === 'badly')
        throw new DataError('DATA_UNREADABLE', 'the drive is stuck', { drive: 'x' })
      Atomics.add(counters, CLOSED, 1)
      return memory.close()
    },
    async load(symbol, request) {
      Atomics.add(counters, LOADS, 1)
      if (isGated) {
        Atomics.add(counters, WAITING, 1)
        Atomics.notify(counters, WAITING)
        Atomics.wait(counters, GATE, 0)
      }
      if (broken.includes(symbol)) throw new Error(`the file of ${symbol} is torn`)
      return memory.load(symbol, request)
    },
  }
}
