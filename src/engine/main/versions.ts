import type { Timeframe } from '../../domain/timeframe.ts'

/** What a job's symbols are at, and whether all of them were in an earlier job and are as they were then. */
export interface CheckedVersions {
  /** Per symbol the number of the check that saw its version first: it rises when the symbol's candles change. */
  revisions: Uint32Array
  isKnown: boolean
}

/** The versions of the symbols of all jobs, as numbers: workers compare those instead of a repository's texts. */
export class Versions {
  readonly #seen = new Map<string, { version: string; revision: number }>()
  #checks = 0
  /** The check that last saw a symbol change. */
  #changed = 0
  /** The check that last saw a symbol for the first time. */
  #added = 0
  /** The last job's: mostly the next one asks for the same. */
  #last:
    | { timeframe: Timeframe; symbols: readonly string[]; versions: readonly string[]; revisions: Uint32Array }
    | undefined

  check(timeframe: Timeframe, symbols: readonly string[], versions: readonly string[]): CheckedVersions {
    const last = this.#last
    if (last?.timeframe === timeframe && isSame(last.symbols, symbols) && isSame(last.versions, versions)) {
      return { revisions: last.revisions, isKnown: true }
    }
    const check = ++this.#checks
    const revisions = Uint32Array.from(symbols, (symbol, at) =>
      this.#revisionOf(`${timeframe} ${symbol}`, versions[at]!),
    )
    // A copy: the repository may go on writing into its own.
    this.#last = { timeframe, symbols, versions: [...versions], revisions }
    return { revisions, isKnown: this.#changed !== check && this.#added !== check }
  }

  /**
   * Changes when a repository that was opened before has to be opened again to see all that jobs have asked for.
   *
   * @param isSnapshot It sees no symbol that was added behind it either.
   */
  generation(isSnapshot: boolean): number {
    return isSnapshot ? Math.max(this.#changed, this.#added) : this.#changed
  }

  #revisionOf(key: string, version: string): number {
    const seen = this.#seen.get(key)
    if (seen?.version === version) return seen.revision
    if (seen) this.#changed = this.#checks
    else this.#added = this.#checks
    this.#seen.set(key, { version, revision: this.#checks })
    return this.#checks
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at])
}
