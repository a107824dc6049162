import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Engine } from '../use-cases/engine.ts'
import { UsageError } from './failure.ts'
import { withOutput } from './output-file.ts'
import { pagePieces } from './page.ts'
import { pageCharts } from './page-charts.ts'
import { failureNotes, INEXACT, qualityNotes } from './scan-notes.ts'
import type { ScanView } from './scan-view.ts'
import type { Terminal } from './terminal.ts'

const TABLE_ROWS = 500
const SCRIPT = 'dist/lightweight-charts.standalone.production.js'

/**
 * The script of the chart library, which stands on the page itself.
 *
 * @throws UsageError where the package is not installed.
 */
export async function readLibrary(): Promise<string> {
  try {
    const manifest = createRequire(import.meta.url).resolve('lightweight-charts/package.json')
    return await readFile(join(dirname(manifest), SCRIPT), 'utf8')
  } catch {
    throw new UsageError(
      '--html draws with the package lightweight-charts, which is not installed (it is optional):',
      'npm install lightweight-charts',
    )
  }
}

/** Writes what is shown of a scan as one page. */
export async function writePage(
  file: string,
  view: ScanView,
  { library, limit = TABLE_ROWS }: { library: string; limit?: number | undefined },
  { engine, terminal, signal }: { engine: Engine; terminal: Terminal; signal: AbortSignal },
) {
  terminal.status('reading the charts …')
  const charts = await pageCharts(view, engine, signal)
  terminal.status('')
  const { dataQuality, errors, exact, job } = view.result
  const notes = [...qualityNotes(dataQuality, job.timezone), ...failureNotes(errors), ...(exact ? [] : [INEXACT])]
  const parts = { charts, library, limit, notes: notes.map(({ text }) => text.trim()) }
  await withOutput(terminal, file).write(pagePieces(view, parts), signal)
}
