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
