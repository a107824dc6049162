/** The formula language read a second time, for the oracle: shares no code with src. */

export type Tree =
  | { kind: 'number'; value: number }
  | { kind: 'text'; text: string }
  | { kind: 'name'; name: string }
  | { kind: 'operator'; operator: string; operands: Tree[] }
  | { kind: 'chain'; operators: string[]; operands: Tree[] }
  | { kind: 'call'; name: string; positional: Tree[]; named: Map<string, Tree> }
  | { kind: 'output'; of: Tree; name: string }
  | { kind: 'history'; of: Tree; bars: Tree }

export type Line =
  | { kind: 'param'; name: string; value: Tree }
  | { kind: 'names'; names: string[]; isUnpacking: boolean; value: Tree }
  | { kind: 'value'; value: Tree }

const TOKEN =
  /\/\/[^\n]*|"[^"]*"|\n|[ \t\r]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[\p{L}_][\p{L}\p{Nd}_]*|\*\*|[=!<>]=|\.\.|./gu
const BINARY = new Set(['and', 'or', '<', '<=', '>', '>=', '==', '!=', '+', '-', '*', '/', '%', '**', '?', ':'])
const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!='])

/** Tokens of a formula; a line's end is `;` unless a bracket is open or an operator stands at the border. */
function tokens(text: string): string[] {
  const all = (text.match(TOKEN) ?? []).filter((token) => token === '\n' || (token.trim() && !token.startsWith('//')))
  const kept: string[] = []
  let depth = 0
  for (const [at, token] of all.entries()) {
    if (token === '(' || token === '[') depth++
    if (token === ')' || token === ']') depth--
    const next = all.slice(at, at + 20).find((later) => later !== '\n') ?? ''
    const goesOn = depth > 0 || BINARY.has(kept.at(-1) ?? ';') || (BINARY.has(next) && next !== '-')
    if (token !== '\n') kept.push(token)
    else if (!goesOn) kept.push(';')
  }
  return kept
}

export function read(text: string): Line[] {
  const queue = tokens(text)
  const take = (wanted?: string): string => {
    const token = queue.shift() ?? ''
    if (wanted !== undefined && token !== wanted)
      throw new Error(`oracle: ${wanted} expected, found "${token}" in ${text}`)
    return token
  }
  const accept = (token: string) => queue[0] === token && take() !== ''

  /** Operators of one level from the left. */
  const leftToRight = (operators: readonly string[], operand: () => Tree) => (): Tree => {
    let left = operand()
    while (operators.includes(queue[0] ?? ''))
      left = { kind: 'operator', operator: take(), operands: [left, operand()] }
    return left
  }

  const primary = (): Tree => {
    const token = take()
    if (token === '(') {
      const inner = expression()
      take(')')
      return inner
    }
    if (token.startsWith('"')) return { kind: 'text', text: token.slice(1, -1) }
    if (/^[\d.]/.test(token)) return { kind: 'number', value: Number(token.replaceAll('_', '')) }
    let name = token
    if ((name === 'ta' || name === 'math') && accept('.')) name += `.${take()}`
    if (!accept('(')) return { kind: 'name', name }
    const positional: Tree[] = []
    const named = new Map<string, Tree>()
    while (!accept(')')) {
      if (queue[1] === '=') {
        const argument = take()
        take('=')
        named.set(argument, expression())
      } else positional.push(expression())
      accept(',')
    }
    return { kind: 'call', name, positional, named }
  }
  const postfix = (): Tree => {
    let value = primary()
    for (;;) {
      if (accept('[')) {
        value = { kind: 'history', of: value, bars: expression() }
        take(']')
      } else if (accept('.')) value = { kind: 'output', of: value, name: take() }
      else return value
    }
  }
  const power = (): Tree => {
    const base = postfix()
    return accept('**') ? { kind: 'operator', operator: '**', operands: [base, negation()] } : base
  }
  const negation = (): Tree =>
    accept('-') ? { kind: 'operator', operator: 'negate', operands: [negation()] } : power()
  const product = leftToRight(['*', '/', '%'], negation)
  const sum = leftToRight(['+', '-'], product)
  const comparison = (): Tree => {
    const operands = [sum()]
    const operators: string[] = []
    while (COMPARISONS.has(queue[0] ?? '')) {
      operators.push(take())
      operands.push(sum())
    }
    return operators.length === 0 ? operands[0]! : { kind: 'chain', operators, operands }
  }
  const not = (): Tree => (accept('not') ? { kind: 'operator', operator: 'not', operands: [not()] } : comparison())
  const and = leftToRight(['and'], not)
  const or = leftToRight(['or'], and)
  const expression = (): Tree => {
    const condition = or()
    if (!accept('?')) return condition
    const whenTrue = expression()
    take(':')
    return { kind: 'operator', operator: 'choose', operands: [condition, whenTrue, expression()] }
  }

  const line = (): Line => {
    if (queue[0] === 'param') {
      take()
      const name = take()
      take('=')
      const value = expression()
      if (accept('in')) for (const bound of [expression, () => take('..'), expression]) bound()
      return { kind: 'param', name, value }
    }
    if (accept('[')) {
      const names: string[] = []
      while (!accept(']')) {
        names.push(take())
        accept(',')
      }
      take('=')
      return { kind: 'names', names, isUnpacking: true, value: expression() }
    }
    if (queue[1] === '=') {
      const names = [take()]
      take('=')
      return { kind: 'names', names, isUnpacking: false, value: expression() }
    }
    return { kind: 'value', value: expression() }
  }

  const lines: Line[] = []
  while (queue.length > 0) if (!accept(';')) lines.push(line())
  return lines
}
