import type { SingleBar } from 'cli-progress'
import type { Progress } from '../engine/main/progress.ts'
import { formatCount, formatDuration } from './people.ts'
import type { Terminal } from './terminal.ts'

const LONGEST_BAR = 30
const SHORTEST_BAR = 8
/** How fast and how long: `· 12,345/s · 59 min 59 s left`. */
const SPEED_CELLS = 30

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
    const all = formatCount(symbols)
    // A line that is broken in two is not wiped: what there is no room for is left out.
    const room = terminal.noteWidth - ` ${all} of ${all} symbols `.length - 1
    const hasSpeed = room >= SHORTEST_BAR + SPEED_CELLS
    const barCells = Math.max(1, Math.min(LONGEST_BAR, hasSpeed ? room - SPEED_CELLS : room))
    const bar = new SingleBar({
      format: ` ${cyan('{bar}')} {done} of {all} symbols${hasSpeed ? dim(' · {rate}/s · {left}') : ''}`,
      barCompleteChar: '━',
      barIncompleteChar: '─',
      barsize: barCells,
      clearOnComplete: true,
      hideCursor: true,
      fps: 15,
      stream: process.stderr,
    })
    bar.start(symbols, 0, { done: 0, all, rate: '-', left: 'starting' })
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
