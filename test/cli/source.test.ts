import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeCommandLine } from '../../src/cli/command-line.ts'
import { failureOf } from '../../src/cli/failure.ts'
import { colorsFor } from '../../src/cli/terminal.ts'
import { type Ran, run, scratch, US_DAILY } from './support.ts'

const file = scratch()
const DATA = ['--data', US_DAILY, '--executor', 'inline']
const SOME = [...DATA, '--symbols', 'AAPL,MSFT,IBM,NO_SUCH']
const PULLBACK = 'close > sma(close, 50) and crossover(ema(close, 12), ema(close, 26))'
const ROLES = 'entry = crossover(close, sma(close, 20))\nexit = crossunder(close, sma(close, 20))'

/** Runs the command line from its sources, in this thread: workers need built JavaScript, so `DATA` is inline. */
async function runSource(args: readonly string[]): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  const write = (stream: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    ran[stream] += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(write('stdout') as never)
  vi.spyOn(process.stderr, 'write').mockImplementation(write('stderr') as never)
  process.exitCode = undefined
  try {
    await makeCommandLine(new AbortController().signal).parseAsync(args, { from: 'user' })
    ran.code = Number(process.exitCode ?? 0)
  } catch (error) {
    const { text, exitCode } = failureOf(error, { colors: colorsFor(process.stderr, false) })
    if (text !== '') ran.stderr += `${text}\n`
    ran.code = exitCode
  } finally {
    process.exitCode = undefined
    vi.restoreAllMocks()
  }
  return ran
}

/** Times and speeds differ from run to run. */
function withoutTimes(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/ in [\d.,]+ m?s |^ open /.test(line))
    .join('\n')
    .replace(/"timing":\{[^}]*\}/, '"timing":{}')
    .replace(/"(id|residentBytes)":("job-\d+"|\d+)/g, '"$1":0')
}

describe('the sources and the build do the same', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each<[name: string, args: string[]]>([
    ['a scan as a table', ['scan', PULLBACK, ...DATA]],
    ['a scan of the last bars', ['scan', PULLBACK, ...DATA, '--last', '5', '--limit', '3']],
    ['a scan as ndjson', ['scan', PULLBACK, ...SOME, '--format', 'ndjson']],
    ['a scan as csv', ['scan', ROLES, ...SOME, '--format', 'csv', '--from', '2016-09-01', '--to', '2017-02-28']],
    ['a scan as json', ['scan', ROLES, ...SOME, '--format', 'json', '--limit', '4']],
    ['a scan with roles as a table', ['scan', ROLES, ...SOME]],
    ['a strict scan', ['scan', 'close > open', ...SOME, '--strict', '--limit', '2']],
    ['a scan with a parameter', ['scan', 'param n = 14 in 2..50; rsi(n) < 30', ...SOME, '--param', 'n=5']],
    ['a scan without a match', ['scan', 'close < 0', ...SOME]],
    ['series as a table', ['series', ...SOME, '--expr', 'macd(12, 26, 9)', '--expr', 'rsi(14) < 40', '--limit', '4']],
    ['series as json', ['series', ...SOME, '--expr', 'bbands(close, 20, 2).upper', '--format', 'json']],
    ['series as ndjson', ['series', ...SOME, '--expr', 'close > open', '--format', 'ndjson']],
    ['series as csv', ['series', ...SOME, '--expr', 'obv()', '--format', 'csv', '--last', '3']],
    ['series from a file', ['series', ...SOME, '--exprs', `@${file('exprs.txt', '// two\nsma(close, 5)\n\nclose\n')}`]],
    ['an explained formula', ['explain', PULLBACK]],
    ['an explained formula as json', ['explain', ROLES, '--format', 'json']],
    ['an explained bar', ['explain', PULLBACK, ...DATA, '--symbol', 'AAPL', '--at', '2017-01-03']],
    ['an explained bar as json', ['explain', `not (${PULLBACK})`, ...DATA, '--symbol', 'IBM', '--format', 'json']],
    ['the list of functions', ['indicators']],
    ['one function', ['indicators', 'macd']],
    ['functions as json', ['indicators', 'rsi', '--format', 'json']],
    ['help', ['--help']],
    ['the help of a command', ['scan', '--help']],
    ['a wrong formula', ['scan', 'emma(close, 3) > close', ...SOME]],
    ['a wrong formula in a file', ['scan', `@${file('f.txt', 'close >\n  smma(close, 3)')}`, ...SOME]],
    ['a number where a condition is needed', ['scan', 'rsi(14)', ...SOME]],
    ['an unknown function', ['indicators', 'macdd']],
    ['an unknown option', ['scan', 'close > open', '--dta', 'x']],
    ['no data', ['scan', 'close > open']],
    ['a file that is not there', ['scan', 'close > open', ...DATA, '--data', 'no-such-file.parquet']],
    ['a timeframe the data has not', ['scan', 'close > open', ...SOME, '--timeframe', '1w']],
    ['a wrong date', ['scan', 'close > open', ...SOME, '--from', '2017-02-30']],
    ['a wrong parameter', ['scan', 'close > open', ...SOME, '--param', 'n=5']],
  ])('for %s', async (_, args) => {
    const [source, built] = [await runSource(args), await run(args)]
    expect({ ...source, stderr: withoutTimes(source.stderr), stdout: withoutTimes(source.stdout) }).toEqual({
      ...built,
      stderr: withoutTimes(built.stderr),
      stdout: withoutTimes(built.stdout),
    })
    expect(source.stdout + source.stderr).not.toBe('')
  })
})
