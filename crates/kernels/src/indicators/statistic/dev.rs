use crate::block::{Inputs, Kernel, Output};
use crate::history;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State};

pub(crate) static ROWS: &[&Row] = &[&DEV];

/// What deviates in the last `length` values.
pub(crate) struct Spread {
    length: usize,
    scale: f64,
}

impl Spread {
    pub fn new(p: &[f64]) -> Self {
        Self { length: bars(p[0]), scale: 1.0 / p[0] }
    }

    pub fn start<L: Lane>(&self, state: &mut State<L>) {
        state.add_lanes(self.length - 1, L::unknown());
    }

    /// Of every window a function of its values, of the latest one's distance from the mean and of the mean distance.
    #[inline(always)]
    pub fn run<L: Lane>(&self, own: &mut Own<'_, L>, values: &[L], out: &mut [L], of: impl Fn(&[L], L, L) -> L) {
        // Windows that begin before the call, then those that lie in it.
        let split = values.len().min(self.length - 1);
        let (older, newer) = history::in_order(own.lanes, own.bar);
        own.spare.clear();
        for values in [older, newer, &values[..split]] {
            own.spare.extend_from_slice(values);
        }
        let early = own.spare.len();
        own.spare.resize(early + self.length, L::unknown());
        let (early, apart) = own.spare.split_at_mut(early);
        let (first, rest) = out.split_at_mut(split);
        self.windows(early, apart, first, &of);
        self.windows(values, apart, rest, &of);
        history::push(own.lanes, own.bar, values);
    }

    /// `apart` is room for a window: the loops are bound by additions, four per value, so what is subtracted once is kept
    /// (`cci(close, 100)` 29.4 ns per bar and symbol in lanes, 31.3 without).
    /// Not inlined twice: the loop took 8 % longer then.
    #[inline(never)]
    fn windows<L: Lane>(&self, values: &[L], apart: &mut [L], out: &mut [L], of: &impl Fn(&[L], L, L) -> L) {
        let (length, scale) = (self.length, L::splat(self.scale));
        for (window, out) in values.windows(length).zip(out) {
            // All is relative to a value of the window: a flat one has no distances, and large prices keep their digits.
            let (base, zero) = (window[0], L::splat(0.0));
            let mut sum = zero;
            for (apart, &x) in apart.iter_mut().zip(window) {
                *apart = x - base;
                sum = sum + *apart;
            }
            let mean = sum * scale;
            let distances = apart.iter().fold(zero, |sum, &apart| sum + (apart - mean).abs());
            *out = of(window, (window[length - 1] - base) - mean, distances * scale);
        }
    }
}

struct MeanDeviation(Spread);

impl<L: Lane> Kernel<L> for MeanDeviation {
    fn start(&self, state: &mut State<L>) {
        self.0.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        self.0.run(own, inputs.series(0), output.series(), |_, _, deviation| deviation.finite());
    }
}

pub(crate) static DEV: Row = Row {
    name: "dev",
    aliases: &["ta.dev(source, length)"],
    group: Group::Statistic,
    summary: "Mean absolute deviation of the last `length` values from their mean.",
    doc: "The mean moves with the window, so every bar reads the whole window: the cost grows with `length`.",
    inputs: SOURCE,
    parameters: LENGTH,
    body: kernel!(
        |p| MeanDeviation(Spread::new(p)),
        warmup = |p| bars(p[0]) - 1,
        memory = |p| Memory::Bars(bars(p[0]) - 1)
    ),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "dev(close, 20) > 0.05 * close",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::DEV,
        values: |x, p| vec![window(&x[0], p[0], mean_deviation)],
        talib: &[Talib {
            name: "AVGDEV",
            parameters: FROM_TWO,
            values: |x, p| outputs(x, |core, last, [out]| core.avgdev(0, last, &x.close, p[0] as i32, out)),
            ..Talib::BASE
        }],
    }];
}
