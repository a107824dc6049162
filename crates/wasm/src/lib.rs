//! The skin between Rust and JavaScript: names, checks and calls into the formula crate.
//!
//! Bytes, offsets and numbers cross; text and objects do not. JavaScript writes columns straight into this memory.

use formula::matches::Matches;
use formula::plan::{COLUMNS, Plan};
use formula::run::{Runner, Symbol};
use kernels::graph::ValueId;
use wasm_bindgen::prelude::*;

/// Which catalogue the kernels have (`formula::catalogue_hash`), where it can be read before anything is run: a section of
/// the module.
#[cfg(target_arch = "wasm32")]
#[used]
#[allow(unsafe_code, reason = "the section is read by its name and nothing else")]
#[unsafe(link_section = "millrace.catalogue")]
static CATALOGUE: [u8; 8] = formula::catalogue_hash::CATALOGUE_HASH.to_le_bytes();

/// The columns of symbols, by numbers that JavaScript gives: to each symbol, and to each column that has not one in every
/// plan.
#[wasm_bindgen]
#[derive(Default)]
pub struct Store {
    symbols: Vec<Vec<Vec<f64>>>,
}

#[wasm_bindgen]
impl Store {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Store {
        Store::default()
    }

    /// Room for a column of a symbol; returns the byte offset of its first value. All values are to be written before a run.
    pub fn reserve(&mut self, symbol: usize, column: usize, bars: usize) -> usize {
        if symbol >= self.symbols.len() {
            self.symbols.resize_with(symbol + 1, Default::default);
        }
        let columns = &mut self.symbols[symbol];
        if column >= columns.len() {
            columns.resize_with(column + 1, Vec::new);
        }
        let values = &mut columns[column];
        *values = vec![0.0; bars];
        values.as_ptr() as usize
    }

    /// Ends the writing of a column: what is not a finite number becomes unknown.
    pub fn seal(&mut self, symbol: usize, column: usize) {
        for value in &mut self.symbols[symbol][column] {
            *value += *value - *value;
        }
    }

    /// Frees the columns of a symbol.
    pub fn release(&mut self, symbol: usize) {
        if let Some(columns) = self.symbols.get_mut(symbol) {
            *columns = Default::default();
        }
    }
}

impl Store {
    fn column(&self, symbol: u32, column: usize) -> &[f64] {
        self.symbols[symbol as usize].get(column).map_or(&[], |values| values)
    }

    fn columns(&self, symbol: u32, columns: &[u32]) -> Vec<&[f64]> {
        columns.iter().map(|&column| self.column(symbol, column as usize)).collect()
    }

    fn symbol<'a>(&'a self, symbol: u32, open: &'a [&'a [f64]], first: u32, from: u32, to: u32) -> Symbol<'a> {
        let columns: [&[f64]; COLUMNS] = std::array::from_fn(|column| self.column(symbol, column));
        let bars = self.symbols[symbol as usize].iter().map(Vec::len).max().unwrap_or(0);
        Symbol { columns, open, bars, first: first as usize, from: from as usize, to: to as usize }
    }
}

/// A plan, checked and ready to run.
#[wasm_bindgen]
pub struct Program {
    runner: Runner,
    plan: Plan,
}

#[wasm_bindgen]
impl Program {
    /// Refuses bytes that are no plan, and those of another catalogue.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Program, JsError> {
        let plan = Plan::decode(bytes).map_err(|bad| JsError::new(&bad.to_string()))?;
        Ok(Program { runner: Runner::new(&plan), plan })
    }

    /// Runs over symbols of the store. `ranges` has three numbers per symbol: which bar of the symbol's history its
    /// first one is, and, counted from there, the first bar on which a match counts and the first on which it does not
    /// any more. `columns` has the number in the store of each column that the plan names.
    pub fn scan(&self, store: &Store, symbols: &[u32], ranges: &[u32], columns: &[u32]) -> MatchBuffer {
        let open: Vec<Vec<&[f64]>> = symbols.iter().map(|&symbol| store.columns(symbol, columns)).collect();
        let symbols: Vec<Symbol> = symbols
            .iter()
            .zip(&open)
            .zip(ranges.chunks_exact(3))
            .map(|((&symbol, open), range)| store.symbol(symbol, open, range[0], range[1], range[2]))
            .collect();
        MatchBuffer(scan(&self.runner, &symbols))
    }

    /// The reported values of one symbol over all its bars, one series after another. `first` is which bar of the
    /// symbol's history its first one is, `columns` are those of `scan`.
    pub fn series(&self, store: &Store, symbol: u32, first: u32, columns: &[u32]) -> Vec<f64> {
        let open = store.columns(symbol, columns);
        self.runner.series(store.symbol(symbol, &open, first, 0, u32::MAX))
    }

    /// Per output of every node of the plan's bytes, in order: warm-up, lookback, fading, 1 when it depends on the
    /// start for ever (see `Reach`).
    pub fn reach(&self) -> Vec<f64> {
        let reach = |&id: &ValueId| {
            let reach = self.plan.graph.value(id).reach();
            [reach.warmup as f64, reach.lookback as f64, reach.fading, reach.forever as u8 as f64]
        };
        self.plan.outputs.iter().flatten().flat_map(reach).collect()
    }

    /// Per output of every node of the plan's bytes, in order, the 16 bytes of its key: equal for values that are one
    /// computation, in this plan and in others of one build (see `formula::identity`).
    pub fn keys(&self) -> Vec<u8> {
        self.plan.keys().concat()
    }

    /// Bars before its own on which a value depends; none when it depends on all there are.
    pub fn lookback(&self) -> Option<usize> {
        self.plan.lookback()
    }

    /// First bar on which every signal has a value, on candles without holes.
    #[wasm_bindgen(js_name = firstBar)]
    pub fn first_bar(&self) -> usize {
        self.plan.first_bar()
    }

    /// How many kernels run.
    pub fn kernels(&self) -> usize {
        self.runner.kernels()
    }
}

#[cfg(not(feature = "threads"))]
fn scan(runner: &Runner, symbols: &[Symbol]) -> Matches {
    runner.scan(symbols)
}

#[cfg(feature = "threads")]
fn scan(runner: &Runner, symbols: &[Symbol]) -> Matches {
    use formula::run::{ScanGroup, Thread};
    use rayon::prelude::*;

    let run = |groups: &[&[usize]], scan: &ScanGroup| {
        groups.par_iter().map_init(Thread::default, |thread, group| scan(thread, group)).collect()
    };
    runner.scan_by(symbols, run)
}

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

/// Matches as columns, copied out by JavaScript.
#[wasm_bindgen]
pub struct MatchBuffer(Matches);

#[wasm_bindgen]
impl MatchBuffer {
    pub fn symbols(&self) -> Vec<u32> {
        self.0.symbols.clone()
    }
    pub fn bars(&self) -> Vec<u32> {
        self.0.bars.clone()
    }
    pub fn signals(&self) -> Vec<u8> {
        self.0.signals.clone()
    }
    /// A column of the candles, 0 open to 4 volume; empty when the plan does not read it.
    pub fn candle(&self, column: usize) -> Vec<f64> {
        self.0.candle[column].clone()
    }
    pub fn values(&self) -> Vec<f64> {
        self.0.values.clone()
    }
}
