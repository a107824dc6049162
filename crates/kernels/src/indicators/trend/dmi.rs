use crate::block::{Inputs, Kernel, Output};
use crate::graph::Value;
use crate::indicators::average::rma::RMA;
use crate::indicators::trend::directional::{DIRECTIONAL, movements};
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&PLUS_DM, &MINUS_DM, &DMI, &ADX];

const HIGH_LOW: &[Input] = &[Input::implied("high"), Input::implied("low")];

/// One of the two movements of a bar.
struct Movement<const DOWN: bool>;

impl<L: Lane, const DOWN: bool> Kernel<L> for Movement<DOWN> {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(2, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (high, low) = (inputs.series(0), inputs.series(1));
        let [mut high_before, mut low_before] = *exact(own.lanes);
        for (bar, out) in output.series().iter_mut().enumerate() {
            let (up, down) = (high[bar] - high_before, low_before - low[bar]);
            *out = L::select((up + down).known(), movements(up, down)[DOWN as usize], L::unknown());
            (high_before, low_before) = (high[bar], low[bar]);
        }
        *exact(own.lanes) = [high_before, low_before];
    }
}

const LARGER_ONE: &str = "Only the larger of the two movements of a bar counts. First at bar 1.";

pub(crate) static PLUS_DM: Row = Row {
    name: "plus_dm",
    group: Group::Trend,
    summary: "Wilder's upward movement of one bar: how far the high rose.",
    doc: LARGER_ONE,
    inputs: HIGH_LOW,
    body: kernel!(|_| Movement::<false>, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    scale: Some(1),
    example: "plus_dm() > atr(14)",
    ..Row::BASE
};

pub(crate) static MINUS_DM: Row = Row {
    name: "minus_dm",
    group: Group::Trend,
    summary: "Wilder's downward movement of one bar: how far the low fell.",
    doc: LARGER_ONE,
    inputs: HIGH_LOW,
    body: kernel!(|_| Movement::<true>, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    scale: Some(1),
    example: "minus_dm() > atr(14)",
    ..Row::BASE
};

/// The parts of directional movement by one of the two kernels of `directional.rs`, and their index averaged.
pub(crate) fn with_adx<'g>(parts: &'static Row, x: &[Value<'g>], p: &[f64]) -> Vec<Value<'g>> {
    let [plus, minus, index] = *parts.all_of(x, &p[..1]) else { unreachable!("plus, minus and index") };
    vec![plus, minus, RMA.of(&[index], &p[1..])]
}

const PARAMETERS: &[Parameter] =
    &[Parameter::length().or(14.0), Parameter::whole("smoothing", 1, 5000).or_as("length")];

pub(crate) static DMI: Row = Row {
    name: "dmi",
    group: Group::Trend,
    summary: "Wilder's directional movement: `plus`, `minus` and their smoothed difference `adx`, each 0 to 100.",
    doc: "Each part is an `rma` of its own (Pine); TA-Lib sums the first `length - 1` bars instead, which fades. `plus` \
          and `minus` are first at bar `length`, `adx` at `length + smoothing - 1`. Unknown where the range is 0; `ta.dmi` \
          holds the last value there.",
    source: "J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    outputs: &[OutputSpec::line("plus"), OutputSpec::line("minus"), OutputSpec::line("adx")],
    body: Body::Compose(|x, p| with_adx(&DIRECTIONAL, x, p)),
    scale: Some(0),
    example: "crossover(dmi(14, 14).plus, dmi(14, 14).minus)",
    ..Row::BASE
};

pub(crate) static ADX: Row = Row {
    name: "adx",
    group: Group::Trend,
    summary: "Average directional index: the strength of a trend, 0 to 100. The `adx` of `dmi`.",
    doc: "First at bar `length + smoothing - 1`.",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    body: Body::Compose(|x, p| vec![with_adx(&DIRECTIONAL, x, p)[2]]),
    scale: Some(0),
    example: "adx(14) > 25",
    ..Row::BASE
};
