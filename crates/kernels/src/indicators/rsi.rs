use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::recursive::{AVERAGE, Average, Smooth};
use crate::spec::*;
use crate::state::{Own, State, exact};

#[derive(Clone, Copy)]
pub(super) struct Rsi<L> {
    /// The index of a series that has not moved.
    flat: L,
    average: Smooth<L>,
}

/// What it remembers, as it is worked on during a call.
#[derive(Clone, Copy)]
struct Moves<L> {
    /// The last known value.
    previous: L,
    gain: Average<L>,
    loss: Average<L>,
}

impl<L: Lane> Rsi<L> {
    pub(super) fn new(p: &[f64], flat: f64) -> Self {
        Self { flat: L::splat(flat), average: Smooth::new(p[0], 1.0 / p[0]) }
    }

    #[inline(always)]
    fn step<const KNOWN: bool>(self, mut state: Moves<L>, values: &[L], out: &mut [L]) -> Moves<L> {
        let zero = L::splat(0.0);
        for (out, &x) in out.iter_mut().zip(values) {
            let change = if KNOWN { x - state.previous } else { (x - state.previous).finite() };
            // In this order an unknown change stays unknown.
            let (gain, loss) = (zero.larger(change), zero.larger(-change));
            let (gain, loss) = if KNOWN {
                state.previous = x;
                (self.average.step_known(&mut state.gain, gain), self.average.step_known(&mut state.loss, loss))
            } else {
                state.previous = L::select(x.known(), x, state.previous);
                (self.average.step(&mut state.gain, gain), self.average.step(&mut state.loss, loss))
            };
            let total = (gain + loss).finite();
            // The quotient first: 100·G may round up, and then G alone would give more than 100.
            let index = gain / total * L::splat(100.0);
            *out = L::select(total.eq(zero), self.flat, index);
        }
        state
    }
}

impl<L: Lane> Kernel<L> for Rsi<L> {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
        self.average.start(state);
        self.average.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out) = (inputs.series(0), output.series());
        let (previous, averages) = own.lanes.split_first_mut().expect("the last value is there");
        let (gain, loss) = averages.split_at_mut(AVERAGE);
        let (gain, loss) = (exact(gain), exact(loss));
        let before =
            Moves { previous: *previous, gain: self.average.resume(*gain), loss: self.average.resume(*loss) };
        // As in Smooth: known values are assumed, and run again with care when that was wrong.
        let mut after = before;
        let known = before.gain.is_seeded() && {
            after = self.step::<true>(before, values, out);
            after.gain.is_sound() && after.loss.is_sound()
        };
        if !known {
            after = self.step::<false>(before, values, out);
        }
        (*previous, *gain, *loss) = (after.previous, after.gain.leave(), after.loss.leave());
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
