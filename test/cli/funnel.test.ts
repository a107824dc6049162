import { describe, expect, it } from 'vitest'
import { candles, run, scratch } from './support.ts'

const write = scratch()
// The last candle of each: 12 after 11, 8 after 9, 10 after 11, 15 after 11; volumes are 3,000 there.
const closes = { AAA: [10, 11, 12], BBB: [10, 9, 8], CCC: [10, 11, 10], DDD: [10, 11, 15] }
const DATA = write('four.csv', candles(closes))

/** What is said behind the timing. */
async function why(formula: string, ...more: string[]) {
  const { stderr, stdout, code } = await run(['scan', formula, '--data', DATA, '--why', '--format', 'ndjson', ...more])
  const at = stderr.split('\n').findIndex((line) => line.endsWith('on the last bar of each symbol:'))
  return { code, stdout, stderr, lines: stderr.trimEnd().split('\n').slice(at) }
}

describe('scan --why', () => {
  it('counts what each condition of an and leaves, the easiest first, and names the nearest', async () => {
    const { code, lines } = await why('close > 13 and (close > close[1] and close > 9) and volume > 1 and close < 14')
    expect(code).toBe(0)
    expect(lines).toEqual([
      ' on the last bar of each symbol:',
      '   4  symbols with a bar',
      // By themselves 4, 3, 3, 2 and 1.
      '   4  volume > 1',
      '   3  close < 14',
      '   2  close > 9',
      '   1  close > close[1]',
      '   0  close > 13',
      ' nearest to the condition that leaves none:',
      '   AAA: close = 12',
    ])
  })

  it('keeps a condition whole that has a name', async () => {
    const { lines } = await why('up = close > 9 and close > close[1]; up and close > 13')
    expect(lines.slice(1)).toEqual(['   4  symbols with a bar', '   2  up', '   1  close > 13'])
  })

  it('stops at what is unknown', async () => {
    const { lines } = await why('close > 9 and sma(close, 9) > 1', '--symbols', 'AAA,NOPE')
    expect(lines).toEqual([
      ' on the last bar of each symbol:',
      '   1  symbols with a bar',
      '   1  close > 9',
      '   0  sma(close, 9) > 1',
      ' nearest to the condition that leaves none:',
      '   AAA: sma(close, 9) = ·',
    ])
  })

  it('takes the last bar of the range, and each role by itself', async () => {
    const { stderr } = await why('entry = close > close[1] and close > 10\nexit = close < 10', '--to', '2024-01-02')
    expect(stderr).toContain(
      '\n entry, on the last bar of each symbol:\n   4  symbols with a bar\n   3  close > 10\n   3  close > close[1]\n',
    )
    expect(stderr).toContain('\n exit, on the last bar of each symbol:\n   4  symbols with a bar\n   1  close < 10\n')
  })

  it('changes no result, and is silent with --quiet', async () => {
    const { stdout, stderr } = await why('close > close[1]', '--quiet')
    expect(stderr).toBe('')
    expect(stdout).toBe((await run(['scan', 'close > close[1]', '-d', DATA, '-f', 'ndjson'])).stdout)
  })
})
