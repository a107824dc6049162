import type { ColumnNames, ColumnRole } from './column-names.ts'

/** Names that say what they are: nobody has to be told how these were read. */
const PLAIN = /^(symbol|ticker|ts|timestamp|datetime|time|date|open|high|low|close|volume|timeframe)$/i

/** Kinds of files that people know, by columns that only they have. */
const FORMATS: readonly (readonly [format: string, ...columns: string[]])[] = [
  ['Stooq', '<TICKER>', '<DATE>'],
  ['MetaTrader', '<DATE>', '<TICKVOL>'],
  ['Nasdaq', 'Close/Last'],
]

const START = 'read as'

/** Whether a note about a source says how it was recognised: nothing is wrong then, and nothing was guessed. */
export function isRecognition(note: string): boolean {
  return note.startsWith(START)
}

/** What is known of the source beside its columns. */
interface Known {
  /** The kind of the files, where their reader knows it. */
  format?: string | undefined
  /** Where the symbol is from, where it stands in no column. */
  symbol?: string | undefined
}

/** How columns were understood, as a sentence; undefined where all of them say it themselves or were named. */
export function readAs(
  { symbol: column, ...others }: ColumnNames,
  wanted: ColumnNames,
  names: readonly string[],
  { format, symbol = column }: Known,
): string | undefined {
  const known = format ?? FORMATS.find(([, ...columns]) => columns.every((name) => names.includes(name)))?.[0]
  const all = { ...(symbol !== undefined && { symbol }), ...others }
  const isGuess = ([role, name]: [string, string]) => wanted[role as ColumnRole] === undefined && !PLAIN.test(name)
  if (known === undefined && !Object.entries(all).some(isGuess)) return undefined
  const parts = Object.entries(all).map(([role, name]) => `${role}=${name}`)
  return `${START}${known === undefined ? '' : ` ${known}`}: ${parts.join(', ')}`
}
