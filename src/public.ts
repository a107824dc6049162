export type { NodeOptions } from './engine/platform/node-engine.ts'
export * from './everywhere.ts'
export { duckdbRepository } from './storage/duckdb/repository.ts'
export { type MirrorOptions, type MirrorRepository, mirrorRepository } from './storage/mirror/repository.ts'
