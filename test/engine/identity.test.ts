import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { CATALOGUE_HASH } from '../../src/domain/codes.generated.ts'
import { checkJob } from '../../src/domain/job.ts'
import { BatchScanUseCase, createEngine, memoryRepository, planFormula } from '../../src/node.ts'
import { closes } from '../support/candles.ts'
import { kernels } from '../support/kernels.ts'
import { EXECUTORS, start } from './support.ts'

const request = { symbols: ['A'], timeframe: '1d', formula: 'close > sma(close, 2)' } as const
const candles = { A: closes([1, 2, 3]) }

/** A hash with another last byte, as text and as the first byte that is written. */
const OTHER_BYTE = Number.parseInt(CATALOGUE_HASH.slice(-2), 16) ^ 1
const OTHER_HASH = CATALOGUE_HASH.slice(0, -2) + OTHER_BYTE.toString(16).padStart(2, '0')

describe('a plan of another build', () => {
  const plan = planFormula(request.formula)
  const bytes = plan.bytes.slice()
  bytes[4] = OTHER_BYTE

  it.each(EXECUTORS)('is refused by the names of both catalogues: $name', async (executor) => {
    await using running = start(executor, memoryRepository(candles))
    await expect(running.engine.runScan({ ...plan, bytes }, checkJob(request))).rejects.toMatchObject({
      name: 'EngineError',
      code: 'ENGINE_WASM',
      message:
        `the kernels refuse the plan: the plan has the catalogue ${OTHER_HASH} and the kernels have ${CATALOGUE_HASH}: ` +
        'they are of different versions of millrace; take all of its parts from one',
    })
    expect((await running.scan(request.formula, ['A'])).matches.length).toBe(2)
  })

  it('is not taken for bytes that are no plan, which are refused with the place', async () => {
    await using running = start(EXECUTORS[0]!, memoryRepository(candles))
    const cut = { ...plan, bytes: plan.bytes.slice(0, -1) }
    await expect(running.engine.runScan(cut, checkJob(request))).rejects.toMatchObject({
      code: 'ENGINE_WASM',
      message: expect.stringMatching(/^the kernels refuse the plan: it ends too early \(byte \d+\)$/),
    })
  })
})

describe('kernels of another build', () => {
  const SECTION = 'millrace.catalogue'
  let at = 0
  let own: Uint8Array<ArrayBuffer>

  beforeAll(async () => {
    const bytes = await kernels()
    own = Uint8Array.from(bytes)
    at = bytes.indexOf(SECTION)
  })

  function changed(change: (bytes: Uint8Array) => void): Uint8Array<ArrayBuffer> {
    const bytes = own.slice()
    change(bytes)
    return bytes
  }

  const others = [
    {
      what: 'another catalogue',
      bytes: () => changed((bytes) => bytes.fill(OTHER_BYTE, at + SECTION.length, at + SECTION.length + 1)),
      says: `they have the catalogue ${OTHER_HASH} and this code has ${CATALOGUE_HASH}`,
    },
    {
      what: 'no catalogue, as before there was one',
      bytes: () => changed((bytes) => bytes.fill('_'.charCodeAt(0), at, at + 1)),
      says: `they name no catalogue and this code has ${CATALOGUE_HASH}`,
    },
  ]

  it.each(others)('are refused before a candle is read: $what', async ({ bytes, says }) => {
    const given = { bytes: bytes(), module: await WebAssembly.compile(bytes()), response: new Response(bytes()) }
    for (const wasm of Object.values(given)) {
      const repository = memoryRepository(candles)
      const load = vi.spyOn(repository, 'load')
      await using engine = createEngine({ repository, wasm, executor: 'inline' })
      await expect(new BatchScanUseCase(engine).execute(request)).rejects.toMatchObject({
        code: 'ENGINE_WASM',
        message:
          `the WebAssembly kernels could not be loaded: ${says}: ` +
          'take millrace_bg.wasm of the version of millrace that calls it',
      })
      expect(load).not.toHaveBeenCalled()
    }
  })

  it.each(['simd', 'threads'])('are told by a section of the module: %s', async (flavour) => {
    const bytes = await readFile(new URL(`../../src/wasm/${flavour}/millrace_bg.wasm`, import.meta.url))
    const [section] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), SECTION)
    expect(Buffer.from(section!).reverse().toString('hex')).toBe(CATALOGUE_HASH)
  })

  it('are not what a compiled module of this build is taken for', async () => {
    await using engine = createEngine({ repository: memoryRepository(candles), wasm: await WebAssembly.compile(own) })
    expect((await new BatchScanUseCase(engine).execute(request)).matches.length).toBe(2)
  })
})
