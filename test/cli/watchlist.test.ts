import { describe, expect, it } from 'vitest'
import { findSymbols, missingText, symbolsOfFile } from '../../src/cli/watchlist.ts'
import { candles, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('data.csv', candles({ AAPL: [10, 11], IBM: [20, 21], 'KRX:005930': [30, 31] }))
const ALL = ['scan', 'close > 0', '--data', DATA]

describe('a list of symbols in a file', () => {
  it('may have comments and blank lines, and commas', () => {
    const text = '# tech\r\nAAPL # the phone\r\n\r\n// old\r\nIBM // blue\r\n  \r\nMSFT, GOOG,\r\nBTC/USD\r\nAAPL'
    expect(symbolsOfFile(text)).toEqual(['AAPL', 'IBM', 'MSFT', 'GOOG', 'BTC/USD'])
  })

  it('may have the sections of TradingView', () => {
    expect(symbolsOfFile('###TECH,NASDAQ:AAPL,###REST // AND MORE,NYSE:IBM\n### mine, not theirs')).toEqual([
      'NASDAQ:AAPL',
      'NYSE:IBM',
    ])
  })
})

describe('a symbol asked for', () => {
  const known = ['AAPL', 'IBM', 'Brk', 'BRK', 'KRX:005930', 'NYSE:GE', 'GE']

  it.each([
    ['AAPL', 'AAPL'],
    ['NASDAQ:AAPL', 'AAPL'],
    ['aapl', 'AAPL'],
    ['nasdaq:aapl', 'AAPL'],
    ['Brk', 'Brk'],
    ['krx:005930', 'KRX:005930'],
    // With its exchange, where the data has it so.
    ['NYSE:GE', 'NYSE:GE'],
  ])('as %s is %s', (asked, symbol) => {
    expect(findSymbols([asked], known)).toEqual({ symbols: [symbol], missing: [] })
  })

  it('is missing where two differ from it only in case', () => {
    expect(findSymbols(['brk'], known)).toEqual({ symbols: ['brk'], missing: ['brk'] })
    expect(missingText(['brk'], known)).toBe('not in the data: brk (did you mean BRK or Brk?)')
  })

  it('comes once and in the order of the list', () => {
    const { symbols } = findSymbols(['IBM', 'NASDAQ:AAPL', 'NOPE', 'aapl'], known)
    expect(symbols).toEqual(['IBM', 'AAPL', 'NOPE'])
  })

  it('that is missing is named with the nearest; of many there is the number', () => {
    const missing = ['APPL', 'NYSE:IMB', 'QQQQQQ', 'X1', 'X2']
    expect(missingText(missing, known)).toBe(
      'not in the data: APPL (did you mean AAPL?), NYSE:IMB (did you mean IBM?), QQQQQQ, … 2 more',
    )
  })
})

describe('on the command line', () => {
  it('a watchlist is scanned in the words of the data', async () => {
    const list = write('list.txt', '###MINE,NYSE:IBM\n\n# typed in haste\nAPPL // the phone\naapl\n')
    const { stdout, stderr, code } = await run([...ALL, '--symbols', `@${list}`, '--format', 'json'])
    const { job, errors } = JSON.parse(stdout)
    expect([code, job.symbols]).toEqual([0, ['IBM', 'APPL', 'AAPL']])
    expect(errors).toMatchObject([{ symbol: 'APPL', code: 'NO_DATA' }])
    // First, and not a second time among the failures.
    expect(stderr.trim().split('\n')[0]).toBe('not in the data: APPL (did you mean AAPL?)')
    expect(stderr).not.toContain('NO_DATA')
  })

  it('a symbol that is not there is an exit code only where it was the only one, or strict', async () => {
    expect((await run([...ALL, '--symbols', 'APPL,IBM'])).code).toBe(0)
    expect((await run([...ALL, '--symbols', 'APPL,IBM', '--strict'])).code).toBe(1)
    const series = ['series', '-e', 'close', '-d', DATA, '-s']
    for (const args of [
      [...ALL, '-s', 'APPL'],
      [...series, 'APPL'],
    ]) {
      const { code, stderr } = await run(args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean AAPL?')])
    }
    expect((await run([...series, 'APPL,IBM'])).code).toBe(0)
  })

  it('explain finds its symbol as well', async () => {
    const args = ['explain', 'close > open', '-d', DATA, '--symbol', 'nasdaq:aapl', '--format', 'json']
    expect(JSON.parse((await run(args)).stdout).bar).toMatchObject({ symbol: 'AAPL' })
  })
})
