//! What a row says about the function of TA-Lib that means the same: how it is called, and where the two agree.

use ta_lib::{Core, OutRange, RetCode};

use super::candles::{Candles, PRICE};
use super::series::{Series, UNKNOWN};

pub use ta_lib::MAType;

/// The version of the crate `ta-lib` that is compared with.
pub const TALIB_VERSION: &str = "0.8.3";

pub struct Talib {
    /// In its own spelling: `STOCHF`.
    pub name: &'static str,
    /// Sets of the row's parameters to compare with.
    pub parameters: &'static [&'static [f64]],
    /// Its values for the first outputs of the row, unknown before its first one. It reads the candles as the row does by
    /// default: a source is the close where the row says nothing else.
    pub values: fn(&Candles, &[f64]) -> Vec<Series>,
    pub agrees: Agrees,
    /// What it puts out where we say that there is no value.
    pub for_unknown: Option<f64>,
    pub exceptions: &'static [Exception],
    /// How far TA-Lib's own rounding may be off on each bar, where that is more than 1e-12 of the row's measure.
    pub rounding: Option<fn(&Candles, &[f64]) -> Series>,
}

/// From which bar on the two agree. Before it each follows its own convention, and the row says how TA-Lib differs.
pub enum Agrees {
    Everywhere,
    From(usize),
    /// Once the start weighs less than the tolerance.
    Faded,
}

/// A market on which the values of the two are further apart than on others, and why.
pub struct Exception {
    pub market: Market,
    /// Share of the row's measure.
    pub within: f64,
    pub reason: &'static str,
}

impl Talib {
    /// What a comparison is where it says nothing: name, parameters and values have to be said.
    pub const BASE: Self = Self {
        name: "",
        parameters: &[],
        values: |_, _| panic!("a comparison says what TA-Lib gives"),
        agrees: Agrees::Everywhere,
        for_unknown: None,
        exceptions: &[],
        rounding: None,
    };
}

/// A row without parameters.
pub const NO_PARAMETERS: &[&[f64]] = &[&[]];
/// Windows that TA-Lib has from two bars on.
pub const FROM_TWO: &[&[f64]] = &[&[2.0], &[3.0], &[14.0], &[20.0], &[64.0], &[200.0]];
/// Windows that it has from one bar on.
pub const FROM_ONE: &[&[f64]] = &[&[1.0], &[2.0], &[3.0], &[14.0], &[20.0], &[64.0], &[200.0]];

/// TA-Lib moves its sums by adding and subtracting, so what a spike rounds away never comes back. With spikes of 1e6
/// times the price its `sma(3)` is 2.8e-10 from the exact mean, `wma(3)` 5.5e-10, `vwma(3)` 3.4e-10, `mfi(3)` 2.0e-10;
/// ours, which subtracts nothing, stays within 2e-15.
pub const RUNNING_SUMS: Exception =
    Exception { market: Market::HugeSpikes, within: 1e-9, reason: "its running sums never get back what a spike took" };

/// Spikes of 300 times the price stay just above that: `stdev(64)` is then 5.9e-12 of the price off.
pub const LATE_REBUILD: Exception = Exception {
    market: Market::SmallSpikes,
    within: 1e-9,
    reason: "it computes its variance anew only when it has shrunk a million-fold",
};

/// What TA-Lib puts out for candles, unknown before its first value. The call is given the last bar.
pub fn outputs<const N: usize>(
    candles: &Candles,
    call: impl FnOnce(&Core, usize, [&mut [f64]; N]) -> Result<OutRange, RetCode>,
) -> Vec<Series> {
    let bars = candles.bars();
    let mut outputs = [(); N].map(|()| vec![0.0; bars]);
    let range = call(&Core::new(), bars - 1, outputs.each_mut().map(|values| &mut values[..]));
    let range = range.expect("the parameters are in TA-Lib's range");
    outputs.map(|values| [&vec![UNKNOWN; range.beg_idx][..], &values[..range.count]].concat()).into()
}

/// The same of a function that names a bar: how many bars ago it was.
pub fn bars_ago(
    candles: &Candles,
    call: impl FnOnce(&Core, usize, &mut [i32]) -> Result<OutRange, RetCode>,
) -> Vec<Series> {
    let bars = candles.bars();
    let mut index = vec![0; bars];
    let first = call(&Core::new(), bars - 1, &mut index).expect("the parameters are in TA-Lib's range").beg_idx;
    let ago = (first..bars).zip(index).map(|(bar, index)| bar as f64 - f64::from(index));
    vec![vec![UNKNOWN; first].into_iter().chain(ago).collect()]
}

/// Candles to compare on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Market {
    Walk,
    Trend,
    Resting,
    /// Prices in steps of a half.
    Ties,
    SmallQuotes,
    LargeQuotes,
    /// Spikes of 1000 times the price.
    Spikes,
    HugeSpikes,
    /// Of 300 times the price.
    SmallSpikes,
}

impl Market {
    pub const ALL: [Market; 9] = [
        Market::Walk,
        Market::Trend,
        Market::Resting,
        Market::Ties,
        Market::SmallQuotes,
        Market::LargeQuotes,
        Market::Spikes,
        Market::HugeSpikes,
        Market::SmallSpikes,
    ];

    pub fn candles(self, bars: usize) -> Candles {
        match self {
            Market::Walk => Candles::walk(bars, 1),
            Market::Trend => Candles::trend(bars, 2),
            Market::Resting => Candles::resting(bars, 40, 3),
            Market::Ties => Candles::rounded(bars, 7),
            Market::SmallQuotes => Candles::walk(bars, 4).priced(1e-8 / PRICE),
            Market::LargeQuotes => Candles::walk(bars, 5).priced(1e8 / PRICE),
            Market::Spikes => Candles::spiked(bars, 150, 1_000.0, 6),
            Market::HugeSpikes => Candles::spiked(bars, 150, 1e6, 6),
            Market::SmallSpikes => Candles::spiked(bars, 150, 300.0, 6),
        }
    }

    /// Of its prices, spikes apart.
    pub fn level(self) -> f64 {
        match self {
            // In 5000 bars it ends sixteen times as high as it starts.
            Market::Trend => 16.0 * PRICE,
            Market::SmallQuotes => 1e-8,
            Market::LargeQuotes => 1e8,
            _ => PRICE,
        }
    }
}
