//! Where a plan was true, as columns.

/// Open, high, low, close, volume: the first of a plan's columns.
pub const CANDLE_COLUMNS: usize = 5;

/// One entry per match, symbol after symbol in the order they were asked for, bars rising within a symbol.
#[derive(Default)]
pub struct Matches {
    /// Position of the symbol in the request.
    pub symbols: Vec<u32>,
    pub bars: Vec<u32>,
    /// Position of the plan's signal.
    pub signals: Vec<u8>,
    /// The candles, as far as the plan reads their columns; the others are empty.
    pub candle: [Vec<f64>; CANDLE_COLUMNS],
    /// The reported values of each match, one after another.
    pub values: Vec<f64>,
}

impl Matches {
    /// Adds the matches of one symbol.
    pub fn append(&mut self, symbol: u32, from: &Matches) {
        self.symbols.extend(std::iter::repeat_n(symbol, from.bars.len()));
        self.bars.extend_from_slice(&from.bars);
        self.signals.extend_from_slice(&from.signals);
        self.values.extend_from_slice(&from.values);
        for (to, from) in self.candle.iter_mut().zip(&from.candle) {
            to.extend_from_slice(from);
        }
    }
}
