export { checkFormula } from './check.ts'
export { explain } from './explain-error.ts'
export { parseFormula } from './parser.ts'
export { planFormula, type Plan } from './plan.ts'
