import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import pc from 'picocolors'
import { UsageError } from './failure.ts'
import type { Format, OutputOptions } from './options.ts'
import type { Terminal } from './terminal.ts'

const FORMATS: Readonly<Record<string, Format>> = { '.csv': 'csv', '.json': 'json', '.ndjson': 'ndjson' }

/**
 * The options with the format that the ending of `--output` says, unless `--format` is given.
 *
 * @throws UsageError for an ending that says none.
 */
export function withFormat<T extends OutputOptions>(options: T, command: Command): T {
  const { output } = options
  if (output === undefined || command.getOptionValueSource('format') === 'cli') return options
  const format = FORMATS[extname(output).toLowerCase()]
  if (format === undefined) {
    const endings = Object.keys(FORMATS).join(', ')
    throw new UsageError(`the ending of ${output} says no format: end it in ${endings}, or give --format`)
  }
  return { ...options, format }
}

/** The terminal with results going to a file; where none is wanted, the terminal itself. */
export function withOutput(terminal: Terminal, file: string | undefined): Terminal {
  if (file === undefined) return terminal
  return {
    ...terminal,
    colors: pc.createColors(false),
    width: Number.POSITIVE_INFINITY,
    async write(pieces, signal) {
      await writeFile(file, pieces, signal)
      terminal.note({ text: ` written to ${file}` })
    },
  }
}

/** Written beside it first: whoever reads the file finds all of the old or all of the new results. */
export async function writeFile(file: string, pieces: Iterable<string> | AsyncIterable<string>, signal?: AbortSignal) {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    await pipeline(Readable.from(pieces), createWriteStream(unfinished), ...(signal ? [{ signal }] : []))
    await rename(unfinished, file)
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new UsageError(`cannot write ${file}: ${cause.message}`)
  }
}
