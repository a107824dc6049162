import { getSystemErrorName } from 'node:util'

/** Not every failure has a number of the system. */
const NO_NUMBER = 1

/** Why a mirror could not be written; all threads of a repository share it, and none tries again. */
export class Trouble {
  /** Number of the system's error, which is negative; 0 while all is well. */
  readonly shared: Int32Array

  constructor(shared: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared
  }

  get isThere(): boolean {
    return this.#number !== 0
  }

  tell(error: unknown): void {
    Atomics.store(this.shared, 0, (error as NodeJS.ErrnoException).errno ?? NO_NUMBER)
  }

  /** A sentence about it; undefined where there is nothing to tell. */
  noteOf(folder: string): string | undefined {
    if (!this.isThere) return undefined
    const name = this.#number === NO_NUMBER ? '' : ` (${getSystemErrorName(this.#number)})`
    return `the mirror in ${folder} cannot be written${name}: what it lacks is read from the data every time`
  }

  get #number(): number {
    return Atomics.load(this.shared, 0)
  }
}
