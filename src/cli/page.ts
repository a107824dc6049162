import { createHash } from 'node:crypto'
import pc from 'picocolors'
import { isDaily } from '../domain/timeframe.ts'
import type { PageCharts } from './page-charts.ts'
import { drawCharts, type PageData } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'
import { counted, formatCount, timeFormatter } from './people.ts'
import { countLine, matchColumns, shownMatches } from './scan-formats.ts'
import type { ScanView } from './scan-view.ts'
import type { Column } from './table.ts'
import { visible, visibleLines } from './visible.ts'

/** What stands on a page besides the view. */
export interface PageParts {
  charts: PageCharts
  /** The script of lightweight-charts. */
  library: string
  /** Rows of the table at most. */
  limit: number
  /** What is wrong with data and symbols. */
  notes: readonly string[]
}

/** Their places among the columns of a table: a value of the formula may be called like them. */
const [SYMBOL_COLUMN, SIGNAL_COLUMN] = [1, 2]
const PLAIN = pc.createColors(false)

/**
 * A scan as one page that needs no network: its policy lets nothing be fetched, and no script run but these two. Symbols,
 * formulas and notes are the text of others: they come as text, never as markup.
 */
export function* pagePieces(view: ScanView, parts: PageParts): Generator<string> {
  const { charts, library, notes } = parts
  const { job } = view.result
  // What would end the script is no end inside of it.
  const scripts = [library.replaceAll('</script', '<\\/script'), scriptText(drawCharts)]
  const zone = isDaily(job.timeframe) ? 'UTC' : (job.timezone ?? 'UTC')
  const symbols = charts.symbols.map(({ symbol: _symbol, ...drawn }) => drawn)
  const data: PageData = { symbols, breadth: charts.breadth, timezone: zone, isDaily: isDaily(job.timeframe) }
  yield head(visible(countLine(view, PLAIN)), scripts)
  yield `<body>\n<h1>${text(countLine(view, PLAIN))}</h1>\n<pre>${escaped(visibleLines(job.formula))}</pre>\n`
  yield parametersLine(view)
  if (notes.length > 0) yield `<ul class="notes faint">${notes.map((note) => `<li>${text(note)}</li>`).join('')}</ul>\n`
  if (charts.breadth.length > 0) {
    yield '<h2>Symbols that match, in percent</h2>\n<figure><div id="breadth"></div></figure>\n'
  }
  yield* figures(view, charts)
  yield* table(view, parts)
  yield FOOTER
  yield `<script type="application/json" id="data">${JSON.stringify(data)}</script>\n`
  for (const script of scripts) yield `<script>${script}</script>\n`
  yield '</body>\n</html>\n'
}

function head(title: string, scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${hashes.join(' ')}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
`
}

function scriptText(draw: typeof drawCharts): string {
  return `(${draw})(LightweightCharts, JSON.parse(document.getElementById('data').textContent))`
}

function parametersLine({ result }: ScanView): string {
  const { timeframe, parameters, timezone } = result.job
  const given = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`)
  const words = [`${timeframe} candles`, ...given, ...(timezone === undefined ? [] : [timezone])]
  return `<p class="faint">${text(words.join(' · '))}</p>\n`
}

function* figures(view: ScanView, { symbols }: PageCharts): Generator<string> {
  if (symbols.length === 0) return
  const { matches, result } = view
  const date = timeFormatter(result.job.timeframe, result.job.timezone)
  const all = view.statistics.symbolsMatched
  const which = all > symbols.length ? `: the ${symbols.length} latest of ${formatCount(all)} symbols` : ''
  yield `<h2>Charts${which}</h2>\n<div class="charts">\n`
  for (const [at, { symbol }] of symbols.entries()) {
    const latest = matches.of(matches.symbols.indexOf(symbol)).at(-1)!
    const name = `<b>${text(symbol)}</b><span>${text(date(latest.timestamp))}</span>`
    yield `<figure><figcaption>${name}</figcaption><div class="chart" id="chart-${at}"></div></figure>\n`
  }
  yield '</div>\n<noscript><p class="faint">The charts are drawn by JavaScript.</p></noscript>\n'
}

function* table(view: ScanView, { charts, limit }: PageParts): Generator<string> {
  const { matches } = view
  if (matches.length === 0) return
  const shown = [...shownMatches(view, limit)]
  const places = new Map(charts.symbols.map(({ symbol }, at) => [symbol, at]))
  const columns = matchColumns(view, shown, PLAIN)
  yield `<h2>Matches</h2>\n<div class="table"><table>\n<thead><tr>${columns.map(headCell).join('')}</tr></thead>\n<tbody>\n`
  for (const [at, { symbol }] of shown.entries()) {
    const place = places.get(symbol)
    const cells = columns.map(({ align, cells }, column) => {
      const cell = text(cells[at]!)
      const isLinked = column === SYMBOL_COLUMN && place !== undefined
      const classes = [align === 'right' ? 'right' : '', column === SIGNAL_COLUMN ? signalClass(cells[at]!) : '']
      return `<td class="${classes.join(' ').trim()}">${isLinked ? `<a href="#chart-${place}">${cell}</a>` : cell}</td>`
    })
    yield `<tr>${cells.join('')}</tr>\n`
  }
  yield '</tbody></table></div>\n'
  const left = matches.length - shown.length
  if (left > 0) yield `<p class="faint">… and ${counted(left, 'earlier match', 'earlier matches')} (--limit)</p>\n`
}

function headCell({ header, align }: Column): string {
  return `<th class="${align === 'right' ? 'right' : ''}" title="${text(header)}">${text(header)}</th>`
}

function signalClass(cell: string): string {
  return cell.startsWith('EXIT') ? 'down' : 'up'
}

/** The notice that lightweight-charts asks for where it is used. */
const FOOTER = `<footer>Made by millrace. Charts: TradingView Lightweight Charts™, Copyright (c) TradingView, Inc.,
<a href="https://www.tradingview.com/" rel="noreferrer">https://www.tradingview.com/</a></footer>
`

/** Text of others on one line. */
function text(of: string): string {
  return escaped(visible(of))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(of: string): string {
  return of.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
