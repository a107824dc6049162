/* tslint:disable */
/* eslint-disable */

/**
 * Matches as columns, copied out by JavaScript.
 */
export class MatchBuffer {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    bars(): Uint32Array;
    /**
     * A column of the candles, 0 open to 4 volume; empty when the plan does not read it.
     */
    candle(column: number): Float64Array;
    signals(): Uint8Array;
    symbols(): Uint32Array;
    values(): Float64Array;
}

/**
 * A plan, checked and ready to run.
 */
export class Program {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * First bar on which every signal has a value, on candles without holes.
     */
    firstBar(): number;
    /**
     * How many kernels run.
     */
    kernels(): number;
    /**
     * Per output of every node of the plan's bytes, in order, the 16 bytes of its key: equal for values that are one
     * computation, in this plan and in others of one build (see `formula::identity`).
     */
    keys(): Uint8Array;
    /**
     * Bars before its own on which a value depends; none when it depends on all there are.
     */
    lookback(): number | undefined;
    /**
     * Refuses bytes that are no plan, and those of another catalogue.
     */
    constructor(bytes: Uint8Array | number[]);
    /**
     * Per output of every node of the plan's bytes, in order: warm-up, lookback, fading, 1 when it depends on the
     * start for ever (see `Reach`).
     */
    reach(): Float64Array;
    /**
     * Runs over symbols of the store. `ranges` has three numbers per symbol: which bar of the symbol's history its
     * first one is, and, counted from there, the first bar on which a match counts and the first on which it does not
     * any more. `columns` has the number in the store of each column that the plan names.
     */
    scan(store: Store, symbols: Uint32Array | number[], ranges: Uint32Array | number[], columns: Uint32Array | number[]): MatchBuffer;
    /**
     * The reported values of one symbol over all its bars, one series after another. `first` is which bar of the
     * symbol's history its first one is, `columns` are those of `scan`.
     */
    series(store: Store, symbol: number, first: number, columns: Uint32Array | number[]): Float64Array;
}

/**
 * The columns of symbols, by numbers that JavaScript gives: to each symbol, and to each column that has not one in every
 * plan.
 */
export class Store {
    free(): void;
    [Symbol.dispose](): void;
    constructor();
    /**
     * Frees the columns of a symbol.
     */
    release(symbol: number): void;
    /**
     * Room for a column of a symbol; returns the byte offset of its first value. All values are to be written before a run.
     */
    reserve(symbol: number, column: number, bars: number): number;
    /**
     * Ends the writing of a column: what is not a finite number becomes unknown.
     */
    seal(symbol: number, column: number): void;
}

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_matchbuffer_free: (a: number, b: number) => void;
    readonly __wbg_program_free: (a: number, b: number) => void;
    readonly __wbg_store_free: (a: number, b: number) => void;
    readonly matchbuffer_bars: (a: number) => [number, number];
    readonly matchbuffer_candle: (a: number, b: number) => [number, number];
    readonly matchbuffer_signals: (a: number) => [number, number];
    readonly matchbuffer_symbols: (a: number) => [number, number];
    readonly matchbuffer_values: (a: number) => [number, number];
    readonly program_firstBar: (a: number) => number;
    readonly program_kernels: (a: number) => number;
    readonly program_keys: (a: number) => [number, number];
    readonly program_lookback: (a: number) => number;
    readonly program_new: (a: number, b: number) => [number, number, number];
    readonly program_reach: (a: number) => [number, number];
    readonly program_scan: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => number;
    readonly program_series: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly store_new: () => number;
    readonly store_release: (a: number, b: number) => void;
    readonly store_reserve: (a: number, b: number, c: number, d: number) => number;
    readonly store_seal: (a: number, b: number, c: number) => void;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
