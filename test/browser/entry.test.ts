import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as browser from '../../src/browser.ts'
import { BatchScanUseCase, createEngine, memoryRepository } from '../../src/browser.ts'
import { closes } from '../support/candles.ts'
import { kernels } from '../support/kernels.ts'

const job = { symbols: ['A'], timeframe: '1d', formula: 'close > close[1]' } as const
const repository = () => memoryRepository({ A: closes([1, 2, 3]) })

/** Answers as a web server that has the kernels. */
function served() {
  return vi.fn(async (_address: string) => new Response(await kernels()))
}

describe('the entry for browsers', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is that of Node, but for what reads files', async () => {
    const ofNode = Object.keys(await import('../../src/node.ts'))
    expect(ofNode.filter((name) => !(name in browser))).toEqual(['duckdbRepository', 'mirrorRepository'])
    expect(Object.keys(browser).sort()).toEqual([
      'BatchScanResult',
      'BatchScanUseCase',
      'CANDLE_COLUMNS',
      'CATALOGUE',
      'DataError',
      'EngineError',
      'FormulaError',
      'JobError',
      'MatchTable',
      'MillraceError',
      'SeriesUseCase',
      'SignalAggregator',
      'TIMEFRAMES',
      'chartCandles',
      'chartLine',
      'chartMarkers',
      'checkFormula',
      'checkJob',
      'cleanCandles',
      'createEngine',
      'explain',
      'formulaTokens',
      'isTimeframe',
      'memoryRepository',
      'parseFormula',
      'planFormula',
    ])
  })

  it('runs where there is no navigator, and leaves nothing open', async () => {
    vi.stubGlobal('navigator', undefined)
    vi.stubGlobal('fetch', served())
    vi.resetModules()
    const fresh = await import('../../src/browser.ts')
    const channels: MessageChannel[] = []
    class Noted extends MessageChannel {
      constructor() {
        super()
        channels.push(this)
      }
    }
    vi.stubGlobal('MessageChannel', Noted)
    const engine = fresh.createEngine({ repository: repository(), wasm: 'https://here/navigator.wasm' })
    const { matches, executor } = await new fresh.BatchScanUseCase(engine).execute(job)
    expect(matches.length).toBe(2)
    expect(executor).toEqual({ name: 'inline', workers: 1 })
    await new fresh.BatchScanUseCase(engine).execute(job)
    expect(channels).toHaveLength(1)
    // A port that is open keeps a Node process alive.
    const closed = once(channels[0]!.port1 as never, 'close')
    await engine.close()
    await closed
  })

  it('loads the kernels again when that has failed', async () => {
    const fetch = served().mockRejectedValueOnce(new TypeError('Failed to fetch'))
    fetch.mockResolvedValueOnce(new Response('', { status: 503 }))
    vi.stubGlobal('fetch', fetch)
    const wasm = 'https://here/again.wasm'
    await using engine = createEngine({ repository: repository(), wasm })
    const useCase = new BatchScanUseCase(engine)
    const failed = (message: RegExp) => ({ code: 'ENGINE_WASM', message: expect.stringMatching(message) })
    await expect(useCase.execute(job)).rejects.toMatchObject(failed(/loaded: Failed to fetch$/))
    await expect(useCase.execute(job)).rejects.toMatchObject(failed(/answered 503$/))
    expect((await useCase.execute(job)).matches.length).toBe(2)
    await using another = createEngine({ repository: repository(), wasm: new URL(wasm) })
    expect((await new BatchScanUseCase(another).execute(job)).matches.length).toBe(2)
    expect(fetch.mock.calls).toEqual([[wasm], [wasm], [wasm]])
  })
})
