export { checkFormula } from './check.ts'
export { explain } from './explain-error.ts'
export { parseFormula } from './parser.ts'
export { type Plan, planFormula } from './plan.ts'
