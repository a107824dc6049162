import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candles, run, scratch } from './support.ts'

const write = scratch()
const DATA = write('data.csv', candles({ AAA: [10, 11, 12], BBB: [20, 19, 18] }))
const FOLDER = dirname(DATA)
const SCAN = ['scan', 'close > close[1]', '--data', DATA]
const SERIES = ['series', '-e', 'close', '-e', 'close > 15', '--data', DATA]

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
    expect(stderr).toContain('the ending of matches.xls says no format: end it in .csv, .json, .ndjson')
  })

  it('leaves the file alone when it cannot be finished', async () => {
    const file = write('kept.csv', 'as it was')
    expect((await run(['scan', 'close >', '-d', DATA, '-o', file])).code).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe('as it was')
    const folder = join(FOLDER, 'folder.csv')
    mkdirSync(folder)
    for (const target of [folder, join(FOLDER, 'no-such-folder', 'matches.csv')]) {
      const { code, stderr } = await run([...SCAN, '-o', target])
      expect([code, stderr]).toEqual([2, expect.stringContaining(`cannot write ${target}: `)])
    }
    expect(readdirSync(FOLDER).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
