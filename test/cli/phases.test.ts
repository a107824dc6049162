import { describe, expect, it } from 'vitest'
import { openRepository, withData } from '../../src/cli/open-data.ts'
import { Opening } from '../../src/cli/opening.ts'
import { phasesText } from '../../src/cli/scan-notes.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { candles, run, scratch, US_DAILY } from './support.ts'

const write = scratch()
const CSV = write('rows.csv', candles({ AAA: [10, 11, 12], BBB: [9, 8, 7] }))
const WORK = { loadMs: 134, computeMs: 20, workers: 2 }

/** A terminal that only keeps what its status line said. */
function watched() {
  const said: string[] = []
  return { said, terminal: { ...openTerminal({ quiet: true }), status: (text: string) => void said.push(text) } }
}

describe('the phases of a scan', () => {
  it('add up, with what workers do at once in brackets', () => {
    const phases = { openMs: 4900, sortMs: 4500, scanMs: 150, aggregateMs: 30 }
    expect(phasesText(phases, WORK)).toBe(
      'open 4.90 s (read and sort 4.50 s) + scan 150 ms (load 134 ms, compute 20 ms in 2 workers) + aggregate 30 ms',
    )
    expect(phasesText({ ...phases, sortMs: 0 }, { ...WORK, workers: 1 })).toBe(
      'open 4.90 s + scan 150 ms (load 134 ms, compute 20 ms) + aggregate 30 ms',
    )
  })

  it('are said, with reading and sorting where the rows had to be', async () => {
    const text = async (data: string) => (await run(['scan', 'close > 0', '-d', data, '-n', '1'])).stderr
    expect(await text(CSV)).toMatch(/^ open \d.* \(read and sort \d.*\) \+ scan \d.* \(load \d.*\) \+ aggregate \d.*$/m)
    expect(await text(US_DAILY)).toMatch(/^ open \d+\S* m?s \+ scan /m)
  })
})

describe('the status line', () => {
  it('says which phase opening is in, and is wiped before the run', async () => {
    const { said, terminal } = watched()
    const { signal } = new AbortController()
    const names = await withData({ data: CSV }, { terminal, signal }, async ({ symbols }) => [...symbols, ...said])
    const lines = ['opening the data …', 'reading and sorting all rows …', 'opening the data …', '']
    expect(names).toEqual(['AAA', 'BBB', ...lines])
    expect(said.at(-1)).toBe('')
  })

  it('says nothing any more of what ends after it was wiped', async () => {
    const { said, terminal } = watched()
    const opening = new Opening(terminal)
    opening.begin()
    let fail = (_: Error) => {}
    const sorting = new Promise((_, reject) => {
      fail = reject
    })
    opening.onSort(sorting)
    opening.end()
    fail(new Error('closed'))
    await sorting.catch(() => undefined)
    expect(said).toEqual(['opening the data …', 'reading and sorting all rows …', ''])
  })

  it('tells of no sorting where rows are in order', async () => {
    const { said, terminal } = watched()
    const opening = new Opening(terminal)
    const { repository } = await openRepository({ data: US_DAILY }, opening)
    await repository.symbols('1d')
    await repository.close()
    expect([said, opening.sortMs]).toEqual([[], 0])
  })
})
