use super::math::ABS;
use super::rma::RMA;
use super::true_range::HIGH_LOW_CLOSE;
use crate::block::{Inputs, Kernel, Output};
use crate::graph::Node;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;

const HIGH_LOW: &[Input] = &[Input::implied("high"), Input::implied("low")];

/// How far the range moved beyond that of the bar before, upwards or downwards.
#[derive(Clone, Copy)]
struct Movement<L, const DOWN: bool> {
    high: L,
    low: L,
}

impl<L: Lane, const DOWN: bool> Movement<L, DOWN> {
    fn new(_: &[f64]) -> Self {
        Self { high: L::unknown(), low: L::unknown() }
    }
}

impl<L: Lane, const DOWN: bool> Kernel<L> for Movement<L, DOWN> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let zero = L::splat(0.0);
        let (high, low) = (inputs.series(0), inputs.series(1));
        for (bar, out) in output.series().iter_mut().enumerate() {
            let up = high[bar] - self.high;
            let down = self.low - low[bar];
            let (this, other) = if DOWN { (down, up) } else { (up, down) };
            let movement = L::select(this.gt(other) & this.gt(zero), this, zero);
            *out = L::select((up + down).known(), movement, L::unknown());
            (self.high, self.low) = (high[bar], low[bar]);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}

const fn movement(name: &'static str, summary: &'static str, example: &'static str, body: Body) -> Row {
    Row {
        name,
        group: Group::Trend,
        summary,
        doc: "Only the larger of the two movements of a bar counts. First at bar 1.",
        inputs: HIGH_LOW,
        parameters: &[],
        outputs: VALUE,
        body,
        scale: Some(1),
        example,
    }
}
pub static PLUS_DM: Row = movement(
    "plus_dm",
    "Wilder's upward movement of one bar: how far the high rose.",
    "plus_dm() > atr(14)",
    kernel!(Movement::<_, false>::new, warmup = |_| 1, memory = |_| Memory::Bars(1)),
);
pub static MINUS_DM: Row = movement(
    "minus_dm",
    "Wilder's downward movement of one bar: how far the low fell.",
    "minus_dm() > atr(14)",
    kernel!(Movement::<_, true>::new, warmup = |_| 1, memory = |_| Memory::Bars(1)),
);

fn directional<'g>(x: &[Node<'g>], p: &[f64]) -> Vec<Node<'g>> {
    let &[high, low, close] = x else { unreachable!("the row has three inputs") };
    let (length, smoothing) = (&p[..1], &p[1..]);
    let previous = close.lag(1);
    // The range of the first bar is left out here: there is no movement to compare it with.
    let range = super::math::MAX.of(&[high, previous], &[]) - super::math::MIN.of(&[low, previous], &[]);
    let range = RMA.of(&[range], length);
    let plus = RMA.of(&[PLUS_DM.of(&[high, low], &[])], length) / range * 100.0;
    let minus = RMA.of(&[MINUS_DM.of(&[high, low], &[])], length) / range * 100.0;
    let sum = plus + minus;
    let zero = sum.number(0.0);
    let index = sum.equals(zero).choose(zero, ABS.of(&[plus - minus], &[]) / sum * 100.0);
    vec![plus, minus, RMA.of(&[index], smoothing)]
}

const PARAMETERS: &[Parameter] = &[Parameter::length().or(14.0), Parameter::whole("smoothing", 1, 5000).or(14.0)];

pub static DMI: Row = Row {
    name: "dmi",
    group: Group::Trend,
    summary: "Wilder's directional movement: `plus`, `minus` and their smoothed difference `adx`, each 0 to 100.",
    doc: "Each part is an `rma` of its own (Pine); TA-Lib sums the first `length - 1` bars instead, which fades. `plus` \
          and `minus` are first at bar `length`, `adx` at `length + smoothing - 1`. Unknown where the range is 0.\n\n\
          Source: J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978.",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    outputs: &[
        OutputSpec { name: "plus", kind: Type::Number },
        OutputSpec { name: "minus", kind: Type::Number },
        OutputSpec { name: "adx", kind: Type::Number },
    ],
    body: Body::Compose(directional),
    scale: Some(0),
    example: "crossover(dmi(14, 14).plus, dmi(14, 14).minus)",
};

pub static ADX: Row = Row {
    name: "adx",
    group: Group::Trend,
    summary: "Average directional index: the strength of a trend, 0 to 100. The `adx` of `dmi`.",
    doc: "First at bar `length + smoothing - 1`.",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    outputs: VALUE,
    body: Body::Compose(|x, p| vec![directional(x, p)[2]]),
    scale: Some(0),
    example: "adx(14) > 25",
};
