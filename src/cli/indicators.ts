import type { Command } from 'commander'
import { nearestNames } from '../domain/nearest.ts'
import { calleeOf } from '../formula/names.ts'
import { houseCallee, signature as written } from '../indicators/callee.ts'
import { CATALOGUE, type CatalogueParameter, type CatalogueRow } from '../indicators/catalogue.ts'
import { UsageError } from './failure.ts'
import { addHelpBelow } from './help.ts'
import { addColorOption, formatOption } from './options.ts'
import { counted } from './people.ts'
import { openTerminal, type Terminal } from './terminal.ts'
import { wrap, wrapBehind } from './wrap.ts'

const EXAMPLES = `
Examples:
  $ millrace indicators
  $ millrace indicators macd
  $ millrace indicators momentum
  $ millrace indicators bollinger
  $ millrace indicators --format json`

const GROUPS: Readonly<Record<Exclude<CatalogueRow['group'], 'operator'>, string>> = {
  average: 'Averages',
  momentum: 'Momentum',
  trend: 'Trend',
  volatility: 'Volatility',
  volume: 'Volume',
  statistic: 'Statistics',
  condition: 'Conditions',
  math: 'Mathematics',
  calendar: 'Calendar',
}

const WIDEST = 110
const WIDEST_SIGNATURE = 44
const NARROWEST_LIST = 60

export function defineIndicators(commandLine: Command): void {
  const command = commandLine
    .command('indicators')
    .summary('list the functions of the formula language')
    .description('Lists the functions of the formula language, or documents one.')
    .argument('[name]', 'all there is to know about this one; or a topic: those of a group, or about a word')
    .optionsGroup('Output:')
    .addOption(formatOption(['table', 'json']))
  addHelpBelow(addColorOption(command), EXAMPLES)
  command.action(async (name: string | undefined, options: { format: 'table' | 'json'; color?: boolean }) => {
    const terminal = openTerminal(options)
    const found = name === undefined ? listed() : (named(name) ?? ofTopic(name))
    if (options.format === 'json') await terminal.write(jsonPieces(found))
    else await terminal.write(Array.isArray(found) ? list(found, terminal) : page(found, terminal))
  })
}

/** Operators are written with signs; nobody looks for them by name. */
function listed(): CatalogueRow[] {
  return CATALOGUE.filter(({ group }) => group !== 'operator')
}

/** What completes the name of a function: all of them, and groups. */
export function functionNames(): { value: string; about: string }[] {
  const groups = Object.entries(GROUPS).map(([value, title]) => ({ value, about: `the group ${title}` }))
  return [...listed().map(({ name, summary }) => ({ value: name, about: summary.replaceAll('`', '') })), ...groups]
}

function named(name: string): CatalogueRow | undefined {
  return calleeOf(name.replace(/\(.*$/, ''))?.row
}

/**
 * The functions of a group, or those with all of these words in their documentation.
 *
 * @throws UsageError where there are none.
 */
function ofTopic(topic: string): CatalogueRow[] {
  const wanted = topic.toLowerCase().split(/\s+/)
  const rows = listed()
  const ofGroup = rows.filter(({ group }) => [group, titleOf(group).toLowerCase()].includes(topic.toLowerCase()))
  if (ofGroup.length > 0) return ofGroup
  const about = rows.filter(({ summary, doc }) => {
    const words = new Set(`${summary} ${doc}`.toLowerCase().match(/[\p{L}\p{N}_]+/gu))
    return wanted.every((word) => words.has(word))
  })
  if (about.length > 0) return about
  const near = nearestNames(
    topic.replace(/\(.*$/, ''),
    rows.map((each) => each.name),
  )
  const hint =
    near.length > 0
      ? `the nearest ${near.length > 1 ? 'names are' : 'name is'} ${near.join(', ')}`
      : '"millrace indicators" lists them all'
  throw new UsageError(`there is no indicator "${topic}", nor one about it; ${hint}`)
}

function titleOf(group: CatalogueRow['group']): string {
  return group === 'operator' ? '' : GROUPS[group]
}

function jsonPieces(found: CatalogueRow | readonly CatalogueRow[]): string[] {
  const document = (row: CatalogueRow) => ({ ...row, id: undefined, signature: signature(row) })
  const documents = Array.isArray(found) ? found.map(document) : document(found as CatalogueRow)
  return [`${JSON.stringify(documents, null, 2)}\n`]
}

/** As it is called: `rsi(source = close, length = 14)`; what takes nothing is a name. */
function signature(row: CatalogueRow): string {
  return written(houseCallee(row)).replace(/\(\)$/, '')
}

function* list(rows: readonly CatalogueRow[], { colors, width }: Terminal): Generator<string> {
  const total = Math.min(width, WIDEST)
  const longest = Math.max(...rows.map((row) => signature(row).length))
  const beside = Math.min(longest, WIDEST_SIGNATURE, Math.floor(total / 2))
  // Where two columns would be narrow ones, what a function is stands below it.
  const column = total < NARROWEST_LIST ? 0 : beside
  for (const [group, title] of Object.entries(GROUPS)) {
    const own = rows.filter((each) => each.group === group).sort((a, b) => (a.name < b.name ? -1 : 1))
    if (own.length > 0) yield `\n${colors.bold(title)}\n`
    for (const row of own) {
      const call = signature(row)
      const summary = row.summary.replaceAll('`', '')
      const head = `  ${colors.cyan(row.name)}${colors.dim(call.slice(row.name.length))}`
      const indent = ' '.repeat(column + 4)
      // A long signature has a line of its own.
      const lines =
        call.length <= column
          ? wrapBehind(`${head}${' '.repeat(column - call.length + 2)}`, summary, total)
          : [...wrapBehind('  ', head, total, 4), ...wrapBehind(indent, summary, total)]
      yield `${lines.join('\n')}\n`
    }
  }
  const end = `${counted(rows.length, 'function')} · millrace indicators NAME tells more`
  yield `\n${wrap(end, total)
    .map((line) => `${colors.dim(line)}\n`)
    .join('')}`
}

function* page(row: CatalogueRow, { colors, width }: Terminal): Generator<string> {
  const total = Math.min(width, WIDEST)
  const code = (text: string) => text.replaceAll(/`([^`]+)`/g, (_, inner: string) => colors.cyan(inner))
  const paragraph = (text: string) => {
    // A title stands between stars, a formula between backticks: it is not broken.
    const plain = text.replaceAll(/\*(\p{Lu}[^*`]+)\*/gu, '$1')
    const whole = plain.replaceAll(/`[^`]+`/g, (formula) => formula.replaceAll(' ', '\u00a0'))
    const lines = wrapBehind('  ', colors.isColorSupported ? code(whole) : whole, total)
    return lines.map((line) => `${line.replaceAll('\u00a0', ' ')}\n`).join('')
  }
  const title = wrapBehind('  ', `${colors.bold(signature(row))} ${colors.dim(`(${row.group})`)}`, total, 4)
  yield `\n${title.join('\n')}\n\n${paragraph(row.summary)}`
  const source = row.source === '' ? '' : `Source: ${row.source}.`
  for (const text of [...row.doc.split('\n\n'), source].filter((each) => each !== '')) yield `\n${paragraph(text)}`
  const facts = [
    ...row.inputs.map(({ name, type, implied, default: usual }) => {
      const missing = usual === undefined ? '' : implied ? `, reads ${usual}` : `, ${usual} when missing`
      return [name, `${type === 'condition' ? 'condition' : 'series'}${missing}`]
    }),
    ...row.parameters.map((parameter) => [parameter.name, parameterText(parameter)]),
  ]
  if (facts.length > 0) yield `\n${section(facts, 'Takes', colors, total)}`
  const outputs = row.outputs.map(({ name, type }) => [row.outputs.length > 1 ? `.${name}` : name, type])
  yield `\n${section(outputs, 'Gives', colors, total)}`
  if (row.example === '') return
  const example = wrapBehind('    ', colors.cyan(row.example), total, 6)
  yield `\n  ${colors.bold('Example')}\n${example.join('\n')}\n`
}

function section(
  facts: readonly (readonly string[])[],
  title: string,
  colors: Terminal['colors'],
  width: number,
): string {
  const widest = Math.max(...facts.map(([name]) => name!.length))
  const lines = facts.flatMap(([name, text]) => {
    return wrapBehind(`    ${colors.cyan(name!.padEnd(widest))}  `, text!, width)
  })
  return `  ${colors.bold(title)}\n${lines.map((line) => `${line}\n`).join('')}`
}

function parameterText({ integer, min, max, default: usual }: CatalogueParameter): string {
  const range = `${integer ? 'whole number' : 'number'} ${min} to ${max}`
  return usual === undefined ? range : `${range}, ${usual} when missing`
}
