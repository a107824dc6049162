import { DataError } from '../../domain/errors.ts'
import type { DuckdbConnection } from './library.ts'
import { identifier } from './sql.ts'

/** What stands before the decimals of numbers that are text. */
export type Decimal = '.' | ','

/** SQL of a column of text as DOUBLE, null where it is no number. */
export type NumberReader = (name: string) => string

/** Rows looked at to see how numbers are written. */
const SAMPLE = 1000

const CURRENCY = '[$€£¥₩]?'
const EXPONENT = '([eE][+-]?\\d+)?'
const SPACES = '[ \u00a0\u202f]'

/** A number in text with groups of thousands, whole: what is written in another way must not be read as another number. */
const WRITTEN: Record<Decimal, string> = {
  '.': `\\s*${CURRENCY}\\s*[+-]?(\\d{1,3}(,\\d{3})+|\\d*)(\\.\\d*)?${EXPONENT}\\s*${CURRENCY}\\s*`,
  ',': `\\s*${CURRENCY}\\s*[+-]?(\\d{1,3}((\\.|${SPACES})\\d{3})+|\\d*)(,\\d*)?${EXPONENT}\\s*${CURRENCY}\\s*`,
}

/** What only one of the readings explains: decimals that are no group of three, a group in front of decimals, two groups. */
const SURE: Record<Decimal, RegExp> = { '.': sure('\\.', ','), ',': sure(',', `(\\.|${SPACES})`) }
const UNCLEAR = new RegExp(`^\\s*${CURRENCY}\\d{1,3},\\d{3}\\s*${CURRENCY}\\s*$`)

function sure(point: string, group: string): RegExp {
  const decimals = `\\d*${point}(\\d{1,2}|\\d{4,})|(0|\\d{4,})${point}\\d+`
  const groups = `\\d{1,3}(${group}\\d{3})+${point}\\d+|\\d{1,3}(${group}\\d{3}){2,}`
  return new RegExp(`^\\s*${CURRENCY}\\s*[+-]?(${decimals}|${groups})\\s*${CURRENCY}\\s*$`)
}

/**
 * Tells from some rows how numbers in text are written.
 *
 * @param prices Columns of text that are prices. @param volumes Those that are volumes, which bear witness only.
 * @throws DataError `DATA_SHAPE` when they can be read in two ways, or hardly one price can be read.
 */
export async function findNumbers(
  connection: DuckdbConnection,
  sample: string,
  { prices, volumes }: { prices: readonly string[]; volumes: readonly string[] },
  asked: Decimal | undefined,
): Promise<NumberReader> {
  if (prices.length + volumes.length === 0) return plainNumber
  const decimal = asked ?? (await decimalOf(connection, sample, prices, volumes))
  const read = decimal === undefined ? plainNumber : (name: string) => writtenNumber(name, decimal)
  await checkNumbers(connection, sample, prices, read)
  return read
}

function plainNumber(name: string): string {
  return `try_cast(${identifier(name)} as double)`
}

function writtenNumber(name: string, decimal: Decimal): string {
  const column = identifier(name)
  const bare = `regexp_replace(${column}, '[^0-9eE+${decimal}-]', '', 'g')`
  const text = decimal === ',' ? `replace(${bare}, ',', '.')` : bare
  const written = `case when regexp_full_match(${column}, '${WRITTEN[decimal]}') then try_cast(${text} as double) end`
  // Most numbers have neither groups nor signs of currencies, and a plain cast costs a tenth. With a comma 1.234 is one of
  // a thousand.
  return decimal === '.' ? `coalesce(${plainNumber(name)}, ${written})` : written
}

/** Undefined where nothing but digits is there. */
async function decimalOf(
  connection: DuckdbConnection,
  sample: string,
  prices: readonly string[],
  volumes: readonly string[],
): Promise<Decimal | undefined> {
  const names = [...prices, ...volumes]
  const rows = await connection.rows(`select ${names.map(identifier).join(', ')} from ${sample} limit ${SAMPLE}`)
  const isThere = (pattern: RegExp) => rows.some((row) => row.some((text) => pattern.test(String(text))))
  if (isThere(SURE['.'])) return '.'
  if (isThere(SURE[','])) return ','
  for (const [at, name] of names.entries()) {
    const example = rows.map((row) => String(row[at])).find((text) => UNCLEAR.test(text))
    if (example === undefined) continue
    // Nobody counts thousandths of a share.
    if (at >= prices.length) return '.'
    throw twoReadings(name, example.trim())
  }
  return undefined
}

function twoReadings(name: string, example: string): DataError {
  const message =
    `column ${identifier(name)} (for example ${example}) can be read with the comma in front of thousands or of ` +
    'decimals, and no price tells: set the option decimal to "." or to "," (on the command line --decimal . or --decimal ,)'
  return new DataError('DATA_SHAPE', message, { column: name, example })
}

/** Prices as text of which hardly one is a number are written in another way than they are read. */
async function checkNumbers(
  connection: DuckdbConnection,
  sample: string,
  prices: readonly string[],
  read: NumberReader,
): Promise<void> {
  if (prices.length === 0) return
  const counts = prices.map((name) => {
    const isWritten = `trim(${identifier(name)}) <> ''`
    const example = `any_value(${identifier(name)}) filter (${isWritten} and ${read(name)} is null)`
    return `(count(*) filter (${isWritten}))::double, count(${read(name)})::double, ${example}`
  })
  const [row = []] = await connection.rows(`select ${counts.join(', ')} from (select * from ${sample} limit ${SAMPLE})`)
  prices.forEach((name, at) => {
    const [written, numbers, example] = row.slice(3 * at)
    if (Number(numbers) * 2 >= Number(written)) return
    const message =
      `column ${identifier(name)} (for example ${example}) cannot be read as prices: set the option decimal to the sign ` +
      'in front of decimals (on the command line --decimal , or --decimal .), or columns to other columns'
    throw new DataError('DATA_SHAPE', message, { column: name, example: String(example) })
  })
}
