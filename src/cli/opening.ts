import type { DuckdbWatch } from '../storage/duckdb/repository.ts'
import type { Terminal } from './terminal.ts'

const OPENING = 'opening the data …'
const SORTING = 'reading and sorting all rows …'

/** What is done before a run: its phase is on the status line while it lasts. */
export class Opening implements DuckdbWatch {
  #sortMs = 0
  #isOver = false

  constructor(private readonly terminal: Terminal) {}

  begin() {
    this.terminal.status(OPENING)
  }

  /** How long rows have been read and sorted, where they had to be. */
  get sortMs(): number {
    return this.#sortMs
  }

  readonly onSort = (sorting: Promise<unknown>) => {
    const start = performance.now()
    this.#say(SORTING)
    const done = () => {
      this.#sortMs += performance.now() - start
      this.#say(OPENING)
    }
    sorting.then(done, done)
  }

  /** Wipes the line; what comes to an end later is not said any more. */
  end() {
    this.#isOver = true
    this.terminal.status('')
  }

  #say(text: string) {
    if (!this.#isOver) this.terminal.status(text)
  }
}
