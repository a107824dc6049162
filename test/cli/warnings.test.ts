import { describe, expect, it } from 'vitest'
import { candles, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('one.csv', candles({ AAA: [10, 11, 12] }))

const NEVER = [
  'FORMULA_NEVER_KNOWN  line 1, column 1',
  '  sqrt(-1) > 0 or close > 11',
  '  ^^^^^^^^',
  '  sqrt(-1) is never known: it has no value, or one too large for a number; a condition that reads it matches nothing',
].join('\n')

describe('a formula that runs and is hardly meant so', () => {
  it('is told on stderr by scan, which prints its matches all the same', async () => {
    const ran = await run(['scan', 'sqrt(-1) > 0 or close > 11', '-d', DATA, '--format', 'json'])
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain(NEVER)
    expect(ran.stdout).not.toContain('never known:\n')
    const { matches, warnings } = JSON.parse(ran.stdout)
    expect(matches).toHaveLength(1)
    expect(warnings).toMatchObject([{ code: 'FORMULA_NEVER_KNOWN', at: [0, 8] }])
  })

  it('is told by series with the expression it is in', async () => {
    const ran = await run(['series', '-e', 'close', '-e', 'sqrt(-1) > 0 or close > 11', '-d', DATA, '-s', 'AAA'])
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain(NEVER)
  })

  it('is told with the file it comes from', async () => {
    const file = write('cross.formula', 'close > 1 and\ncrossover(close, close)')
    const ran = await run(['scan', `@${file}`, '-d', DATA])
    expect(ran.stderr).toContain(`FORMULA_ALWAYS_THE_SAME  line 2, column 1  in ${file}`)
  })

  it('is told by explain', async () => {
    expect((await run(['explain', 'sqrt(-1) > 0 or close > 11'])).stderr).toContain(NEVER)
    const { stdout } = await run(['explain', 'sqrt(-1) > 0', '--format', 'json'])
    expect(JSON.parse(stdout).warnings).toMatchObject([{ code: 'FORMULA_NEVER_KNOWN' }])
  })

  it('is not told of others', async () => {
    const ran = await run(['scan', 'close > 11', '-d', DATA])
    expect(ran.stderr).not.toContain('FORMULA_')
  })
})
