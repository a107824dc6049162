import { describe, expect, it } from 'vitest'
import { sourceNotes } from '../../src/cli/scan-notes.ts'
import { noteLines } from '../../src/cli/terminal.ts'

describe('a note', () => {
  it('is broken at words, every line indented like the first', () => {
    expect(noteLines(' data: of 12 rows 3 with an unknown volume', 20)).toEqual([
      ' data: of 12 rows 3',
      ' with an unknown',
      ' volume',
    ])
  })

  it('stays whole where it fits, and empty where it is', () => {
    expect(noteLines(' 12 matches', 11)).toEqual([' 12 matches'])
    expect(noteLines('', 80)).toEqual([''])
  })

  it('counts what a character takes in a terminal', () => {
    expect(noteLines('삼성전자 하이닉스', 16)).toEqual(['삼성전자', '하이닉스'])
    expect(noteLines('삼성전자 하이닉스', 17)).toEqual(['삼성전자 하이닉스'])
  })
})

describe('notes about a source', () => {
  it('warn of what is left out or guessed, and say faintly how it was recognised', () => {
    const read = 'read as Stooq: symbol=<TICKER>, time=<DATE>'
    const guess = 'the numbers of column "t" are read as ms since 1970, by their size'
    expect(sourceNotes({ noSymbol: 3, notes: [read, guess] })).toEqual([
      { text: ' data: 3 rows without a symbol (left out)', tone: 'warning' },
      { text: ` data: ${read}`, tone: 'faint' },
      { text: ` data: ${guess}`, tone: 'warning' },
    ])
  })
})
