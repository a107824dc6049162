import { describe, expect, it } from 'vitest'
import { candles, day, run, scratch, US_DAILY, unbroken } from './support.ts'

const write = scratch()
const DATA = write('two.csv', candles({ AAA: [10, 11, 12, 13, 14, 15], BBB: [30, 29, 28, 40, 27, 26] }))
const RISING = 'close > close[1]'

describe('scan', () => {
  it('prints the latest matches as a table on stdout and notes on stderr', async () => {
    const { code, stdout, stderr } = await run(['scan', `${RISING} and sma(close, 2) > 0`, '--data', DATA])
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      ' date        symbol  signal    close  volume  sma(close, 2)',
      ' ──────────  ──────  ────────  ─────  ──────  ─────────────',
      ' 2024-01-06  AAA     SCAN_HIT     15   6,000          14.50',
    ])
    expect(stdout).toContain('6 matches in 2 of 2 symbols (100.0 %), from 2024-01-02 to 2024-01-06')
    expect(stderr).toContain('2 symbols, 12 bars in')
    expect(stderr).toContain('symbols/s')
    expect(stdout + stderr).not.toContain('\u001b')
  })

  it('prints one object with times in milliseconds as JSON', async () => {
    const { stdout } = await run(['scan', RISING, '--data', DATA, '--format', 'json'])
    const result = JSON.parse(stdout)
    const keys = ['job', 'statistics', 'matches', 'warnings', 'errors', 'dataQuality', 'exact', 'timing', 'cache']
    expect(Object.keys(result)).toEqual(keys)
    expect(result.exact).toBe(true)
    expect(result.job).toMatchObject({ symbols: ['AAA', 'BBB'], timeframe: '1d', formula: RISING })
    expect(result.statistics).toMatchObject({ matches: 6, symbolsMatched: 2, first: day(1), last: day(5) })
    expect(result.matches).toHaveLength(6)
    expect(result.matches.at(-1)).toEqual({
      symbol: 'BBB',
      timestamp: day(3),
      signalType: 'SCAN_HIT',
      candle: { timestamp: day(3), open: 39, high: 41, low: 38, close: 40, volume: 4000 },
      indicatorValues: {},
    })
  })

  it('says so when values depend on where --history began', async () => {
    const scan = ['scan', 'ema(close, 3) > 0', '--data', DATA, '--from', '2024-01-05', '--format', 'json']
    const whole = await run(scan)
    const cut = await run([...scan, '--history', '2'])
    expect(JSON.parse(cut.stdout)).toMatchObject({ exact: false, job: { history: 2 } })
    expect(cut.stderr).toContain('values depend on where reading began')
    expect(JSON.parse(whole.stdout)).toMatchObject({ exact: true })
    expect(whole.stderr).not.toContain('reading began')
    const ema = (stdout: string) => JSON.parse(stdout).matches.at(-2).indicatorValues['ema(close, 3)']
    // From the start: 29 is the mean of 30, 29, 28, then halfway to 40, to 27. Begun at the third: the mean of 28, 40, 27.
    expect([ema(whole.stdout), ema(cut.stdout)]).toEqual([30.75, 95 / 3])
  })

  it('prints a match per line as NDJSON', async () => {
    const { stdout } = await run(['scan', RISING, '--data', DATA, '--format', 'ndjson'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).symbol)).toEqual(['AAA', 'AAA', 'AAA', 'AAA', 'AAA', 'BBB'])
  })

  it('quotes CSV cells that need it and leaves unknown values empty', async () => {
    const data = write('odd.csv', candles({ '"A,B"': [10, 11] }))
    const formula = 'entry = close > close[1]; slow = sma(close, 5)'
    const { stdout } = await run(['scan', `${formula}; exit = rsi(2) > 0`, '--data', data, '--format', 'csv'])
    expect(stdout).toBe(
      'symbol,timestamp,date,signal,role,open,high,low,close,volume,slow,"rsi(close, 2)"\n' +
        `"A,B",${day(1)},2024-01-02,ENTRY,entry,10,12,9,11,2000,,\n`,
    )
  })

  it('gives the latest matches first with --limit, whatever the format', async () => {
    const { stdout } = await run(['scan', RISING, '--data', DATA, '--limit', '3', '--format', 'ndjson'])
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(found.map(({ symbol, timestamp }) => [symbol, timestamp])).toEqual([
      ['AAA', day(5)],
      ['AAA', day(4)],
      ['AAA', day(3)],
    ])
    const { statistics } = JSON.parse((await run(['scan', RISING, '-d', DATA, '-n', '1', '-f', 'json'])).stdout)
    expect(statistics.matches).toBe(6)
  })

  it('keeps only matches on the last bars of each symbol with --last', async () => {
    const { stdout } = await run(['scan', RISING, '--data', DATA, '--last', '3', '--format', 'json'])
    const { matches, statistics } = JSON.parse(stdout)
    expect(matches.map(({ symbol, timestamp }: never) => [symbol, timestamp])).toEqual([
      ['AAA', day(3)],
      ['AAA', day(4)],
      ['AAA', day(5)],
      ['BBB', day(3)],
    ])
    expect(statistics).toMatchObject({ matches: 4, symbolsMatched: 2 })
  })

  it('takes dates, both ends inclusive', async () => {
    const range = ['--from', '2024-01-03', '--to', '2024-01-04']
    const { stdout } = await run(['scan', RISING, '--data', DATA, ...range, '--format', 'csv'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(4)
  })

  it('takes symbols from a file and a parameter of the formula', async () => {
    const symbols = write('symbols.txt', '# mine\nBBB\n')
    const formula = 'param back = 1 in 1..5; close > close[back]'
    const args = ['scan', formula, '--data', DATA, '--symbols', `@${symbols}`, '--param', 'back=3', '-f', 'json']
    const { job, matches } = JSON.parse((await run(args)).stdout)
    expect(job).toMatchObject({ symbols: ['BBB'], parameters: { back: 3 } })
    expect(matches.map(({ timestamp }: { timestamp: number }) => timestamp)).toEqual([day(3)])
  })

  it('reads the formula from a file and from stdin', async () => {
    const file = write('rising.formula', '// rising\nclose > close[1]\n')
    const fromFile = await run(['scan', `@${file}`, '--data', DATA, '--format', 'ndjson', '--quiet'])
    const fromStdin = await run(['scan', '@-', '--data', DATA, '--format', 'ndjson', '-q'], { input: RISING })
    expect(fromFile.stdout).toBe(fromStdin.stdout)
    expect(fromFile.stdout).not.toBe('')
    expect(fromFile.stderr).toBe('')
  })

  it('reads Korean columns, found by themselves or named, and tells what was dropped', async () => {
    const halted = '005930,2024-01-03,0,0,0,11,0\n'
    const header = '종목코드,날짜,시가,고가,저가,종가,거래량'
    const found = write('krx.csv', candles({ '005930': [10, 11] }, header) + halted)
    const { stdout, stderr } = await run(['scan', 'close > 0', '--data', found, '--format', 'ndjson'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr).toContain('data: of 3 rows 1 of a halt with open, high and low 0 (dropped); 1 symbol affected')

    const odd = write('odd-names.csv', candles({ '005930': [10, 11] }, '종목코드,때,시가,고가,저가,값,거래량'))
    const named = ['--columns', 'time=때,close=값', '--data', odd, '--format', 'ndjson']
    expect((await run(['scan', 'close > 0', ...named])).stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  it('runs the Korean example of its help', async () => {
    const { stdout: help } = await run(['scan', '--help'])
    const [, formula, options] = /\$ millrace scan "(.*)" -d krx\.csv (--columns .*)/.exec(
      unbroken(help),
    ) as unknown as string[]
    const prices = Array.from({ length: 251 }, (_, at) => 10 + 2 * at)
    const found = write('krx-help.csv', candles({ '005930': prices }, '심볼,날짜,시가,고가,저가,종가,거래량'))
    const args = (options as string).trim().split(' ')
    const { code, stdout } = await run(['scan', formula as string, '-d', found, ...args, '--format', 'csv', '-q'])
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n').slice(1)).toHaveLength(1)
  })

  it('names all columns that are missing, with the option to paste', async () => {
    const data = write('odd-columns.csv', candles({ A: [10, 11] }, 'stock,when,open,high,low,last close,volume'))
    const missing = await run(['scan', 'close > 0', '--data', data, '--columns', 'volume=volume'])
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain(`no column looks like the symbol, the time or the close; ${data} has stock, when,`)
    const option = 'volume=volume,symbol=stock,time=when,close=last close'
    expect(missing.stderr).toContain(`on the command line: --columns '${option}', or --one-symbol NAME for data of`)
    const { stdout } = await run(['scan', 'close > 0', '--data', data, '--columns', option, '-f', 'csv', '-q'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  })

  it('names a failed symbol and goes on; --strict makes it the exit code', async () => {
    const args = ['scan', RISING, '--data', DATA, '--symbols', 'AAA,NOPE', '--format', 'json']
    const lenient = await run(args)
    expect(lenient.code).toBe(0)
    expect(JSON.parse(lenient.stdout).errors).toMatchObject([{ symbol: 'NOPE', code: 'NO_DATA' }])
    expect(lenient.stderr).toContain('not in the data: NOPE')
    expect((await run([...args, '--strict'])).code).toBe(1)
    expect((await run(['scan', RISING, '--data', DATA, '--strict'])).code).toBe(0)
  })

  it('takes the data from MILLRACE_DATA', async () => {
    const { code, stdout } = await run(['scan', RISING, '-f', 'csv'], { env: { MILLRACE_DATA: DATA } })
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(7)
  })

  it('gives the same matches inline and in the pool', async () => {
    const args = ['scan', 'crossover(close, sma(close, 50)) and volume > 1000000', '-d', US_DAILY, '-f', 'csv', '-q']
    const inline = await run([...args, '--executor', 'inline'])
    const pool = await run([...args, '--executor', 'pool', '--workers', '2'])
    expect(inline.stdout.split('\n').length).toBeGreaterThan(1000)
    expect(pool.stdout === inline.stdout).toBe(true)
  })
})
