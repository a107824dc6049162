//! From the start of the series to now.

use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

const fn cumulative(name: &'static str, summary: &'static str, example: &'static str, body: Body) -> Row {
    Row {
        name,
        group: Group::Statistic,
        summary,
        doc: "Unknown on an unknown value, which is left out, as is one that no total is large enough for. Depends on \
              where the data starts.",
        inputs: SOURCE,
        parameters: &[],
        outputs: VALUE,
        body,
        scale: Some(1),
        example,
    }
}

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

pub static CUM: Row = Row {
    // `cum(1)` counts bars, as it does in Pine.
    inputs: &[Input::number("source")],
    ..cumulative(
        "cum",
        "Running total.",
        "cum(volume) > 1e9",
        kernel!(|_| Total, warmup = |_| 0, memory = |_| Memory::Forever),
    )
};
pub static HIGHEST_EVER: Row = cumulative(
    "highest_ever",
    "The largest value so far; also written `max(x)`.",
    "close >= highest_ever(close)",
    kernel!(|_| HighestEver, warmup = |_| 0, memory = |_| Memory::Forever),
);
pub static LOWEST_EVER: Row = cumulative(
    "lowest_ever",
    "The smallest value so far; also written `min(x)`.",
    "close <= lowest_ever(close)",
    kernel!(|_| LowestEver, warmup = |_| 0, memory = |_| Memory::Forever),
);
