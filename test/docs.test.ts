import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkFormula, planFormula } from '../src/formula/index.ts'
import { codeBlocks } from './support/markdown.ts'

const PAGE = readFileSync('docs/language.md', 'utf8')
/** What stands in the text and is there to be refused. */
const REFUSED: ReadonlySet<string> = new Set(['close + (close > open)', 'not close', 'close[-1]'])
const sentences = (text: string, mode: 'scan' | 'series') =>
  checkFormula(text, {}, { mode }).map(({ message }) => message)

describe('the page about the formula language (its cases are run by cases.test.ts)', () => {
  it.each(codeBlocks(PAGE, 'formula'))('has only formulas that a scan takes: %j', (formula) => {
    expect(sentences(formula, 'scan')).toEqual([])
    expect(planFormula(formula).warnings).toEqual([])
  })

  const prose = PAGE.replaceAll(/^```[\s\S]*?^```$/gm, '')
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span!)
  /** A call, a comparison or a sum: not a word, a sign, a command, or a form with something to fill in. */
  const formulas = spans.filter(
    (span) => /[\w)\]]\s?[(+*/<>[-]|^not /.test(span) && !/…|^--|^millrace|[:=] ?\{|\(a, b\)/.test(span),
  )

  it.each(formulas)('has only values in its text: %s', (formula) => {
    const found = sentences(formula, 'series')
    if (REFUSED.has(formula)) expect(found).not.toEqual([])
    else expect(found).toEqual([])
  })

  it('has many of them', () => {
    expect(formulas.length).toBeGreaterThan(10)
    expect(codeBlocks(PAGE, 'formula').length).toBeGreaterThanOrEqual(10)
    expect([...REFUSED].filter((formula) => !formulas.includes(formula))).toEqual([])
  })
})
