import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as millrace from '../src/node.ts'

const isClass = (value: unknown) => /^class\b/.test(Function.prototype.toString.call(value))
const names = Object.entries(millrace).flatMap(([name, value]) => {
  return typeof value === 'function' && !isClass(value) ? [name] : []
})

const ROOMS = ['domain', 'formula', 'signals', 'storage']
const files = ROOMS.flatMap((room) => {
  return readdirSync(`src/${room}`, { encoding: 'utf8', recursive: true }).map((file) => `src/${room}/${file}`)
})
const modules = files.filter((file) => file.endsWith('.ts'))
const sources = ['src/node.ts', ...modules].map((file) => readFileSync(file, 'utf8'))

/** The example in the doc comment of a function: code, and what its last line is as the comment behind it says. */
function exampleOf(name: string): { code: string; value: string } | undefined {
  const declared = new RegExp(String.raw`/\*\*\n((?: \*.*\n)+?) \*/\nexport function ${name}\(`)
  const [, comment] = sources.map((source) => declared.exec(source)).find((found) => found !== null) ?? []
  return exampleIn(comment)
}

/** That of a method of the engine. */
function exampleOfMethod(name: string): { code: string; value: string } | undefined {
  const declared = new RegExp(String.raw`/\*\*\n((?: {3}\*.*\n)+?) {3}\*/\n {2}${name}\(`)
  const [, comment] = declared.exec(readFileSync('src/use-cases/engine.ts', 'utf8')) ?? []
  return exampleIn(comment?.replaceAll(/^ {2}/gm, ''))
}

function exampleIn(comment: string | undefined): { code: string; value: string } | undefined {
  const [, example] = comment?.split(' * @example\n') ?? []
  if (example === undefined) return undefined
  const lines = example
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(3))
  const end = lines.findLastIndex((line) => !line.startsWith('//')) + 1
  const value = lines
    .slice(end)
    .map((line) => line.slice(3))
    .join('\n')
  return { code: lines.slice(0, end).join('\n'), value }
}

/** Runs an example with nothing but what the package exports; the last line is its value. */
async function run(code: string): Promise<unknown> {
  const lines = code.split('\n')
  const body = `${lines.slice(0, -1).join('\n')}\n;return ${lines.at(-1)}`
  const whole = `globalThis.example = async ({ ${names.join(', ')} }) => {\n${body}\n}`
  // Node 20 has no `await using`.
  const { code: plain } = transformSync(whole, { target: 'node20' })
  return new Function(`${plain}\nreturn globalThis.example`)()(millrace)
}

const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'millrace-examples-'))
beforeAll(() => {
  mkdirSync(join(folder, 'prices'))
  const rows = [10, 12, 11, 13, 14].map((close, at) => `2024-01-0${at + 1},10,15,9,${close},100\n`)
  writeFileSync(join(folder, 'prices', 'AAPL.csv'), ['date,open,high,low,close,volume\n', ...rows].join(''))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

const documented = [
  ...names.map((name) => [name, exampleOf(name)] as const),
  ...['scan', 'series', 'explain'].map((name) => [`engine.${name}`, exampleOfMethod(name)] as const),
]

it.each(documented)('%s has an example in its doc comment, which comes to what it says', async (name, example) => {
  expect(example?.code).toContain(name)
  expect(example?.value).not.toBe('')
  const value = await run(example!.code)
  expect(typeof value === 'string' ? value.trimEnd() : inspect(value)).toBe(example!.value)
})

it('finds every function of the package', () => {
  expect(names).toContain('createEngine')
  expect(names.length).toBeGreaterThan(12)
})
