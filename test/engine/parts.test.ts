import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { compiled, type Kernels } from '../../src/engine/platform/kernels.ts'
import { BatchScanUseCase, createEngine, memoryRepository, type NodeOptions } from '../../src/node.ts'
import { closes } from '../support/candles.ts'

const KERNELS = new URL('../../src/wasm/simd/millrace_bg.wasm', import.meta.url)
const WORKER = new URL('../../dist/engine/worker/millrace-worker.mjs', import.meta.url)
const bytes = await readFile(KERNELS)
const code = await readFile(WORKER, 'utf8')
const arrayBuffer = () => new Uint8Array(bytes).buffer
const data = (type: string, of: string) => `data:${type};base64,${Buffer.from(of).toString('base64')}`

/** The rising closes that an engine with these options finds. */
async function scanned(options: Partial<NodeOptions>): Promise<number> {
  await using engine = createEngine({ repository: memoryRepository({ A: closes([1, 2, 3]) }), ...options })
  const job = { symbols: ['A'], timeframe: '1d', formula: 'close > close[1]' } as const
  return (await new BatchScanUseCase(engine).execute(job)).matches.length
}

describe('wasm', () => {
  it.each<[string, () => Kernels | Promise<Kernels>]>([
    ['a URL', () => KERNELS],
    ['the text of a URL', () => KERNELS.href],
    ['a URL of another realm', () => ({ href: KERNELS.href, toString: () => KERNELS.href }) as URL],
    ['an absolute path', () => fileURLToPath(KERNELS)],
    ['a relative path', () => relative('.', fileURLToPath(KERNELS))],
    ['an address with its bytes inside', () => `data:application/wasm;base64,${bytes.toString('base64')}`],
    ['an ArrayBuffer', arrayBuffer],
    ['an ArrayBuffer of another realm', () => runInNewContext('Uint8Array.from(given).buffer', { given: bytes })],
    ['a Uint8Array', () => new Uint8Array(bytes)],
    ['a part of a longer buffer', () => new Uint8Array(Buffer.concat([Buffer.alloc(8), bytes]).buffer, 8).slice()],
    ['a DataView', () => new DataView(arrayBuffer())],
    ['a Buffer', () => bytes],
    ['a Response', () => new Response(arrayBuffer())],
    ['a compiled module', () => WebAssembly.compile(arrayBuffer())],
  ])('may be %s', async (_, kernels) => {
    expect(await scanned({ executor: 'inline', wasm: await kernels() })).toBe(2)
  })

  it('may be at an address of the web', async () => {
    const server = createServer((_, response) => response.end(bytes)).listen(0)
    try {
      const { port } = server.address() as AddressInfo
      const wasm = `http://localhost:${port}/millrace_bg.wasm`
      expect(await scanned({ executor: 'inline', wasm })).toBe(2)
    } finally {
      server.close()
    }
  })

  it('is handed on to the threads', async () => {
    expect(await scanned({ executor: 'pool', workers: 1, wasm: bytes, worker: WORKER })).toBe(2)
  })

  it('is compiled once for all engines that are given the same', async () => {
    const compile = vi.spyOn(WebAssembly, 'compile')
    try {
      const given = arrayBuffer()
      const response = new Response(arrayBuffer())
      for (let engine = 0; engine < 2; engine++) {
        for (const wasm of [given, response]) expect(await scanned({ executor: 'inline', wasm })).toBe(2)
      }
      expect(compile).toHaveBeenCalledTimes(2)
    } finally {
      compile.mockRestore()
    }
  })

  it.each([
    [5, '5'],
    [null, 'null'],
    [true, 'true'],
    [{}, 'an object'],
    [[0, 97, 115, 109], 'an array'],
    [() => bytes, 'a function'],
    [Promise.resolve(bytes), 'a Promise: await it first'],
    [new SharedArrayBuffer(8), 'an object'],
  ])('cannot be %o', (wasm, got) => {
    const message = `wasm must be a URL, bytes, a Response or a compiled WebAssembly.Module, got ${got}`
    const failure = { name: 'EngineError', code: 'ENGINE_OPTION', message, fields: { option: 'wasm', found: wasm } }
    const make = () => createEngine({ repository: memoryRepository({}), wasm: wasm as never })
    expect(make).toThrow(expect.objectContaining(failure))
  })

  it.each<[string, Kernels, string]>([
    ['a Response of a missing file', new Response('none', { status: 404 }), 'the server answered 404'],
    ['text', Buffer.from('<!doctype html>'), 'what was given is no WebAssembly, it begins with "<!do"'],
    ['no bytes', new Uint8Array(), 'what was given is no WebAssembly, it begins with ""'],
    ['a file that is not there', pathToFileURL('/nowhere/millrace_bg.wasm'), 'ENOENT'],
    ['a path that is not there', 'nowhere.wasm', 'ENOENT'],
    [
      'an address that holds no kernels',
      data('text/html', '<!doctype html>'),
      '/html.* is no WebAssembly, it begins with "<!do"',
    ],
  ])('does not load where it is %s', async (_, wasm, reason) => {
    await expect(scanned({ executor: 'inline', wasm })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'ENGINE_WASM',
      message: expect.stringMatching(`^the WebAssembly kernels could not be loaded: .*${reason}`),
    })
  })

  it('says which address answered that it has nothing', async () => {
    const server = createServer((_, response) => response.writeHead(404).end()).listen(0)
    try {
      const { port } = server.address() as AddressInfo
      const address = `http://localhost:${port}/millrace_bg.wasm`
      await expect(compiled(new URL(address))()).rejects.toThrow(`${address} answered 404`)
    } finally {
      server.close()
    }
  })
})

describe('worker', () => {
  it.each<[string, URL | string]>([
    ['a URL', WORKER],
    ['the text of a URL', WORKER.href],
    ['an absolute path', fileURLToPath(WORKER)],
    ['a relative path', relative('.', fileURLToPath(WORKER))],
    ['an address with its code inside', data('text/javascript', code)],
  ])('may be %s', async (_, worker) => {
    expect(await scanned({ executor: 'pool', workers: 1, wasm: KERNELS, worker })).toBe(2)
  })

  it.each([
    [5, '5'],
    [null, 'null'],
    ['', ''],
    [{}, 'an object'],
    [Promise.resolve(WORKER), 'a Promise: await it first'],
    ['https://example.com/millrace-worker.mjs', 'https://example.com/millrace-worker.mjs'],
    [new URL('https://example.com/millrace-worker.mjs'), 'an object'],
    [new URL('blob:nodedata:1'), 'an object'],
  ])('cannot be %o', (worker, got) => {
    const message = `worker must be the file URL or path of millrace-worker.mjs, got ${got}`
    const failure = { name: 'EngineError', code: 'ENGINE_OPTION', message, fields: { option: 'worker', found: worker } }
    const make = () => createEngine({ repository: memoryRepository({}), worker: worker as never })
    expect(make).toThrow(expect.objectContaining(failure))
  })

  it('that is not there fails the job, with its place', async () => {
    const worker = fileURLToPath(new URL('./nowhere.mjs', import.meta.url))
    for (const one of [worker, pathToFileURL(worker)]) {
      await expect(scanned({ executor: 'pool', workers: 2, wasm: KERNELS, worker: one })).rejects.toMatchObject({
        code: 'ENGINE_WORKER',
        message: expect.stringContaining(worker),
      })
    }
    expect(await scanned({ executor: 'inline', wasm: KERNELS, worker })).toBe(2)
  })

  it('that does not listen fails the job', async () => {
    const silent = data('text/javascript', 'export {}')
    await expect(scanned({ executor: 'pool', workers: 1, wasm: KERNELS, worker: silent })).rejects.toMatchObject({
      code: 'ENGINE_WORKER',
      message: 'A worker thread failed: it ended with exit code 0',
    })
  })
})
