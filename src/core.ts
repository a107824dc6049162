export type { DataQuality, DefectPolicy } from './domain/candle.ts'
export { CANDLE_COLUMNS, type Candle, type CandleColumn, type CandleSeries } from './domain/candle.ts'
export {
  DataError,
  EngineError,
  FormulaError,
  type FormulaWarning,
  JobError,
  MillraceError,
  type SymbolError,
} from './domain/errors.ts'
export { checkJob, type DateRange, type JobRequest, type JobType, type ProcessingJob } from './domain/job.ts'
export type { ProcessingContext, ProcessingResult, SignalMatch, SignalRole, SignalType } from './domain/result.ts'
export { isTimeframe, TIMEFRAMES, type Timeframe } from './domain/timeframe.ts'
export type { SourceColumn } from './domain/user-columns.ts'
export type { EngineOptions, RunOptions } from './engine/main/options.ts'
export type { Progress } from './engine/main/progress.ts'
export type { Kernels } from './engine/platform/kernels.ts'
export type { BarExplanation, BarValue, ConditionOnBar, ExplainedBar } from './explain/bar.ts'
export type { Funnel, NearSymbol } from './explain/funnel.ts'
export type { ExplainedNode, ExplainedOutput, Explanation } from './explain/nodes.ts'
export {
  checkFormula,
  explain,
  type FormulaToken,
  formulaTokens,
  type Plan,
  parseFormula,
  planFormula,
} from './formula/index.ts'
export { CATALOGUE, type CatalogueRow } from './indicators/catalogue.ts'
export { type ScanStatistics, SignalAggregator } from './signals/aggregate.ts'
export {
  type ChartCandle,
  type ChartGap,
  type ChartMarker,
  type ChartPoint,
  type ChartTime,
  chartCandles,
  chartLine,
  chartMarkers,
} from './signals/chart.ts'
export { type JsonMatch, type MatchColumns, MatchTable, type PlainMatches } from './signals/matches.ts'
export type { MatchRow } from './signals/picture.ts'
export { cleanCandles } from './storage/clean.ts'
export { memoryRepository } from './storage/memory.ts'
export type {
  CandleRepository,
  LoadedCandles,
  LoadRequest,
  RepositoryDescription,
  SourceIdentity,
  SourceReport,
} from './storage/repository.ts'

export { BatchScanResult, BatchScanUseCase, type ScanRequest } from './use-cases/batch-scan.ts'
export type { Engine, Engine as ProcessingEngine } from './use-cases/engine.ts'
export type {
  BarRequest,
  ExplainedFunnels,
  ExplainOptions,
  ExplainRequest,
  FormulaRequest,
} from './use-cases/explain.ts'
export { type ExpressionSeries, type SeriesRequest, type SeriesResult, SeriesUseCase } from './use-cases/series.ts'
