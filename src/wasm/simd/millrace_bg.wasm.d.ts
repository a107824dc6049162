/* tslint:disable */
/* eslint-disable */
export const memory: WebAssembly.Memory;
export const __wbg_matchbuffer_free: (a: number, b: number) => void;
export const __wbg_program_free: (a: number, b: number) => void;
export const __wbg_store_free: (a: number, b: number) => void;
export const matchbuffer_bars: (a: number) => [number, number];
export const matchbuffer_candle: (a: number, b: number) => [number, number];
export const matchbuffer_signals: (a: number) => [number, number];
export const matchbuffer_symbols: (a: number) => [number, number];
export const matchbuffer_values: (a: number) => [number, number];
export const program_firstBar: (a: number) => number;
export const program_kernels: (a: number) => number;
export const program_keys: (a: number) => [number, number];
export const program_lookback: (a: number) => number;
export const program_new: (a: number, b: number) => [number, number, number];
export const program_reach: (a: number) => [number, number];
export const program_scan: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => number;
export const program_series: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
export const store_new: () => number;
export const store_release: (a: number, b: number) => void;
export const store_reserve: (a: number, b: number, c: number, d: number) => number;
export const store_seal: (a: number, b: number, c: number) => void;
export const __wbindgen_externrefs: WebAssembly.Table;
export const __wbindgen_free: (a: number, b: number, c: number) => void;
export const __wbindgen_malloc: (a: number, b: number) => number;
export const __externref_table_dealloc: (a: number) => void;
export const __wbindgen_start: () => void;
