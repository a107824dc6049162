const MAX_NAMES = 3
const MAX_LENGTH = 40

/**
 * The names a mistyped one probably means, best first, at most three.
 *
 * Order: fewest edits (a swap of neighbours is one), then most pairs of letters in common, then the alphabet.
 */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.normalize('NFKC').toLowerCase()
  if (wanted.length > MAX_LENGTH) return []
  const allowed = wanted.length <= 2 ? 0 : wanted.length === 3 ? 1 : wanted.length <= 7 ? 2 : 3
  const near: { candidate: string; edits: number; pairs: number }[] = []
  for (const candidate of new Set(candidates)) {
    const lower = candidate.toLowerCase()
    const isStart = lower.length >= 3 && wanted.length >= 3 && (lower.startsWith(wanted) || wanted.startsWith(lower))
    if (Math.abs(lower.length - wanted.length) > allowed && !isStart) continue
    const edits = Math.min(editDistance(wanted, lower), isStart ? allowed : Number.POSITIVE_INFINITY)
    if (edits <= allowed) near.push({ candidate, edits, pairs: commonPairs(wanted, lower) })
  }
  near.sort((a, b) => a.edits - b.edits || b.pairs - a.pairs || (a.candidate < b.candidate ? -1 : 1))
  return near.slice(0, MAX_NAMES).map((each) => each.candidate)
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(values: readonly number[], index: number): number {
  return values[index] as number
}

function commonPairs(a: string, b: string): number {
  let pairs = 0
  for (let index = 0; index + 1 < a.length; index += 1) if (b.includes(a.slice(index, index + 2))) pairs += 1
  return pairs
}
