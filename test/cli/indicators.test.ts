import { describe, expect, it } from 'vitest'
import { CATALOGUE, type CatalogueRow } from '../../src/indicators/catalogue.ts'
import { run } from './support.ts'

describe('indicators', () => {
  it('lists every function by group, without operators', async () => {
    const { stdout } = await run(['indicators'])
    expect(stdout).toMatch(/^Momentum\n(?: {2}.*\n)* {2}rsi\(source = close, length = 14\) +Wilder/m)
    const names = CATALOGUE.filter(({ group }) => group !== 'operator').map(({ name }) => name)
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
    expect(stdout).not.toMatch(/^ {2}choose_condition\b/m)
  })

  it('documents one, by its name or an alias', async () => {
    const { stdout } = await run(['indicators', 'bbands'])
    expect(stdout).toContain('bbands(source = close, length = 20, mult = 2, average = "sma")')
    expect(stdout).toMatch(/length +whole number 1 to 5000, 20 when missing/)
    expect(stdout).toContain('.upper')
    expect(stdout).toContain('close > bbands(close, 20, 2).upper')
    expect((await run(['indicators', 'ma'])).stdout).toBe((await run(['indicators', 'ta.sma'])).stdout)
    expect((await run(['indicators', 'ta.stoch'])).stdout).toContain('ta.stoch(source, high, low, length)')
    expect((await run(['indicators', 'ta.count'])).stderr).toContain('there is no indicator "ta.count"')
    expect((await run(['indicators', 'adx'])).stdout).toContain('whole number 1 to 5000, length when missing')
  })

  it('prints JSON', async () => {
    const all = JSON.parse((await run(['indicators', '--format', 'json'])).stdout)
    expect(all.every(({ group }: { group: string }) => group !== 'operator')).toBe(true)
    const one = JSON.parse((await run(['indicators', 'rsi', '-f', 'json'])).stdout)
    expect(one).toMatchObject({ name: 'rsi', signature: 'rsi(source = close, length = 14)' })
  })

  it('tells how a chart draws each output, and where', async () => {
    const drawn = async (name: string) => {
      const { outputs, pane } = JSON.parse((await run(['indicators', name, '-f', 'json'])).stdout) as CatalogueRow
      return [pane, ...outputs.map((output) => `${output.name} ${output.drawing}`)]
    }
    expect(await drawn('bbands')).toEqual(['price', 'upper band', 'middle line', 'lower band'])
    expect(await drawn('macd')).toEqual(['own', 'line line', 'signal line', 'histogram histogram'])
    expect(await drawn('highest')).toEqual(['price', 'value level'])
    expect(await drawn('barssince')).toEqual(['own', 'value index'])
    expect(await drawn('crossover')).toEqual(['own', 'value boolean'])
  })

  it('names the work a formula is from, behind all else that is said of it', async () => {
    const { stdout } = await run(['indicators', 'obv'])
    expect(stdout).toMatch(
      /`talib\.OBV` starts with the first bar's volume\.\n\n {2}Source: Joseph Granville, New Key to Stock Market Profits, 1963\.\n\n/,
    )
    expect((await run(['indicators', 'sma'])).stdout).not.toContain('Source:')
  })

  it('suggests a name for one that is not there', async () => {
    const { code, stderr } = await run(['indicators', 'mcad'])
    expect(code).toBe(2)
    expect(stderr).toContain('macd')
  })

  it('finds those of a group, and those that a word stands with', async () => {
    const momentum = CATALOGUE.filter(({ group }) => group === 'momentum').map(({ name }) => name)
    for (const topic of ['momentum', 'Momentum']) {
      const found = JSON.parse((await run(['indicators', topic, '--format', 'json'])).stdout)
      expect(found.map(({ name }: { name: string }) => name)).toEqual(momentum)
    }
    const { stdout } = await run(['indicators', 'bollinger'])
    expect(stdout).toMatch(/^Volatility\n {2}bbands\(/m)
    expect(stdout).not.toContain('Momentum')
    expect(stdout).toMatch(/^\d+ functions · /m)
    expect((await run(['indicators', 'bollinger bands'])).stdout).toContain('bbands(')
    const none = await run(['indicators', 'bollinger astrology'])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nor one about it')])
  })
})
