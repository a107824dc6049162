use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::recursive::{Kept, Smooth};
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&RSI];

#[derive(Clone, Copy)]
pub(crate) struct Rsi {
    /// The index of a series that has not moved.
    flat: f64,
    average: Smooth,
}

impl Rsi {
    pub(crate) fn new(p: &[f64], flat: f64) -> Self {
        Self { flat, average: Smooth::new(p[0], 1.0 / p[0]) }
    }

    #[inline(always)]
    fn index<L: Lane>(self, gain: L, loss: L) -> L {
        let total = (gain + loss).finite();
        // The quotient first: 100·G may round up, and then G alone would give more than 100.
        let index = gain / total * L::splat(100.0);
        L::select(total.eq(L::splat(0.0)), L::splat(self.flat), index)
    }
}

/// The rise and the fall of a change; in this order an unknown one stays unknown.
#[inline(always)]
fn parted<L: Lane>(change: L) -> (L, L) {
    let zero = L::splat(0.0);
    (zero.larger(change), zero.larger(-change))
}

/// Remembers the last known value and the averages of rises and falls.
impl<L: Lane> Kernel<L> for Rsi {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
        self.average.start(state);
        self.average.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out, rsi) = (inputs.series(0), output.series(), *self);
        let average = rsi.average;
        let (kept_previous, averages) = own.lanes.split_first_mut().expect("the last value is there");
        let (kept_gain, kept_loss) = averages.split_at_mut(Smooth::LANES);
        let (kept_gain, kept_loss): (&mut Kept<L>, &mut Kept<L>) = (exact(kept_gain), exact(kept_loss));
        // As in Smooth: known values are assumed, and run again with care when that was wrong.
        if let (Some(mut gain), Some(mut loss)) = (average.seeded(*kept_gain), average.seeded(*kept_loss)) {
            let mut previous = *kept_previous;
            for (out, &x) in out.iter_mut().zip(values) {
                let (rise, fall) = parted(x - previous);
                (previous, gain, loss) = (x, average.step_known(gain, rise), average.step_known(loss, fall));
                *out = rsi.index(gain, loss);
            }
            if gain.all_known() && loss.all_known() {
                let ([.., kept_gain], [.., kept_loss]) = (kept_gain, kept_loss);
                (*kept_previous, *kept_gain, *kept_loss) = (previous, gain, loss);
                return;
            }
        }
        let (mut previous, mut gain, mut loss) =
            (*kept_previous, average.resume(*kept_gain), average.resume(*kept_loss));
        for (out, &x) in out.iter_mut().zip(values) {
            let (rise, fall) = parted((x - previous).finite());
            previous = L::select(x.known(), x, previous);
            *out = rsi.index(average.step(&mut gain, rise), average.step(&mut loss, fall));
        }
        (*kept_previous, *kept_gain, *kept_loss) = (previous, gain.keep(), loss.keep());
    }
}

pub(crate) static RSI: Row = Row {
    name: "rsi",
    group: Group::Momentum,
    summary: "Wilder's relative strength index, 0 to 100.",
    doc: "`100·G / (G + L)` where G and L are `rma` of the rises and of the falls, first at bar `length`. 50 where \
          the series has not moved at all, so that neither a high nor a low threshold fires. On an unknown value it \
          is unknown, and the next change is measured from the last known one.",
    source: "J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978",
    inputs: &[Input::series("source").or("close")],
    parameters: &[Parameter::length().or(14.0)],
    body: kernel!(|p| Rsi::new(p, 50.0), warmup = |p| bars(p[0]), memory = |p| Memory::Fading(1.0 - 1.0 / p[0])),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[("ta.rsi", "is 100 where the series has not moved at all")],
    example: "rsi(close, 14) < 30",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::RSI,
        values: |x, p| vec![rsi(&x[0], p[0])],
        talib: &[Talib {
            name: "RSI",
            parameters: FROM_TWO,
            values: |x, p| outputs(x, |core, last, [out]| core.rsi(0, last, &x.close, p[0] as i32, out)),
            ..Talib::BASE
        }],
    }];

    fn rsi(values: &[f64], length: f64) -> Series {
        let changes = changes(values);
        let average = |sign: f64| smooth(&each(&changes, |change| (sign * change).max(0.0)), length, 1.0 / length);
        zip(&average(1.0), &average(-1.0), |gain, loss| match gain + loss {
            0.0 => 50.0,
            total => 100.0 * gain / total,
        })
    }
}
