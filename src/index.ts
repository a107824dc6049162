export { createEngine } from './engine/platform/node.ts'
export * from './public.ts'
