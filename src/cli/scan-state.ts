import { constants } from 'node:fs'
import { access, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as v from 'valibot'
import type { Timeframe } from '../domain/timeframe.ts'
import { textOf } from '../explain/nodes.ts'
import type { Plan } from '../formula/plan/plan.ts'
import { UsageError } from './failure.ts'
import { replaceFile } from './output-file.ts'

/** Symbols by the signal they matched with: the role where a script has roles, else `SCAN_HIT`. */
export type MatchedSymbols = ReadonlyMap<string, ReadonlySet<string>>

/** What a run of `scan --new` leaves for the next one. */
export interface ScanState {
  /** The canonical text of the signals: a formula that is only written in another way goes on. */
  formula: string
  timeframe: Timeframe
  matched: MatchedSymbols
}

const VERSION = 1

const SHAPE = v.object({
  version: v.literal(VERSION),
  formula: v.string(),
  timeframe: v.string(),
  matched: v.record(v.string(), v.array(v.string())),
})

/** The text of a plan's signals as a state keeps it; values that are only reported are not part of it. */
export function signalsText(plan: Plan): string {
  return plan.signals.map(({ role, value }) => `${role ?? 'scan'}: ${textOf(plan, value)}`).join('\n')
}

/**
 * The state a run left; undefined where there is none yet.
 *
 * @throws UsageError for a file that is something else, and where no file could be written: before anything is run.
 */
export async function readState(file: string): Promise<ScanState | undefined> {
  const text = await textOfFile(file)
  if (text === undefined) return undefined
  const { output, success } = v.safeParse(SHAPE, parsed(text))
  if (!success) {
    const way = 'name another file, and every match is new'
    throw new UsageError(`${file} is damaged, or no state of millrace scan --new: ${way}`)
  }
  const matched = new Map(Object.entries(output.matched).map(([signal, symbols]) => [signal, new Set(symbols)]))
  return { ...output, timeframe: output.timeframe as Timeframe, matched }
}

/** Replaces the file at once: a run that is ended in between leaves the state before. */
export function writeState(file: string, { formula, timeframe, matched }: ScanState): Promise<void> {
  const bySignal = Object.fromEntries([...matched].map(([signal, symbols]) => [signal, [...symbols]]))
  const text = JSON.stringify({ version: VERSION, formula, timeframe, matched: bySignal }, null, 1)
  return replaceFile(file, (unfinished) => writeFile(unfinished, `${text}\n`))
}

async function textOfFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw refused('read', file, cause)
  }
  try {
    await access(dirname(file), constants.W_OK)
  } catch (cause) {
    throw refused('write', file, cause)
  }
  return undefined
}

function refused(what: 'read' | 'write', file: string, cause: unknown): UsageError {
  return new UsageError(`cannot ${what} ${file}: ${(cause as Error).message}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
