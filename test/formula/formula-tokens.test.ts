import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formulaTokens } from '../../src/node.ts'

const written = (text: string) => formulaTokens(text).map((token) => `${token.kind} ${token.text}`)

describe('tokens for an editor', () => {
  it('are the pieces of a formula as they are written, comments among them, with their places', () => {
    const text = 'trend = close >= 1_000.5 // up\n!trend && rsi(14)[1] ≤ .3e1'
    expect(formulaTokens(text)).toEqual([
      { kind: 'name', text: 'trend', at: [0, 5] },
      { kind: 'symbol', text: '=', at: [6, 7] },
      { kind: 'name', text: 'close', at: [8, 13] },
      { kind: 'symbol', text: '>=', at: [14, 16] },
      { kind: 'number', text: '1_000.5', at: [17, 24] },
      { kind: 'comment', text: '// up', at: [25, 30] },
      { kind: 'symbol', text: '!', at: [31, 32] },
      { kind: 'name', text: 'trend', at: [32, 37] },
      { kind: 'symbol', text: '&&', at: [38, 40] },
      { kind: 'name', text: 'rsi', at: [41, 44] },
      { kind: 'symbol', text: '(', at: [44, 45] },
      { kind: 'number', text: '14', at: [45, 47] },
      { kind: 'symbol', text: ')', at: [47, 48] },
      { kind: 'symbol', text: '[', at: [48, 49] },
      { kind: 'number', text: '1', at: [49, 50] },
      { kind: 'symbol', text: ']', at: [50, 51] },
      { kind: 'symbol', text: '≤', at: [52, 53] },
      { kind: 'number', text: '.3e1', at: [54, 58] },
    ])
  })

  it('are there while a formula is still being written', () => {
    expect(written('close > sma(')).toEqual(['name close', 'symbol >', 'name sma', 'symbol ('])
    expect(written('tf("1h')).toEqual(['name tf', 'symbol (', 'string "1h'])
    expect(written('// only this')).toEqual(['comment // only this'])
    expect(written('')).toEqual([])
  })

  it('have no comment where a block comment or a text looks like one', () => {
    expect(written('"http://x" /* a // b */ c')).toEqual(['string "http://x"', 'name c'])
    expect(written('a /* // never ended')).toEqual(['name a'])
    expect(written('a # b // c')).toEqual(['name a'])
  })

  it('cover, for any text, places that rise and hold what the token says', () => {
    const letters = fc.constantFrom(...'ab1. \n\r/*"\'=<>&!@\u0000≥종가𝒜'.match(/./gsu)!)
    fc.assert(
      fc.property(
        fc.array(letters).map((some) => some.join('')),
        (text) => {
          let end = 0
          for (const token of formulaTokens(text)) {
            expect(token.at[0]).toBeGreaterThanOrEqual(end)
            expect(token.at[1]).toBeGreaterThan(token.at[0])
            expect(token.text).toBe(text.slice(...token.at))
            end = token.at[1]
          }
          expect(end).toBeLessThanOrEqual(text.length)
        },
      ),
    )
  })
})
