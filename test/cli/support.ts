import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The built command line. */
export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The candles that come with the repository. */
export const US_DAILY = fileURLToPath(new URL('../data/us_daily_2500.parquet', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts the built command line; stdout and stderr are pipes, so it neither colors nor draws progress. */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  cli = CLI,
  cwd = process.cwd(),
): ChildProcess {
  const {
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    MILLRACE_DATA: _data,
    MILLRACE_FORMULAS: _formulas,
    ...plain
  } = process.env
  return spawn(process.execPath, [cli, ...args], { cwd, env: { ...plain, ...env } })
}

/** Runs it to its end. */
export function run(
  args: readonly string[],
  { input = '', env = {} as Record<string, string>, cli = CLI, cwd = process.cwd() } = {},
): Promise<Ran> {
  const child = start(args, env, cli, cwd)
  return new Promise((resolve, reject) => {
    const ran: Ran = { code: null, stdout: '', stderr: '' }
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      ran.stdout += text
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      ran.stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...ran, code }))
    child.stdin!.end(input)
  })
}

/** Help with its commands as they were before they were broken into lines. */
export function unbroken(help: string): string {
  return help.replaceAll(/ \\\n +/g, ' ')
}

/** A folder of the test file, removed behind it; returns the path of a file written there. */
export function scratch(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name, text) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
}

const DAY_MS = 86_400_000
export const FIRST_DAY = Date.UTC(2024, 0, 1)

/** Milliseconds UTC of a day of `candles`. */
export function day(number: number): number {
  return FIRST_DAY + number * DAY_MS
}

/** CSV with a candle a day from 2024-01-01, whose open is one below the close. */
export function candles(
  closes: Readonly<Record<string, readonly number[]>>,
  header = 'symbol,date,open,high,low,close,volume',
): string {
  const rows = Object.entries(closes).flatMap(([symbol, values]) => {
    return values.map((close, at) => {
      const date = new Date(day(at)).toISOString().slice(0, 10)
      return `${symbol},${date},${close - 1},${close + 1},${close - 2},${close},${1000 * (at + 1)}`
    })
  })
  return `${[header, ...rows].join('\n')}\n`
}
