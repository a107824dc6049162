use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::recursive::Smooth;
use crate::spec::*;

#[derive(Clone, Copy)]
pub(super) struct Rsi<L> {
    /// The index of a series that has not moved.
    flat: L,
    /// The last known value.
    previous: L,
    gain: Smooth<L>,
    loss: Smooth<L>,
}

impl<L: Lane> Rsi<L> {
    pub(super) fn new(p: &[f64], flat: f64) -> Self {
        let average = Smooth::new(p[0], 1.0 / p[0]);
        Self { flat: L::splat(flat), previous: L::unknown(), gain: average, loss: average }
    }

    #[inline(always)]
    fn run<const KNOWN: bool>(mut self, values: &[L], out: &mut [L]) -> Self {
        let zero = L::splat(0.0);
        for (out, &x) in out.iter_mut().zip(values) {
            let change = if KNOWN { x - self.previous } else { (x - self.previous).finite() };
            // In this order an unknown change stays unknown.
            let (gain, loss) = (zero.larger(change), zero.larger(-change));
            let (gain, loss) = if KNOWN {
                self.previous = x;
                (self.gain.step_known(gain), self.loss.step_known(loss))
            } else {
                self.previous = L::select(x.known(), x, self.previous);
                (self.gain.step(gain), self.loss.step(loss))
            };
            let total = (gain + loss).finite();
            // The quotient first: 100·G may round up, and then G alone would give more than 100.
            let index = gain / total * L::splat(100.0);
            *out = L::select(total.eq(zero), self.flat, index);
        }
        self
    }
}

impl<L: Lane> Kernel<L> for Rsi<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out) = (inputs.series(0), output.series());
        // As in Smooth: known values are assumed, and run again with care when that was wrong.
        if self.gain.is_seeded() {
            let after = Rsi::run::<true>(*self, values, out);
            if after.gain.is_sound() && after.loss.is_sound() {
                *self = after;
                return;
            }
        }
        *self = Rsi::run::<false>(*self, values, out);
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}

pub static RSI: Row = Row {
    name: "rsi",
    group: Group::Momentum,
    summary: "Wilder's relative strength index, 0 to 100.",
    doc: "`100·G / (G + L)` where G and L are `rma` of the rises and of the falls, first at bar `length`. 50 where \
          the series has not moved at all (so that neither a high nor a low threshold fires; `ta.rsi` is 100 \
          there). On an unknown value it \
          is unknown, and the next change is measured from the last known one.\n\n\
          Source: J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978.",
    inputs: &[Input::series("source").or("close")],
    parameters: &[Parameter::length().or(14.0)],
    outputs: VALUE,
    body: kernel!(|p| Rsi::new(p, 50.0), warmup = |p| bars(p[0]), memory = |p| Memory::Fading(1.0 - 1.0 / p[0])),
    scale: Some(0),
    example: "rsi(close, 14) < 30",
};
