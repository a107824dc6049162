import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from './failure.ts'

/** What is new since the run before, and what is done about it. */
export interface AlertOptions {
  new?: boolean
  state?: string
  exec?: string
}

/** `--new` and what goes with it. */
export function addAlertOptions(command: Command) {
  command
    .optionsGroup('Alerts:')
    .option('--new', 'only symbols that were no match in the run before, as --state remembers it')
    .option('--state <file>', 'what matched is kept there for the next run with --new')
    .option(
      '--exec <command>',
      'run by the shell for each symbol found (of several matches the latest), one after the other: with ' +
        'MILLRACE_SYMBOL, _TIME, _SIGNAL, _CLOSE … in its variables and the match as a line of JSON on stdin',
    )
}

/** @throws UsageError for options that do not go together, and two that name one file. */
export function checkAlertOptions({
  state,
  output,
  html,
  new: isNew = false,
}: AlertOptions & { output?: string; html?: string }) {
  if (isNew && state === undefined) {
    throw new UsageError('say where to remember what matched, so that the next run can tell what is new: --state FILE')
  }
  if (!isNew && state !== undefined) throw new UsageError('--state is for what is new: give --new as well')
  const files = Object.entries({ state, output, html }).flatMap(([option, file]) =>
    file ? [{ option, file: resolve(file) }] : [],
  )
  for (const [at, { option, file }] of files.entries()) {
    const other = files.slice(at + 1).find((each) => each.file === file)
    if (other) throw new UsageError(`--${option} and --${other.option} name the same file: give each its own`)
  }
}
