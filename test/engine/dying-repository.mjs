// A repository whose first load ends the thread, until the test has counted that.
import { memoryRepository } from '../../dist/storage/memory.js'

export default function open({ candles, deaths }) {
  const memory = memoryRepository(candles)
  return {
    ...memory,
    async load(symbol, request) {
      if (Atomics.load(deaths, 0) === 0) process.exit(3)
      return memory.load(symbol, request)
    },
  }
}
