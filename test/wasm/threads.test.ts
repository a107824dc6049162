import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { walk } from '../support/candles.ts'
import { type Flavour, kernelModule, Machine, simdKernels } from './machine.ts'

const THREADS = 2
const workers: Worker[] = []

/** As much of a browser's Worker as the snippet of wasm-bindgen-rayon uses, as a thread of Node. */
class BrowserWorker {
  readonly #worker = new Worker(new URL('./rayon-worker.mjs', import.meta.url))

  constructor() {
    workers.push(this.#worker)
  }
  postMessage(message: unknown) {
    this.#worker.postMessage(message)
  }
  addEventListener(_: 'message', listener: (event: { data: unknown }) => void) {
    this.#worker.on('message', (data) => listener({ data }))
  }
  removeEventListener() {}
}

const replaced = {
  self: { addEventListener() {}, removeEventListener() {} },
  Worker: BrowserWorker,
  fetch: async () => ({ blob: async () => new Blob() }),
}

describe('the flavour with threads', () => {
  let threads: { kernels: Flavour; memory: WebAssembly.Memory }
  const before = Object.fromEntries(Object.keys(replaced).map((name) => [name, Reflect.get(globalThis, name)]))

  beforeAll(async () => {
    Object.assign(globalThis, replaced)
    const kernels = await import('../../src/wasm/threads/millrace.js')
    const { memory } = kernels.initSync({ module: kernelModule('threads') })
    await kernels.initThreadPool(THREADS)
    threads = { kernels: kernels as unknown as Flavour, memory }
  })
  afterAll(async () => {
    Object.assign(globalThis, before)
    await Promise.all(workers.map((worker) => worker.terminate()))
  })

  it('has shared memory and the threads that were asked for', () => {
    expect(threads.memory.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(workers).toHaveLength(THREADS)
  })

  it.each([
    'crossover(ema(close, 12), ema(close, 26)) and rsi(close, 14) < 70',
    'entry = close > bbands(close, 20, 2).upper\nexit = obv() < sma(obv(), 20) and adx(14) > 20',
    'stdev(close, 20) / close < 0.03 and mfi(14) > 50 and not (cci(20) > 100)',
  ])('finds the same matches, to the bit: %s', (formula) => {
    const plan = planFormula(formula)
    const symbols = Array.from({ length: 200 }, (_, seed) => walk(seed, seed % 9 === 0 ? seed : 300 + (seed % 5)))
    const [alone, shared] = [simdKernels, threads].map(({ kernels, memory }) => {
      const machine = new Machine(kernels, memory, symbols)
      const runs = Array.from({ length: 3 }, () => machine.scan(plan))
      machine.free()
      return runs
    }) as [ReturnType<Machine['scan']>[], ReturnType<Machine['scan']>[]]
    expect(alone[0]!.bars.length).toBeGreaterThan(200)
    for (const run of [...alone, ...shared]) expect(run).toEqual(alone[0])
  })
})
