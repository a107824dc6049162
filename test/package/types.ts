// What the published types say, and what they refuse: compiled by package.test.ts, never run.
import {
  type BarExplanation,
  BatchScanUseCase,
  CATALOGUE,
  type Candle,
  type CandleRepository,
  createEngine,
  DataError,
  type DataQuality,
  type Engine,
  EngineError,
  type Explanation,
  FormulaError,
  type FormulaToken,
  type Funnel,
  type formulaTokens,
  JobError,
  type JobRequest,
  type LoadedCandles,
  type MatchRow,
  type MatchTable,
  MillraceError,
  memoryRepository,
  type Plan,
  type ProcessingEngine,
  planFormula,
  type ScanRequest,
  type ScanStatistics,
  type SeriesRequest,
  SeriesUseCase,
  type SignalMatch,
  type SignalRole,
  type SignalType,
  type SymbolError,
  type TIMEFRAMES,
  type Timeframe,
} from 'millrace'
import type * as inBrowser from 'millrace/browser'

/** A compile error unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never
const isSame = <A, B>(_: Same<A, B>) => undefined

const repository = memoryRepository({ A: [] })
const engine = createEngine({ repository, executor: 'auto', workers: 2, defects: 'drop', residentBytes: 1e6 })
isSame<typeof engine, Engine>(true)
isSame<ProcessingEngine, Engine>(true)
isSame<(typeof TIMEFRAMES)[number], Timeframe>(true)
isSame<SignalType, 'ENTRY' | 'EXIT' | 'SCAN_HIT'>(true)
isSame<SignalMatch['role'], SignalRole | undefined>(true)
isSame<SignalMatch['indicatorValues'], Readonly<Record<string, number | null>>>(true)
isSame<SignalMatch, Readonly<SignalMatch>>(true)
isSame<Candle, Readonly<Candle>>(true)
isSame<EngineError['code'], 'ENGINE_CLOSED' | 'ENGINE_OPTION' | 'ENGINE_WASM' | 'ENGINE_WORKER' | 'CANCELLED'>(true)

const job: JobRequest = {
  symbols: ['A'],
  timeframe: '1d',
  formula: 'close > open',
  dateRange: { from: new Date(), to: '2024-12-31' },
}
const result = await new BatchScanUseCase(engine).execute(job, {
  signal: AbortSignal.abort(),
  onProgress: ({ remainingMs }) => remainingMs,
})
isSame<typeof result.matches, MatchTable>(true)
isSame<ReturnType<typeof engine.scan>, Promise<typeof result>>(true)
isSame<ReturnType<typeof result.of>, SignalMatch[]>(true)
isSame<ReturnType<typeof result.latest>, SignalMatch[]>(true)
const planned: ScanRequest = { ...job, last: 5, formula: planFormula('close > open') }
await engine.scan(planned)
isSame<typeof result.statistics, ScanStatistics>(true)
isSame<ReturnType<typeof result.toArrow>, Promise<Uint8Array>>(true)
isSame<ReturnType<MatchTable['at']>, SignalMatch | undefined>(true)
isSame<typeof result.dataQuality.total, DataQuality>(true)
for (const match of result.matches) isSame<typeof match, SignalMatch>(true)
isSame<ReturnType<MatchTable['slice']>, SignalMatch[]>(true)
isSame<ReturnType<MatchTable['rows']>, MatchRow[]>(true)
isSame<Parameters<typeof MatchTable.from>[0], ReturnType<MatchTable['toColumns']>>(true)
isSame<typeof inBrowser.MatchTable, typeof MatchTable>(true)
isSame<ReturnType<typeof planFormula>, Plan>(true)
isSame<ReturnType<typeof formulaTokens>, FormulaToken[]>(true)
isSame<typeof inBrowser.formulaTokens, typeof formulaTokens>(true)
isSame<typeof inBrowser.EngineError, typeof EngineError>(true)
isSame<typeof inBrowser.CATALOGUE, typeof CATALOGUE>(true)
CATALOGUE.map(({ name, parameters }) => name.length + parameters.length)

const { series } = await new SeriesUseCase(engine).execute({
  symbols: ['A'],
  timeframe: '1h',
  expressions: ['rsi(14)'],
})
isSame<(typeof series)[number]['values'], Float64Array<ArrayBufferLike>>(true)
const mixed: SeriesRequest = {
  symbols: ['A'],
  timeframe: '1d',
  expressions: ['rsi(14)', planFormula('close', {}, { mode: 'series' })],
}
isSame<Awaited<ReturnType<typeof engine.series>>['series'], typeof series>(true)
await engine.series(mixed)

const { bar, error: noBar } = await engine.explain({ ...job, symbol: 'A' })
isSame<typeof bar, BarExplanation | undefined>(true)
isSame<typeof noBar, SymbolError | undefined>(true)
if (bar === undefined) isSame<typeof noBar, SymbolError>(true)
const { funnels, nodes } = await engine.explain(job)
isSame<typeof funnels, readonly Funnel[]>(true)
isSame<Awaited<ReturnType<typeof inBrowser.createEngine>>['explain'], typeof engine.explain>(true)
const ofFormula = await engine.explain({ formula: 'rsi(14)', parameters: {} })
isSame<typeof ofFormula, Explanation>(true)
isSame<typeof nodes, Explanation['nodes']>(true)

// The fields of an error, once its code is known.
function fieldsOf(error: unknown) {
  if (error instanceof EngineError && error.code === 'CANCELLED') isSame<typeof error.fields.completed, number>(true)
  if (error instanceof JobError) isSame<typeof error.fields.path, string>(true)
  if (error instanceof DataError && error.code === 'DATA_COLUMN_MISSING') {
    isSame<typeof error.fields.missing, readonly string[]>(true)
  }
  if (error instanceof FormulaError) {
    isSame<typeof error.fields.at, readonly [start: number, end: number]>(true)
    if (error.code === 'FORMULA_ARGUMENT_RANGE') isSame<typeof error.fields.max, number>(true)
  }
  if (error instanceof MillraceError) isSame<typeof error.fields, Readonly<Record<string, unknown>>>(true)
}
// @ts-expect-error: not every error of the engine is about a job
isSame<EngineError['fields']['completed'], number>(true)
for (const error of result.errors) {
  if (error.code === 'LOAD_FAILED') isSame<typeof error.fields.reason, string | undefined>(true)
}
// @ts-expect-error: who cancels says how far the job came
fieldsOf(new EngineError('CANCELLED', 'stopped'))

// A repository of one's own.
const own: CandleRepository = {
  symbols: async () => ['A'],
  load: async (symbol): Promise<LoadedCandles> => ({ symbol, error: { code: 'NO_DATA', message: '', fields: {} } }),
  versions: async (symbols) => symbols.map(() => '1'),
  close: async () => {},
}
createEngine({ repository: own })

// @ts-expect-error: an engine needs a repository
createEngine({})
// @ts-expect-error: there is no such executor
createEngine({ repository, executor: 'threads' })
// @ts-expect-error: there is no such timeframe
const fortnight: Timeframe = '2w'
// @ts-expect-error: a formula is needed
const formless: JobRequest = { symbols: ['A'], timeframe: '1d' }
// @ts-expect-error: a series job has expressions instead of a formula
new SeriesUseCase(engine).execute({ symbols: ['A'], timeframe: '1d', formula: 'close' })
// @ts-expect-error: results are read only
result.matches.length = 3
// @ts-expect-error: a match is read only
for (const match of result.matches) match.timestamp = 0
// @ts-expect-error: and so is its candle
for (const { candle } of result.matches) candle.close = 0
// @ts-expect-error: what happened to one symbol has codes of its own
own.load = async (symbol) => ({ symbol, error: { code: 'CANCELLED', message: '', fields: {} } })
// @ts-expect-error: inner modules are not part of the package
type Inner = typeof import('millrace/dist/engine/main/pool.js')

export type Unused = [typeof fortnight, typeof formless, Inner]
