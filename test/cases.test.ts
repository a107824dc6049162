import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { FormulaError } from '../src/domain/errors.ts'
import { explain } from '../src/formula/errors/explain-error.ts'
import { createEngine } from '../src/node.ts'
import { memoryRepository } from '../src/storage/memory.ts'
import { BatchScanUseCase } from '../src/use-cases/batch-scan.ts'
import { SeriesUseCase } from '../src/use-cases/series.ts'
import { type Case, type Mark, readCases } from './cases/format.ts'
import { blocksOf } from './support/markdown.ts'

const FOLDER = new URL('cases/', import.meta.url)
const DOCS = new URL('../docs/', import.meta.url)
const FILES = [
  ...readdirSync(FOLDER)
    .filter((file) => file.endsWith('.case'))
    .map((file) => ({ file, cases: readCases(file, readFileSync(new URL(file, FOLDER), 'utf8')) })),
  // Blocks of cases in pages for people.
  ...readdirSync(DOCS)
    .map((file) => ({ file, cases: readCases(file, blocksOf(readFileSync(new URL(file, DOCS), 'utf8'), 'case')) }))
    .filter(({ cases }) => cases.length > 0),
]
const CASES = FILES.flatMap(({ cases }) => cases)

/** The values are exact or a few roundings away from what the hand writes down. */
const TOLERANCE = 1e-12
const SIGNAL_TYPES = { entry: 'ENTRY', exit: 'EXIT', short: 'ENTRY', cover: 'EXIT' } as const

const engine = createEngine({
  repository: memoryRepository(new Map(CASES.map(({ name, candles }) => [name, candles]))),
  executor: 'inline',
  defects: 'keep',
})
afterAll(() => engine.close())

async function seriesOf({ name, formula, parameters }: Case) {
  const request = { symbols: [name], timeframe: '1d', expressions: [formula], parameters } as const
  const { series, errors } = await new SeriesUseCase(engine).execute(request)
  expect(errors).toEqual([])
  return series
}

async function scanOf({ name, formula, parameters }: Case) {
  const result = await new BatchScanUseCase(engine).execute({ symbols: [name], timeframe: '1d', formula, parameters })
  expect(result.errors).toEqual([])
  return Array.from(result.matches)
}

function toMark(value: number): Mark {
  if (Number.isNaN(value)) return '?'
  if (value === 1) return '#'
  if (value === 0) return '.'
  throw new Error(`a condition is ${value}`)
}

/** Marks of a series as the case file writes them. */
const drawn = (values: Iterable<number>) => Array.from(values, toMark).join(' ')

/** Times of the bars that are certainly true. */
const timesOf = ({ candles }: Case, marks: readonly Mark[]) =>
  candles.filter((_, bar) => marks[bar] === '#').map((candle) => candle.timestamp)

async function checkMask(each: Case, marks: readonly Mark[]): Promise<void> {
  const series = await seriesOf(each)
  expect(series.map(({ type }) => type)).toEqual(['condition'])
  expect(drawn(series[0]!.values)).toBe(marks.join(' '))
  const matches = await scanOf(each)
  expect(matches.map((match) => match.timestamp)).toEqual(timesOf(each, marks))
  expect(matches.every((match) => match.signalType === 'SCAN_HIT' && !('role' in match))).toBe(true)
}

async function checkRoles(each: Case, expected: Partial<Record<string, readonly Mark[]>>): Promise<void> {
  const series = await seriesOf(each)
  const found = Object.fromEntries(series.map(({ output, values }) => [output, drawn(values)]))
  expect(found).toEqual(Object.fromEntries(Object.entries(expected).map(([role, marks]) => [role, marks?.join(' ')])))
  const matches = await scanOf(each)
  for (const [role, marks] of Object.entries(expected)) {
    const own = matches.filter((match) => match.role === role)
    expect([role, own.map((match) => match.timestamp)]).toEqual([role, timesOf(each, marks ?? [])])
    expect(own.every((match) => match.signalType === SIGNAL_TYPES[role as 'entry'])).toBe(true)
  }
  expect(matches.every((match) => match.role !== undefined && match.role in expected)).toBe(true)
}

async function checkValues(each: Case, values: readonly number[]): Promise<void> {
  const series = await seriesOf(each)
  expect(series.map(({ type }) => type)).toEqual(['number'])
  const computed = Array.from(series[0]!.values)
  const isSame = (value: number, bar: number) => {
    const expected = values[bar]!
    return Number.isNaN(expected) ? Number.isNaN(value) : Math.abs(value - expected) <= TOLERANCE * Math.abs(expected)
  }
  // The whole series is shown when one value differs.
  if (computed.length !== values.length || !computed.every(isSame)) expect(computed).toEqual(values)
}

async function checkError({ name, formula, parameters }: Case, expected: string): Promise<void> {
  const job = { symbols: [name], timeframe: '1d', formula, parameters } as const
  const error = await new BatchScanUseCase(engine).execute(job).then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(FormulaError)
  expect(explain(error as FormulaError, formula)).toBe(expected)
}

async function checkWarning({ name, formula, parameters }: Case, expected: string): Promise<void> {
  const job = { symbols: [name], timeframe: '1d', formula, parameters } as const
  const result = await new BatchScanUseCase(engine).execute(job)
  expect(result.warnings.map((warning) => explain(warning, formula)).join('\n')).toBe(expected)
  expect(result.toJSON().warnings).toBe(result.warnings)
}

describe.each(FILES)('$file', ({ cases }) => {
  it.each(cases)('$name', async (each) => {
    const { expected } = each
    if (expected.kind === 'mask') await checkMask(each, expected.marks)
    else if (expected.kind === 'roles') await checkRoles(each, expected.marks)
    else if (expected.kind === 'values') await checkValues(each, expected.values)
    else if (expected.kind === 'error') await checkError(each, expected.drawn)
    else await checkWarning(each, expected.drawn)
  })
})

describe('the case files', () => {
  it('give every case a name of its own', () => {
    const names = CASES.map(({ name }) => name)
    const twice = CASES.filter(({ name }, at) => names.indexOf(name) !== at)
    expect(twice.map(({ name, place }) => `${place}: ${name}`)).toEqual([])
  })

  it('are there', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(8)
    expect(FILES.filter(({ cases }) => cases.length === 0)).toEqual([])
  })

  const GOOD = 'name: a case that is good\nclose: 1 2\nformula: close > 1\nmask: . #'

  it.each([
    ['no name', GOOD.replace(/^name.*\n/, ''), 'has no name'],
    ['a name of one word', GOOD.replace('a case that is good', 'good'), 'no sentence'],
    ['a full stop in the name', GOOD.replace('good', 'good.'), 'full stop'],
    ['no formula', GOOD.replace(/formula.*\n/, ''), 'has no formula'],
    ['nothing expected', GOOD.replace(/\nmask.*/, ''), 'one of mask'],
    ['two things expected', `${GOOD}\nvalues: 1 2`, 'one of mask'],
    ['a mask that is too short', GOOD.replace('. #', '#'), '1 are expected of 2 bars'],
    ['another sign in a mask', GOOD.replace('. #', '. x'), 'a mask has no "x"'],
    ['a column that is too short', `${GOOD}\nvolume: 1`, 'another length'],
    ['an unknown price', GOOD.replace('close: 1 2', 'close: 1 2\nopen: 1 ?'), 'only a volume'],
    ['a key twice', `${GOOD}\nclose: 1 2`, 'given twice'],
    ['a key that is none', `${GOOD}\nmsk: . #`, 'no such key'],
    ['what is no number', GOOD.replace('1 2', '1 two'), '"two" is no number'],
  ])('are refused with %s', (_, text, message) => {
    expect(readCases('good.case', GOOD)).toHaveLength(1)
    expect(() => readCases('bad.case', text)).toThrow(message)
    expect(() => readCases('bad.case', text)).toThrow(/^bad\.case:\d+: /)
  })
})
