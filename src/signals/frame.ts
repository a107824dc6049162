import { CANDLE_COLUMNS } from '../domain/candle.ts'
import { type Frame, type FrameColumn, freeNames } from '../domain/frame.ts'
import type { PlainMatches } from './matches.ts'

/**
 * Matches as a frame, in the order they stand in: symbol, timestamp, signal, role where the script has roles, open to
 * volume, and the values by name. No SignalMatch is made.
 */
export function frameOf({ symbols, names, columns }: PlainMatches): Frame {
  const roles = names.signals.flatMap(({ role }) => role ?? [])
  const fields: FrameColumn[] = [
    textColumn('symbol', symbols, columns.symbol),
    { name: 'timestamp', type: 'time', values: columns.time },
    textColumn(
      'signal',
      names.signals.map(({ signalType }) => signalType),
      columns.signal,
    ),
    ...(roles.length > 0 ? [textColumn('role', roles, columns.signal)] : []),
    ...CANDLE_COLUMNS.map((name) => ({ name, type: 'number', values: columns.candle[name] }) as const),
  ]
  const valueNames = freeNames(
    names.values,
    fields.map(({ name }) => name),
  )
  return [
    ...fields,
    ...valueNames.map((name, at) => {
      const values = columns.time.map((_, row) => columns.values[row * valueNames.length + at]!)
      return { name, type: 'number', values } as const
    }),
  ]
}

/** A column of texts of which row `row` has number `numbers[row]`. Those of no row are left out, equal ones are one. */
function textColumn(name: string, texts: readonly string[], numbers: Uint32Array | Uint8Array): FrameColumn {
  const used = new Map<string, number>()
  const places: (number | undefined)[] = texts.map(() => undefined)
  const placeOf = (number: number) => {
    const text = texts[number]!
    const place = used.get(text) ?? used.size
    used.set(text, place)
    return place
  }
  const positions = new Int32Array(numbers.length)
  numbers.forEach((number, row) => {
    places[number] ??= placeOf(number)
    positions[row] = places[number]!
  })
  return { name, type: 'text', texts: [...used.keys()], positions }
}
