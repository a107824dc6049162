use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::History;

#[derive(Clone)]
struct MeanDeviation<L> {
    history: History<L>,
    length: usize,
    scale: L,
}

impl<L: Lane> MeanDeviation<L> {
    fn new(p: &[f64]) -> Self {
        let length = bars(p[0]);
        Self { history: History::new(length - 1, L::unknown()), length, scale: L::splat(1.0 / p[0]) }
    }
}

impl<L: Lane> Kernel<L> for MeanDeviation<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let values = self.history.extend(inputs.series(0));
        for (window, out) in values.windows(self.length).zip(output.series()) {
            // Relative to one of the values, as in `sma`, so that a flat window has deviation 0.
            let base = window[0];
            let zero = L::splat(0.0);
            let mean = base + window.iter().fold(zero, |sum, &x| sum + (x - base)) * self.scale;
            *out = window.iter().fold(zero, |sum, &x| sum + (x - mean).abs()) * self.scale;
        }
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
    body: kernel!(MeanDeviation::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    example: "dev(close, 20) > 0.05 * close",
};
