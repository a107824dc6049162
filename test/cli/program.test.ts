import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkFormula } from '../../src/formula/index.ts'
import { run } from './support.ts'

describe('millrace', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('shows its help when nothing is asked for', async () => {
    const { code, stderr } = await run([])
    expect(code).toBe(2)
    expect(stderr).toContain('millrace demo')
  })

  it.each(['scan', 'series', 'explain', 'indicators', 'demo'])('has help for %s', async (command) => {
    const { code, stdout } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`millrace ${command}`)
  })

  it('has only formulas in its examples that can be run', async () => {
    const helps = await Promise.all(['scan', 'series', 'explain'].map((command) => run([command, '--help'])))
    const text = helps.map(({ stdout }) => stdout).join('')
    const formulas = [...text.matchAll(/millrace \w+.*/g)].flatMap(([line]) => {
      return [...line.matchAll(/(?:scan|explain|--expr) "([^"]+)"/g)].map(([, formula]) => formula!)
    })
    expect(formulas.length).toBeGreaterThan(7)
    for (const formula of formulas) expect(checkFormula(formula, {}, { mode: 'series' })).toEqual([])
  })

  it('scans its own candles as a demo', async () => {
    const { code, stdout, stderr } = await run(['demo', '--limit', '2'])
    expect(code).toBe(0)
    expect(stdout).toContain('crossover(close, ema10)')
    expect(stdout).toMatch(/\d\d matches in \d\d of 2,500 symbols/)
    expect(stderr).toContain('millrace scan --help')
  })

  it('colors only where that is asked for', async () => {
    const args = ['indicators', 'rsi']
    expect((await run(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[')
    expect((await run([...args, '--no-color'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain('\u001b[')
    expect((await run(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b[')
  })
})
