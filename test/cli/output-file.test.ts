import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { tableFromIPC } from '@uwdata/flechette'
import { describe, expect, it } from 'vitest'
import { openConnection } from '../../src/storage/duckdb/library.ts'
import { literal } from '../../src/storage/duckdb/sql.ts'
import { CLI, candles, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('data.csv', candles({ AAA: [10, 11, 12], BBB: [20, 19, 18] }))
const FOLDER = dirname(DATA)
const SCAN = ['scan', 'close > close[1]', '--data', DATA]
const SERIES = ['series', '-e', 'close', '-e', 'close > 15', '--data', DATA]

describe('a file in a folder that is not there', () => {
  const file = join(FOLDER, 'nowhere/out')
  it.each([
    [...SCAN, '--output', `${file}.csv`],
    [...SCAN, '--output', `${file}.parquet`],
    [...SCAN, '--html', `${file}.html`],
    [...SERIES, '--output', `${file}.arrow`],
  ])('is refused before the data is opened: %s', async (...args) => {
    const nothing = args.map((arg) => (arg === DATA ? 'no-such-data.csv' : arg))
    const { code, stderr } = await run(nothing)
    const named = args.at(-1)
    expect([code, stderr]).toEqual([2, `cannot write ${named}: there is no folder ${dirname(named!)}\n`])
  })
})

describe('--output', () => {
  it.each(['csv', 'ndjson', 'json'])('writes what --format %s prints', async (format) => {
    for (const [name, args] of Object.entries({ scan: [...SCAN, '--limit', '5'], series: SERIES })) {
      const file = join(FOLDER, `${name}.${format}`)
      const written = await run([...args, '--output', file])
      const printed = await run([...args, '--format', format])
      const timeless = (text: string) => text.replace(/"(id|timing|cache)":("[^"]*"|\{[^}]*\})/g, '')
      expect([written.code, written.stdout]).toEqual([0, ''])
      expect(written.stderr).toContain(`written to ${file}`)
      expect(timeless(readFileSync(file, 'utf8'))).toBe(timeless(printed.stdout))
      expect(printed.stdout).not.toBe('')
    }
  })

  it('writes the format that --format says, whatever the ending', async () => {
    const file = join(FOLDER, 'matches.txt')
    await run([...SCAN, '-o', file, '--format', 'table'])
    expect(readFileSync(file, 'utf8')).toContain('2 matches in 1 of 2 symbols')
  })

  it('is refused where its ending says nothing, before anything is read', async () => {
    const { code, stderr } = await run(['scan', 'close > 0', '-d', 'no-such.csv', '-o', 'matches.xls'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'the ending of matches.xls says no format: end it in .csv, .json, .ndjson, .parquet, .arrow,',
    )
  })

  it('leaves the file alone when it cannot be finished', async () => {
    const file = write('kept.csv', 'as it was')
    expect((await run(['scan', 'close >', '-d', DATA, '-o', file])).code).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe('as it was')
    const folder = join(FOLDER, 'folder.csv')
    mkdirSync(folder)
    const targets = ['csv', 'parquet', 'arrow'].map((format) => join(FOLDER, 'no-such-folder', `matches.${format}`))
    for (const target of [folder, ...targets]) {
      const { code, stderr } = await run([...SCAN, '-o', target])
      expect([code, stderr]).toEqual([2, expect.stringContaining(`cannot write ${target}: `)])
    }
    expect(readdirSync(FOLDER).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.skipIf(process.platform === 'win32')(
    'leaves links links, and files as closed to others as they were',
    async () => {
      const file = write('mine.csv', 'as it was')
      chmodSync(file, 0o600)
      const link = join(FOLDER, 'link.csv')
      symlinkSync(file, link)
      expect((await run([...SCAN, '-o', link])).code).toBe(0)
      expect(readFileSync(file, 'utf8')).toContain('AAA')
      expect([lstatSync(link).isSymbolicLink(), statSync(file).mode & 0o777]).toEqual([true, 0o600])
    },
  )

  it.skipIf(process.platform === 'win32')('is written to where it is no file: a pipe stays one', async () => {
    const pipe = join(FOLDER, 'pipe.csv')
    execFileSync('mkfifo', [pipe])
    // Both ends: neither the command nor this test waits for the other to open it.
    const end = openSync(pipe, 'r+')
    try {
      expect((await run([...SCAN, '-o', pipe])).code).toBe(0)
      expect(lstatSync(pipe).isFIFO()).toBe(true)
      const text = Buffer.alloc(4096)
      expect(text.toString('utf8', 0, readSync(end, text))).toContain('AAA')
    } finally {
      closeSync(end)
    }
  })
})

/** The names of the columns, then the rows as texts: of Arrow as its own library reads it, of Parquet as DuckDB does. */
async function linesOf(file: string): Promise<string[][]> {
  const cell = (value: unknown) => (value === null ? '' : String(value).replace(/\.0$/, ''))
  if (file.endsWith('.arrow')) {
    const table = tableFromIPC(readFileSync(file))
    return [table.names, ...table.toArray().map((row) => Object.values(row).map(cell))]
  }
  const milliseconds = '* replace (epoch_ms(timestamp) as timestamp)'
  const [names, rows] = await askedOf(file, [
    'select column_name from (describe $)',
    `select columns(*)::varchar from (select ${milliseconds} from $)`,
  ])
  return [names!.map(([name]) => name as string), ...rows!.map((row) => row.map(cell))]
}

/** What DuckDB answers about a file, which is `$` in the questions. */
async function askedOf(file: string, questions: readonly string[]) {
  const connection = await openConnection({ threads: 1, memoryBytes: 1e8, reach: 'any file' })
  try {
    return await Promise.all(questions.map((question) => connection.rows(question.replace('$', literal(file)))))
  } finally {
    await connection.close()
  }
}

/** What CSV has of the same, without the dates that say the timestamps again. */
async function csvLines(args: readonly string[]): Promise<string[][]> {
  const { stdout } = await run([...args, '--format', 'csv'])
  const lines = parse(stdout)
  return lines.map((line) => line.filter((_, column) => column !== 2))
}

/** Lines of CSV; in quotes stand names of columns alone, and none has a quote in it. */
function parse(text: string): string[][] {
  const cells = (line: string) =>
    [...line.matchAll(/"([^"]*)"|[^",]+|(?<=,)(?=,|$)/g)].map(([all, quoted]) => quoted ?? all)
  return text.trimEnd().split('\n').map(cells)
}

describe.each(['parquet', 'arrow'])('--output of %s', (format) => {
  const file = join(FOLDER, `typed.${format}`)
  const prices = candles({ '005930': [10, 11, 12, 13], BBB: [20, 21, 18, 25] })
  const korean = write('korean.csv', prices.replace(/,1000$/m, ','))

  it.each([
    ['all matches', ['scan', 'a = sma(close, 2)\nclose > 0 or a > 0', '-d', korean]],
    ['roles', ['scan', 'entry = close > close[1]\nexit = close < close[1]', '-d', korean]],
    ['the latest matches, latest first', ['scan', 'close > close[1]', '-d', korean, '--limit', '3']],
    ['no match', ['scan', 'close < 0', '-d', korean]],
    ['series', ['series', '-e', 'a = sma(close, 2)', '-e', 'close > sma(close, 2)', '-d', korean]],
    ['the last bars of series', ['series', '-e', 'close', '-d', korean, '--last', '2']],
  ])('has the rows of --format csv: %s', async (_, args) => {
    const { code, stdout, stderr } = await run([...args, '-o', file])
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain(`written to ${file}`)
    expect(await linesOf(file)).toEqual(await csvLines(args))
  })

  it('keeps two columns apart that are called alike', async () => {
    await run(['series', '-e', 'Close = close * 2', '-e', 'close', '-e', 'symbol = open', '-d', korean, '-o', file])
    const [names, first] = await linesOf(file)
    expect(names!.slice(2)).toEqual(['Close', 'close (value)', 'symbol (value)'])
    expect(first!.slice(2)).toEqual(['20', '10', '9'])
  })

  it('has its columns where nothing can be computed', async () => {
    const args = ['series', '-s', 'NOBODY', '-e', 'close', '-e', 'close > 1', '-d', korean]
    const { code } = await run([...args, '-o', file])
    expect([code, await linesOf(file)]).toEqual([1, [['symbol', 'timestamp', 'close', 'close > 1']]])
  })

  it.skipIf(process.platform === 'win32')('is no file at all where the disk takes no more', async () => {
    const full = join(FOLDER, `full.${format}`)
    const refusing = ['-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'bash', process.execPath, CLI]
    const { status, stderr } = spawnSync('bash', [...refusing, ...SCAN, '-o', full], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^cannot write .*full.*: .*file too large/im)])
    expect(readdirSync(FOLDER).filter((name) => name.startsWith('full'))).toEqual([])
  })

  it('goes to a file and to no terminal', async () => {
    const { code, stderr } = await run([...SCAN, '--format', format])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`-o results.${format}`)])
  })
})

describe('--output of Parquet', () => {
  it('has types: text, timestamps of UTC, numbers, conditions', async () => {
    const file = join(FOLDER, 'types.parquet')
    await run([...SERIES, '-o', file])
    const [types] = await askedOf(file, ['select column_name, column_type from (describe $)'])
    expect(types).toEqual([
      ['symbol', 'VARCHAR'],
      ['timestamp', 'TIMESTAMP WITH TIME ZONE'],
      ['close', 'DOUBLE'],
      ['close > 15', 'BOOLEAN'],
    ])
  })
})
