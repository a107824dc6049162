import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CLI, candles, run, scratch, start, US_DAILY } from './support.ts'

/** Clears the screen, writes a line of its own and turns the direction of what follows, where it is obeyed. */
const ODD = '\u001b[2J\u009b31m\u202eEVIL'
const SHOWN = '\\x1b[2J\\x9b31m\\u202eEVIL'
const WITH_LINE = `${ODD}\rone\ntwo`

const write = scratch()
const DATA = write('odd.csv', candles({ [`"${WITH_LINE}"`]: [10, 11], [ODD]: [10, 11, 12] }))
const HEADER = `symbol,date,open,high,low,${ODD},volume`
const NO_CLOSE = write('no-close.csv', candles({ A: [1, 2] }, HEADER))
const ODD_NAME = write(`${ODD}.formula`, 'close > emma(close)')
const SCAN = ['scan', 'close > close[1]', '-d']

describe('text of others', () => {
  it.each<[what: string, args: string[]]>([
    ['a symbol in a table', [...SCAN, DATA]],
    ['a symbol that fails, in a note', [...SCAN, DATA, '-s', `NO${ODD}`]],
    ['a symbol above its series', ['series', '-e', 'close', '-s', ODD, '-d', DATA]],
    ['symbols beside their series', ['series', '-e', 'close', '-d', DATA]],
    ['the symbol of an explained bar', ['explain', 'close > open', '--symbol', ODD, '-d', DATA]],
    ['a note about a bar', ['explain', 'close > open', '--symbol', ODD, '-d', DATA, '--at', '2024-02-03']],
    ['a file that is not there', [...SCAN, `${ODD}.parquet`]],
    ['a column that is not there', [...SCAN, DATA, '--columns', `close=${ODD}`]],
    ['the columns of a file', [...SCAN, NO_CLOSE]],
    ['a formula file that is not there', ['scan', `@${ODD}`]],
    ['the file of a wrong formula', ['scan', `@${ODD_NAME}`]],
    ['SQL', [...SCAN, `select * from '${ODD}'`]],
    ['an option', [...SCAN, DATA, `--${ODD}`]],
    ['the value of an option', [...SCAN, DATA, '--format', ODD]],
    ['a parameter that is no number', [...SCAN, DATA, '--param', `a=${ODD}`]],
    ['a date', [...SCAN, DATA, '--from', ODD]],
    ['a command', [ODD]],
    ['a function', ['indicators', ODD]],
  ])('is shown and not obeyed: %s', async (_, args) => {
    const { stdout, stderr } = await run(args)
    expect(stdout + stderr).not.toMatch(/[^\P{C}\n]/u)
    expect(stdout + stderr).toContain(SHOWN)
  })

  it.each<[what: string, args: string[], code: string]>([
    ['a wrong formula', ['scan', `close > ${ODD}`], 'FORMULA_SYNTAX'],
    ['the parameter of a formula', [...SCAN, DATA, '--param', `${ODD}=1`], 'FORMULA_PARAMETER'],
  ])('is replaced, character by character, in %s', async (_, args, code) => {
    const { stderr } = await run(args)
    expect(stderr).not.toMatch(/[^\P{C}\n]/u)
    expect(stderr).toContain(code)
    expect(stderr).toContain('\ufffd')
  })

  it('stays on its line', async () => {
    const { stdout } = await run([...SCAN, DATA])
    expect(stdout).toContain(` 2024-01-02  ${SHOWN}\\rone\\ntwo  SCAN_HIT`)
    const { stderr } = await run([...SCAN, DATA, '-s', `@${write('symbols.txt', 'NO\u0085PE')}`])
    expect(stderr).toContain('not in the data: NO\\x85PE\n')
  })

  it('is data in JSON', async () => {
    const { stdout } = await run([...SCAN, DATA, '-f', 'ndjson', '-q'])
    const symbols = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).symbol)
    expect(new Set(symbols)).toEqual(new Set([ODD, WITH_LINE]))
  })
})

describe('CSV for spreadsheets', () => {
  const formulas = write('formulas.csv', candles({ '=1+1': [10, 11], '-5': [10, 11] }))

  it.each<[raw: string[], shown: string, header: string]>([
    [[], "'=1+1", "'-close"],
    [['--raw'], '=1+1', '-close'],
  ])('has nothing that runs, or all as it is (%j)', async (raw, shown, header) => {
    const rows = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','))
    const series = await run(['series', '-e', '-close', '-d', formulas, '-f', 'csv', '-n', '1', ...raw])
    const cells = [
      ['symbol', 'timestamp', 'date', header],
      ['-5', '1704153600000', '2024-01-02', '-11'],
      [shown, '1704153600000', '2024-01-02', '-11'],
    ]
    expect(rows(series.stdout)).toEqual(cells)
    const scanned = await run([...SCAN, formulas, '-f', 'csv', ...raw])
    expect(rows(scanned.stdout).map(([symbol]) => symbol)).toEqual(['symbol', '-5', shown])
  })

  it('has nothing where JSON has null', async () => {
    const header = 'symbol,date,open,high,low,close,volume\n'
    const data = write(
      'unknown.csv',
      `${header}A,2024-01-01,1,2,1,1,\nA,2024-01-02,1,inf,1,2,inf\nA,2024-01-03,1,2,1,3,nan\n`,
    )
    const args = ['scan', 'close > 0', '-d', data, '--defects', 'keep']
    const json = (await run([...args, '-f', 'ndjson'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).candle)
    expect(json.map(({ high, volume }) => [high, volume])).toEqual([
      [2, null],
      [null, null],
      [2, null],
    ])
    const csv = (await run([...args, '-f', 'csv'])).stdout.trimEnd().split('\n').slice(1)
    expect(csv.map((line) => line.split(',').slice(5))).toEqual([
      ['2', '1', '1', ''],
      ['', '1', '2', ''],
      ['2', '1', '3', ''],
    ])
    const table = (await run(args)).stdout
    expect(table.match(/ · *$/gm)).toHaveLength(3)
    expect(table).not.toMatch(/Infinity|NaN|∞/)
  })
})

describe.skipIf(process.platform === 'win32')('one sentence and no stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-doors-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const loop = join(folder, 'loop')
  symlinkSync(loop, loop)

  it.each<[what: string, args: string[], sentence: RegExp]>([
    ['a pipe as data', [...SCAN, pipe], /pipe: it is a pipe; write the candles to a file/],
    ['a device as data', [...SCAN, '/dev/zero'], /zero: it is a device; write the candles to a file/],
    ['links in a circle as data', [...SCAN, loop], /loop: its symbolic links lead round in a circle/],
    ['links in a circle as a formula', ['scan', `@${loop}`], /^cannot read .*loop: ELOOP: /],
    ['a folder as a formula', ['scan', `@${folder}`], /^cannot read .*: EISDIR: /],
    ['a formula without end', ['scan', '@/dev/zero'], /^cannot read \/dev\/zero: it has more than 300,000 bytes/],
    ['symbols without end', [...SCAN, US_DAILY, '-s', '@/dev/zero'], /zero: it has more than 16,777,216 bytes/],
    ['expressions without end', ['series', '--exprs', '@/dev/zero', '-d', US_DAILY], /more than 16,777,216 bytes/],
  ])('for %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(args)
    expect(stderr).toMatch(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it.skipIf(process.platform !== 'linux').each<[what: string, args: string]>([
    ['results', `scan 'close > 0' -d '${DATA}' -q`],
    ['help', '--help'],
  ])('for %s that cannot be written', (_, args) => {
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$1" ${args} >/dev/full`, process.execPath, CLI], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('cannot write the results: ENOSPC: no space left on device, write\n')
    expect(status).toBe(1)
  })

  it.skipIf(process.platform !== 'linux')('but the results, when nobody can be told', () => {
    const script = `"$0" "$1" scan 'close > 0' -d '${DATA}' -f csv 2>/dev/full`
    const { status, stdout } = spawnSync('sh', ['-c', script, process.execPath, CLI], { encoding: 'utf8' })
    expect(stdout).toContain('symbol,timestamp')
    expect(status).toBe(0)
  })

  it('for a working directory that is gone', () => {
    const gone = join(folder, 'gone')
    mkdirSync(gone)
    const script = `cd '${gone}' && rmdir '${gone}' && exec "$0" "$1" scan 'close > 0' -d '${DATA}'`
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, CLI], { encoding: 'utf8' })
    expect(stderr).toBe('the working directory is not there any more: go to another one and try again\n')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })

  it('for a formula from a pipe, which is read to its end', () => {
    const script = `{ printf 'close > '; printf 'emma'; } > '${pipe}' & "$0" "$1" scan '@${pipe}' -d '${DATA}'`
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, CLI], { encoding: 'utf8' })
    expect(stderr).toMatch(/^FORMULA_UNKNOWN_NAME {2}line 1, column 9 {2}in .*pipe\n {2}close > emma\n/)
    expect(status).toBe(2)
  })

  it('at Ctrl-C while a formula is waited for', async () => {
    const child = start(['scan', `@${pipe}`, '-d', DATA])
    let stderr = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    // Open for the writer as soon as it is for the reader.
    await using _writer = await open(pipe, 'w')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'cancelled\n' })
  })
})
