//! Where a plan was true, as columns.

/// One entry per match, symbol after symbol in the order they were asked for, bars rising within a symbol.
#[derive(Default)]
pub struct Matches {
    /// Position of the symbol in the request.
    pub symbols: Vec<u32>,
    pub bars: Vec<u32>,
    /// Position of the plan's signal.
    pub signals: Vec<u8>,
    /// The reported values of each match, one after another.
    pub values: Vec<f64>,
}

impl Matches {
    pub fn append(&mut self, symbol: u32, from: &Matches, values_per_match: usize) {
        debug_assert_eq!(from.values.len(), from.bars.len() * values_per_match);
        self.symbols.extend(std::iter::repeat_n(symbol, from.bars.len()));
        self.bars.extend_from_slice(&from.bars);
        self.signals.extend_from_slice(&from.signals);
        self.values.extend_from_slice(&from.values);
    }
}
