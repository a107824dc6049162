import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceIdentity } from '../repository.ts'
import { removeOutdated, writeWhole } from './files.ts'
import { checksum, FORMAT } from './segment.ts'

/** What a repository answers about a state of its source, by question. */
type Answers = Record<string, unknown>

/** The answers about a source that need none of its candles, kept in a file beside the segments. */
export class About {
  readonly #file: string
  #answers: Answers

  constructor(
    private readonly folder: string,
    private readonly identity: SourceIdentity,
  ) {
    this.#file = join(folder, 'about.mirror')
    this.#answers = this.#read() ?? {}
  }

  has(question: string): boolean {
    return Object.hasOwn(this.#answers, question)
  }

  answer(question: string): unknown {
    return this.#answers[question]
  }

  /** Rejects with what the system says where the file cannot be written. */
  async learn(question: string, answer: unknown): Promise<void> {
    // As it will be read, so that it is the same in this process and in the next.
    const written = JSON.parse(JSON.stringify(answer)) as unknown
    const isNew = Object.keys(this.#answers).length === 0
    // Another process may have learnt something meanwhile.
    this.#answers = { ...this.#read(), ...this.#answers, [question]: written }
    const text = JSON.stringify({ format: FORMAT, ...this.identity, answers: this.#answers })
    const bytes = Buffer.from(text)
    await writeWhole(this.#file, [Buffer.from(`${checksum(bytes)}\n`), bytes])
    if (isNew) removeOutdated(this.folder, this.identity.stamp)
  }

  /** Undefined where there is none, it is of another state or source, or damaged. */
  #read(): Answers | undefined {
    try {
      const [sum, text = ''] = readFileSync(this.#file, 'utf8').split('\n', 2)
      if (sum !== String(checksum(Buffer.from(text)))) return undefined
      const { format, source, stamp, answers } = JSON.parse(text) as SourceIdentity & {
        format: number
        answers: Answers
      }
      const isSame = format === FORMAT && source === this.identity.source && stamp === this.identity.stamp
      return isSame ? answers : undefined
    } catch {
      return undefined
    }
  }
}
