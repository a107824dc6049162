import { readFileSync } from 'node:fs'
import { planFormula } from '../../dist/node.js'
import { initSync, Program, Store } from '../../dist/wasm/simd/millrace.js'
import { universe } from '../data.ts'
import { type BenchOptions, interleaved, mustBe, type Row, round } from '../measure.ts'

export const asked =
  'What does a kernel cost per bar and symbol, eight symbols side by side and one alone, on one core? Each figure is a plan that compares the indicator with a constant, minus the same plan on the bare column (first line).'

const KERNELS: Record<string, [kernel: string, column: string]> = {
  sma: ['sma(close, 20)', 'close'],
  'sma 200': ['sma(close, 200)', 'close'],
  ema: ['ema(close, 20)', 'close'],
  rma: ['rma(close, 14)', 'close'],
  wma: ['wma(close, 20)', 'close'],
  rsi: ['rsi(close, 14)', 'close'],
  stdev: ['stdev(close, 20)', 'close'],
  highest: ['highest(high, 20)', 'high'],
  'highest 200': ['highest(high, 200)', 'high'],
  highestbars: ['highestbars(high, 20)', 'high'],
  atr: ['atr(14)', 'high + low + close'],
  macd: ['macd(close, 12, 26, 9).signal', 'close'],
  adx: ['adx(14)', 'high + low + close'],
  cci: ['cci(close, 20)', 'close'],
  bbands: ['bbands(close, 20, 2).upper', 'close'],
  stoch: ['stoch(14)', 'high + low + close'],
  mfi: ['mfi(14)', 'hlc3 + volume'],
  obv: ['obv()', 'close + volume'],
}
const BARS = 2520

export async function run({ brief }: BenchOptions): Promise<Row[]> {
  const symbols = brief ? 16 : 400
  const { memory } = initSync({ module: readFileSync('dist/wasm/simd/millrace_bg.wasm') })
  const store = new Store()
  let slot = 0
  for (const candles of universe(symbols, BARS).values()) {
    ;[candles.open, candles.high, candles.low, candles.close, candles.volume].forEach((values, column) => {
      const offset = store.reserve(slot, column, BARS)
      new Float64Array(memory.buffer, offset, BARS).set(values)
    })
    slot++
  }
  const all = Uint32Array.from({ length: symbols }, (_, at) => at)
  const ranges = Uint32Array.from({ length: 3 * symbols }, (_, at) => (at % 3 === 2 ? BARS : 0))
  /** Columns that a plan names: these name none. */
  const NAMED = new Uint32Array()
  const matches = (program: Program, slots: Uint32Array) => {
    const found = program.scan(store, slots, ranges.subarray(0, 3 * slots.length), NAMED)
    const { length } = found.bars()
    found.free()
    return length
  }

  const tasks: Record<string, () => unknown> = {}
  const texts = new Set(Object.values(KERNELS).flat())
  for (const text of texts) {
    const program = new Program(planFormula(`${text} < -1e300`).bytes)
    mustBe(`matches of ${text} < -1e300`, matches(program, all), 0)
    const always = new Program(planFormula(`${text} > -1e300`).bytes)
    const known = matches(always, all)
    mustBe(
      `matches of ${text}, one by one`,
      all.reduce((sum, _, at) => sum + matches(always, all.subarray(at, at + 1)), 0),
      known,
    )
    tasks[`lanes ${text}`] = () => matches(program, all)
    tasks[`alone ${text}`] = () => {
      for (const at of all) matches(program, all.subarray(at, at + 1))
    }
  }
  const times = await interleaved(tasks, brief ? 1 : 15)
  const nanoseconds = (task: string) => (times[task]!.medianMs * 1e6) / (symbols * BARS)
  const row = (name: string, lanes: number, alone: number) => ({
    name,
    'lanes ns/bar': round(lanes),
    'alone ns/bar': round(alone),
  })
  return [
    row('read and compare close', nanoseconds('lanes close'), nanoseconds('alone close')),
    ...Object.entries(KERNELS).map(([name, [kernel, column]]) =>
      row(
        name,
        nanoseconds(`lanes ${kernel}`) - nanoseconds(`lanes ${column}`),
        nanoseconds(`alone ${kernel}`) - nanoseconds(`alone ${column}`),
      ),
    ),
  ]
}
