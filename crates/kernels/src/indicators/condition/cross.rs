//! One series passing another.

use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&CROSSOVER, &CROSSUNDER, &CROSS];

const A_B: &[Input] = &[Input::number("a"), Input::number("b")];

/// Remembers the comparison of the bar before, as bit planes.
struct Crossover;

impl<L: Lane> Kernel<L> for Crossover {
    fn start(&self, state: &mut State<L>) {
        state.add_bits(2, false);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (a, b) = (inputs.series(0), inputs.series(1));
        let (yes, no) = output.mask();
        let bars = yes.len();
        let (a, b, no) = (&a[..bars], &b[..bars], &mut no[..bars]);
        let [mut was_above, mut was_not_above] = *exact(own.bits);
        for bar in 0..bars {
            let above = L::bits(a[bar].gt(b[bar]));
            let not_above = L::bits(a[bar].le(b[bar]));
            yes[bar] = above & was_not_above;
            no[bar] = not_above | was_above;
            (was_above, was_not_above) = (above, not_above);
        }
        *exact(own.bits) = [was_above, was_not_above];
    }
}

const KNOWN: &str =
    "Unknown only where an unknown value decides: false where one of the comparisons is known to be false.";

pub(crate) static CROSSOVER: Row = Row {
    name: "crossover",
    aliases: &["ta.crossover(source1, source2)"],
    group: Group::Condition,
    summary: "a rises above b: `a > b and a[1] <= b[1]`.",
    doc: KNOWN,
    inputs: A_B,
    outputs: CONDITION,
    body: kernel!(|_| Crossover, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    scale: Some(0),
    example: "crossover(ema(close, 12), ema(close, 26))",
    ..Row::BASE
};

pub(crate) static CROSSUNDER: Row = Row {
    name: "crossunder",
    aliases: &["ta.crossunder(source1, source2)"],
    group: Group::Condition,
    summary: "a falls below b: `a < b and a[1] >= b[1]`.",
    doc: KNOWN,
    inputs: A_B,
    outputs: CONDITION,
    body: Body::Compose(|x, _| vec![CROSSOVER.of(&[x[1], x[0]], &[])]),
    scale: Some(0),
    example: "crossunder(close, sma(close, 20))",
    ..Row::BASE
};

pub(crate) static CROSS: Row = Row {
    name: "cross",
    aliases: &["ta.cross(source1, source2)"],
    group: Group::Condition,
    summary: "a passes b in either direction: `crossover(a, b) or crossunder(a, b)`.",
    doc: KNOWN,
    inputs: A_B,
    outputs: CONDITION,
    body: Body::Compose(|x, _| vec![CROSSOVER.of(x, &[]).or(CROSSUNDER.of(x, &[]))]),
    scale: Some(0),
    example: "cross(close, sma(close, 60))",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::CROSSOVER, |x, _| vec![crossover(&x[0], &x[1])]),
        Reference::new(&super::CROSSUNDER, |x, _| vec![crossover(&x[1], &x[0])]),
        Reference::new(&super::CROSS, |x, _| vec![or(&crossover(&x[0], &x[1]), &crossover(&x[1], &x[0]))]),
    ];

    /// `a > b and a[1] <= b[1]`.
    fn crossover(a: &[f64], b: &[f64]) -> Series {
        let above = zip(a, b, |a, b| yes_no(a > b));
        and(&above, &zip(&lag(a, 1.0), &lag(b, 1.0), |a, b| yes_no(a <= b)))
    }
}
