import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { makeCommandLine } from '../../src/cli/command-line.ts'
import { failureOf } from '../../src/cli/failure.ts'
import { candles, type Ran, run, scratch } from './support.ts'

// The other tests of this folder run what is built. These commands run from the source as well, in this process, and say
// the same: what is built is what stands in the source.

const write = scratch()
const closes = (from: number, step: number) => Array.from({ length: 60 }, (_, day) => from + step * day + (day % 7))
const DATA = write('data.csv', candles({ AAA: closes(50, 0.5), BBB: closes(90, -0.5), CCC: closes(20, 0.1) }))
const FOLDER = dirname(DATA)
write('rising.formula', 'param days = 5 in 2..50\nclose > sma(close, days) and close > close[1]')

afterEach(() => vi.restoreAllMocks())

/** Runs a command in this process. */
async function runHere(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text, encoding, done) => {
      ran[name] += text
      const written = typeof encoding === 'function' ? encoding : done
      written?.()
      return true
    })
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const before = process.exitCode
  process.exitCode = 0
  try {
    await makeCommandLine(new AbortController().signal).parseAsync(['node', 'millrace', ...args])
  } catch (error) {
    const plain = { colors: (await import('picocolors')).default.createColors(false), width: Number.POSITIVE_INFINITY }
    const { text, exitCode } = failureOf(error, plain, false)
    if (text !== '') ran.stderr += `${text}\n`
    process.exitCode = exitCode
  } finally {
    ran.code = Number(process.exitCode)
    process.exitCode = before
    vi.unstubAllEnvs()
  }
  return ran
}

/** Without what differs: times, ids, the folder that is written to, and scripts. */
function timeless(text: string): string {
  return (
    text
      // The drawing of a page is a function's text, which the build writes in its own way. First, because a library in one
      // line of 160 KB makes the patterns below take a minute.
      .replaceAll(/<script[\s\S]*?<\/script>|sha256-[^']*/g, 'script')
      .replaceAll(/\b(here|built)\b/g, 'out')
      .replaceAll(/"(id|timing|cache)":("[^"]*"|\{[^}]*\})/g, '')
      .replaceAll(/.* bars in .*\n.*open .* aggregate .*\n/g, '')
      .replaceAll(/[\d,.]+ (ms|s)\b/g, 'some time')
  )
}

const SCAN = ['scan', '@rising', '-d', DATA]
const COMMANDS: [string, string[]][] = [
  [
    'a scan, why, new, with a page and commands',
    [
      ...SCAN,
      '--last',
      '1',
      '--why',
      '--new',
      '--state',
      '*/state.json',
      '--html',
      '*/page.html',
      '--exec',
      'test -n "$MILLRACE_SYMBOL"',
    ],
  ],
  ['a scan with a command that fails', [...SCAN, '--last', '1', '--exec', 'exit 3']],
  ['a scan as CSV in a file', [...SCAN, '-o', '*/matches.csv', '--limit', '5']],
  ['a scan as Parquet', [...SCAN, '-o', '*/matches.parquet', '-s', 'AAA,CCC']],
  ['a scan as JSON', [...SCAN, '--format', 'json', '--param', 'days=9']],
  ['a scan of symbols that are not there', [...SCAN, '-s', 'aaa,XXX']],
  ['series as a table', ['series', '-d', DATA, '-e', 'rsi(14)', '-e', 'up=close > close[1]', '--limit', '3']],
  ['series as Arrow', ['series', '-d', DATA, '-e', 'close', '-o', '*/series.arrow']],
  ['a formula explained', ['explain', '@rising']],
  ['a bar explained', ['explain', '@rising', '-d', DATA, '-s', 'AAA', '--at', '2024-02-20']],
  ['data', ['data', DATA]],
  ['data as JSON', ['data', DATA, '--format', 'json']],
  ['a start with data', ['init', '*/own', '--data', DATA]],
  ['a start without', ['init', '*/made-up']],
  ['indicators by topic', ['indicators', 'momentum']],
  ['a script of completion', ['completion', 'bash']],
  ['a formula that is wrong', ['scan', 'clse > 3', '-d', DATA]],
  ['a formula that is nowhere', ['scan', '@risin', '-d', DATA]],
  ['a file that is not there', ['data', join(FOLDER, 'nothing.csv')]],
]

it.each(COMMANDS)('%s', async (_, args) => {
  const results = []
  for (const [place, runIt] of Object.entries({
    here: runHere,
    built: (its: string[], env: Record<string, string>) => run(its, { env }),
  })) {
    const out = join(FOLDER, String(Math.random()).slice(2), place)
    mkdirSync(out, { recursive: true })
    const ran = await runIt(
      args.map((arg) => arg.replace(/^\*/, out)),
      { MILLRACE_FORMULAS: FOLDER },
    )
    const nameless = (text: string) => timeless(text.replaceAll(dirname(out), 'folder'))
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const written = files.map((file) => [file.name, nameless(readFileSync(join(file.parentPath, file.name), 'latin1'))])
    results.push({ code: ran.code, stdout: nameless(ran.stdout), stderr: nameless(ran.stderr), written })
  }
  expect(results[0]).toEqual(results[1])
  expect(`${results[0]!.stdout}${results[0]!.stderr}${results[0]!.written}`).not.toBe('')
})
