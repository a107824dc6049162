use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::History;

/// What deviates in the last `length` values.
#[derive(Clone)]
pub(super) struct Spread<L> {
    history: History<L>,
    length: usize,
    scale: L,
}

impl<L: Lane> Spread<L> {
    pub fn new(p: &[f64]) -> Self {
        let length = bars(p[0]);
        Self { history: History::new(length - 1, L::unknown()), length, scale: L::splat(1.0 / p[0]) }
    }

    /// Of every window a function of its values, of the latest one's distance from the mean and of the mean distance.
    #[inline(always)]
    pub fn run(&mut self, values: &[L], out: &mut [L], of: impl Fn(&[L], L, L) -> L) {
        let values = self.history.extend(values);
        for (window, out) in values.windows(self.length).zip(out) {
            // All is relative to a value of the window: a flat one has no distances, and large prices keep their digits.
            let (base, zero) = (window[0], L::splat(0.0));
            let mean = window.iter().fold(zero, |sum, &x| sum + (x - base)) * self.scale;
            let distances = window.iter().fold(zero, |sum, &x| sum + ((x - base) - mean).abs());
            *out = of(window, (window[self.length - 1] - base) - mean, distances * self.scale);
        }
    }
}

#[derive(Clone)]
struct MeanDeviation<L>(Spread<L>);

impl<L: Lane> Kernel<L> for MeanDeviation<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        self.0.run(inputs.series(0), output.series(), |_, _, deviation| deviation.finite());
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(self.clone())
    }
}

pub static DEV: Row = Row {
    name: "dev",
    group: Group::Statistic,
    summary: "Mean absolute deviation of the last `length` values from their mean.",
    doc: "The mean moves with the window, so every bar reads the whole window: the cost grows with `length`.",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: VALUE,
    body: kernel!(
        |p| MeanDeviation(Spread::new(p)),
        warmup = |p| bars(p[0]) - 1,
        memory = |p| Memory::Bars(bars(p[0]) - 1)
    ),
    scale: Some(1),
    example: "dev(close, 20) > 0.05 * close",
};
