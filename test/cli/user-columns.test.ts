import { describe, expect, it } from 'vitest'
import { run, scratch } from './support.ts'

const write = scratch()

/** Market capitalisations of two symbols on three days, one of them unknown, and a text. */
const data = write(
  'caps.csv',
  [
    'symbol,date,open,high,low,close,volume,Market Cap,sector',
    ...['A,2024-01-02,1,1,1,1,1,100,tech', 'A,2024-01-03,2,2,2,2,1,300,tech', 'A,2024-01-04,2,2,2,2,1,200,tech'],
    ...['B,2024-01-02,1,1,1,1,1,7,oil', 'B,2024-01-03,2,2,2,2,1,,oil', 'B,2024-01-04,2,2,2,2,1,900,oil'],
  ].join('\n'),
)

const MAPPED = ['--columns', 'time=date,col.mc=Market Cap']

describe('user columns on the command line', () => {
  it('are read by their own name, and by one that --columns gives', async () => {
    const scan = (name: string) => ['scan', `${name} > 150 and close > 0`, '-d', data, '--format', 'json']
    const plain = JSON.parse((await run(scan('col.market_cap'))).stdout)
    const mapped = JSON.parse((await run([...scan('col.mc'), ...MAPPED])).stdout)
    const values = ({ matches }: { matches: { symbol: string; indicatorValues: object }[] }) => {
      return matches.map(({ symbol, indicatorValues }) => [symbol, ...Object.entries(indicatorValues).flat()])
    }
    const expected = (name: string) => [
      ['A', name, 300],
      ['A', name, 200],
      ['B', name, 900],
    ]
    expect(values(plain)).toEqual(expected('col.market_cap'))
    expect(values(mapped)).toEqual(expected('col.mc'))
  })

  it('are series, whose unknown values are null', async () => {
    const args = [
      'series',
      '-e',
      'cap = col.marketcap',
      '-e',
      'col.marketcap[1]',
      '-s',
      'B',
      '-d',
      data,
      '--format',
      'json',
    ]
    const { series } = JSON.parse((await run(args)).stdout)
    expect(series.map(({ output, values }: { output: string; values: number[] }) => [output, ...values])).toEqual([
      ['cap', 7, null, 900],
      ['col.marketcap[1]', null, 7, null],
    ])
  })

  it('are listed by data as a formula reads them', async () => {
    expect((await run(['data', data])).stdout).toContain('\n columns    col.Market_Cap\n')
    expect(JSON.parse((await run(['data', data, ...MAPPED, '--format', 'json'])).stdout).columns).toEqual(['col.mc'])
  })

  it('are explained on a bar', async () => {
    const args = ['explain', 'col.mc > sma(col.mc, 2)', '--symbol', 'A', '-d', data, ...MAPPED, '--format', 'json']
    const { columns, bar } = JSON.parse((await run(args)).stdout)
    expect(columns).toEqual(['col.mc'])
    expect(bar.conditions[0].values).toEqual([
      { text: 'col.mc', value: 200 },
      { text: 'sma(col.mc, 2)', value: 250 },
    ])
  })

  it.each([
    ['scan', ['scan', 'close > 1 and\ncol.marketcpa > 1'], 'line 2, column 1'],
    ['series', ['series', '-e', 'close', '-e', 'x = sma(col.marketcpa, 2)'], 'line 1, column 5'],
    ['explain', ['explain', 'col.marketcpa > 1', '--symbol', 'A'], 'line 1, column 1'],
  ])('that are not there are drawn in the formula: %s', async (_, args, place) => {
    const { code, stdout, stderr } = await run([...args, '-d', data])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`FORMULA_UNKNOWN_COLUMN  ${place}`)
    expect(stderr).toContain('^^^^^^^^^^^^^\n')
    expect(stderr).toContain('the nearest is col.Market_Cap')
    expect(stderr).toContain('--columns col.marketcpa=NAME')
  })

  it('that are text are said to be no numbers', async () => {
    const { code, stderr } = await run(['scan', 'col.sector > 1', '-d', data])
    expect(code).toBe(2)
    expect(stderr).toContain('the column sector of the data holds no numbers')
  })

  it.each([
    ['mc=Market Cap', '"mc" is none of symbol, time'],
    ['col.=x', 'no name like col.marketcap'],
    ['col.a b=x', 'no name like col.marketcap'],
    ['col.close=x', 'DATA_OPTION'],
    ['col.mc=Market Cup', "on the command line: --columns 'col.mc=Market Cap'"],
  ])('refuse --columns %s', async (columns, message) => {
    const { code, stderr } = await run(['scan', 'close > 0', '-d', data, '--columns', columns])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  it('are put into the script that init writes', async () => {
    const folder = write('nothing', '').replace(/nothing$/, 'project')
    await run(['init', folder, '-d', data, ...MAPPED])
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(`${folder}/scan.mjs`, 'utf8')).toContain("columns: { time: 'date', 'col.mc': 'Market Cap' },")
  })
})
