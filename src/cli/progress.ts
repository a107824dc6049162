import type { SingleBar } from 'cli-progress'
import type { Progress } from '../engine/main/progress.ts'
import { formatCount, formatDuration } from './people.ts'
import type { Terminal } from './terminal.ts'

const BAR_CELLS = 30

/** A bar on stderr while a job runs: how much is done, how fast, how long it still takes. Gone when it is done. */
export class ProgressBar {
  #bar: SingleBar | undefined

  private constructor(bar: SingleBar | undefined) {
    this.#bar = bar
  }

  /** The bar of a job over symbols; draws nothing where nobody watches. */
  static async open(terminal: Terminal, symbols: number): Promise<ProgressBar> {
    if (!terminal.isWatched) return new ProgressBar(undefined)
    const { SingleBar } = (await import('cli-progress')).default
    const { cyan, dim } = terminal.noteColors
    const bar = new SingleBar({
      format: ` ${cyan('{bar}')} {done} of {all} symbols ${dim('· {rate}/s · {left}')}`,
      barCompleteChar: '━',
      barIncompleteChar: '─',
      barsize: BAR_CELLS,
      clearOnComplete: true,
      hideCursor: true,
      fps: 15,
      stream: process.stderr,
    })
    bar.start(symbols, 0, { done: 0, all: formatCount(symbols), rate: '-', left: 'starting' })
    return new ProgressBar(bar)
  }

  update({ completed, failed, elapsedMs, remainingMs }: Progress): void {
    const done = completed + failed
    this.#bar?.update(done, {
      done: formatCount(done),
      rate: done === 0 ? '-' : formatCount((1000 * done) / elapsedMs),
      left: remainingMs === null ? 'reading' : `${remainingMs < 1000 ? '<1 s' : formatDuration(remainingMs)} left`,
    })
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}
