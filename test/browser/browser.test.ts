import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BatchScanUseCase, createEngine, memoryRepository, SeriesUseCase } from '../../src/node.ts'
import { universe } from '../support/candles.ts'
import { root } from '../support/shared-data.ts'
import { note, program, QUIET } from './chromium.ts'
import { serve } from './page-server.ts'

/** What a page does: a worker of its own gets the columns, scans, and posts the matches back. */
const PAGES = {
  '/index.html': '<!doctype html><title>millrace</title>',
  '/worker.js': `
    import { BatchScanUseCase, createEngine, memoryRepository, SeriesUseCase } from './millrace.js'
    onmessage = async ({ data: { candles, jobs, expressions, wasm } }) => {
      try {
        const engine = createEngine({ repository: memoryRepository(candles), ...(wasm && { wasm }) })
        const symbols = [...candles.keys()]
        const results = []
        for (const job of jobs) {
          const reports = []
          const options = { onProgress: (progress) => reports.push(progress.completed + progress.failed) }
          const result = await new BatchScanUseCase(engine).execute({ symbols, ...job }, options)
          const { statistics, errors, executor, cache } = result
          const arrow = [...(await result.toArrow())]
          results.push({ matches: [...result.matches], statistics, errors, executor, hits: cache.hits, done: reports.at(-1), arrow })
        }
        const { series } = await new SeriesUseCase(engine).execute({ symbols, timeframe: '1d', expressions })
        await engine.close()
        postMessage({ results, series: series.map(({ symbol, output, values }) => ({ symbol, output, values: [...values] })) })
      } catch (error) {
        postMessage({ failure: { name: error.name, code: error.code, message: error.message } })
      }
    }`,
}

/** How a scan over several groups of symbols pauses between them. */
const PAUSES = {
  '/index.html': PAGES['/index.html'],
  '/pauses.js': `
    import { BatchScanUseCase, createEngine, memoryRepository } from './millrace.js'
    export async function pauses() {
      const { MessageChannel, setTimeout } = globalThis
      const made = { timers: 0, channels: 0 }
      globalThis.setTimeout = (...of) => (made.timers++, setTimeout(...of))
      globalThis.MessageChannel = class extends MessageChannel {
        constructor() {
          super()
          made.channels++
        }
      }
      const row = (day) => ({ timestamp: day * 86400000, open: 1, high: 1, low: 1, close: 1, volume: 1 })
      const symbols = Array.from({ length: 400 }, (_, at) => 'S' + at)
      const repository = memoryRepository(Object.fromEntries(symbols.map((symbol) => [symbol, [row(0), row(86_400_000)]])))
      const engine = createEngine({ repository })
      const scan = (options) => {
        return new BatchScanUseCase(engine).execute({ symbols, timeframe: '1d', formula: 'close > 0' }, options)
      }
      const matches = [(await scan()).matches.length, (await scan()).matches.length]
      const abort = new AbortController()
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => abort.abort()
      port2.postMessage('a click on Stop, say')
      const { code, fields } = await scan({ signal: abort.signal }).catch((error) => error)
      await engine.close()
      return { made, matches, code, completed: fields?.completed }
    }`,
  '/pauses-worker.js': `
    import { pauses } from './pauses.js'
    pauses().then(postMessage, (error) => postMessage({ failure: error.message }))`,
}

const candles = universe([300, 0, 1, 250, 120, 250, 250, 250, 250, 250, 90])
candles.get('S4')!.volume[60] = Number.NaN
const JOBS = [
  { timeframe: '1d', formula: 'crossover(ema(close, 12), ema(close, 26)) and rsi(close, 14) < 70' },
  {
    timeframe: '1d',
    formula: 'entry = close > bbands(close, 20, 2).upper\nexit = adx(14) < 15 and weekday == 2 or na(volume)',
  },
] as const
const EXPRESSIONS = ['macd(close, 12, 26, 9)', 'close > sma(close, 20)']

/** What runs in the page: Playwright sends the source of this function there. */
async function inWorker(given: {
  candles: [string, Record<string, number[]>][]
  jobs: unknown
  expressions: unknown
  wasm?: string
}) {
  const columns = given.candles.map(([symbol, of]) => {
    const arrays = Object.entries(of).map(([name, values]) => [name, Float64Array.from(values)] as const)
    return [symbol, Object.fromEntries(arrays)] as const
  })
  const worker = new Worker('/worker.js', { type: 'module' })
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`))
  })
  const buffers = columns.flatMap(([, of]) => Object.values(of).map(({ buffer }) => buffer))
  worker.postMessage({ ...given, candles: new Map(columns) }, buffers)
  const isIsolated = globalThis.crossOriginIsolated
  return { isIsolated, canShare: 'SharedArrayBuffer' in globalThis, ...((await answer) as object) }
}

describe.skipIf(!program)(`in Chromium${note}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: QUIET })
  })
  afterAll(() => browser?.close())

  async function run(isIsolated: boolean, extra: { wasm?: string } = {}) {
    const server = await serve(join(root, 'dist/browser'), PAGES, { isIsolated })
    const page = await browser.newPage()
    const requests: string[] = []
    page.on('request', (request) => requests.push(new URL(request.url()).pathname))
    try {
      await page.goto(`${server.url}/index.html`)
      const plain = [...candles].map(([symbol, columns]) => {
        const arrays = Object.entries(columns).map(([name, values]) => [name, [...values]] as const)
        return [symbol, Object.fromEntries(arrays)] as [string, Record<string, number[]>]
      })
      const given = { candles: plain, jobs: JOBS, expressions: EXPRESSIONS, ...extra }
      return { answer: await page.evaluate(inWorker, given), requests }
    } finally {
      await page.close()
      await server.close()
    }
  }

  it.each([
    ['without shared memory', false],
    ['with shared memory, on an isolated page', true],
  ])('a worker finds what Node finds, %s', async (_, isIsolated) => {
    const { answer, requests } = await run(isIsolated)
    expect(answer).toMatchObject({ isIsolated, canShare: isIsolated })
    expect(requests.filter((path) => path.endsWith('.wasm'))).toEqual(['/millrace_bg.wasm'])
    expect(requests.filter((path) => path.endsWith('.js'))).toEqual(['/worker.js', '/millrace.js', '/arrow.js'])

    await using engine = createEngine({ repository: memoryRepository(candles), executor: 'inline' })
    const symbols = [...candles.keys()]
    const results = []
    for (const job of JOBS) {
      const result = await new BatchScanUseCase(engine).execute({ symbols, ...job })
      const { statistics, errors, executor, cache } = result
      expect(result.matches.length).toBeGreaterThan(20)
      results.push({
        matches: [...result.matches],
        statistics,
        errors,
        executor,
        hits: cache.hits,
        done: symbols.length,
        arrow: [...(await result.toArrow())],
      })
    }
    const { series } = await new SeriesUseCase(engine).execute({ symbols, timeframe: '1d', expressions: EXPRESSIONS })
    const expected = series.map(({ symbol, output, values }) => ({ symbol, output, values: [...values] }))
    expect((answer as never as { results: unknown }).results).toEqual(results)
    expect((answer as never as { series: unknown }).series).toEqual(expected)
  })

  it.each(['page', 'worker'])('a %s pauses without timers, and what waits gets its turn', async (where) => {
    const server = await serve(join(root, 'dist/browser'), PAUSES)
    const page = await browser.newPage()
    try {
      await page.goto(`${server.url}/index.html`)
      // As text: vitest would rewrite the import.
      const inPage = `import('/pauses.js').then(({ pauses }) => pauses())`
      const inWorker = `new Promise((resolve) => {
        new Worker('/pauses-worker.js', { type: 'module' }).onmessage = ({ data }) => resolve(data)
      })`
      const answer = await page.evaluate<{ completed: number }>(where === 'page' ? inPage : inWorker)
      expect(answer).toMatchObject({ made: { timers: 0, channels: 1 }, matches: [800, 800], code: 'CANCELLED' })
      expect(answer.completed).toBeGreaterThan(0)
      expect(answer.completed).toBeLessThan(400)
    } finally {
      await page.close()
      await server.close()
    }
  })

  it('says when the kernels are not where they should be', async () => {
    const { answer } = await run(false, { wasm: '/elsewhere.wasm' })
    expect(answer).toMatchObject({
      failure: {
        name: 'EngineError',
        code: 'ENGINE_WASM',
        message: expect.stringMatching(/elsewhere\.wasm answered 404/),
      },
    })
  })
})
