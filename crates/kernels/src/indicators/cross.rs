//! One series passing another.

use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;

const A_B: &[Input] = &[Input::number("a"), Input::number("b")];

/// The comparison of the bar before, as bit planes.
#[derive(Clone, Copy)]
struct Crossover {
    was_above: u8,
    was_not_above: u8,
}

impl Crossover {
    fn new(_: &[f64]) -> Self {
        Self { was_above: 0, was_not_above: 0 }
    }
}

impl<L: Lane> Kernel<L> for Crossover {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (a, b) = (inputs.series(0), inputs.series(1));
        let (yes, no) = output.mask();
        let bars = yes.len();
        let (a, b, no) = (&a[..bars], &b[..bars], &mut no[..bars]);
        for bar in 0..bars {
            let above = L::bits(a[bar].gt(b[bar]));
            let not_above = L::bits(a[bar].le(b[bar]));
            yes[bar] = above & self.was_not_above;
            no[bar] = not_above | self.was_above;
            (self.was_above, self.was_not_above) = (above, not_above);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}

const fn crossing(name: &'static str, summary: &'static str, example: &'static str, body: Body) -> Row {
    Row {
        name,
        group: Group::Condition,
        summary,
        doc: "Unknown only where an unknown value decides: false where one of the comparisons is known to be false.",
        inputs: A_B,
        parameters: &[],
        outputs: CONDITION,
        body,
        scale: Some(0),
        example,
    }
}

pub static CROSSOVER: Row = crossing(
    "crossover",
    "a rises above b: `a > b and a[1] <= b[1]`.",
    "crossover(ema(close, 12), ema(close, 26))",
    kernel!(Crossover::new, warmup = |_| 1, memory = |_| Memory::Bars(1)),
);
pub static CROSSUNDER: Row = crossing(
    "crossunder",
    "a falls below b: `a < b and a[1] >= b[1]`.",
    "crossunder(close, sma(close, 20))",
    Body::Compose(|x, _| vec![CROSSOVER.of(&[x[1], x[0]], &[])]),
);
pub static CROSS: Row = crossing(
    "cross",
    "a passes b in either direction: `crossover(a, b) or crossunder(a, b)`.",
    "cross(close, sma(close, 60))",
    Body::Compose(|x, _| vec![CROSSOVER.of(x, &[]).or(CROSSUNDER.of(x, &[]))]),
);
