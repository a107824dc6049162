import type { Colors } from 'picocolors/types.js'
import type { BarExplanation, BarValue, ConditionOnBar } from '../explain/bar.ts'
import type { ExplainedNode, Explanation } from '../explain/nodes.ts'
import { counted, formatCount, formatNumber, UNKNOWN } from './people.ts'
import { type Column, columnOf, drawTable, hiddenText, widthBeside } from './table.ts'
import { paintsOf, type Terminal } from './terminal.ts'
import { visible } from './visible.ts'
import { shorten, textWidth, wrap } from './wrap.ts'

/** What the columns of the table say. */
const LEGEND: Readonly<Record<string, string>> = {
  'from bar': 'first with a value, counted from 0',
  back: 'bars before its own that it reads exactly',
  stable: 'bars until the start of the data weighs less than 0.000001',
  readers: 'nodes that use it; it is computed once',
}
const LEGEND_WIDTH = 110

/** Two parts of a formula and a few words are seldom more than a line of a wide terminal. */
const LONGEST_PART = 48

/** However narrow the terminal is, this much of a formula is shown. */
const SHORTEST_TEXT = 20
const MARKS = { true: '✓', false: '✗', null: '?' } as const
const JOINED = { and: 'all of', or: 'any of', not: 'not' } as const

/** An explanation for people: the nodes as a table, and the conditions of a bar as a tree. */
export function* explanationText(
  explanation: Explanation,
  onBar: { bar: BarExplanation; date: (time: number) => string } | undefined,
  terminal: Terminal,
): Generator<string> {
  const { colors } = terminal
  yield* nodeTable(explanation.nodes, onBar?.bar, terminal)
  yield '\n'
  for (const line of samePairs(explanation)) yield* wrap(line, terminal.width - 1).map((each) => ` ${each}\n`)
  for (const line of wrap(needs(explanation), terminal.width - 1)) yield ` ${colors.bold(line)}\n`
  const parameters = Object.entries(explanation.parameters).map(([name, value]) => `${name} = ${value}`)
  const text = parameters.length > 0 ? `parameters: ${parameters.join(', ')}` : ''
  for (const line of wrap(visible(text), terminal.width - 1)) yield ` ${line}\n`
  if (!onBar) return
  const { bar, date } = onBar
  yield '\n'
  for (const each of bar.conditions) yield `${verdict(each, bar, date, colors)}\n${tree(each, 1, terminal)}`
}

/** Constants say nothing, so they are left out. */
function* nodeTable(
  nodes: readonly ExplainedNode[],
  bar: BarExplanation | undefined,
  { colors, width }: Terminal,
): Generator<string> {
  const rows = nodes
    .filter(({ kind }) => kind !== 'constant')
    .flatMap((node) => node.outputs.map((output, at) => ({ node, output, value: bar?.values[node.id]?.[at] ?? null })))
  const names = columnOf(rows, 'name', ({ output }) => output.variables.join(', '), { align: 'left' })
  const columns: Column[] = [
    ...(names.cells.some((name) => name !== '') ? [names] : []),
    ...(bar ? [columnOf(rows, 'value', ({ value }) => barText(value))] : []),
    columnOf(rows, 'from bar', ({ output }) => formatCount(output.firstBar)),
    columnOf(rows, 'back', ({ output }) => formatCount(output.lookbackBars)),
    columnOf(rows, 'stable', ({ output }) => stableText(output.stableBars)),
    columnOf(rows, 'readers', ({ node }) => formatCount(node.readBy)),
  ]
  const room = Math.max(SHORTEST_TEXT, widthBeside(columns, width))
  columns.unshift(
    columnOf(rows, 'node', ({ output }) => shorten(output.text, room), { align: 'left', paint: colors.cyan }),
  )
  const options = { width, colors, keep: 1, elsewhere: '--format json' }
  const { pieces, hidden } = drawTable(columns, options)
  yield* pieces
  yield* hiddenText(hidden, options)
  const shown = columns.slice(0, columns.length - hidden).filter(({ header }) => header in LEGEND)
  const legend = shown.map(({ header }) => `${header}: ${LEGEND[header]}`).join(' · ')
  for (const line of wrap(legend, Math.min(width - 1, LEGEND_WIDTH))) yield ` ${colors.dim(line)}\n`
}

/** What is written in two ways and is one computation. */
function samePairs({ nodes }: Explanation): string[] {
  const part = (text: string) => shorten(visible(text), LONGEST_PART)
  return nodes.flatMap(({ outputs }) => {
    return outputs.flatMap(({ text, sameAs }) => {
      return sameAs === undefined ? [] : [`${part(text)} is the same as ${part(sameAs)}: computed once`]
    })
  })
}

function needs({ nodes, reach, kernels }: Explanation): string {
  const calls = nodes.filter(({ kind }) => kind === 'call')
  const shared = calls.filter(({ readBy }) => readBy > 1).length
  const settled =
    reach.stableBars === null
      ? 'the start of the data always matters'
      : `after bar ${formatCount(reach.stableBars)} the start of the data no longer matters`
  const parts = [`${counted(calls.length, 'node')}${shared > 0 ? `, ${formatCount(shared)} shared` : ''}`]
  parts.push(counted(kernels, 'kernel'))
  return [...parts, `known from bar ${formatCount(reach.firstBar)}`, settled].join(' · ')
}

function stableText(bars: number | null): string {
  return bars === null ? 'never' : formatCount(bars)
}

function barText(value: BarValue): string {
  if (value === null) return UNKNOWN
  return typeof value === 'boolean' ? String(value) : formatNumber(value)
}

function verdict(
  { signalType, role, state }: BarExplanation['conditions'][number],
  { symbol, timestamp, bar }: BarExplanation,
  date: (time: number) => string,
  colors: Colors,
): string {
  const isMatch = signalType === undefined ? 'true' : `${role ? `${role}: ` : ''}match`
  const isNone = signalType === undefined ? 'false' : `${role ? `${role}: ` : ''}no match`
  const { failure, warning } = paintsOf(colors)
  const words =
    state === true ? colors.green(isMatch) : state === false ? failure(isNone) : warning(`${isNone}: unknown`)
  return ` ${colors.bold(visible(`${symbol} on ${date(timestamp)}`))} ${colors.dim(`(bar ${formatCount(bar)})`)}  ${words}\n`
}

function tree(condition: ConditionOnBar, depth: number, terminal: Terminal): string {
  const { colors } = terminal
  const { text, variables, state, joined, parts = [], values = [] } = condition
  const paint = state === null ? colors.magenta : state ? colors.green : colors.red
  const indent = '  '.repeat(depth)
  const name = variables.length > 0 ? `${visible(variables.join(', '))}: ` : ''
  const fit = (formula: string, beside: string) => {
    return shorten(visible(formula), Math.max(SHORTEST_TEXT, terminal.width - textWidth(beside)))
  }
  const mark = `${indent}${MARKS[`${state}`]} `
  const what = joined ? JOINED[joined] : colors.cyan(fit(text, mark + name))
  const line = `${indent}${paint(MARKS[`${state}`])} ${name && colors.bold(name)}${what}\n`
  const seen = values.map(({ text: read, value, before }) => {
    const numbers = `${before === undefined ? '' : `${barText(before)} → `}${barText(value)}`
    return `${indent}    ${colors.dim(fit(read, `${indent}     ${numbers}`))} ${numbers}\n`
  })
  return [line, ...seen, ...parts.map((part) => tree(part, depth + 1, terminal))].join('')
}
