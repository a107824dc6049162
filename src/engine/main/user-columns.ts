import { CANDLE_COLUMNS } from '../../domain/candle.ts'
import type { Timeframe } from '../../domain/timeframe.ts'
import { bareName, meantColumn, nearestColumns, type SourceColumn, writtenColumn } from '../../domain/user-columns.ts'
import { excerpt, listed, Problems } from '../../formula/errors/problems.ts'
import type { Plan, PlanUserColumn } from '../../formula/plan/plan.ts'
import type { CandleRepository } from '../../storage/repository.ts'
import type { TaskColumn } from '../shared/protocol.ts'

const CODE = 'FORMULA_UNKNOWN_COLUMN'
/** A wide table has hundreds. */
const MAX_LISTED = 12

/**
 * The columns of the repository that a plan reads besides those of candles, in its order.
 *
 * @throws FormulaError `FORMULA_UNKNOWN_COLUMN` for one that the repository says it does not have.
 */
export async function findUserColumns(
  plan: Pick<Plan, 'text' | 'userColumns'>,
  timeframe: Timeframe,
  repository: Pick<CandleRepository, 'userColumns'>,
): Promise<readonly TaskColumn[]> {
  if (plan.userColumns.length === 0) return []
  const known = await repository.userColumns?.(timeframe)
  if (!known) return plan.userColumns.map(({ name }) => ({ name, source: bareName(name) }))
  const problems = new Problems(plan.text)
  const names = known.filter(({ isNumber }) => isNumber).map((column) => writtenColumn(column.name))
  const found = plan.userColumns.flatMap((column) => {
    const source = meantColumn(column.name, known)
    if (source?.isNumber) return [{ name: column.name, source: source.name }]
    if (source) {
      const message = `the column ${excerpt(source.name)} of the data holds no numbers`
      problems.add(CODE, column.at, message, 'a formula reads numbers only', {
        found: column.name,
        closest: [],
        known: names,
      })
    } else unknown(problems, column, known, names)
    return []
  })
  const [first] = problems.list()
  if (first) throw first
  return found
}

function unknown(
  problems: Problems,
  { name, at }: PlanUserColumn,
  known: readonly SourceColumn[],
  names: readonly string[],
) {
  const bare = bareName(name)
  const own = CANDLE_COLUMNS.find((column) => column === bare.toLowerCase())
  const closest = own ? [own] : nearestColumns(name, known)
  const more = names.length > MAX_LISTED ? ' …' : ''
  const has = names.length === 0 ? 'it has none of numbers' : `it has ${listed(names.slice(0, MAX_LISTED))}${more}`
  const nearest = `the nearest ${closest.length === 1 ? 'is' : 'are'} ${listed(closest)}`
  const mapped = `to read another by this name: --columns ${name}=NAME, in a program columns: { '${name}': 'NAME' }`
  problems.add(
    CODE,
    at,
    `the data has no column ${excerpt(bare)}`,
    `${closest.length > 0 ? nearest : has}; ${mapped}`,
    {
      found: name,
      closest,
      known: names,
    },
  )
}
