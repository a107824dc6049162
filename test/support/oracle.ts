import {
  add,
  and,
  choose,
  column,
  compare,
  constant,
  div,
  FUNCTIONS,
  lag,
  map,
  mul,
  not,
  or,
  power,
  remainder,
  type Series,
  sub,
} from './oracle-functions.ts'
import { type Line, read, type Tree } from './oracle-language.ts'

/**
 * An evaluator of its own for the formula language: slow, plain, from the written rules, and without a line of src. What
 * the engine finds is compared with it.
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
const OPERATORS: Readonly<Record<string, (...operands: Series[]) => Series>> = {
  '+': add as never,
  '-': sub as never,
  '*': mul as never,
  '/': div as never,
  '%': remainder as never,
  '**': power as never,
  and: and as never,
  or: or as never,
  not: not as never,
  choose: choose as never,
  negate: ((a: Series) => map([a], ([x], [error]) => [-x!, error!])) as never,
}
const ALIASES: Readonly<Record<string, string>> = { hhv: 'highest', llv: 'lowest', ma: 'sma', barslast: 'barssince' }
const MEANS: Readonly<Record<string, readonly string[]>> = {
  hl2: ['high', 'low'],
  hlc3: ['high', 'low', 'close'],
  ohlc4: ['open', 'high', 'low', 'close'],
  hlcc4: ['high', 'low', 'close', 'close'],
}
const ROLES = ['entry', 'exit', 'short', 'cover']

type Value = Series | Record<string, Series>

/** What Pine has by the same name with other values; `ta.ema` and `math.abs` are `ema` and `abs`. */
const houseName = (name: string) => (FUNCTIONS.has(name) ? name : name.replace(/^(?:ta|math)\./, ''))

const isSeries = (value: Value): value is Series => value.value instanceof Float64Array && 'doubt' in value
const single = (value: Value): Series => (isSeries(value) ? value : Object.values(value)[0]!)

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
      this.#columns.set(name, { ...column(values), isOfCandles: true })
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
    if (parts) {
      const total = parts.reduce((sum, part) => add(sum, part))
      return map([total], ([sum]) => [sum! / parts.length, parts.length === 2 ? 0 : 1e-15 * Math.abs(sum!)])
    }
    const short = ['open', 'high', 'low', 'close', 'volume'].find((each) => each[0] === name)
    if (short) return this.#columns.get(short)!
    return this.#call({ kind: 'call', name, positional: [], named: new Map() })
  }

  #call({ name, positional, named }: Tree & { kind: 'call' }): Value {
    const spelled = ALIASES[name] ?? houseName(name)
    if (spelled === 'if') return OPERATORS.choose!(...positional.map((each) => single(this.#of(each))))
    if (spelled === 'ref') return lag(single(this.#of(positional[0]!)), this.#constant(positional[1]!)!)
    if ((spelled === 'max' || spelled === 'min') && positional.length !== 2) {
      const [first, ...others] = positional
      if (others.length === 0) {
        return this.#call({ kind: 'call', name: spelled === 'max' ? 'highest_ever' : 'lowest_ever', positional, named })
      }
      return others.reduce<Value>((all, each) => {
        return (FUNCTIONS.get(spelled)!.of as unknown as (a: Series, b: Series) => Series)(
          single(all),
          single(this.#of(each)),
        )
      }, this.#of(first!))
    }
    const entry = FUNCTIONS.get(spelled)
    if (!entry) throw new Error(`oracle: no function ${name}`)
    const slots = entry.parameters.filter((parameter) => !parameter.isImplied)
    const numbers = slots.filter((parameter) => parameter.isNumber)
    // `rsi(14)` is `rsi(close, 14)`.
    const startsWithNumber = positional.length > 0 && this.#constant(positional[0]!) !== undefined
    const hasDefaults = slots.every((parameter) => parameter.isNumber || parameter.default !== undefined)
    const order = hasDefaults && startsWithNumber && positional.length <= numbers.length ? numbers : slots
    const given = new Map([...positional.map((each, at) => [order[at]!.name, each] as const), ...named])
    const numberOf = new Map<string, number>()
    const values = entry.parameters.map((parameter) => {
      const tree = given.get(parameter.name)
      if (parameter.isNumber) {
        const usual = parameter.default ?? ''
        const number = tree ? this.#constant(tree)! : (numberOf.get(usual) ?? Number(usual))
        numberOf.set(parameter.name, number)
        return number
      }
      if (tree) return single(this.#of(tree))
      if (parameter.default === undefined) throw new Error(`oracle: ${name} needs ${parameter.name}`)
      return /^\d/.test(parameter.default)
        ? constant(Number(parameter.default), this.#bars)
        : single(this.#named(parameter.default))
    })
    return entry.of(...(values as never[]))
  }

  /** The number a tree is on every bar; undefined when it reads candles. */
  #constant(tree: Tree): number | undefined {
    if (tree.kind === 'number') return tree.value
    if (tree.kind === 'operator') {
      const operands = tree.operands.map((operand) => this.#constant(operand))
      if (operands.some((operand) => operand === undefined)) return undefined
      return OPERATORS[tree.operator]!(...operands.map((operand) => constant(operand!, 1))).value[0]
    }
    return tree.kind === 'name' ? this.#constants.get(tree.name) : undefined
  }
}
