//! Agreement with TA-Lib (the crate `ta-lib`), as each row says it beside its reference: how the function is called,
//! from which bar on the two agree, and on which candles TA-Lib's own rounding is in the way. Exact rows agree exactly,
//! the others to 1e-12 of what their tolerance is measured by: the value, the level of prices, or 100.

mod common;

use common::bytes::PlanBytes;
use common::candles::{Candles, Columns};
use common::machine::reports;
use kernels::graph::ValueId;
use kernels::indicators::find;
use kernels::reference::series::Series;
use kernels::reference::talib::{Agrees, Market, Talib};
use kernels::reference::{Reference, reference_of, references};
use kernels::spec::{Input, Measure, Row};

/// Long enough for `adx(50, 50)` to forget its start.
const BARS: usize = 5_000;
const TOLERANCE: f64 = 1e-12;

struct Ours {
    values: Vec<Series>,
    /// First bar of each output on which the start weighs less than the tolerance.
    settled: Vec<usize>,
}

/// What a row reads by default: a source is the close where the row says nothing else.
fn column(input: &Input, candles: &Candles) -> Series {
    match input.default.unwrap_or("close") {
        "open" => candles.open.clone(),
        "high" => candles.high.clone(),
        "low" => candles.low.clone(),
        "close" => candles.close.clone(),
        "volume" => candles.volume.clone(),
        "hlc3" => candles.typical(),
        other => panic!("there is no {other} to compare with TA-Lib on"),
    }
}

fn ours(row: &Row, candles: &Candles, parameters: &[f64]) -> Ours {
    let mut bytes = PlanBytes::default();
    let inputs: Vec<_> = (0..row.inputs.len()).map(|at| bytes.column(at as u32)).collect();
    let call = bytes.call(row.name, &inputs, parameters);
    for output in 0..row.outputs.len() {
        bytes.report(call.output(output));
    }
    let plan = bytes.plan();
    let columns: Columns = row.inputs.iter().map(|input| column(input, candles)).collect();
    let settled = |&report: &ValueId| {
        let reach = plan.graph.value(report).reach();
        let fading = (reach.fading * -(TOLERANCE / 100.0).ln()).ceil() as usize;
        if reach.forever { 0 } else { reach.warmup.max(reach.lookback) + fading }
    };
    Ours { values: reports(&plan, &columns), settled: plan.reports.iter().map(settled).collect() }
}

fn unit(row: &Row, market: Market) -> f64 {
    match row.tolerance.of {
        Measure::Values => 0.0,
        Measure::Source => market.level(),
        Measure::Hundred => 100.0,
    }
}

/// Share of the unit that the two may be apart.
fn usual_share(row: &Row) -> f64 {
    if row.tolerance.share == 0.0 { 0.0 } else { TOLERANCE }
}

/// The same on a market.
fn share(row: &Row, talib: &Talib, market: Market) -> f64 {
    let exception = talib.exceptions.iter().find(|exception| exception.market == market);
    exception.map_or(usual_share(row), |exception| exception.within)
}

/// The first bar on which the two are further apart than they may be, in words.
fn disagreement(row: &Row, talib: &Talib, market: Market, parameters: &[f64], share: f64) -> Option<String> {
    let candles = market.candles(BARS);
    let (ours, theirs) = (ours(row, &candles, parameters), (talib.values)(&candles, parameters));
    let rounding = talib.rounding.map_or(vec![0.0; BARS], |rounding| rounding(&candles, parameters));
    for (output, theirs) in theirs.iter().enumerate() {
        let from = match talib.agrees {
            Agrees::Everywhere => 0,
            Agrees::From(bar) => bar,
            Agrees::Faded => ours.settled[output],
        };
        let name = row.outputs[output].name;
        let what = format!("{}{parameters:?}.{name} and {} on {market:?}", row.name, talib.name);
        assert!(from + 100 < BARS, "{what}: only {} bars to compare", BARS - from);
        for bar in from..BARS {
            let (ours, theirs) = (ours.values[output][bar], theirs[bar]);
            // They are unknown together, unless TA-Lib has a number for that.
            let no_value = talib.for_unknown == Some(theirs) || theirs.is_nan();
            let allowed = share * ours.abs().max(theirs.abs()).max(unit(row, market)) + rounding[bar].max(0.0);
            if !(ours == theirs || ours.is_nan() && no_value || (ours - theirs).abs() <= allowed) {
                return Some(format!("{what}, bar {bar}: {ours:?} is not {theirs:?} ± {allowed:.1e}"));
            }
        }
    }
    None
}

/// Every comparison that rows ask for.
fn comparisons() -> impl Iterator<Item = (&'static Row, &'static Talib, Market)> {
    let talibs = references().flat_map(|&Reference { row, talib, .. }| talib.iter().map(move |talib| (row, talib)));
    talibs.flat_map(|(row, talib)| Market::ALL.map(|market| (row, talib, market)))
}

#[test]
fn every_row_agrees_with_its_function_of_talib() {
    for (row, talib, market) in comparisons() {
        let share = share(row, talib, market);
        for parameters in talib.parameters {
            let disagreement = disagreement(row, talib, market, parameters, share);
            assert!(disagreement.is_none(), "{}", disagreement.unwrap_or_default());
        }
    }
}

/// So that no comparison gets lost: these are what the tests compared when they were written one by one.
#[test]
fn the_functions_that_talib_has_too_are_compared() {
    for name in [
        "sma",
        "sum",
        "wma",
        "ema",
        "rma",
        "dev",
        "highest",
        "lowest",
        "highestbars",
        "lowestbars",
        "stdev",
        "bbands",
        "mom",
        "roc",
        "rsi",
        "macd",
        "stoch",
        "cci",
        "tr",
        "atr",
        "dmi",
        "adx",
        "plus_dm",
        "minus_dm",
        "obv",
        "mfi",
        "vwma",
    ] {
        let (_, row) = find(name).expect("it is in the catalogue");
        let Reference { talib, .. } = reference_of(row);
        assert!(!talib.is_empty(), "{name} says nothing about TA-Lib");
    }
}

#[test]
fn no_exception_stands_that_is_not_needed() {
    for (row, talib, market) in comparisons() {
        if talib.exceptions.iter().any(|exception| exception.market == market) {
            let share = usual_share(row);
            let disagrees = |parameters: &&[f64]| disagreement(row, talib, market, parameters, share).is_some();
            assert!(talib.parameters.iter().any(disagrees), "{} agrees with {} on {market:?}", row.name, talib.name);
        }
    }
}

/// `PLUS_DI` of what compares `PLUS_DI, MINUS_DI`.
fn first_name(talib: &Talib) -> &'static str {
    talib.name.split(',').next().expect("there is a first part")
}

#[test]
fn where_talib_does_not_agree_everywhere_the_row_says_how_it_differs() {
    for &Reference { row, talib, .. } in references() {
        for talib in talib {
            let agrees = matches!(talib.agrees, Agrees::Everywhere) && talib.for_unknown.is_none();
            let name = format!("talib.{}", first_name(talib));
            assert!(agrees || row.differs.iter().any(|(other, _)| *other == name), "{} and {name}", row.name);
        }
    }
}

#[test]
fn who_is_said_to_differ_is_in_the_catalogue_or_compared_with() {
    for &Reference { row, talib, .. } in references() {
        for (other, how) in row.differs {
            let is_compared = |name| talib.iter().any(|talib| first_name(talib) == name);
            let is_known = other.strip_prefix("talib.").map_or_else(|| find(other).is_some(), is_compared);
            assert!(is_known && !how.is_empty(), "{} differs from {other}", row.name);
        }
    }
}
