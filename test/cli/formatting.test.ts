import { execFileSync } from 'node:child_process'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { csvWriter } from '../../src/cli/csv.ts'
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatNumbers,
  formatPercent,
  formatRate,
  timeFormatter,
} from '../../src/cli/people.ts'
import { type Column, drawTable } from '../../src/cli/table.ts'
import { visible } from '../../src/cli/visible.ts'
import { shorten, wrap, wrapBehind, wrapCommand } from '../../src/cli/wrap.ts'

const colors = pc.createColors(false)

function draw(columns: Column[], width = Number.POSITIVE_INFINITY, keep = 1) {
  const { pieces, hidden } = drawTable(columns, { width, colors, keep })
  return { lines: [...pieces].join('').trimEnd().split('\n'), hidden }
}

describe('numbers for people', () => {
  it('have the decimals that their column needs', () => {
    expect(formatNumbers([71200, 5, null])).toEqual(['71,200', '5', '·'])
    expect(formatNumbers([1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toEqual(['1', '·', '·'])
    expect(formatNumbers([143.661, 9.5, 1234.5678, Number.NaN])).toEqual(['143.66', '9.50', '1234.57', '·'])
    expect(formatNumbers([0.00712, 0.6391, 3.007])).toEqual(['0.0071', '0.6391', '3.0070'])
    expect(formatNumbers([133758276.31, 3.5, 226734445.2])).toEqual(['133,758,276', '4', '226,734,445'])
    expect(formatNumbers([0.0000001, 100.5, 200.25])).toEqual(['1.00e-7', '100.50000', '200.25000'])
    expect(formatNumbers([0, 2024])).toEqual(['0', '2024'])
    expect(formatNumber(-0.000012345)).toBe('-0.0000123')
  })

  it('are counts, shares, times and rates', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
    expect([0, 0.123, 45.678].map(formatPercent)).toEqual(['0.0 %', '0.12 %', '45.7 %'])
    expect([5.4, 1240, 12400, 200000].map(formatDuration)).toEqual(['5 ms', '1.24 s', '12.4 s', '3 min 20 s'])
    expect([2310.4, 1.52e6, 2.1e9].map(formatRate)).toEqual(['2,310', '1.5 M', '2.1 G'])
  })

  it('are dates for daily candles, and times of the zone for shorter ones', () => {
    const time = Date.UTC(2024, 11, 31, 23, 30)
    expect(timeFormatter('1d', 'Asia/Seoul')(time)).toBe('2024-12-31')
    expect(timeFormatter('5m')(time)).toBe('2024-12-31 23:30')
    expect(timeFormatter('5m', 'Asia/Seoul')(time)).toBe('2025-01-01 08:30')
  })
})

describe('tables', () => {
  const name: Column = { header: 'symbol', align: 'left', cells: ['A', '삼성전자'] }
  const value: Column = { header: 'macd(close, 12, 26, 9).signal', align: 'right', cells: ['1.25', '12.50'] }
  const other: Column = { header: 'close', align: 'right', cells: ['1', '2'] }

  it('align numbers right and count wide characters as two', () => {
    expect(draw([name, other, { ...other, header: 'x' }]).lines).toEqual([
      ' symbol    close  x',
      ' ────────  ─────  ─',
      ' A             1  1',
      ' 삼성전자      2  2',
    ])
  })

  it('cut long headers first, but not which output it is', () => {
    const { lines, hidden } = draw([name, value, other], 36)
    expect(lines[0]).toBe(' symbol    macd(close….signal  close')
    expect(hidden).toBe(0)
  })

  it('leave columns out from the end, but not the first ones', () => {
    expect(draw([name, value, other], 20, 2)).toMatchObject({ hidden: 1 })
    expect(draw([name, value, other], 3, 2)).toMatchObject({ hidden: 1 })
  })

  it('stay in their rows and columns whatever is in a cell', () => {
    const cells = ['x\r\u001b[2Ky', '\u202eLPAA']
    const odd: Column = { header: 'a\nb', align: 'left', cells, paint: (cell) => cell.toUpperCase() }
    expect(draw([odd, other]).lines).toEqual([
      ' a\\nb         close',
      ' ───────────  ─────',
      ' X\\R\\X1B[2KY      1',
      ' \\U202ELPAA       2',
    ])
  })

  it('keep their widths over many rows', () => {
    const cells = Array.from({ length: 250 }, (_, at) => 'x'.repeat(1 + (at % 9)))
    const { lines } = draw([
      { ...name, cells },
      { ...other, cells },
    ])
    expect(lines).toHaveLength(252)
    expect(new Set(lines.slice(2).map((line) => line.length)).size).toBe(1)
  })

  it('shorten text to a width', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef')
    expect(shorten('abcdef', 4)).toBe('abc…')
    expect(shorten('삼성전자', 5)).toBe('삼성…')
  })
})

describe('text', () => {
  it('is quoted in CSV where it must be', () => {
    expect(csvWriter()(['a,b', 'say "x"', 'two\nlines', 1.5, true, null, undefined, Number.NaN])).toBe(
      '"a,b","say ""x""","two\nlines",1.5,true,,,\n',
    )
  })

  it('has an apostrophe in CSV where a spreadsheet would run it, unless it is raw', () => {
    const cells = ['=1+1', '+A1', '-A1', '@SUM(A1)', '\tx', '\rx', "=cmd|' /C calc'!A0,1", 'a=1', '']
    expect(csvWriter()(cells)).toBe(`'=1+1,'+A1,'-A1,'@SUM(A1),'\tx,"'\rx","'=cmd|' /C calc'!A0,1",a=1,\n`)
    expect(csvWriter({ raw: true })(cells)).toBe(`=1+1,+A1,-A1,@SUM(A1),\tx,"\rx","=cmd|' /C calc'!A0,1",a=1,\n`)
  })

  it('stays a number in CSV, and is nothing where JSON has null', () => {
    const numbers = [-1.5, -1e-7, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    expect(csvWriter()(numbers)).toBe('-1.5,-1e-7,0,,,\n')
    expect(csvWriter()(['-1.5', '+3', '-.5', '+2.e-3', '-', '-1-1'])).toBe(`-1.5,+3,-.5,+2.e-3,'-,'-1-1\n`)
  })

  it('shows what a terminal would obey', () => {
    expect(visible('\u001b[31mred\u0007 a\r\n\tb\0\u007f')).toBe('\\x1b[31mred\\x07 a\\r\\n\\tb\\x00\\x7f')
    expect(visible('\u009b2J \u0085')).toBe('\\x9b2J \\x85')
    expect(visible('LPAA\u202e\u2066\u200f\u061c \u2028\u2029 \ud800')).toBe(
      'LPAA\\u202e\\u2066\\u200f\\u061c \\u2028\\u2029 \\ud800',
    )
    const plain = 'C:\\new\\x1b 삼성전자 e\u0301 👨‍👩‍👧 ± · … א'
    expect(visible(plain)).toBe(plain)
  })

  it('is wrapped at spaces', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('unbreakable a', 4)).toEqual(['unbreakable', 'a'])
    expect(wrap('', 10)).toEqual([])
  })

  it('is wrapped without its colors, and an option stays with its value', () => {
    expect(wrap('\u001b[1mone two\u001b[22m three', 13)).toEqual(['\u001b[1mone two\u001b[22m three'])
    expect(wrap('widen it, or --format csv', 22)).toEqual(['widen it, or', '--format csv'])
    expect(wrap('5 - 3', 3)).toEqual(['5 -', '3'])
  })

  it('is wrapped behind what stands in front of its first line', () => {
    expect(wrapBehind('날짜  ', 'one two three', 13)).toEqual(['날짜  one two', '      three'])
    expect(wrapBehind('  ', 'one two three', 12, 4)).toEqual(['  one two', '    three'])
    expect(wrapBehind(' ', '', 12)).toEqual([' '])
  })
})

describe('a command to copy', () => {
  it('is broken between words as a shell allows it', () => {
    expect(wrapCommand('  $ ', 'millrace scan @a.formula -d b.csv', 37)).toEqual([
      '  $ millrace scan @a.formula -d b.csv',
    ])
    expect(wrapCommand('  $ ', 'millrace scan @a.formula -d b.csv', 36)).toEqual([
      '  $ millrace scan @a.formula \\',
      '      -d b.csv',
    ])
    expect(wrapCommand('', 'run "a  b c" -x', 10)).toEqual(['run \\', '    "a  b c" \\', '    -x'])
  })

  it('has the same words for a shell at every width', () => {
    const words = ["it's", 'say "x y"', 'a\\b', '$HOME `ls`', '', ' ', '--to', '-d', '삼성 전자', '"', '\\']
    const command = `printf '<%s>' ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}`
    const said = words.map((word) => `<${word}>`).join('')
    for (let width = 1; width < command.length + 3; width += 3) {
      const lines = wrapCommand('', command, width)
      expect(execFileSync('sh', ['-c', lines.join('\n')], { encoding: 'utf8' })).toBe(said)
    }
  })

  it('loses nothing where a quote is not closed', () => {
    for (const command of ["it's a b", 'say "x', 'a \\', 'a\\ b c']) {
      expect(wrapCommand('', command, 200)).toEqual([command])
    }
  })
})
