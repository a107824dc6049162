import { describe, expect, it } from 'vitest'
import { candles, day, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('one.csv', candles({ AAA: [10, 11, 12, 11, 10, 14] }))

interface Node {
  text: string
  readBy: number
  outputs: { text: string; firstBar: number; lookbackBars: number; stableBars: number | null; variables: string[] }[]
}

describe('explain', () => {
  it('lists every node with its reach', async () => {
    const formula =
      'fast = ema(close, 12); fast > sma(close, 200) and crossover(fast, close) and barssince(open > close) > 3'
    const { stdout } = await run(['explain', formula, '--format', 'json'])
    const { nodes, reach } = JSON.parse(stdout) as { nodes: Node[]; reach: object }
    const node = (text: string) => nodes.find((each) => each.text === text)!
    expect(node('ema(close, 12)')).toMatchObject({ readBy: 2, outputs: [{ firstBar: 11, variables: ['fast'] }] })
    expect(node('sma(close, 200)').outputs[0]).toMatchObject({ firstBar: 199, lookbackBars: 199, stableBars: 199 })
    // (1 - 2/13)^n < 1e-6 from bar 11 on.
    expect(node('ema(close, 12)').outputs[0]!.stableBars).toBe(11 + Math.ceil(Math.log(1e-6) / Math.log(11 / 13)))
    expect(node('barssince(open > close)').outputs[0]!.stableBars).toBeNull()
    expect(reach).toMatchObject({ firstBar: 199, stableBars: null })
  })

  it('names the outputs of a call that has several', async () => {
    const { nodes } = JSON.parse((await run(['explain', 'macd(close, 12, 26, 9)', '-f', 'json'])).stdout)
    expect((nodes.at(-1) as Node).outputs.map(({ text, firstBar }) => [text, firstBar])).toEqual([
      ['macd(close, 12, 26, 9).line', 25],
      ['macd(close, 12, 26, 9).signal', 33],
      ['macd(close, 12, 26, 9).histogram', 33],
    ])
  })

  it('prints a table for people, without constants', async () => {
    const { stdout } = await run(['explain', 'rsi(14) < 30'])
    expect(
      stdout
        .split('\n')
        .slice(0, 5)
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['node', 'from bar', 'back', 'stable', 'readers'],
      [expect.any(String), expect.any(String), expect.any(String), expect.any(String), expect.any(String)],
      ['close', '0', '0', '0', '1'],
      ['rsi(close, 14)', '14', '0', '201', '1'],
      ['rsi(close, 14) < 30', '14', '0', '201', '0'],
    ])
    expect(stdout).toContain('known from bar 14')
  })

  it('says what is written in two ways and computed once', async () => {
    const { stdout } = await run(['explain', 'atr(14) > 1 and rma(tr, 14) < 5'])
    expect(stdout).toContain('\n rma(tr, 14) is the same as atr(14): computed once\n')
    expect(stdout).toContain('5 kernels')
    expect((await run(['explain', 'rsi(14) < 30'])).stdout).not.toContain('is the same as')
  })

  it('shows the parameters with the values they have', async () => {
    const formula = 'param len = 14; param level = 30 in 1..99; rsi(len) < level'
    expect((await run(['explain', formula, '-p', 'level=20'])).stdout).toContain(
      '\n parameters: len = 14, level = 20\n',
    )
    expect((await run(['explain', 'rsi(14) < 30'])).stdout).not.toContain('parameters:')
  })

  it('shows why a bar did not match', async () => {
    const formula = 'up = close > open; up and not crossover(close, sma(close, 3)) and sma(close, 50) > 0'
    const args = ['explain', formula, '-d', DATA, '--symbol', 'AAA']
    const { stdout } = await run(args)
    const [, tree] = stdout.split(/AAA on 2024-01-06 \(bar 5\) {2}/)
    expect(tree).toBe(
      [
        'no match',
        '',
        '  ✗ all of',
        '    ✓ up: close > open',
        '        close 14',
        '        open 13',
        '    ✗ not',
        '      ✓ crossover(close, sma(close, 3))',
        '          close 10 → 14',
        '          sma(close, 3) 11 → 11.67',
        '    ? sma(close, 50) > 0',
        '        sma(close, 50) ·',
        '',
      ].join('\n'),
    )
  })

  it('gives the values of a bar as JSON', async () => {
    const args = [
      'explain',
      'entry = close > 11; exit = close < 11',
      '-d',
      DATA,
      '--symbol',
      'AAA',
      '--at',
      '2024-01-03',
    ]
    const { nodes, bar } = JSON.parse((await run([...args, '-f', 'json'])).stdout)
    expect(bar).toMatchObject({ symbol: 'AAA', timestamp: day(2), bar: 2 })
    expect(bar.conditions).toMatchObject([
      { role: 'entry', signalType: 'ENTRY', state: true, values: [{ text: 'close', value: 12 }] },
      { role: 'exit', signalType: 'EXIT', state: false },
    ])
    const close = nodes.findIndex(({ text }: Node) => text === 'close')
    expect(bar.values[close]).toEqual([12])
  })

  it('says so when there is no bar on the date', async () => {
    const file = write('gap.csv', 'symbol,date,open,high,low,close\nA,2024-01-01,1,1,1,1\nA,2024-01-03,1,1,1,1\n')
    const { stdout, stderr } = await run(['explain', 'close > 0', '-d', file, '--symbol', 'A', '--at', '2024-01-02'])
    expect(stdout).toContain('A on 2024-01-01')
    expect(stderr).toContain('A has no bar on 2024-01-02')
  })

  it('needs a symbol for data and data for a symbol', async () => {
    expect(await run(['explain', 'close > 0', '-d', DATA])).toMatchObject({ code: 2, stdout: '' })
    expect(await run(['explain', 'close > 0', '--symbol', 'AAA'])).toMatchObject({ code: 2, stdout: '' })
    const missing = await run(['explain', 'close > 0', '-d', DATA, '--symbol', 'NOPE'])
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('NO_DATA')
  })
})
