import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/domain/display-width.ts'
import { FormulaError } from '../../src/domain/errors.ts'
import { checkFormula } from '../../src/formula/check/check.ts'
import { explain } from '../../src/formula/errors/explain-error.ts'

/** The drawing of an error on the first `mark` of the text. */
function drawn(text: string, mark: string, message = 'why', hint = ''): string[] {
  const start = text.indexOf(mark)
  return explain(new FormulaError('FORMULA_SYNTAX', message, { at: [start, start + mark.length], hint }), text).split(
    '\n',
  )
}

const first = (text: string) => {
  const error = checkFormula(text)[0]
  return error === undefined ? 'no error' : explain(error, text)
}

describe('explain', () => {
  it('draws an error as the language page does', () => {
    const text = 'crossover(ema(c,12), emma(close, 26))'
    const error = new FormulaError('FORMULA_UNKNOWN_NAME', 'there is no indicator "emma"', {
      at: [21, 25],
      hint: 'the nearest names are ema, dema, tema',
      found: 'emma',
      closest: ['ema', 'dema', 'tema'],
    })
    expect(explain(error, text)).toBe(
      `FORMULA_UNKNOWN_NAME  line 1, column 22
  crossover(ema(c,12), emma(close, 26))
                       ^^^^
  there is no indicator "emma"; the nearest names are ema, dema, tema`,
    )
    expect(checkFormula(text).map((each) => each.fields.at)).toEqual([[21, 25]])
  })

  it('draws the errors people make most', () => {
    expect(first('close > sma(close)')).toBe(
      `FORMULA_ARGUMENT_COUNT  line 1, column 9
  close > sma(close)
          ^^^^^^^^^^
  sma is missing its length; write sma(source, length)`,
    )
    expect(first('a = 1\nclose[-1] > a')).toBe(
      `FORMULA_LOOKAHEAD  line 2, column 7
  close[-1] > a
        ^^
  close[-1] would read the future; bars are counted backwards: close[1]`,
    )
    expect(first('rsi(close, 14')).toBe(
      `FORMULA_SYNTAX  line 1, column 4
  rsi(close, 14
     ^
  "(" is never closed; add ")" where it ends`,
    )
    expect(first('close > 1 and')).toBe(
      `FORMULA_SYNTAX  line 1, column 14
  close > 1 and
               ^
  a value is missing here; finish the expression`,
    )
    expect(first('')).toBe(
      `FORMULA_SYNTAX  line 1, column 1

  ^
  the formula is empty; write a condition, for example close > sma(close, 200)`,
    )
  })

  it('finds the line behind every kind of line end', () => {
    for (const newline of ['\n', '\r\n', '\r']) {
      expect(drawn(`a${newline}b${newline}${newline} foo`, 'foo').slice(0, 3)).toEqual([
        'FORMULA_SYNTAX  line 4, column 2',
        '   foo',
        '   ^^^',
      ])
    }
  })

  it('counts wide characters twice, so that the marks stand under the fault', () => {
    expect(drawn('추세 = 1 + foo // 뒤', 'foo').slice(0, 3)).toEqual([
      'FORMULA_SYNTAX  line 1, column 10',
      '  추세 = 1 + foo // 뒤',
      '             ^^^',
    ])
    expect(drawn('a > 추세선', '추세선')[2]).toBe('      ^^^^^^')
    expect(drawn('"日本語😀" foo', 'foo')[2]).toBe(`  ${' '.repeat(11)}^^^`)
    expect(drawn('é = e\u0301 + foo', 'foo')[2]).toBe(`  ${' '.repeat(8)}^^^`)
    expect(drawn(`${'추세'.normalize('NFD')} foo`, 'foo')[2]).toBe(`  ${' '.repeat(5)}^^^`)
  })

  it('draws tabs as four spaces', () => {
    expect(drawn('\ta\t+ foo', 'foo').slice(0, 3)).toEqual([
      'FORMULA_SYNTAX  line 1, column 6',
      '      a    + foo',
      `  ${' '.repeat(11)}^^^`,
    ])
  })

  it('marks one place for an empty range, and the rest of the line for a long one', () => {
    expect(drawn('a +', '')[2]).toBe('  ^')
    const error = new FormulaError('FORMULA_SYNTAX', 'why', { at: [4, 9], hint: '' })
    expect(explain(error, 'a + b\nc + d').split('\n')[2]).toBe('      ^')
    expect(explain(error, 'a').split('\n')[2]).toBe('   ^')
  })

  it('lets no control character through to the terminal', () => {
    const lines = drawn('a \u001b[31m\u0007\u202e foo', 'foo')
    expect(lines[1]).toBe('  a \ufffd[31m\ufffd foo')
    expect(lines[2]).toBe(`  ${' '.repeat(9)}^^^`)
    expect(first('\u001b[2J')).not.toContain('\u001b')
  })

  it('cuts a long line around the fault', () => {
    const [, line, marks] = drawn(`${'x + '.repeat(5000)}foo${' + y'.repeat(5000)}`, 'foo') as [string, string, string]
    expect(line.length).toBeLessThan(130)
    expect(line.slice(marks.indexOf('^'), marks.indexOf('^') + 3)).toBe('foo')
    expect(line.trim()).toMatch(/^….*…$/)
    expect(drawn('y'.repeat(500), 'y'.repeat(500))[1]).toMatch(/^ {2}y+…$/)
  })

  it('cuts it to the columns there are', () => {
    const error = (at: [number, number]) => new FormulaError('FORMULA_SYNTAX', 'why', { at, hint: '' })
    const text = 'crossover(ema(close, 12), emma(close, 26)) and 추세선'
    const lines = (at: [number, number], width: number) => explain(error(at), text, width).split('\n').slice(1, 3)
    expect(lines([26, 30], 55)).toEqual([`  ${text}`, '                            ^^^^'])
    expect(lines([26, 30], 40)).toEqual(['  …ema(close, 12), emma(close, 26)) and…', '                   ^^^^'])
    expect(lines([0, 9], 30)).toEqual(['  crossover(ema(close, 12), …', '  ^^^^^^^^^'])
    expect(lines([47, 50], 30)).toEqual(['  …mma(close, 26)) and 추세선', '                       ^^^^^^'])
    expect(lines([10, 42], 30)).toEqual(['  …ossover(ema(close…', '           ^^^^^^^^^'])
    for (let width = 12; width < 60; width++) {
      for (let from = 0; from < text.length; from += 3) {
        expect(displayWidth(lines([from, from + 4], width)[0]!)).toBeLessThanOrEqual(width)
      }
    }
  })
})
