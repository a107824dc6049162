import { describe, expect, it } from 'vitest'
import { createEngine, memoryRepository, planFormula } from '../../src/browser.ts'
import { closes } from '../support/candles.ts'
import { kernels } from '../support/kernels.ts'

const module = await WebAssembly.compile(await kernels())
const formula = 'up = close > close[1]; up and sma(close, 3) > 11'
const job = { symbols: ['A', 'B'], timeframe: '1d', formula } as const
const candles = { A: closes([10, 11, 10, 15]), B: closes([10, 9, 8, 9]) }
/** As a page has it: the entry for browsers, and kernels that were compiled elsewhere. */
const open = () => createEngine({ repository: memoryRepository(candles), wasm: module })

describe('engine.explain of a formula', () => {
  it('says how far back each part reads, before any candle is looked at', async () => {
    await using engine = open()
    const explained = await engine.explain({ formula })
    const node = (text: string) => explained.nodes.find((each) => each.text === text)?.outputs[0]
    expect(node('sma(close, 3)')).toMatchObject({ firstBar: 2, lookbackBars: 2, stableBars: 2 })
    expect(node('close > close[1]')).toMatchObject({ firstBar: 1, lookbackBars: 1, variables: ['up'] })
    expect(explained.reach).toEqual({ firstBar: 2, lookbackBars: 2, stableBars: 2 })
    expect(explained.signals).toEqual([{ signalType: 'SCAN_HIT', text: expect.stringContaining('sma(close, 3) > 11') }])
    expect(explained).not.toHaveProperty('bar')
  })

  it('says which parts are one computation, however they are written', async () => {
    await using engine = open()
    const same = async (text: string) => {
      const { nodes } = await engine.explain({ formula: text })
      return nodes.flatMap(({ outputs }) => outputs.flatMap(({ text, sameAs }) => (sameAs ? [[text, sameAs]] : [])))
    }
    expect(await same('atr(14) > 1 and rma(tr, 14) < 5')).toEqual([['rma(tr, 14)', 'atr(14)']])
    expect(await same('close > 8 and close > 2 ** 3')).toEqual([
      ['2 ** 3', '8'],
      ['close > 2 ** 3', 'close > 8'],
    ])
    expect(await same('macd(close, 12, 26, 9).line > 0 and ema(close, 12) - ema(close, 26) < 1')).toEqual([
      ['ema(close, 12) - ema(close, 26)', 'macd(close, 12, 26, 9).line'],
    ])
    expect(await same('dmi(14).adx > 20 and adx(14) < 50 and dmi(14).plus > dmi(14).minus')).toEqual([
      ['adx(14, 14)', 'dmi(14, 14).adx'],
    ])
    expect((await same('ta.tr > 1 and max(high, close[1]) - min(low, close[1]) < 9')).at(-1)).toEqual([
      'max(close[1], high) - min(close[1], low)',
      'ta.tr',
    ])
    expect(await same('vwma(wma(close, 5), 9) > 1 and sum(wma(close, 5) * volume, 9) / sum(volume, 9) < 9')).toEqual([
      ['sum(volume * wma(close, 5), 9) / sum(volume, 9)', 'vwma(wma(close, 5), 9)'],
    ])
    expect(await same('rma(close, 14) > rma(close, 15) and rma(open, 14) > ema(close, 14)')).toEqual([])
    // Columns are told apart by their names, whatever numbers a plan gives them.
    expect(await same('sma(col.a, 3) > sma(col.b, 3)')).toEqual([])
  })

  it('gives a part the key that it has in every other formula', async () => {
    await using engine = open()
    const key = async (formula: string, text: string) => {
      const { nodes } = await engine.explain({ formula })
      return nodes.flatMap(({ outputs }) => outputs).find((output) => output.text === text)?.key
    }
    const atr = await key('close > 3 and atr(14) > 1', 'atr(14)')
    expect(atr).toMatch(/^[0-9a-f]{32}$/)
    expect(await key('sma(volume, 5) > 1e6 or rma(tr, 14) < 5', 'rma(tr, 14)')).toBe(atr)
    expect(await key('close > atr(15)', 'atr(15)')).not.toBe(atr)
    const flow = await key('sma(col.flow, 5) > 1', 'sma(col.flow, 5)')
    expect(await key('col.other > sma(col.flow, 5)', 'sma(col.flow, 5)')).toBe(flow)
  })

  it('counts the kernels that run: parts of compositions that are equal run once', async () => {
    await using engine = open()
    const kernelsOf = async (text: string) => (await engine.explain({ formula: text })).kernels
    const both = await kernelsOf('macd(close, 12, 26, 9).line > ema(close, 12) - ema(close, 26)')
    expect(both).toBe(await kernelsOf('macd(close, 12, 26, 9).line > macd(close, 12, 26, 9).line'))
    expect(await kernelsOf('ema(close, 12) > 1')).toBeLessThan(both)
  })

  it('takes an expression that is no condition, parameters, and a plan', async () => {
    await using engine = open()
    const { canonical, signals } = await engine.explain({ formula: 'param n = 3; sma(close, n)', parameters: { n: 2 } })
    expect([canonical, signals]).toEqual(['report: sma(close, 2)', []])
    const plan = planFormula('param n = 3; sma(close, n) > 1', { n: 2 })
    expect((await engine.explain({ formula: plan })).canonical).toBe(plan.canonical)
    const refused = engine.explain({ formula: plan, parameters: { n: 4 } })
    await expect(refused).rejects.toMatchObject({ code: 'JOB_PARAMETERS' })
  })

  it('refuses what no scan would take, from where it was called', async () => {
    await using engine = open()
    const refused = (request: object) => engine.explain(request as never).catch((error: unknown) => error)
    const wrong = (await refused({ formula: 'emaa(close, 3)' })) as Error
    expect(wrong).toMatchObject({ name: 'FormulaError', code: 'FORMULA_UNKNOWN_NAME' })
    expect(wrong.stack?.split('\n')[1]).toContain('explain.test.ts')
    expect(await refused('close > 1' as never)).toMatchObject({ code: 'JOB_FIELD' })
    expect(await refused({ formula: 3 })).toMatchObject({ code: 'JOB_FORMULA' })
    expect(await refused({ formula, colour: 'red' })).toMatchObject({ code: 'JOB_FIELD' })
    expect(await refused({ ...job, formula: 'sma(close, 3)' })).toMatchObject({ code: 'FORMULA_NOT_A_CONDITION' })
    const series = planFormula('sma(close, 3)', {}, { mode: 'series' })
    expect(await refused({ ...job, formula: series })).toMatchObject({ code: 'JOB_FORMULA' })
  })

  it('cannot be asked of an engine that is closed', async () => {
    const engine = open()
    await engine.close()
    await expect(engine.explain({ formula })).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })
})

describe('engine.explain of a bar', () => {
  it('takes the conditions of the last bar apart', async () => {
    await using engine = open()
    const { bar, nodes } = await engine.explain({ ...job, symbol: 'A' })
    expect(bar).toMatchObject({ symbol: 'A', bar: 3, conditions: [{ signalType: 'SCAN_HIT', state: true }] })
    expect(bar?.conditions[0]?.parts?.map(({ text, state, values }) => [text, state, values])).toEqual([
      [
        'close > close[1]',
        true,
        [
          { text: 'close', value: 15 },
          { text: 'close[1]', value: 10 },
        ],
      ],
      ['sma(close, 3) > 11', true, [{ text: 'sma(close, 3)', value: 12 }]],
    ])
    expect(bar?.values).toHaveLength(nodes.length)
  })

  it('takes the last bar up to a date', async () => {
    await using engine = open()
    const time = candles.A.time[2]!
    const { bar } = await engine.explain({ ...job, symbol: 'B', dateRange: { to: time } })
    expect(bar).toMatchObject({ symbol: 'B', bar: 2, timestamp: time, conditions: [{ state: false }] })
  })

  it('hands back why a symbol has no bar', async () => {
    await using engine = open()
    const { bar, error, nodes } = await engine.explain({ ...job, symbol: 'NOPE' })
    expect([bar, error?.code, nodes.length > 0]).toEqual([undefined, 'NO_DATA', true])
  })
})

describe('engine.explain of a job', () => {
  it('counts the symbols that each condition leaves', async () => {
    await using engine = open()
    const { funnels } = await engine.explain(job)
    const steps = [
      { text: 'up', left: 2 },
      { text: 'sma(close, 3) > 11', left: 1 },
    ]
    expect(funnels).toEqual([{ symbols: 2, steps, nearest: [] }])
  })

  it('stops when its signal is aborted', async () => {
    await using engine = open()
    const stopped = engine.explain(job, { signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
