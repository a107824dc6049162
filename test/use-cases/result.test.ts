import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { createEngine } from '../../src/node.ts'
import { memoryRepository } from '../../src/storage/memory.ts'
import { BatchScanUseCase } from '../../src/use-cases/batch-scan.ts'
import { closes, START, universe } from '../support/candles.ts'

const many = universe(Array.from({ length: 300 }, () => 200))
const { volume: _, ...rising } = closes([1, 2, 3])
const engine = createEngine({
  repository: memoryRepository({ ...Object.fromEntries(many), RISING: rising }),
  executor: 'inline',
})
afterAll(() => engine.close())

const scan = new BatchScanUseCase(engine)
const job = { symbols: ['RISING'], timeframe: '1d', formula: 'close > close[1]' } as const

describe('a result as NDJSON', () => {
  it('is a line per match, the same as its JSON has', async () => {
    const result = await scan.execute(job)
    const lines = [...result.toNDJSON()]
    expect(lines).toHaveLength(2)
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(result)).matches)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      symbol: 'RISING',
      timestamp: START + 86_400_000,
      candle: { volume: null },
    })
  })

  it('goes through a stream, and is made while it is read', async () => {
    const result = await scan.execute(job)
    expect(await text(Readable.from(result.toNDJSON()))).toBe([...result.toNDJSON()].join(''))
    const lines = result.toNDJSON()
    expect(lines.next().value).toBe([...result.toNDJSON()][0])
    expect(lines.return(undefined).done).toBe(true)
  })
})

describe('a printed result', () => {
  it('says what was found, and what went wrong', async () => {
    const result = await scan.execute({
      ...job,
      symbols: ['RISING', 'NOBODY'],
      formula: 'sqrt(-1) > 1 or close > close[1]',
    })
    const lines = inspect(result).split('\n')
    expect(lines.slice(0, 5)).toEqual([
      'BatchScanResult: 2 matches in 1 of 2 symbols',
      '  sqrt(-1) > 1 or close > close[1]',
      '  symbol  date        signal    open  high  low  close  volume',
      '  RISING  2024-01-02  SCAN_HIT     2     2    2      2       ·',
      '  RISING  2024-01-03  SCAN_HIT     3     3    3      3       ·',
    ])
    expect(lines[5]).toBe('  errors (1): NOBODY NO_DATA')
    expect(lines[6]).toMatch(/^ {2}warnings \(\d\): sqrt\(-1\) is never known/)
    expect(lines.at(-1)).toMatch(/^ {2}\d+ ms$/)
    expect(inspect({ a: { b: { result } } })).toContain('[BatchScanResult: 2 matches in 1 of 2 symbols]')
  })

  it('fits a screen, however much there is of everything', async () => {
    const nobody = Array.from({ length: 500 }, (_, at) => `NOBODY${at}`)
    const indicators = Array.from({ length: 40 }, (_, at) => `rsi(${at + 2}) > 1`).join(' or\n')
    const result = await scan.execute({ ...job, symbols: [...many.keys(), ...nobody], formula: indicators })
    const lines = inspect(result).split('\n')
    expect(result.matches.length).toBeGreaterThan(10_000)
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines.filter((line) => line.startsWith('  errors (500): NOBODY0 NO_DATA; '))).toHaveLength(1)
  })
})
