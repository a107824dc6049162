import { Bench } from 'tinybench'

export interface BenchOptions {
  /** Run once, for the result only. */
  brief: boolean
}

/** One line of a result: its name, then figures with the unit in their name. */
export type Row = { name: string } & Record<string, string | number>

export interface Times {
  minMs: number
  medianMs: number
  p75Ms: number
}

/** Times several functions one after the other, round by round, so that a slow moment of the machine hits all. */
export async function interleaved(
  tasks: Record<string, () => unknown>,
  rounds: number,
): Promise<Record<string, Times>> {
  const samples: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const bench = new Bench({ iterations: 1, time: 0, warmup: false, throws: true })
      bench.add(name, async () => {
        await task()
      })
      await bench.run()
      const result = bench.tasks[0]!.result
      if (!('latency' in result)) throw new Error(`${name} did not run`)
      samples[name] = [...(samples[name] ?? []), result.latency.min]
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, spread(times)]))
}

export function spread(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { minMs: at(0), medianMs: at(0.5), p75Ms: at(0.75) }
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** Ends the bench when a result is not what it must be. */
export function mustBe(what: string, found: unknown, expected: unknown) {
  if (found !== expected) throw new Error(`${what} is ${String(found)}, must be ${String(expected)}`)
}
