import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE_HASH } from '../../src/domain/codes.generated.ts'
import type { Plan } from '../../src/formula/plan/plan.ts'
import { planFormula } from '../../src/formula/plan/plan.ts'
import { CATALOGUE } from '../../src/indicators/catalogue.ts'
import { formulas, series } from './support.ts'

const COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'time', 'local_time']

/** Reads the bytes as the layout says, on its own. */
function decode(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0
  const skip = (size: number): number => {
    offset += size
    return offset - size
  }
  const u32 = () => view.getUint32(skip(4), true)
  const f64 = () => view.getFloat64(skip(8), true)
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read)
  const reference = () => ({ node: u32(), output: u32() })
  const magic = u32()
  const catalogue = view.getBigUint64(skip(8), true)
  const [nodeCount, signalCount, reportCount, nameCount] = [u32(), u32(), u32(), u32()]
  const text = () => {
    const length = u32()
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(skip(length), offset))
  }
  const names = times(nameCount, text)
  const nodes = times(nodeCount, () => {
    const [kind, id, inputCount, parameterCount] = [u32(), u32(), u32(), u32()]
    return { kind, id, inputs: times(inputCount, reference), parameters: times(parameterCount, f64) }
  })
  const signals = times(signalCount, () => ({ value: reference(), code: u32() }))
  const reports = times(reportCount, reference)
  return { magic, catalogue, names, nodes, signals, reports, rest: bytes.length - offset }
}

function expected({ nodes, signals, reported, userColumns }: Plan) {
  const names = userColumns.map((column) => column.name)
  const name = (node: Plan['nodes'][number]) => {
    if (node.kind === 'constant') return { kind: 0, id: 0 }
    if (node.kind === 'column') return { kind: 1, id: [...COLUMNS, ...names].indexOf(node.name) }
    return { kind: 2, id: CATALOGUE.find((row) => row.name === node.name)?.id }
  }
  const codes = { entry: 1, exit: 2, short: 3, cover: 4 }
  return {
    magic: 0x3352494d,
    catalogue: BigInt(`0x${CATALOGUE_HASH}`),
    names,
    nodes: nodes.map((node) => ({ ...name(node), inputs: node.inputs, parameters: node.parameters })),
    signals: signals.map(({ value, role }) => ({ value, code: role ? codes[role] : 0 })),
    reports: reported.map((report) => report.value),
    rest: 0,
  }
}

describe('the bytes of a plan', () => {
  it('hold the same graph, whatever the formula', () => {
    fc.assert(
      fc.property(formulas.condition, formulas.number, (condition, number) => {
        for (const plan of [
          planFormula(condition),
          planFormula(`x = ${number}\nentry = ${condition}\nexit = x > 1\nshort = x > 2\ncover = x > 3`),
          series(number),
        ]) {
          expect(decode(plan.bytes)).toEqual(expected(plan))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('are little endian, word for word', () => {
    const { bytes } = planFormula('close > 2')
    const gt = CATALOGUE.find((row) => row.name === 'gt')?.id as number
    const two = new Uint8Array(new Float64Array([2]).buffer)
    // Most significant digits first in its text, last in the bytes.
    const hash = (CATALOGUE_HASH.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16)).reverse()
    const words = (...values: number[]) => values.flatMap((value) => [value & 255, value >> 8, 0, 0])
    expect([...bytes]).toEqual([
      ...[0x4d, 0x49, 0x52, 0x33],
      ...hash,
      ...words(3, 1, 0, 0),
      ...words(1, 3, 0, 0),
      ...words(0, 0, 0, 1),
      ...two,
      ...words(2, gt, 2, 0),
      ...words(0, 0, 1, 0),
      ...words(2, 0, 0),
    ])
  })
})
