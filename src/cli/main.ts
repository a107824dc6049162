#!/usr/bin/env node
import { EXIT, failureOf } from './failure.ts'
import { makeProgram } from './program.ts'
import { colorsFor } from './terminal.ts'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has seen enough (`| head`): no reason to complain.
    if (error.code === 'EPIPE') process.exit(EXIT.done)
    throw error
  })
}

const interrupt = new AbortController()
// The first Ctrl-C stops the job and closes what is open; a second one finds Node's own handler and ends at once.
process.once('SIGINT', () => interrupt.abort())

try {
  await makeProgram(interrupt.signal).parseAsync()
} catch (error) {
  const isColored = !process.argv.includes('--no-color')
  const { text, exitCode } = failureOf(error, colorsFor(process.stderr, isColored), interrupt.signal.aborted)
  if (text !== '') process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}
