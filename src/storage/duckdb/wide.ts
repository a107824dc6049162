import { fileList, identifier, literal, literals } from './sql.ts'

/** Where the values of one symbol stand in a wide file: positions of columns by their lower-case names. */
type Places = ReadonlyMap<string, number>

/** A file with a column for every price of every symbol, as pandas writes what yfinance has loaded. */
export interface WideFile {
  columnCount: number
  placesOf: ReadonlyMap<string, Places>
}

const PRICES = ['open', 'high', 'low', 'close']

/**
 * Takes the first three lines for two lines of headers, prices and symbols in any order, and a line that names the dates
 * alone; undefined when they are not that.
 */
export function wideFile(lines: readonly (readonly string[])[]): WideFile | undefined {
  const [first = [], second = [], third = []] = lines.map((line) => line.slice(1))
  const isDated = /^date(time)?$/i.test(lines[2]?.[0] ?? '') && third.every((text) => text === '')
  const holds = (line: readonly string[]) => PRICES.every((price) => line.some((text) => text.toLowerCase() === price))
  if (!isDated || holds(first) === holds(second)) return undefined
  const [prices, symbols] = holds(first) ? [first, second] : [second, first]
  const placesOf = new Map<string, Map<string, number>>()
  for (const [at, symbol] of symbols.entries()) {
    const places = placesOf.get(symbol) ?? new Map<string, number>()
    placesOf.set(symbol, places.set((prices[at] as string).toLowerCase(), at + 1))
  }
  return { columnCount: symbols.length + 1, placesOf }
}

/** A SELECT of the candles of a wide file. Where nothing of a symbol stands beside a date, it was not traded. */
export function wideRows(file: string, { columnCount, placesOf }: WideFile): string {
  const names = Array.from({ length: columnCount }, (_, at) => `c${at}`)
  const symbols = [...placesOf].map(([symbol, places]) => {
    const values = [...PRICES, 'volume'].map((name) => {
      const place = places.get(name)
      return `${identifier(name)} := ${place === undefined ? 'null::varchar' : names[place]}`
    })
    return `struct_pack(symbol := ${literal(symbol)}, ${values.join(', ')})`
  })
  const options = `header = false, skip = 3, names = ${literals(names)}, all_varchar = true, filename = true`
  return `select * from (
    select c0 as date, unnest([${symbols.join(', ')}], recursive := true), filename from read_csv(${fileList([file])}, ${options})
  ) where coalesce(open, high, low, close) is not null`
}
