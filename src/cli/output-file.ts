import { createWriteStream, existsSync } from 'node:fs'
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import pc from 'picocolors'
import type { Frame } from '../domain/frame.ts'
import { UsageError } from './failure.ts'
import type { Format, FrameFormat, OutputOptions } from './options.ts'
import type { Terminal } from './terminal.ts'

const FORMATS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
}

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

/** @throws UsageError for a file in a folder that is not there: before a scan, not after it. */
export function checkFolder(file: string | undefined) {
  if (file === undefined) return
  const folder = dirname(file)
  if (!existsSync(folder)) throw new UsageError(`cannot write ${file}: there is no folder ${folder}`)
}

/** The terminal with results going to a file; where none is wanted, the terminal itself. */
export function withOutput(terminal: Terminal, file: string | undefined): Terminal {
  if (file === undefined) return terminal
  checkFolder(file)
  return {
    ...terminal,
    colors: pc.createColors(false),
    width: Number.POSITIVE_INFINITY,
    write(pieces, signal) {
      const stream = (unfinished: string) =>
        pipeline(Readable.from(pieces), createWriteStream(unfinished), ...(signal ? [{ signal }] : []))
      return writeResults(file, terminal, stream)
    },
  }
}

/**
 * Writes frames, which are parts of one table, to the file of `--output`. Parquet waits in DuckDB, which takes to the
 * disk what does not fit; an Arrow file is made in memory.
 */
export function writeFrames(
  file: string,
  format: FrameFormat,
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  return writeResults(file, terminal, async (unfinished) => {
    // Whether it can be written is seen before series are computed.
    await writeFile(unfinished, '')
    if (format === 'parquet') {
      const { writeParquet } = await import('../storage/duckdb/parquet-file.ts')
      await writeParquet(resolve(unfinished), frames, signal)
    } else {
      const { arrowBytes } = await import('../signals/arrow.ts')
      const parts: Frame[] = []
      for await (const frame of frames) parts.push(frame)
      await writeFile(unfinished, arrowBytes(parts), { signal })
    }
  })
}

async function writeResults(file: string, terminal: Terminal, write: (unfinished: string) => Promise<void>) {
  await replaceFile(file, write)
  terminal.note({ text: ` written to ${file}` })
}

/**
 * Written beside it first: whoever reads the file finds all of the old or all of the new. What is no file, a pipe or
 * /dev/null, is written to.
 *
 * @throws UsageError where the system refuses it; whatever else `write` throws.
 */
export async function replaceFile(file: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  // A link stays a link.
  const target = await realpath(file).catch(() => file)
  const there = await stat(target).catch(() => undefined)
  const isReplaced = !there || there.isFile()
  const unfinished = isReplaced ? `${target}.${process.pid}.tmp` : target
  try {
    await write(unfinished)
    if (!isReplaced) return
    if (there) await chmod(unfinished, there.mode)
    await rename(unfinished, target)
  } catch (cause) {
    if (isReplaced) await rm(unfinished, { force: true }).catch(() => undefined)
    if (!isOfFile(cause)) throw cause
    throw new UsageError(`cannot write ${file}: ${cause.message}`)
  }
}

/** Whether the system refused a file: Node names the call, DuckDB begins the message with it. */
function isOfFile(cause: unknown): cause is Error {
  return cause instanceof Error && ('syscall' in cause || cause.message.startsWith('IO Error: '))
}
