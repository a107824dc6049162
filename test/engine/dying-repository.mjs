// A repository whose first load ends the thread, until the test has counted that; one that is late dies when it has.
import { memoryRepository } from '../../dist/storage/memory.js'

export default function open({ candles, deaths, isLate = false }) {
  const memory = memoryRepository(candles)
  if (isLate && Atomics.load(deaths, 0) === 0) {
    Atomics.waitAsync(deaths, 0, 0).value.then(() => {
      throw new Error('the repository died')
    })
  }
  return {
    ...memory,
    async load(symbol, request) {
      if (!isLate && Atomics.load(deaths, 0) === 0) process.exit(3)
      return memory.load(symbol, request)
    },
  }
}
