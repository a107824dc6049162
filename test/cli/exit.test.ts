import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { candles, run, scratch, start, US_DAILY } from './support.ts'

const write = scratch()
const DATA = write('one.csv', candles({ AAA: [10, 11, 12] }))

describe('millrace ends', () => {
  it('with a drawing of what is wrong in a formula, on stderr, before anything is read', async () => {
    const { code, stdout, stderr } = await run([
      'scan',
      'crossover(ema(c,12), emma(close, 26))',
      '-d',
      'nowhere.parquet',
    ])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const [head, text, marks, sentence] = stderr.split('\n')
    expect(head).toBe('FORMULA_UNKNOWN_NAME  line 1, column 22')
    expect(text).toBe('  crossover(ema(c,12), emma(close, 26))')
    expect(marks).toBe('                       ^^^^')
    expect(sentence).toContain('ema')
  })

  it('with the file that a formula comes from', async () => {
    const file = write('bad.formula', 'a = close\na > opne')
    const { code, stderr } = await run(['scan', `@${file}`, '-d', DATA])
    expect(code).toBe(2)
    expect(stderr).toContain(`FORMULA_UNKNOWN_NAME  line 2, column 5  in ${file}`)
  })

  it.each([
    ['no data', ['scan', 'close > open'], '--data'],
    ['data that is not there', ['scan', 'close > open', '-d', 'nowhere.parquet'], 'DATA_UNREADABLE: '],
    [
      'a column that is not there',
      ['scan', 'close > open', '-d', DATA, '--columns', 'close=x'],
      'on the command line: --columns close=close',
    ],
    ['a role that is none', ['scan', 'close > open', '-d', DATA, '--columns', 'clos=x'], 'none of symbol, time'],
    ['a number in place of a condition', ['scan', 'close', '-d', DATA], 'FORMULA_NOT_A_CONDITION'],
    [
      'an unknown parameter',
      ['scan', 'close > open', '-d', DATA, '-p', 'a=1'],
      'FORMULA_PARAMETER: the formula has no',
    ],
    ['a parameter without value', ['scan', 'close > open', '-d', DATA, '-p', 'a'], 'len=14'],
    ['a parameter that is no number', ['scan', 'close > open', '-d', DATA, '-p', 'a=b'], 'must be a number, got "b"'],
    [
      'a reversed range',
      ['scan', 'close > open', '-d', DATA, '--from', '2024-02-01', '--to', '2024-01-01'],
      'JOB_DATE_',
    ],
    ['a zone that is none', ['scan', 'close > open', '-d', DATA, '--timezone', 'Mars/X'], 'timezone'],
    ['too many workers', ['scan', 'close > open', '-d', DATA, '--workers', '999'], 'ENGINE_OPTION: workers must be'],
    [
      'an unknown format',
      ['scan', 'close > open', '-d', DATA, '-f', 'xml'],
      'Allowed choices are table, json, ndjson, csv',
    ],
    ['a file that is not there', ['scan', '@nowhere.formula', '-d', DATA], 'cannot read nowhere.formula'],
    ['a file without symbols', ['scan', 'close > open', '-d', DATA, '-s', ','], 'names no symbols'],
    ['an unknown command', ['scann'], 'Did you mean scan?'],
    ['an unknown option', ['scan', 'close > open', '--fromat', 'json'], 'Did you mean --format?'],
  ])('with exit code 2 and a sentence after %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('quietly when the reader has seen enough', async () => {
    const child = start(['scan', 'close > open', '-d', US_DAILY, '--format', 'ndjson', '--quiet'])
    let stderr = ''
    child.stderr!.on('data', (text) => {
      stderr += text
    })
    await once(child.stdout!, 'data')
    child.stdout!.destroy()
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    expect(stderr).toBe('')
  })

  it('at Ctrl-C with exit code 130', async () => {
    const child = start(['scan', 'close > open', '-d', US_DAILY, '--format', 'ndjson', '--executor', 'inline'])
    let stderr = ''
    child.stderr!.on('data', (text) => {
      stderr += text
    })
    await once(child.stdout!, 'data')
    child.kill('SIGINT')
    child.stdout!.resume()
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
    expect(stderr).toBe('cancelled\n')
  })
})
