import type { Problems, Range } from '../errors/problems.ts'
import { excerpt } from '../errors/problems.ts'

export interface Token {
  kind: 'number' | 'name' | 'string' | 'symbol' | 'end'
  /** Names normalised to NFC, `&& || !` as `and or not`, strings with their quotes. */
  text: string
  /** Of a number; 0 for the others. */
  value: number
  at: Range
  /** First token of its line. */
  startsLine: boolean
}

const SPACE = /[^\S\n\r]+/y
const COMMENT = /\/\/[^\n\r]*/y
const NAME = /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/uy
/** `5.` and `1.e3`: a point with no digit behind it, and no range `2..5`. */
const OPEN_POINT = /(\d+(?:_\d+)*)\.(?![\d.\p{L}_])|(\d+(?:_\d+)*)\.([eE][+-]?\d+)/uy
const WIDE_NUMBER = /[０-９][０-９．]*/y
const NUMBER = /(?:\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?/y
const STRING = /"[^"\n\r]*"?|'[^'\n\r]*'?/y
const OTHER_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|#[^\n\r]*/y
/** Operators as SQL and the terminals of exchanges write them. */
const OTHER_WORD = /<>|(?:AND|OR|NOT|And|Or|Not)(?![\p{L}\p{M}\p{Nd}_])/uy
const SYMBOL = /\*\*|=>|[=!<>]=|&&|\|\||\.\.|:=|[()[\],;.?:=<>+\-*/%!]/y
const STRAY = /[^\s\p{L}\d_()[\],;.?:=<>+\-*/%!"']+/uy

const WORDS = new Set(['and', 'or', 'not'])
const SPELLINGS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' }

/** Characters that a phone, a word processor or another language puts where a formula has its own. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '^': '**',
  '&': 'and',
  '|': 'or',
  '~': 'not',
  '−': '-',
  '–': '-',
  '—': '-',
  '×': '*',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '（': '(',
  '）': ')',
  '，': ',',
  '；': ';',
  '＝': '=',
  '＞': '>',
  '＜': '<',
  '＋': '+',
  '{': '(',
  '}': ')',
}

/** Splits a formula; whatever is not of the language becomes a problem and is left out. Always ends with an `end`. */
export function tokenise(text: string, problems: Problems): Token[] {
  const tokens: Token[] = []
  let position = 0
  let startsLine = true

  const match = (pattern: RegExp): string => {
    pattern.lastIndex = position
    return pattern.exec(text)?.[0] ?? ''
  }
  const push = (kind: Token['kind'], length: number, tokenText: string, value = 0): void => {
    tokens.push({ kind, text: tokenText, value, at: [position, position + length], startsLine })
    position += length
    startsLine = false
  }
  /** A symbol in the place of what another language or keyboard has for it. */
  const instead = (written: string, meant: string): void => {
    const at: Range = [position, position + written.length]
    problems.add('FORMULA_SYNTAX', at, `"${written}" is not part of the language`, `write ${meant}`)
    push('symbol', written.length, meant)
  }

  while (position < text.length) {
    const character = text[position]
    if (character === '\n' || character === '\r') {
      position += 1
      startsLine = true
      continue
    }
    const skipped = match(SPACE) || match(COMMENT)
    if (skipped !== '') {
      position += skipped.length
      continue
    }
    const word = match(OTHER_WORD)
    if (word !== '') {
      instead(word, word === '<>' ? '!=' : word.toLowerCase())
      continue
    }
    const name = match(NAME)
    if (name !== '') {
      push(WORDS.has(name) ? 'symbol' : 'name', name.length, name.normalize('NFC'))
      continue
    }
    const odd = oddNumber(match(OPEN_POINT), match(WIDE_NUMBER))
    if (odd !== undefined) {
      const at: Range = [position, position + odd.text.length]
      problems.add('FORMULA_SYNTAX', at, odd.message, `write ${odd.meant}`)
      push('number', odd.text.length, odd.text, Number(odd.meant.replaceAll('_', '')))
      continue
    }
    const number = match(NUMBER)
    if (number !== '') {
      push('number', number.length, number, numberValue(number, position, problems))
      const tail = match(NAME)
      if (tail !== '') {
        const at: Range = [position - number.length, position + tail.length]
        const message = `"${excerpt(number + tail)}" is neither a number nor a name`
        problems.add('FORMULA_SYNTAX', at, message, 'a name starts with a letter, a number is written like 1.5 or 1e-3')
        position += tail.length
      }
      continue
    }
    const quoted = match(STRING)
    if (quoted !== '') {
      if (quoted.length === 1 || quoted.at(-1) !== quoted[0]) {
        const at: Range = [position, position + quoted.length]
        problems.add('FORMULA_SYNTAX', at, 'this text in quotes has no end', `add ${quoted[0]} on the same line`)
      }
      push('string', quoted.length, quoted)
      continue
    }
    const comment = match(OTHER_COMMENT)
    if (comment !== '') {
      const at: Range = [position, position + comment.length]
      const message = `"${comment.startsWith('#') ? '#' : '/* */'}" is not part of the language`
      problems.add('FORMULA_SYNTAX', at, message, 'a comment starts with // and ends with its line')
      position = at[1]
      continue
    }
    const symbol = match(SYMBOL)
    if (symbol !== '') {
      push('symbol', symbol.length, SPELLINGS[symbol] ?? symbol)
      continue
    }
    const first = String.fromCodePoint(text.codePointAt(position) as number)
    if (LOOKALIKES[first] !== undefined) instead(first, LOOKALIKES[first])
    else {
      const stray = match(STRAY)
      const at: Range = [position, position + stray.length]
      problems.add('FORMULA_SYNTAX', at, `"${excerpt(stray)}" is not part of the language`, 'remove it')
      position += stray.length
    }
  }
  push('end', 0, '')
  return tokens
}

/** A number as another language or keyboard writes it. */
function oddNumber(open: string, wide: string): { text: string; message: string; meant: string } | undefined {
  if (open !== '') {
    const meant = open.endsWith('.') ? `${open}0` : open.replace('.', '')
    return { text: open, message: `"${excerpt(open)}" has no digit behind its point`, meant }
  }
  if (wide === '') return undefined
  return { text: wide, message: `"${excerpt(wide)}" has full-width digits`, meant: wide.normalize('NFKC') }
}

function numberValue(text: string, start: number, problems: Problems): number {
  const value = Number(text.replaceAll('_', ''))
  const at: Range = [start, start + text.length]
  if (value === 0 && /^[^eE]*[1-9]/.test(text)) {
    problems.add('FORMULA_SYNTAX', at, `${excerpt(text)} is too small for a number`, 'numbers go down to 5e-324')
  }
  if (Number.isFinite(value)) return value
  problems.add('FORMULA_SYNTAX', at, `${excerpt(text)} is too large for a number`, 'numbers go up to 1.79e308')
  return 0
}
