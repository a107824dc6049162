// A repository that worker threads open from its URL: they run this file, so it is plain JavaScript over dist.
import { DataError } from '../../dist/domain/errors.js'
import { memoryRepository } from '../../dist/storage/memory.js'

/** Places in `counters`, which the test and the workers share. */
export const LOADS = 0
export const WAITING = 1
export const GATE = 2
export const OPENED = 3
export const REFUSED = 4
export const COUNTERS = 5

/**
 * @param {{ candles: Map<string, object>, counters: Int32Array, broken?: string[], isGated?: boolean }} options
 *   `broken` symbols throw. With `isGated` a load waits until the test has opened the gate; while REFUSED is not 0
 *   nobody can open the repository.
 */
export default function open({ candles, counters, broken = [], isGated = false }) {
  if (Atomics.load(counters, REFUSED) !== 0)
    throw new DataError('DATA_UNREADABLE', 'the drive is not there', { drive: 'x' })
  Atomics.add(counters, OPENED, 1)
  const memory = memoryRepository(candles)
  return {
    symbols: (timeframe) => memory.symbols(timeframe),
    versions: (symbols, timeframe) => memory.versions(symbols, timeframe),
    close: () => memory.close(),
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
