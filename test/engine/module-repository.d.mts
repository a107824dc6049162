import type { CandleRepository } from '../../src/storage/repository.ts'
import type { RawCandles } from '../../src/storage/row-flags.ts'

export const LOADS: number
export const WAITING: number
export const GATE: number
export const OPENED: number
export const REFUSED: number
export const CLOSING: number
export const CLOSED: number
export const COUNTERS: number

export interface ModuleOptions {
  candles: Map<string, RawCandles>
  counters: Int32Array
  broken?: string[]
  isGated?: boolean
  closes?: 'well' | 'never' | 'badly'
}

export default function open(options: ModuleOptions): CandleRepository
