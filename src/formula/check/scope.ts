import type { Problems, Range } from '../errors/problems.ts'
import { isReserved } from '../names.ts'
import type { Statement } from '../read/tree.ts'
import type { Value } from './context.ts'

/** The names of a script: what each stands for, and where it is defined. */
export class Scope {
  /** In the order of definition; undefined for a name whose definition has an error. */
  readonly values = new Map<string, Value | undefined>()
  /** Names whose value stands in the text as numbers: no candle and no `param` is in it. */
  readonly literals = new Set<string>()
  private readonly places = new Map<string, Range>()
  /** Names of the statement being lowered. */
  private current: readonly string[] = []

  constructor(
    statements: readonly Statement[],
    private readonly problems: Problems,
  ) {
    for (const statement of statements) {
      for (const { name, at } of definedNames(statement)) if (!this.places.has(name)) this.places.set(name, at)
    }
  }

  /** Begins the statement that defines these names. */
  begin(statement: Statement): void {
    this.current = definedNames(statement).map((each) => each.name)
  }

  /** True for a name that the script defines somewhere, perhaps further down. */
  has(name: string): boolean {
    return this.places.has(name)
  }

  get names(): Iterable<string> {
    return this.values.keys()
  }

  /** Gives a name its value; a name that is taken becomes a problem. */
  define(name: string, at: Range, value: Value | undefined): void {
    if (isReserved(name)) {
      const hint = `choose another name, such as my_${name}; to compare, write ==`
      this.problems.add('FORMULA_DUPLICATE_NAME', at, `"${name}" is a name of the language`, hint, { found: name })
    } else if (this.values.has(name)) {
      const message = `"${name}" is defined twice; a name keeps its value`
      const first = this.places.get(name)
      this.problems.add('FORMULA_DUPLICATE_NAME', at, message, 'choose another name', { found: name, first })
    } else {
      this.values.set(name, value)
    }
  }

  /** Says why a name that the script defines has no value yet. */
  tooEarly(name: string, at: Range): void {
    if (this.problems.isFull) return
    const { line } = this.problems.placeOf((this.places.get(name) as Range)[0])
    const isOwn = this.current.includes(name)
    const message = isOwn ? `"${name}" is used in its own definition` : `"${name}" is used before it is defined`
    const hint = isOwn
      ? 'a formula has no loops; give the new value another name'
      : `it is defined later, on line ${line}`
    this.problems.add('FORMULA_UNKNOWN_NAME', at, message, hint, { found: name, closest: [] })
  }
}

function definedNames(statement: Statement): readonly { name: string; at: Range }[] {
  switch (statement.kind) {
    case 'assign':
    case 'param':
      return [{ name: statement.name, at: statement.nameAt }]
    case 'unpack':
      return statement.names
    case 'value':
      return []
  }
}
