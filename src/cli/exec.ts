import { spawn } from 'node:child_process'
import { CANDLE_COLUMNS } from '../domain/candle.ts'
import type { SignalMatch } from '../domain/result.ts'
import { isDaily, isoTime, type Timeframe } from '../domain/timeframe.ts'
import type { MatchTable } from '../signals/matches.ts'
import { counted, formatCount } from './people.ts'
import type { Note } from './terminal.ts'

export interface FailedCommand {
  match: SignalMatch
  /** `exit code 7`, or why it could not be started. */
  reason: string
}

const EXAMPLES = 3

/** What a command is run for: of each symbol and signal the latest match, in the order of the symbols. */
export function alertsOf(matches: MatchTable): SignalMatch[] {
  const { symbol, signal } = matches.columns
  const latest = new Map<string, number>()
  for (let at = 0; at < matches.length; at++) latest.set(`${symbol[at]} ${signal[at]}`, at)
  return [...latest.values()].map((at) => matches.at(at)!)
}

/**
 * Runs a command of the shell for each match, one after the other; one that fails does not keep the next from running.
 * The match comes in `MILLRACE_…` variables and as a line of JSON on stdin, never in the command's text: what symbols
 * are called is up to others. What the command prints goes to stderr, beside the notes: stdout is for results.
 *
 * @throws the signal's reason once it is aborted; the command that runs is told to end.
 */
export async function runCommands(
  command: string,
  matches: readonly SignalMatch[],
  timeframe: Timeframe,
  signal: AbortSignal,
): Promise<FailedCommand[]> {
  const failed: FailedCommand[] = []
  for (const match of matches) {
    const reason = await runCommand(command, match, timeframe, signal).catch((cause: Error) => cause.message)
    signal.throwIfAborted()
    if (reason !== undefined) failed.push({ match, reason })
  }
  return failed
}

/** What failed, if anything did. */
export function failedNotes(failed: readonly FailedCommand[], count: number, isNew = false): Note[] {
  if (failed.length === 0) return []
  const named = failed.slice(0, EXAMPLES).map(({ match, reason }) => `${match.symbol} (${reason})`)
  const more = failed.length > EXAMPLES ? `, … ${formatCount(failed.length - EXAMPLES)} more` : ''
  const again = isNew ? '; new again in the next run' : ''
  const head = `${formatCount(failed.length)} of ${counted(count, 'command')} failed`
  return [{ text: ` ${head}: ${named.join(', ')}${more}${again}`, tone: 'failure' }]
}

/** What went wrong; undefined where nothing did. */
function runCommand(command: string, match: SignalMatch, timeframe: Timeframe, signal: AbortSignal) {
  return new Promise<string | undefined>((resolve, reject) => {
    const env = { ...process.env, ...variablesOf(match, timeframe) }
    const child = spawn(command, { shell: true, env, signal, stdio: ['pipe', 2, 2] })
    child.on('error', reject)
    child.on('exit', (code, killedBy) => {
      resolve(code === 0 ? undefined : killedBy ? `ended by ${killedBy}` : `exit code ${code}`)
    })
    // A command need not read it.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(`${JSON.stringify(match)}\n`)
  })
}

function variablesOf({ symbol, timestamp, signalType, role, candle }: SignalMatch, timeframe: Timeframe) {
  const iso = isoTime(timestamp)
  const prices = CANDLE_COLUMNS.map((name) => [name, Number.isFinite(candle[name]) ? `${candle[name]}` : ''] as const)
  const values = [
    ['symbol', symbol],
    ['time', isDaily(timeframe) ? iso.replace(/T.*/, '') : iso],
    ['timeframe', timeframe],
    ['signal', signalType],
    ['role', role ?? ''],
    ...prices,
  ] as const
  // A variable ends at a zero byte: Node refuses one.
  return Object.fromEntries(
    values.map(([name, text]) => [`MILLRACE_${name.toUpperCase()}`, text.replaceAll('\0', '\\0')]),
  )
}
