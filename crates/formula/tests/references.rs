//! Every function against its plain reference, which stands in the function's own file (`kernels::reference`): the same
//! unknown bars, and values within the tolerance of its row.

mod common;

use common::candles::{Candles, Columns, with_holes};
use common::catalogue::{Case, cases};
use common::compare::assert_within;
use common::machine::reports;
use common::random::Random;
use kernels::graph::Reach;
use kernels::reference::reference_of;
use kernels::reference::series::{Series, each, yes_no};
use kernels::spec::{Measure, Type};

const BARS: usize = 500;

/// What a difference is measured by on every bar, besides the larger value.
fn units(case: &Case, output: usize, inputs: &Columns) -> Series {
    match case.row.tolerance.of {
        Measure::Values => vec![0.0; BARS],
        Measure::Hundred => vec![100.0; BARS],
        Measure::Source => taking_part(&inputs[0], case.reach(output)),
    }
}

/// The largest number that takes part in the value of each bar: of a window the largest in it, of an average that never
/// forgets one that fades as it does there.
fn taking_part(values: &[f64], reach: Reach) -> Series {
    let kept = match reach.fading {
        _ if reach.forever => 1.0,
        0.0 => 0.0,
        fading => (-1.0 / fading).exp(),
    };
    let mut before = 0.0;
    let largest = |bar: usize| {
        let window = &values[bar.saturating_sub(reach.lookback)..=bar];
        before = window.iter().fold(before * kept, |most: f64, value| most.max(value.abs()));
        before
    };
    (0..values.len()).map(largest).collect()
}

fn assert_agrees(case: &Case, inputs: &Columns, what: &str) {
    // In a plan of the cases a condition is whether a column is above 0.
    let plain: Columns = (0..)
        .zip(inputs)
        .map(|(at, input)| match case.row.inputs.get(at).map(|input| input.kind) {
            Some(Type::Condition) => each(input, |column| yes_no(column > 0.0)),
            _ => input.clone(),
        })
        .collect();
    let wanted = (reference_of(case.row).values)(&plain, &case.parameters);
    assert_eq!(wanted.len(), case.row.outputs.len(), "outputs of the reference of {}", case.row.name);
    for (output, (got, wanted)) in reports(&case.plan, inputs).iter().zip(&wanted).enumerate() {
        let what = format!("{} {what}", case.label(output));
        assert_within(got, wanted, &units(case, output, inputs), case.row.tolerance.share, &what);
    }
}

fn holed(inputs: Columns, share: f64, seed: u64) -> Columns {
    (seed..).zip(inputs).map(|(seed, input)| with_holes(&input, share, seed)).collect()
}

/// Nothing is known for a while, at the start as well.
fn gapped(mut inputs: Columns) -> Columns {
    for (at, input) in inputs.iter_mut().enumerate() {
        for gap in [0..3 + at, 90..97, 240 + 10 * at..270] {
            input[gap].fill(f64::NAN);
        }
    }
    inputs
}

#[test]
fn every_function_agrees_with_its_plain_reference_on_candles() {
    for (seed, case) in (0..).zip(cases()) {
        let inputs = |candles: Candles| case.inputs(&candles, seed);
        for (what, inputs) in [
            ("on a walk with holes", holed(inputs(Candles::walk(BARS, seed)), 0.02, seed)),
            ("on a walk with gaps", gapped(inputs(Candles::walk(BARS, seed)))),
            ("on a trend", inputs(Candles::trend(BARS, seed))),
            ("on closes that rest", holed(inputs(Candles::resting(BARS, 5, seed)), 0.005, seed)),
            ("on ties", holed(inputs(Candles::rounded(BARS, seed)), 0.005, seed)),
            ("on one price", inputs(Candles::flat(BARS, 7.3))),
            ("on spikes", inputs(Candles::spiked(BARS, 120, 1e6, seed))),
            ("on small quotes", inputs(Candles::walk(BARS, seed).priced(1e-9))),
            ("on large quotes", inputs(Candles::walk(BARS, seed).priced(1e7))),
        ] {
            assert_agrees(&case, &inputs, what);
        }
    }
}

/// Few different numbers, so that equal ones, negative ones and zeros meet; candles would not be such.
fn halves(inputs: usize, seed: u64) -> Columns {
    let mut random = Random::new(seed);
    (0..inputs).map(|_| (0..BARS).map(|_| (random.below(13) as f64 - 6.0) / 2.0).collect()).collect()
}

#[test]
fn functions_of_any_numbers_agree_on_negative_ones_and_zero() {
    for (seed, case) in (0..).zip(cases()) {
        // Candles have a high above their low, and times count from 1970.
        if case.row.inputs.iter().any(|input| input.implied && ["high", "local_time"].contains(&input.name)) {
            continue;
        }
        assert_agrees(&case, &holed(halves(case.row.inputs.len().max(1), seed), 0.005, seed), "on halves");
    }
}

#[test]
fn the_calendar_agrees_over_centuries() {
    let times: Series = (0..60_000).map(|day| day as f64 * 86_400_000.0 + (day % 1_440) as f64 * 60_000.0).collect();
    for case in cases().iter().filter(|case| case.row.inputs.iter().any(|input| input.name == "local_time")) {
        let inputs = vec![times.clone()];
        let wanted = (reference_of(case.row).values)(&inputs, &[]);
        assert_eq!(reports(&case.plan, &inputs), wanted, "{}", case.row.name);
    }
}

#[test]
fn what_is_not_exact_says_why() {
    for row in kernels::indicators::REGISTRY {
        assert_eq!(row.tolerance.share > 0.0, !row.tolerance.reason.is_empty(), "{}", row.name);
    }
}
