import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candles, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('data.csv', candles({ AAA: [10, 11, 12] }))
const here = dirname(DATA)
const folder = join(here, 'formulas')
mkdirSync(join(folder, 'old'), { recursive: true })
mkdirSync(join(here, 'breakout'))
write('formulas/pullback.formula', 'close == 11')
write('formulas/breakout.formula', 'close == 12')
write('formulas/old/early.formula', 'close == 10')
write('formulas/exprs', 'close * 2')
write('outside.formula', 'close == 10')
write('own.formula', 'close == 10')

const env = { MILLRACE_FORMULAS: folder }
const inFolder = { env, cwd: here }

async function closes(formula: string, options: Parameters<typeof run>[1] = inFolder) {
  const { stdout, stderr } = await run(['scan', formula, '-d', DATA, '-f', 'json', '-q'], options)
  return stdout === ''
    ? stderr.trim()
    : JSON.parse(stdout).matches.map(({ candle }: never) => (candle as { close: number }).close)
}

describe('a formula by its name', () => {
  it.each(['@pullback', '@pullback.formula'])('is found in the folder of MILLRACE_FORMULAS: %s', async (name) => {
    expect(await closes(name)).toEqual([11])
  })

  it('is the file of the current folder where there is one', async () => {
    write('pullback', 'close == 10')
    expect(await closes('@pullback')).toEqual([10])
    // A folder of that name is none.
    expect(await closes('@breakout')).toEqual([12])
  })

  it('is explained as well, and of expressions', async () => {
    const { stdout } = await run(['explain', '@breakout', '-f', 'json'], inFolder)
    expect(JSON.parse(stdout).formula).toBe('close == 12')
    const series = await run(['series', '--exprs', '@exprs', '-d', DATA, '-f', 'csv', '--last', '1'], inFolder)
    expect(series.stdout).toContain('24')
  })

  it('with a folder in it is an ordinary path', async () => {
    expect(await closes('@formulas/old/early.formula')).toEqual([10])
    for (const path of [
      '@old/early.formula',
      '@../outside.formula',
      '@./pullback.formula',
      '@old/../pullback.formula',
    ]) {
      expect(await closes(path)).toContain(`cannot read ${path.slice(1)}: ENOENT`)
    }
    expect(await closes('@..')).toContain('cannot read ..: ')
  })

  it('that is nowhere is an error that says where it was looked for, and the nearest names', async () => {
    expect(await closes('@pulback')).toBe(
      `cannot read pulback: there is no such file in the current folder, nor pulback or pulback.formula in ${folder} (MILLRACE_FORMULAS); did you mean @pullback?`,
    )
    expect(await closes('@own', { cwd: here })).toBe(
      'cannot read own: there is no such file in the current folder, and MILLRACE_FORMULAS is not set; did you mean @own.formula?',
    )
    expect(await closes('@own', { cwd: here, env: { MILLRACE_FORMULAS: '/no/such' } })).toContain(
      'and MILLRACE_FORMULAS names no folder: /no/such',
    )
  })

  it('that no file can have is an error of reading', async () => {
    expect(await closes(`@${'x'.repeat(300)}`)).toContain('ENAMETOOLONG')
  })

  it('is told of in the help of the commands that take one', async () => {
    for (const command of ['scan', 'series', 'explain']) {
      expect((await run([command, '--help'])).stdout).toContain('MILLRACE_FORMULAS')
    }
  })
})
