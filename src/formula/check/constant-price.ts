import type { Callee } from '../../indicators/callee.ts'
import { signature } from '../../indicators/callee.ts'
import type { CatalogueInput, CatalogueParameter } from '../../indicators/catalogue.ts'
import { SERIES } from '../names.ts'
import type { Given } from './arguments.ts'
import type { Context } from './context.ts'
import { accepts, shown } from './context.ts'

/** Says that a constant stands where a price is needed, what it was probably meant as, and how that is written. */
export function refuseConstant(
  context: Context,
  callee: Callee,
  given: readonly Given[],
  input: CatalogueInput,
  constant: Given,
): void {
  const { name, parameters } = callee
  const text = (argument: Given) => shown(context, argument.valueAt)
  const positional = given.filter((argument) => argument.name === undefined)
  const numbers = positional.filter((argument) => isConstant(context, argument))
  const series = positional.filter((argument) => !isConstant(context, argument))
  const isPrice = (argument: Given) => callee.inputs.some((each) => each.series && each.name === argument.name)
  const others = given.filter((each) => each.name !== undefined && !(isPrice(each) && isConstant(context, each)))
  const free = parameters.filter((parameter) => !others.some((argument) => argument.name === parameter.name))
  const fitting = fit(context, free, numbers)
  const meant = fitting.map(text)
  const parameter = free[fitting.indexOf(constant)]?.name
  const guess = parameter === undefined ? '' : `, probably meant as its ${parameter}`
  const message = `the ${input.name} of ${name} is a price or another series, but ${text(constant)} is a constant${guess}`

  const named = others.map((argument) => `${argument.name}=${text(argument)}`)
  const call = `${name}(${[...meantInputs(callee, series.map(text)), ...meant, ...named].join(', ')})`
  const isComplete = free.every(({ default: usual }, at) => at < meant.length || usual !== undefined)
  const rest = numbers.filter((number) => !fitting.includes(number)).map(text)
  const isSmoothed = callee.row.name === 'stoch' && series.length === 0 && meant.length > 0 && rest.length > 0
  const short = `${name}(${meant.join(', ')})`
  const smoothed = `write ${short}, and smooth it yourself: sma(${short}, ${rest[0]})`
  const hint = isSmoothed ? smoothed : `write ${isComplete ? call : signature(callee)}`
  context.problems.add('FORMULA_ARGUMENT_TYPE', constant.valueAt, message, hint, { parameter })
}

/** The numbers, in their order, are probably the parameters; those that a parameter cannot take are passed over. */
function fit(context: Context, free: readonly CatalogueParameter[], numbers: readonly Given[]): readonly Given[] {
  const fitting: Given[] = []
  for (const number of numbers) {
    const parameter = free[fitting.length]
    const value = number.value && context.dag.constantValue(number.value)
    if (parameter !== undefined && value !== undefined && accepts(parameter, value)) fitting.push(number)
  }
  return fitting
}

function isConstant(context: Context, { value }: Given): boolean {
  return value !== undefined && context.dag.constantValue(value) !== undefined
}

/** The series that were written where they are enough; else what is usual for each input. */
function meantInputs({ inputs }: Callee, series: readonly string[]): readonly string[] {
  const written = inputs.filter((input) => !input.implied)
  if (series.length >= written.length) return series.slice(0, written.length)
  if (written.every((input) => input.default !== undefined)) return written.map((input) => String(input.default))
  return written.map(({ name }, at) => series[at] ?? (SERIES.has(name) ? name : 'close'))
}
