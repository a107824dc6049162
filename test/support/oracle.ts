import { CATALOGUE, type CatalogueRow } from '../../src/indicators/catalogue.ts'
import { type Argument, call } from './oracle-calls.ts'
import { type Line, read, type Tree } from './oracle-language.ts'
import { and, choose, compare, constant, lag, map, not, or, type Series } from './oracle-series.ts'

/**
 * An evaluator of its own for the formula language: slow, plain, and from the written rules. It reads formulas by itself,
 * and operators, logic, history, roles, parameters, names and the calendar are its own; single functions are computed by
 * the kernels (see `oracle-calls.ts`). What the engine finds must be equal to the bit.
 */

/** Columns of one symbol, oldest first; `local_time` is the clock of the job's zone, counted as if UTC. */
export interface OracleCandles {
  time: ArrayLike<number>
  open: ArrayLike<number>
  high: ArrayLike<number>
  low: ArrayLike<number>
  close: ArrayLike<number>
  volume: ArrayLike<number>
  local_time?: ArrayLike<number>
}

export interface OracleSignal {
  /** `SCAN_HIT` for a last line's value; the role's name for a role. */
  name: string
  condition: Series
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/** Functions by their names, and by those that others have for what agrees with them: `ta.ema` and `math.abs`. */
const rows = new Map(
  CATALOGUE.filter(({ group }) => group !== 'operator').flatMap((row) =>
    [row.name, ...row.aliases].map((name) => [name.replace(/\(.*/, ''), row] as const),
  ),
)

/** Computed series, so no columns. */
const computed = (...series: Series[]): Argument[] => series.map((each) => ({ series: each, isColumn: false }))

const arithmetic = (of: (x: number, y: number) => number) => (a: Series, b: Series) => map([a, b], (x, y) => of(x!, y!))

const OPERATORS: Readonly<Record<string, (...operands: Series[]) => Series>> = {
  '+': arithmetic((x, y) => x + y),
  '-': arithmetic((x, y) => x - y),
  '*': arithmetic((x, y) => x * y),
  '/': arithmetic((x, y) => x / y),
  '%': arithmetic((x, y) => x % y),
  // Libraries differ in the last digit of a power.
  '**': (...operands) => call(rows.get('pow')!, computed(...operands), []).value!,
  and: and,
  or: or,
  not: not,
  choose: choose,
  negate: (a: Series) => map([a], (x) => -x!),
}

/** Numbers of a date, from milliseconds of local time. */
const CALENDAR: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day: (date) => date.getUTCDate(),
  weekday: (date) => date.getUTCDay() || 7,
  dayofweek: (date) => date.getUTCDay() + 1,
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
}

const ALIASES: Readonly<Record<string, string>> = { hhv: 'highest', llv: 'lowest', ma: 'sma', barslast: 'barssince' }
const MEANS: Readonly<Record<string, readonly string[]>> = {
  hl2: ['high', 'low'],
  hlc3: ['high', 'low', 'close'],
  ohlc4: ['open', 'high', 'low', 'close'],
  hlcc4: ['high', 'low', 'close', 'close'],
}
const SO_FAR: Readonly<Record<string, string>> = { max: 'highest_ever', min: 'lowest_ever' }
const ROLES = ['entry', 'exit', 'short', 'cover']

type Value = Series | Record<string, Series>

const single = (value: Value): Series => (value instanceof Float64Array ? value : Object.values(value)[0]!)

export class Oracle {
  readonly signals: OracleSignal[] = []
  readonly #bars: number
  readonly #names = new Map<string, Value>()
  readonly #columns = new Map<string, Series>()
  readonly #constants = new Map<string, number>()
  /** Values of calls by their tree as text: a formula says the same thing more than once. */
  readonly #called = new Map<string, Value>()

  constructor(
    formula: string | readonly Line[],
    candles: OracleCandles,
    parameters: Readonly<Record<string, number>> = {},
  ) {
    this.#bars = candles.time.length
    for (const [name, values] of Object.entries({ local_time: candles.time, ...candles })) {
      this.#columns.set(name, Float64Array.from(values))
    }
    for (const line of typeof formula === 'string' ? read(formula) : formula) {
      if (line.kind === 'value') this.signals.push({ name: 'SCAN_HIT', condition: single(this.#of(line.value)) })
      else if (line.kind === 'param') {
        const given = parameters[line.name] ?? this.#constant(line.value)!
        this.#constants.set(line.name, given)
        this.#names.set(line.name, constant(given, this.#bars))
      } else {
        const value = this.#of(line.value)
        const [name] = line.names as [string]
        const number = this.#constant(line.value)
        if (number !== undefined) this.#constants.set(name, number)
        if (ROLES.includes(name)) this.signals.push({ name, condition: single(value) })
        if (!line.isUnpacking) this.#names.set(name, value)
        else line.names.forEach((each, at) => void this.#names.set(each, Object.values(value)[at] as Series))
      }
    }
  }

  /** The value of an expression that may use the formula's names. */
  value(expression: string): Series {
    const [line] = read(expression)
    return single(this.#of(line!.value))
  }

  #of(tree: Tree): Value {
    switch (tree.kind) {
      case 'number':
        return constant(tree.value, this.#bars)
      case 'text':
        throw new Error(`oracle: "${tree.text}" has no value`)
      case 'name':
        return this.#named(tree.name)
      case 'operator':
        return OPERATORS[tree.operator]!(...tree.operands.map((operand) => single(this.#of(operand))))
      case 'chain': {
        const operands = tree.operands.map((operand) => single(this.#of(operand)))
        // Of conditions too: they are 1, 0 and unknown.
        const parts = tree.operators.map((operator, at) =>
          compare(operands[at]!, operands[at + 1]!, COMPARISONS[operator]!),
        )
        return parts.reduce((all, part) => and(all, part))
      }
      case 'output':
        return (this.#of(tree.of) as Record<string, Series>)[tree.name]!
      case 'history':
        return lag(single(this.#of(tree.of)), this.#constant(tree.bars)!)
      case 'call': {
        const key = JSON.stringify(tree, (_, value) => (value instanceof Map ? [...value] : value))
        const value = this.#called.get(key) ?? this.#call(tree)
        this.#called.set(key, value)
        return value
      }
    }
  }

  #named(name: string): Value {
    const own = this.#names.get(name) ?? this.#columns.get(name)
    if (own) return own
    const parts = MEANS[name]?.map((part) => this.#columns.get(part)!)
    if (parts) return map(parts, (...values) => values.reduce((sum, value) => sum + value) / parts.length)
    const date = CALENDAR[name]
    if (date) return map([this.#columns.get('local_time')!], (time) => date(new Date(time!)))
    if (name === 'bar_index') return constant(0, this.#bars).map((_, bar) => bar)
    const short = ['open', 'high', 'low', 'close', 'volume'].find((each) => each[0] === name)
    if (short) return this.#columns.get(short)!
    return this.#call({ kind: 'call', name, positional: [], named: new Map() })
  }

  #call({ name, positional, named }: Tree & { kind: 'call' }): Value {
    if (name === 'if') return OPERATORS.choose!(...positional.map((each) => single(this.#of(each))))
    if (name === 'ref') return lag(single(this.#of(positional[0]!)), this.#constant(positional[1]!)!)
    let row = rows.get(ALIASES[name] ?? name)
    if (!row) throw new Error(`oracle: no function ${name}`)
    const soFar = SO_FAR[row.name]
    if (soFar !== undefined && positional.length > 1) {
      const operands = positional.map((each) => single(this.#of(each)))
      return map(operands, row.name === 'max' ? Math.max : Math.min)
    }
    // Of one series they are the extremes so far.
    if (soFar !== undefined) row = rows.get(soFar)!
    return call(row, ...this.#arguments(row, positional, named))
  }

  /** Series and numbers for every input and parameter of a row. */
  #arguments(row: CatalogueRow, positional: readonly Tree[], named: ReadonlyMap<string, Tree>): [Argument[], number[]] {
    const slots = [...row.inputs.filter((input) => !input.implied), ...row.parameters]
    // `rsi(14)` is `rsi(close, 14)`.
    const startsWithNumber = positional.length > 0 && this.#constant(positional[0]!) !== undefined
    const hasDefaults = row.inputs.every((input) => input.default !== undefined)
    const isShort = hasDefaults && startsWithNumber && positional.length <= row.parameters.length
    const order = isShort ? row.parameters : slots
    const given = new Map([...positional.map((each, at) => [order[at]!.name, each] as const), ...named])
    const inputs = row.inputs.map((input) => {
      const tree = given.get(input.name)
      const missing = input.default ?? ''
      const series = tree ? single(this.#of(tree)) : this.#missing(row, missing)
      return { series, isColumn: [...this.#columns.values()].includes(series) }
    })
    const numbers = new Map<string, number>()
    for (const { name, names, default: usual } of row.parameters) {
      const tree = given.get(name)
      const missing = () => numbers.get(String(usual)) ?? Number(usual)
      if (tree?.kind === 'text') numbers.set(name, names!.indexOf(tree.text))
      else numbers.set(name, tree ? this.#constant(tree)! : missing())
    }
    return [inputs, [...numbers.values()]]
  }

  /** What is taken for an argument that is not written. */
  #missing(row: CatalogueRow, usual: string): Series {
    if (usual === '') throw new Error(`oracle: an argument of ${row.name} is missing`)
    return /^\d/.test(usual) ? constant(Number(usual), this.#bars) : single(this.#named(usual))
  }

  /** The number a tree is on every bar; undefined when it reads candles. */
  #constant(tree: Tree): number | undefined {
    if (tree.kind === 'number') return tree.value
    if (tree.kind === 'operator') {
      const operands = tree.operands.map((operand) => this.#constant(operand))
      if (operands.some((operand) => operand === undefined)) return undefined
      return OPERATORS[tree.operator]!(...operands.map((operand) => constant(operand!, 1)))[0]
    }
    return tree.kind === 'name' ? this.#constants.get(tree.name) : undefined
  }
}
