import type { Funnel, NearSymbol } from '../explain/funnel.ts'
import { formatCount, formatNumber, UNKNOWN } from './people.ts'
import type { Note } from './terminal.ts'

/** Why so many symbols, or none, match on their last bar. */
export function funnelNotes(funnels: readonly Funnel[]): Note[] {
  return funnels.flatMap(({ role, symbols, steps, nearest }) => {
    const head = `${role === undefined ? 'on' : `${role}, on`} the last bar of each symbol:`
    const counts = [['symbols with a bar', symbols] as const, ...steps.map(({ text, left }) => [text, left] as const)]
    const width = formatCount(symbols).length
    return [
      { text: '' },
      { text: ` ${head}` },
      ...counts.map(([text, left]) => ({ lead: `   ${formatCount(left).padStart(width)}  `, text })),
      ...(nearest.length > 0 ? [{ text: ' nearest to the condition that leaves none:' }] : []),
      ...nearest.map((near) => ({ text: `   ${near.symbol}${valuesOf(near)}` })),
    ]
  })
}

function valuesOf({ values }: NearSymbol): string {
  const texts = values.map(({ text, value }) => {
    const written = value === null ? UNKNOWN : typeof value === 'number' ? formatNumber(value) : String(value)
    return `${text} = ${written}`
  })
  return texts.length > 0 ? `: ${texts.join(', ')}` : ''
}
