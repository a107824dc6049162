import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expressionOf } from '../../src/cli/inputs.ts'
import { checkFormula } from '../../src/formula/index.ts'
import { CLI, run, unbroken } from './support.ts'

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

  it.each(['scan', 'series', 'explain', 'data', 'indicators', 'demo', 'init', 'completion'])(
    'has help for %s',
    async (command) => {
      const { code, stdout } = await run([command, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(`millrace ${command}`)
    },
  )

  it('has only formulas in its examples that can be run', async () => {
    const helps = await Promise.all(['scan', 'series', 'explain'].map((command) => run([command, '--help'])))
    const text = unbroken(helps.map(({ stdout }) => stdout).join(''))
    const formulas = [...text.matchAll(/millrace \w+.*/g)].flatMap(([line]) => {
      return [...line.matchAll(/(?:scan|explain|--expr) "([^"]+)"/g)].map(([, formula]) => formula!)
    })
    expect(formulas.length).toBeGreaterThan(7)
    for (const formula of formulas) expect(checkFormula(expressionOf(formula).text, {}, { mode: 'series' })).toEqual([])
  })

  it('scans its own candles as a demo', async () => {
    const { code, stdout, stderr } = await run(['demo', '--limit', '2'])
    expect(code).toBe(0)
    expect(stdout).toContain('crossover(close, ema10)')
    expect(stdout).toMatch(/\d\d matches in \d\d of 2,500 symbols/)
    expect(stderr).toContain('millrace scan --help')
  })

  it('makes up candles for the demo where none come with it, the same each time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'))
    const here = dirname(dirname(dirname(CLI)))
    try {
      cpSync(join(here, 'dist'), join(folder, 'dist'), { recursive: true })
      cpSync(join(here, 'package.json'), join(folder, 'package.json'))
      symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'), 'junction')
      const args = ['demo', '--limit', '2']
      const cli = join(folder, 'dist', 'cli', 'main.js')
      const [first, again] = [await run(args, { cli }), await run(args, { cli })]
      expect(first.code).toBe(0)
      expect(first.stdout).toContain('2,500 stocks that do not exist, made up on the spot')
      expect(first.stdout).toMatch(/\d\d matches in \d\d+ of 2,500 symbols/)
      expect(again.stdout).toBe(first.stdout)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('colors only where that is asked for', async () => {
    const args = ['indicators', 'rsi']
    expect((await run(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[')
    expect((await run([...args, '--no-color'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain('\u001b[')
    expect((await run(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b[')
  })
})
