#!/usr/bin/env node
import { makeCommandLine } from './command-line.ts'
import { EXIT, failureOf, UsageError } from './failure.ts'
import { typedColors, widthOf } from './terminal.ts'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has seen enough (`| head`): no reason to complain.
  if (error.code === 'EPIPE') process.exit(EXIT.done)
  tell(new UsageError(`cannot write the results: ${error.message}`))
  process.exit(EXIT.unexpected)
})
// Nobody can be told, and the results are still wanted.
process.stderr.on('error', () => undefined)

const interrupt = new AbortController()
// The first Ctrl-C stops the job and closes what is open; a second one finds Node's own handler and ends at once.
process.once('SIGINT', () => interrupt.abort())

try {
  await makeCommandLine(interrupt.signal).parseAsync()
} catch (error) {
  process.exitCode = tell(error)
}

/** Says on stderr what went wrong; answers the exit code. */
function tell(error: unknown): number {
  const screen = { colors: typedColors(process.stderr), width: widthOf(process.stderr) }
  const { text, exitCode } = failureOf(error, screen, interrupt.signal.aborted)
  if (text !== '') process.stderr.write(`${text}\n`)
  return exitCode
}
