import { describe, expect, it } from 'vitest'
import { createEngine, memoryRepository } from '../../src/browser/index.ts'
import { checkJob } from '../../src/domain/job.ts'
import { explainBar } from '../../src/explain/bar.ts'
import { funnelsOf } from '../../src/explain/funnel.ts'
import { explainPlan, variableNames } from '../../src/explain/nodes.ts'
import { planFormula } from '../../src/formula/index.ts'
import { closes } from '../support/candles.ts'
import { kernels } from '../support/kernels.ts'

const module = await WebAssembly.compile(await kernels())
const FORMULA = 'up = close > close[1]; up and sma(close, 3) > 11'
const plan = planFormula(FORMULA)
const variables = variableNames(plan, 'scan')
const job = { symbols: ['A'], timeframe: '1d', formula: FORMULA } as const
const repository = () => memoryRepository({ A: closes([10, 11, 10, 15]), B: closes([10, 9, 8, 9]) })

/** As a page has it: an engine of the entry for browsers, and kernels that were compiled elsewhere. */
describe('an explanation without a command line', () => {
  it('says how far back each part of a formula reads, before any engine runs', () => {
    const { nodes, reach } = explainPlan(plan, 'scan', module)
    const node = (text: string) => nodes.find((each) => each.text === text)?.outputs[0]
    expect(node('sma(close, 3)')).toMatchObject({ firstBar: 2, lookbackBars: 2, stableBars: 2 })
    expect(node('close > close[1]')).toMatchObject({ firstBar: 1, lookbackBars: 1, variables: ['up'] })
    expect(reach).toEqual({ firstBar: 2, lookbackBars: 2, stableBars: 2 })
  })

  it('says which parts are one computation, however they are written', () => {
    const same = (formula: string) => {
      const { nodes } = explainPlan(planFormula(formula), 'scan', module)
      return nodes.flatMap(({ outputs }) => outputs.flatMap(({ text, sameAs }) => (sameAs ? [[text, sameAs]] : [])))
    }
    expect(same('atr(14) > 1 and rma(tr, 14) < 5')).toEqual([['rma(tr, 14)', 'atr(14)']])
    expect(same('close > 8 and close > 2 ** 3')).toEqual([
      ['2 ** 3', '8'],
      ['close > 2 ** 3', 'close > 8'],
    ])
    expect(same('macd(close, 12, 26, 9).line > 0 and ema(close, 12) - ema(close, 26) < 1')).toEqual([
      ['ema(close, 12) - ema(close, 26)', 'macd(close, 12, 26, 9).line'],
    ])
    expect(same('dmi(14).adx > 20 and adx(14) < 50 and dmi(14).plus > dmi(14).minus')).toEqual([
      ['adx(14, 14)', 'dmi(14, 14).adx'],
    ])
    expect(same('ta.tr > 1 and max(high, close[1]) - min(low, close[1]) < 9').at(-1)).toEqual([
      'max(close[1], high) - min(close[1], low)',
      'ta.tr',
    ])
    expect(same('vwma(wma(close, 5), 9) > 1 and sum(wma(close, 5) * volume, 9) / sum(volume, 9) < 9')).toEqual([
      ['sum(volume * wma(close, 5), 9) / sum(volume, 9)', 'vwma(wma(close, 5), 9)'],
    ])
    expect(same('rma(close, 14) > rma(close, 15) and rma(open, 14) > ema(close, 14)')).toEqual([])
  })

  it('gives a part the key that it has in every other formula', () => {
    const key = (formula: string, text: string) => {
      const { nodes } = explainPlan(planFormula(formula), 'scan', module)
      return nodes.flatMap(({ outputs }) => outputs).find((output) => output.text === text)?.key
    }
    const atr = key('close > 3 and atr(14) > 1', 'atr(14)')
    expect(atr).toMatch(/^[0-9a-f]{32}$/)
    expect(key('sma(volume, 5) > 1e6 or rma(tr, 14) < 5', 'rma(tr, 14)')).toBe(atr)
    expect(key('close > atr(15)', 'atr(15)')).not.toBe(atr)
  })

  it('counts the kernels that run', () => {
    // Two averages, their difference, two comparisons, `and`.
    const formula = 'ema(close, 12) > ema(close, 26) and macd(12, 26, 9).line < 1e9'
    expect(explainPlan(planFormula(formula), 'scan', module).kernels).toBe(6)
    expect(explainPlan(planFormula('adx(14) > 20'), 'scan', module).kernels).toBe(3)
  })

  it('takes the conditions of a bar apart', async () => {
    await using engine = createEngine({ repository: repository(), wasm: module })
    const bar = await explainBar(plan, job, engine, variables)
    expect(bar).toMatchObject({ symbol: 'A', bar: 3, conditions: [{ signalType: 'SCAN_HIT', state: true }] })
    const [condition] = 'error' in bar ? [] : bar.conditions
    const parts = condition?.parts?.map(({ text, state, values }) => [text, state, values])
    expect(parts).toEqual([
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
  })

  it('hands back why a symbol has no bar', async () => {
    await using engine = createEngine({ repository: repository(), wasm: module })
    const bar = await explainBar(plan, { ...job, symbols: ['NOPE'] }, engine, variables)
    expect(bar).toMatchObject({ error: { code: 'NO_DATA' } })
  })

  it('counts the symbols that each condition leaves', async () => {
    await using engine = createEngine({ repository: repository(), wasm: module })
    const [funnel] = await funnelsOf(plan, checkJob({ ...job, symbols: ['A', 'B'] }), engine, variables)
    expect(funnel).toEqual({
      symbols: 2,
      steps: [
        { text: 'up', left: 2 },
        { text: 'sma(close, 3) > 11', left: 1 },
      ],
      nearest: [],
    })
  })
})
