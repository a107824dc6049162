import { expect, it } from 'vitest'
import { simdKernels } from './machine.ts'

const MIB = 2 ** 20

it('the memory grows in large steps, however small the columns are', () => {
  const { kernels, memory } = simdKernels
  const store = new kernels.Store()
  const start = memory.buffer.byteLength
  let [size, steps] = [start, 0]
  for (let symbol = 0; size < start + 4 * 16 * MIB; symbol++) {
    store.reserve(symbol, 3, 2520)
    if (memory.buffer.byteLength > size) steps++
    size = memory.buffer.byteLength
  }
  store.free()
  // 16 MiB each.
  expect(steps).toBeLessThanOrEqual(5)
})
