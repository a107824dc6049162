import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formulaText } from '../../src/cli/init-files.ts'
import { planFormula } from '../../src/formula/index.ts'
import { candles, run, scratch } from './support.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const KINDS = join(ROOT, 'test/data/kinds')
const write = scratch()
const here = dirname(write('prices.csv', candles({ AAA: [10, 11, 12] })))
/** A folder in which millrace is installed. */
const project = join(here, 'project')
mkdirSync(join(project, 'node_modules'), { recursive: true })
symlinkSync(ROOT, join(project, 'node_modules/millrace'), 'junction')

const text = (...path: string[]) => readFileSync(join(project, ...path), 'utf8')

/** The commands that `init` says come next, run in its folder; what the script and the scan print. */
async function next(folder: string, stdout: string) {
  const cwd = join(project, folder)
  const [, words] = /npx millrace (scan .*)/.exec(stdout) ?? []
  const script = execFileSync(process.execPath, ['scan.mjs'], { cwd, encoding: 'utf8' })
  const args = words!.split(' ').map((word) => word.replaceAll("'", ''))
  const scan = await run([...args, '-f', 'json', '-q'], { cwd })
  return { script, scan: JSON.parse(scan.stdout) }
}

describe('millrace init', () => {
  it('writes candles, a formula and a script that find something at once', async () => {
    const { code, stdout } = await run(['init', 'try'], { cwd: project })
    expect(code).toBe(0)
    expect(readdirSync(join(project, 'try')).sort()).toEqual(['candles.csv', 'pullback.formula', 'scan.mjs'])
    expect(stdout).toContain('10 symbols, 3,800 candles of 1d, 2024-01-01 to 2025-06-13')
    expect(text('try/candles.csv').length).toBeLessThan(200_000)
    const { script, scan } = await next('try', stdout)
    const { matches, symbolsMatched, processed } = scan.statistics
    expect(matches).toBeGreaterThan(3)
    expect(script).toContain(`${matches} matches in ${symbolsMatched} of ${processed} symbols`)
    expect(script).toMatch(/^X00\d\d 202\d-\d\d-\d\d [\d.]+$/m)
  })

  it.each([
    ['stooq', 'stooq.txt', []],
    ['months', 'month-first.csv', ['--date-format', '%m/%d/%Y']],
    ['short', 'short-names.csv', []],
    ['klines', 'klines', []],
  ])('scans data as it was understood: %s', async (folder, file, options) => {
    cpSync(join(KINDS, file), join(project, 'data', file), { recursive: true })
    const { stdout, stderr } = await run(['init', folder, '--data', `data/${file}`, ...options], { cwd: project })
    expect(stderr).toBe('')
    const { script, scan } = await next(folder, stdout)
    expect(script).toContain(`0 matches in 0 of ${scan.statistics.processed} symbols`)
    expect(scan.statistics.processed).toBeGreaterThan(0)
    expect(text(folder, 'scan.mjs')).toContain(`join(import.meta.dirname, '../data/${file}')`)
    for (const note of scan.dataQuality.notes) expect(text(folder, 'scan.mjs')).toContain(`  // ${note}\n`)
    if (options.length > 0) expect(text(folder, 'scan.mjs')).toContain("dateFormat: '%m/%d/%Y',")
  })

  it('keeps what was said about the data, whatever is in it', async () => {
    const lines = ["who's;when;o;h;l;c", 'A;86400;9,5;11;8;10,5', 'A;172800;9,5;11;8;10,5']
    writeFileSync(join(project, "it's.csv"), lines.join('\n'))
    const columns = "symbol=who's,time:s=when,open=o,high=h,low=l,close=c"
    const args = ['init', 'said', '-d', "it's.csv", '--columns', columns, '--decimal', ',', '--defects', 'keep']
    const { code, stdout, stderr } = await run([...args, '--timeframe', '1d'], { cwd: project })
    expect([code, stderr]).toEqual([0, ''])
    const written = text('said', 'scan.mjs')
    expect(written).toContain("data: join(import.meta.dirname, '../it\\'s.csv')")
    expect(written).toContain(
      "columns: { symbol: 'who\\'s', time: 'when', open: 'o', high: 'h', low: 'l', close: 'c' }",
    )
    expect(written).toContain("timeUnit: 's'")
    expect(written).toContain("createEngine({ repository, defects: 'keep' })")
    expect(execFileSync(process.execPath, ['said/scan.mjs'], { cwd: project, encoding: 'utf8' })).toContain(
      'of 1 symbols',
    )
    expect(stdout).toContain(`--columns 'symbol=who'\\''s,time:s=when,open=o,high=h,low=l,close=c' --decimal ,`)
  })

  it('says what to install where millrace is not, with a package.json where there is none', async () => {
    const { stdout } = await run(['init', 'bare', '-d', 'prices.csv'], { cwd: here })
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(JSON.parse(readFileSync(join(here, 'bare/package.json'), 'utf8'))).toEqual({
      private: true,
      type: 'module',
      dependencies: { millrace: `^${version}` },
    })
    expect(stdout).toMatch(/cd bare\n {3}npm install\n {3}node scan\.mjs/)
    mkdirSync(join(here, 'mine'))
    write('mine/package.json', '{}')
    expect((await run(['init', 'mine', '-d', 'prices.csv'], { cwd: here })).stdout).toContain('npm install millrace\n')
    expect(readFileSync(join(here, 'mine/package.json'), 'utf8')).toBe('{}')
  })

  it('never overwrites: it names what is there and writes nothing', async () => {
    mkdirSync(join(here, 'full'))
    write('full/scan.mjs', '// mine')
    const { code, stderr } = await run(['init', 'full', '-d', 'prices.csv'], { cwd: here })
    expect([code, stderr]).toEqual([
      2,
      'scan.mjs is in full already, and nothing is overwritten: name another folder\n',
    ])
    expect(readdirSync(join(here, 'full'))).toEqual(['scan.mjs'])
    write('full/candles.csv', 'mine')
    const again = await run(['init', '.'], { cwd: join(here, 'full') })
    expect(again.stderr).toContain('scan.mjs, candles.csv are here already')
    expect(again.stderr).toContain('or take those candles: --data candles.csv')
  })

  it('writes nothing where the data cannot be read, and says why', async () => {
    write('bad.csv', 'symbol,date,open,high,low,close\nA,2024-01-01,-1,-1,-1,-1\nA,2024-01-02,-1,-1,-1,-1\n')
    for (const [data, sentence] of [
      ['nowhere.csv', 'DATA_UNREADABLE'],
      ['bad.csv', 'millrace data bad.csv shows more'],
      ['select 1', 'init takes a file, a pattern or a folder'],
    ] as const) {
      const { code, stderr } = await run(['init', 'never', '-d', data], { cwd: here })
      expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
    }
    expect(readdirSync(here)).not.toContain('never')
  })

  it.each([
    [1000, 200],
    [300, 200],
    [299, 100],
    [40, 20],
    [4, 20],
  ])('has an average that fits %i candles', (bars, long) => {
    const plan = planFormula(formulaText({ candles: 3 * bars, symbols: ['A', 'B', 'C'] }))
    expect(plan.parameters).toMatchObject({ long })
  })
})
