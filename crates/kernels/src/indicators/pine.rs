//! What Pine v6 has by the same name with other values, other outputs or another order: `ta.stoch` beside `stoch`.
//!
//! Where the two agree on every input the prefix leads to the house row; only the others are here. Holes follow the
//! language's rule in both families.

use crate::block::{Inputs, Kernel, Output};
use crate::indicators::math::{MAX, MIN};
use crate::indicators::momentum::mfi::ROUNDING;
use crate::indicators::momentum::rsi::Rsi;
use crate::indicators::momentum::stoch::STOCH;
use crate::indicators::statistic::sum::SUM;
use crate::indicators::trend::directional::DIRECTIONAL_HELD;
use crate::indicators::trend::dmi::with_adx;
use crate::indicators::trend::extremes::{HIGHESTBARS, LOWESTBARS};
use crate::indicators::volatility::bbands::BBANDS;
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] =
    &[&TA_STOCH, &TA_BB, &TA_HIGHESTBARS, &TA_LOWESTBARS, &TA_TR, &TA_RSI, &TA_DMI, &INFLOW, &OUTFLOW, &TA_MFI];

const MANUAL: &str = "Pine Script v6 reference manual";

pub(crate) static TA_STOCH: Row = Row {
    name: "ta.stoch",
    group: Group::Momentum,
    summary: "Pine's stochastic: `stoch` with the source in front and nothing implied.",
    source: MANUAL,
    inputs: &[Input::series("source"), Input::series("high"), Input::series("low")],
    parameters: LENGTH,
    body: Body::Compose(|x, p| vec![STOCH.of(&[x[1], x[2], x[0]], p)]),
    scale: Some(0),
    example: "ta.stoch(close, high, low, 14) < 20",
    ..Row::BASE
};

pub(crate) static TA_BB: Row = Row {
    name: "ta.bb",
    group: Group::Volatility,
    summary: "Pine's Bollinger bands: `bbands` with the middle first.",
    source: MANUAL,
    inputs: &[Input::series("series")],
    parameters: &[Parameter::length(), Parameter::real("mult", 0.0, 1000.0)],
    outputs: &[OutputSpec::line("middle"), OutputSpec::band("upper"), OutputSpec::band("lower")],
    pane: Pane::Price,
    body: Body::Compose(|x, p| {
        let bands = BBANDS.all_of(x, p);
        vec![bands[1], bands[0], bands[2]]
    }),
    scale: Some(1),
    example: "close > ta.bb(close, 20, 2).upper",
    ..Row::BASE
};

pub(crate) static TA_HIGHESTBARS: Row = Row {
    name: "ta.highestbars",
    group: Group::Trend,
    summary: "Pine's offset to the largest of the last `length` values: `highestbars` counted below 0.",
    source: MANUAL,
    inputs: &[Input::series("source").or("high")],
    parameters: LENGTH,
    outputs: INDEX,
    body: Body::Compose(|x, p| vec![x[0].number(0.0) - HIGHESTBARS.of(x, p)]),
    scale: Some(0),
    example: "ta.highestbars(high, 60) >= -3",
    ..Row::BASE
};

pub(crate) static TA_LOWESTBARS: Row = Row {
    name: "ta.lowestbars",
    group: Group::Trend,
    summary: "Pine's offset to the smallest of the last `length` values: `lowestbars` counted below 0.",
    source: MANUAL,
    inputs: &[Input::series("source").or("low")],
    parameters: LENGTH,
    outputs: INDEX,
    body: Body::Compose(|x, p| vec![x[0].number(0.0) - LOWESTBARS.of(x, p)]),
    scale: Some(0),
    example: "ta.lowestbars(low, 60) == 0",
    ..Row::BASE
};

pub(crate) static TA_TR: Row = Row {
    name: "ta.tr",
    group: Group::Volatility,
    summary: "Pine's true range: `tr`, but unknown on the first bar.",
    doc: "`ta.tr(true)` of Pine is `tr` here, and `ta.atr` is made of that one.",
    source: MANUAL,
    inputs: HIGH_LOW_CLOSE,
    body: Body::Compose(|x, _| {
        let previous = x[2].lag(1);
        // In the order that the language gives to what may be turned round: the same node as a range written out.
        vec![MAX.of(&[previous, x[0]], &[]) - MIN.of(&[previous, x[1]], &[])]
    }),
    scale: Some(1),
    example: "ta.tr > 2 * ta.atr(14)",
    ..Row::BASE
};

pub(crate) static TA_RSI: Row = Row {
    name: "ta.rsi",
    group: Group::Momentum,
    summary: "Pine's relative strength index: `rsi`, but 100 where the series has not moved at all.",
    doc: "Pine asks whether anything was lost before it divides, and on a flat series nothing was.",
    source: "the built-in script *Relative Strength Index* of TradingView",
    inputs: SOURCE,
    parameters: LENGTH,
    body: kernel!(|p| Rsi::new(p, 100.0), warmup = |p| bars(p[0]), memory = |p| Memory::Fading(1.0 - 1.0 / p[0])),
    scale: Some(0),
    example: "ta.rsi(close, 14) < 30",
    ..Row::BASE
};

pub(crate) static TA_DMI: Row = Row {
    name: "ta.dmi",
    group: Group::Trend,
    summary: "Pine's directional movement: `dmi`, but `plus` and `minus` hold their last value where the range is 0.",
    source: "the built-in script *Directional Movement Index* of TradingView (`fixnan`)",
    inputs: HIGH_LOW_CLOSE,
    parameters: &[Parameter::whole("diLength", 1, 5000), Parameter::whole("adxSmoothing", 1, 5000)],
    outputs: &[OutputSpec::line("plus"), OutputSpec::line("minus"), OutputSpec::line("adx")],
    body: Body::Compose(|x, p| with_adx(&DIRECTIONAL_HELD, x, p)),
    scale: Some(0),
    example: "ta.dmi(14, 14).plus > ta.dmi(14, 14).minus",
    ..Row::BASE
};

/// The money of a bar that is counted as rising (or as falling): where the change is known and not that way, none.
struct Flow<const FALLING: bool> {
    /// Share of the price before that a change must exceed.
    rounding: f64,
}

impl<const FALLING: bool> Flow<FALLING> {
    fn new(p: &[f64]) -> Self {
        Self { rounding: p[0] }
    }
}

impl<L: Lane, const FALLING: bool> Kernel<L> for Flow<FALLING> {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (source, volume) = (inputs.series(0), inputs.series(1));
        let [mut previous] = *exact(own.lanes);
        for (bar, out) in output.series().iter_mut().enumerate() {
            let x = source[bar];
            let flow = x * volume[bar];
            let change = if FALLING { previous - x } else { x - previous };
            let moved = change.gt(previous.abs() * L::splat(self.rounding));
            let counted = L::select(moved, flow, L::splat(0.0));
            // Nothing is known about the first bar's change, and Pine then counts it on both sides.
            let (value, known) =
                if own.bar + bar == 0 { (flow, flow.known()) } else { (counted, flow.known() & change.known()) };
            *out = L::select(known, value, L::unknown());
            previous = x;
        }
        *exact(own.lanes) = [previous];
    }
}

const MONEY: &[Input] = &[Input::series("source"), Input::implied("volume")];
const SHARE: &[Parameter] = &[Parameter::real("rounding", 0.0, 1.0)];

pub(crate) static INFLOW: Row = Row {
    name: "inflow",
    group: Group::Operator,
    summary: "`source·volume` where the source rose by more than its rounding, and on the first bar.",
    inputs: MONEY,
    parameters: SHARE,
    body: kernel!(Flow::<false>::new, warmup = |_| 0, memory = |_| Memory::Bars(1)),
    ..Row::BASE
};

pub(crate) static OUTFLOW: Row = Row {
    name: "outflow",
    group: Group::Operator,
    summary: "`source·volume` where the source fell by more than its rounding, and on the first bar.",
    inputs: MONEY,
    parameters: SHARE,
    body: kernel!(Flow::<true>::new, warmup = |_| 0, memory = |_| Memory::Bars(1)),
    ..Row::BASE
};

pub(crate) static TA_MFI: Row = Row {
    name: "ta.mfi",
    group: Group::Momentum,
    summary: "Pine's money flow index: `mfi` from bar `length - 1` on, and 100 where no money flowed out.",
    doc: "The first bar's change is unknown, and its money counts as rising and as falling; `mfi` and TA-Lib leave it out. \
          Equal once that bar has left the window.",
    source: MANUAL,
    inputs: &[Input::series("series"), Input::implied("volume")],
    parameters: LENGTH,
    body: Body::Compose(|x, p| {
        let rounding = [if x[0].is_column() { 0.0 } else { ROUNDING }];
        let (positive, negative) = (SUM.of(&[INFLOW.of(x, &rounding)], p), SUM.of(&[OUTFLOW.of(x, &rounding)], p));
        let (zero, hundred) = (negative.number(0.0), negative.number(100.0));
        vec![negative.equals(zero).choose(hundred, positive / (positive + negative) * 100.0)]
    }),
    scale: Some(0),
    example: "ta.mfi(hlc3, 14) < 20",
    ..Row::BASE
};
