import { describe, expect, it } from 'vitest'
import { candles, day, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('two.csv', candles({ AAA: [10, 11, 12, 13], BBB: [30, 29, 28, 40] }))

describe('series', () => {
  it('prints expressions of a symbol bar by bar', async () => {
    const { code, stdout } = await run(['series', '-d', DATA, '-s', 'AAA', '-e', 'sma(close, 2)', '-e', 'close > 11'])
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        ' AAA',
        '',
        ' date        sma(close, 2)  close > 11',
        ' ──────────  ─────────────  ──────────',
        ' 2024-01-01              ·  false',
        ' 2024-01-02          10.50  false',
        ' 2024-01-03          11.50  true',
        ' 2024-01-04          12.50  true',
        '',
      ].join('\n'),
    )
  })

  it('has a column for the symbol when there are several', async () => {
    const { stdout } = await run(['series', '-d', DATA, '-e', 'close', '--last', '1'])
    expect(stdout.split('\n').slice(2, 4)).toEqual([' 2024-01-04  AAA        13', ' 2024-01-04  BBB        40'])
  })

  it('prints JSON with null where a value is unknown and conditions as true and false', async () => {
    const args = ['series', '-d', DATA, '-s', 'AAA', '-e', 'close > sma(close, 2)', '-e', 'bbands(close, 2, 1)']
    const { series, errors } = JSON.parse((await run([...args, '--format', 'json'])).stdout)
    expect(errors).toEqual([])
    expect(series[0]).toEqual({
      symbol: 'AAA',
      expr: 'close > sma(close, 2)',
      output: 'close > sma(close, 2)',
      timestamps: [day(0), day(1), day(2), day(3)],
      values: [null, true, true, true],
    })
    expect(series.slice(1).map(({ output }: { output: string }) => output)).toEqual([
      'bbands(close, 2, 1).upper',
      'bbands(close, 2, 1).middle',
      'bbands(close, 2, 1).lower',
    ])
  })

  it('prints a series per line as NDJSON, cut to the last bars', async () => {
    const { stdout } = await run(['series', '-d', DATA, '-e', 'close', '--last', '2', '--format', 'ndjson'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ symbol, values }) => [symbol, values])).toEqual([
      ['AAA', [12, 13]],
      ['BBB', [28, 40]],
    ])
  })

  it('prints CSV, a row per bar with quoted headers', async () => {
    const args = ['series', '-d', DATA, '-e', 'sma(close, 2)', '-e', 'close > 11', '--to', '2024-01-02', '-f', 'csv']
    expect((await run(args)).stdout).toBe(
      [
        'symbol,timestamp,date,"sma(close, 2)",close > 11',
        `AAA,${day(0)},2024-01-01,,false`,
        `AAA,${day(1)},2024-01-02,10.5,false`,
        `BBB,${day(0)},2024-01-01,,true`,
        `BBB,${day(1)},2024-01-02,29.5,true`,
        '',
      ].join('\n'),
    )
  })

  it('reads expressions from a file and skips blank lines and comments', async () => {
    const file = write('expressions.txt', '// two of them\nclose\n\n  open  \n')
    const args = ['series', '-d', DATA, '-s', 'AAA', '--exprs', `@${file}`, '--limit', '1', '--format', 'json']
    const { series } = JSON.parse((await run(args)).stdout)
    expect(series.map(({ expr, values }: never) => [expr, values])).toEqual([
      ['close', [13]],
      ['open', [12]],
    ])
  })

  it('names symbols without data and prints the others', async () => {
    const args = ['series', '-d', DATA, '-s', 'NOPE,AAA', '-e', 'close', '--format', 'ndjson', '--strict']
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('not in the data: NOPE')
  })

  it('asks for an expression when there is none', async () => {
    const { code, stderr } = await run(['series', '-d', DATA])
    expect(code).toBe(2)
    expect(stderr).toContain('--expr')
  })

  it('calls a column what stands in front of the expression', async () => {
    const file = write('named.txt', '// by name\nup = close > open\nhigh == low\n')
    const named = ['-e', 'last=close', '-e', 'm = macd(close, 1, 2, 1)', '--exprs', `@${file}`]
    const args = ['series', '-d', DATA, '-s', 'AAA', ...named]
    const csv = await run([...args, '--format', 'csv'])
    const header = 'symbol,timestamp,date,last,m.line,m.signal,m.histogram,up,high == low'
    expect(csv.stdout.split('\n')[0]).toBe(header)
    const { series } = JSON.parse((await run([...args, '--format', 'json'])).stdout)
    expect(series[0]).toMatchObject({ expr: 'close', output: 'last' })
    const wrong = await run(['series', '-d', DATA, '-e', 'last = clos'])
    expect(wrong.stderr).toContain('line 1, column 1\n  clos\n')
  })

  it.each([
    [['a = close', 'a = open'], 'two expressions are called a: give each its own name'],
    [['a = close', 'close'], 'close is asked for twice: once is enough, as a'],
  ])('refuses %j', async (expressions, message) => {
    const { code, stderr } = await run(['series', '-d', DATA, ...expressions.flatMap((text) => ['-e', text])])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('takes a script for what it is', async () => {
    const script = ['series', '-d', DATA, '-s', 'AAA', '-f', 'csv', '-e']
    expect((await run([...script, 'a = close; a + a'])).stdout).toContain('close + close')
    expect((await run([...script, 'entry = close > open'])).stdout.split('\n')[0]).toBe('symbol,timestamp,date,entry')
  })
})
