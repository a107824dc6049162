import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLI, run, scratch } from './support.ts'

const write = scratch()
const here = dirname(write('prices.csv', 'precious\n'))
mkdirSync(join(here, 'lists'))
mkdirSync(join(here, 'formulas'))
write('lists/watch.txt', 'AAPL\n')
write('own.formula', 'close > open')
write('formulas/pullback.formula', 'close > open')
// A shell that is answered this name runs it.
write('$(touch run).formula', 'close > open')

const hasShell = (name: string) => spawnSync(name, ['-c', 'true']).status === 0
const isMissing = (name: string) => (hasShell(name) ? '' : ` (skipped: there is no ${name})`)
const env = { ...process.env, MILLRACE_FORMULAS: join(here, 'formulas'), NODE: process.execPath, CLI }

/** What a script of `completion` is asked with: `answers('scan', 'x', '--for')`, the last word being typed. */
async function answers(...words: string[]) {
  const { stdout } = await run(['complete', '--', ...words], {
    cwd: here,
    env: { MILLRACE_FORMULAS: env.MILLRACE_FORMULAS },
  })
  const lines = stdout.trimEnd().split('\n')
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) }
}

const NO_FILES = ':4'
const FILES = ':0'
const GOES_ON = ':6'

describe('what is typed is completed', () => {
  it.each<[string[], string[]]>([
    [['s'], ['scan', 'series']],
    [['help', 'exp'], ['explain']],
    [['--ver'], ['--version']],
    [['scan', 'close > open', '--executo'], ['--executor']],
    [
      ['scan', 'close > open', '--executor', ''],
      ['auto', 'inline', 'pool'],
    ],
    [['scan', 'close > open', '-f', 'cs'], ['csv']],
    [['scan', 'close > open', '--format=cs'], ['csv']],
    [['scan', 'close > open', '--format', '=', 'n'], ['ndjson']],
    [
      ['explain', 'close > open', '--format', ''],
      ['table', 'json'],
    ],
    [
      ['scan', 'x', '--timeframe', '1'],
      ['1m', '15m', '1h', '1d', '1w', '1M'],
    ],
    [['scan', 'x', '--quiet', '--timezone', ''], []],
    [['indicators', 'mac'], ['macd']],
    [
      ['indicators', 'mom'],
      ['mom', 'momentum'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['scan', ''],
      ['@own.formula', '@pullback'],
    ],
    [['explain', '@pul'], ['@pullback']],
    [['series', '--exprs', '@o'], ['@own.formula']],
    [['scan', 'x', '-s', '@lists/w'], ['@lists/watch.txt']],
    [['nonsense', ''], []],
  ])('%j: %j', async (words, values) => {
    expect(await answers(...words)).toEqual({ values, directive: NO_FILES })
  })

  it.each([[['scan', 'x', '-d', 'pr']], [['scan', 'x', '--data=pr']], [['data', '']], [['scan', 'x', '--output', '']]])(
    'with files where a file is wanted: %j',
    async (words) => {
      expect(await answers(...words)).toEqual({ values: [], directive: FILES })
    },
  )

  it('and goes on in a folder', async () => {
    expect(await answers('scan', '@li')).toEqual({ values: ['@lists/'], directive: GOES_ON })
  })

  it('with what it is about', async () => {
    const { stdout } = await run(['complete', '--', 'scan', 'x', '--stri'])
    expect(stdout).toBe('--strict\texit code 1 when a symbol failed\n:4\n')
  })
})

describe('the script', () => {
  /** What bash does on a tab behind these words; `compopt` says what it is told. */
  function tab(...words: string[]): string[] {
    const script = `
      millrace() { "$NODE" "$CLI" "$@"; }
      compopt() { echo "compopt $*"; }
      source <(millrace completion bash)
      source <(millrace completion bash)
      COMP_WORDS=(millrace "$@") COMP_CWORD=$#
      _millrace
      [[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"`
    const out = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], { cwd: here, env, encoding: 'utf8' })
    return out.split('\n').filter((line) => line !== '')
  }

  it.skipIf(!hasShell('bash'))(`for bash completes${isMissing('bash')}`, () => {
    expect(tab('scan', '"close > open"', '--executo')).toEqual(['compopt +o default', '--executor'])
    expect(tab('scan', 'x', '--format', '=', 'cs')).toEqual(['compopt +o default', 'csv'])
    expect(tab('scan', 'x', '--format', '=')).toHaveLength(5)
    expect(tab('scan', 'x', '-d', 'pri')).toEqual([])
    expect(tab('scan', '@li')).toEqual(['compopt +o default', 'compopt -o nospace', '@lists/'])
  })

  it.skipIf(!hasShell('bash'))(`for bash runs nothing of what is typed${isMissing('bash')}`, () => {
    expect(tab('scan', '$(echo x > run)', '>', 'prices.csv', '--for')).toContain('--format')
    expect(readFileSync(join(here, 'prices.csv'), 'utf8')).toBe('precious\n')
  })

  it.skipIf(!hasShell('fish'))(`for fish completes${isMissing('fish')}`, () => {
    const script = `
      function millrace; $NODE $CLI $argv; end
      millrace completion fish | source
      complete --do-complete 'millrace scan "close > open" --executo'`
    const out = execFileSync('fish', ['--no-config', '-c', script], { cwd: here, env, encoding: 'utf8' })
    expect(out).toMatch(/^--executor\t/)
  })

  it.skipIf(!hasShell('zsh'))(`for zsh is read without complaint${isMissing('zsh')}`, () => {
    const script = `
      millrace() { "$NODE" "$CLI" "$@" }
      autoload -U compinit && compinit -D -u
      source <(millrace completion zsh)
      print $_comps[millrace]`
    expect(execFileSync('zsh', ['-f', '-c', script], { cwd: here, env, encoding: 'utf8' })).toBe('_millrace\n')
  })

  it('is there for three shells, and the help says how it is installed', async () => {
    const { code, stderr } = await run(['completion', 'tcsh'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')])
    const { stdout } = await run(['completion', '--help'])
    expect(stdout).toContain("echo 'source <(millrace completion bash)' >> ~/.bashrc")
    expect(stdout).not.toContain('complete --')
  })
})
