import { type ColumnNames, type ColumnRole, type FoundColumns, resembles } from './column-names.ts'
import type { Cell, DuckdbConnection } from './library.ts'
import type { Source } from './source.ts'
import { identifier } from './sql.ts'

/** Rows looked at to see what columns hold. */
const SAMPLE = 500

const PRICES = ['open', 'high', 'low', 'close'] as const
const TIME = /^\s*((19|20)\d\d[-/.]?\d\d[-/.]?\d\d|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{10,19}\s*$)/
const NUMBER = /^\s*[$€£¥₩]?\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

/**
 * Columns that could be what is missing, to be offered and never taken: by what they hold, and of these by their names
 * first. Prices are offered in the order in which they stand where all rows then have their low and high around them.
 */
export async function suggestColumns(
  connection: DuckdbConnection,
  { from }: Source,
  { found, missing }: FoundColumns,
  names: readonly string[],
): Promise<ColumnNames> {
  const held = await sampleOf(connection, from, names)
  const free = new Set(names.filter((name) => !Object.values(found).includes(name)))
  const all = { ...found }
  const suggested: ColumnNames = {}
  const take = (role: ColumnRole, name: string | undefined) => {
    if (name === undefined) return
    free.delete(name)
    all[role] = name
    suggested[role] = name
  }
  const fits = (name: string, role: ColumnRole) => kindOf(held.get(name) ?? []) === KINDS[role]
  for (const role of missing)
    take(
      role,
      [...free].find((name) => resembles(name, role) && fits(name, role)),
    )
  for (const role of ['time', 'symbol'] as const) {
    if (missing.includes(role) && !suggested[role])
      take(
        role,
        [...free].find((name) => fits(name, role)),
      )
  }
  const prices = PRICES.filter((role) => missing.includes(role) && !suggested[role])
  const numbers = [...free].filter((name) => fits(name, 'open'))
  for (let at = 0; prices.length > 0 && at + prices.length <= numbers.length; at++) {
    const tried = Object.fromEntries(prices.map((role, next) => [role, numbers[at + next] as string]))
    if (!areCandles({ ...all, ...tried }, held)) continue
    for (const role of prices) take(role, tried[role])
    break
  }
  return suggested
}

const KINDS: Record<ColumnRole, 'time' | 'number' | 'text'> = {
  ...{ symbol: 'text', time: 'time', timeframe: 'text' },
  ...{ open: 'number', high: 'number', low: 'number', close: 'number', volume: 'number' },
}

/** What some values are; a number that begins with a zero is a code. */
function kindOf(values: readonly string[]): 'time' | 'number' | 'text' | undefined {
  if (values.length === 0) return undefined
  if (values.every((text) => TIME.test(text))) return 'time'
  const isCode = values.some((text) => /^\s*0\d/.test(text))
  return values.every((text) => NUMBER.test(text)) && !isCode ? 'number' : 'text'
}

function areCandles(columns: ColumnNames, held: ReadonlyMap<string, readonly string[]>): boolean {
  const [open, high, low, close] = PRICES.map((role) => held.get(columns[role] as string)?.map(numberOf) ?? []) as [
    ...[number[], number[], number[], number[]],
  ]
  return (
    open.length > 0 &&
    open.every((value, row) => {
      const [least, most] = [Math.min(value, close[row] as number), Math.max(value, close[row] as number)]
      return (low[row] as number) <= least && most <= (high[row] as number)
    })
  )
}

function numberOf(text: string): number {
  return Number(text.replace(/[^\d.eE+-]/g, ''))
}

/** The values of columns, of rows that have all of them. */
async function sampleOf(connection: DuckdbConnection, from: string, names: readonly string[]) {
  const read = names.map((name) => `${identifier(name)}::varchar`)
  const rows: Cell[][] = await connection.rows(`select ${read.join(', ')} from ${from} limit ${SAMPLE}`)
  const whole = rows.filter((row) => row.every((value) => value !== null))
  return new Map(names.map((name, at) => [name, whole.map((row) => String(row[at]))]))
}
