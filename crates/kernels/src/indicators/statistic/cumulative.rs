//! From the start of the series to now.

use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&CUM, &HIGHEST_EVER, &LOWEST_EVER];

const LEFT_OUT: &str = "Unknown on an unknown value, which is left out, as is one that no total is large enough for. \
                        Depends on where the data starts.";

/// Declares a kernel with one number of state, joined with every value that leaves it a number.
macro_rules! running {
    ($kernel:ident, start = $start:expr, |$state:ident, $x:ident| $join:expr) => {
        struct $kernel;
        impl<L: Lane> Kernel<L> for $kernel {
            fn start(&self, state: &mut State<L>) {
                state.add_lanes(1, L::splat($start));
            }
            fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
                let [mut $state] = *exact(own.lanes);
                for (out, &$x) in output.series().iter_mut().zip(inputs.series(0)) {
                    let next = $join;
                    $state = L::select(next.known(), next, $state);
                    *out = next.finite();
                }
                *exact(own.lanes) = [$state];
            }
        }
    };
}
running!(Total, start = 0.0, |total, x| total + x);
running!(HighestEver, start = f64::NEG_INFINITY, |best, x| best.larger(x));
running!(LowestEver, start = f64::INFINITY, |best, x| best.smaller(x));

pub(crate) static CUM: Row = Row {
    name: "cum",
    aliases: &["ta.cum(source)"],
    group: Group::Statistic,
    summary: "Running total.",
    doc: LEFT_OUT,
    // `cum(1)` counts bars, as it does in Pine.
    inputs: &[Input::number("source")],
    body: kernel!(|_| Total, warmup = |_| 0, memory = |_| Memory::Forever),
    scale: Some(1),
    example: "cum(volume) > 1e9",
    ..Row::BASE
};

pub(crate) static HIGHEST_EVER: Row = Row {
    name: "highest_ever",
    aliases: &["ta.max(source)"],
    group: Group::Statistic,
    summary: "The largest value so far; also written `max(x)`.",
    doc: LEFT_OUT,
    inputs: SOURCE,
    outputs: LEVEL,
    pane: Pane::Price,
    body: kernel!(|_| HighestEver, warmup = |_| 0, memory = |_| Memory::Forever),
    scale: Some(1),
    example: "close >= highest_ever(close)",
    ..Row::BASE
};

pub(crate) static LOWEST_EVER: Row = Row {
    name: "lowest_ever",
    aliases: &["ta.min(source)"],
    group: Group::Statistic,
    summary: "The smallest value so far; also written `min(x)`.",
    doc: LEFT_OUT,
    inputs: SOURCE,
    outputs: LEVEL,
    pane: Pane::Price,
    body: kernel!(|_| LowestEver, warmup = |_| 0, memory = |_| Memory::Forever),
    scale: Some(1),
    example: "close <= lowest_ever(close)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::CUM, |x, _| vec![running(&x[0], sum)]),
        Reference::new(&super::HIGHEST_EVER, |x, _| vec![running(&x[0], largest)]),
        Reference::new(&super::LOWEST_EVER, |x, _| vec![running(&x[0], smallest)]),
    ];
}
