use crate::block::{BLOCK, Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State};
use crate::window::{Fold, Window};

pub(crate) static ROWS: &[&Row] = &[&STDEV];

#[derive(Clone)]
struct Deviation {
    scale: f64,
}

/// The sum of values and that of their squares, relative to the segment's first value.
type Part<L> = [L; 2];

#[inline(always)]
fn with<L: Lane>([sum, squares]: Part<L>, value: L) -> Part<L> {
    [sum + value, squares + value * value]
}

impl<L: Lane> Fold<L, 2> for Deviation {
    const SHIFTED: bool = true;
    const WEIGHTED: bool = false;
    const MINDS_HOLES: bool = false;
    fn empty(&self) -> Part<L> {
        [L::splat(0.0); 2]
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, tail: Part<L>) -> Part<L> {
        with(tail, value)
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, head: Part<L>, _: usize, value: L, _: usize) -> Part<L> {
        with(head, value)
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, tail: Part<L>, _: usize, head: Part<L>, _: L, _: usize) -> L {
        let ([tail, tail_squares], [head, head_squares]) = (tail, head);
        let (sum, scale) = (tail + head, L::splat(self.scale));
        let variance = (tail_squares + head_squares - sum * sum * scale) * scale;
        // Rounding can leave a variance just below zero; an unknown one stays unknown.
        L::select(variance.lt(L::splat(0.0)), L::splat(0.0), variance).sqrt()
    }
}

/// Sizes whose squares, and the squares of whose differences, are numbers that keep their digits: two different numbers
/// above the least are more than 1e-136 apart.
const LEAST: f64 = 1e-120;
const LARGEST: f64 = 1e150;

struct StandardDeviation(Window<Deviation, 2>);

impl StandardDeviation {
    fn new(p: &[f64]) -> Self {
        Self(Window::new(Deviation { scale: 1.0 / p[0] }, bars(p[0])))
    }
}

/// The value where it can be squared; 0 can.
#[inline(always)]
fn squarable<L: Lane>(value: L) -> L {
    let size = value.abs();
    let can = size.ge(L::splat(LEAST)) & size.le(L::splat(LARGEST)) | size.eq(L::splat(0.0));
    L::select(can, value, L::unknown())
}

impl<L: Lane> Kernel<L> for StandardDeviation {
    fn start(&self, state: &mut State<L>) {
        self.0.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out) = (inputs.series(0), output.series());
        // In this order unknown values are passed over.
        let (least, largest) = values.iter().fold((L::splat(LEAST), L::splat(LARGEST)), |(least, largest), x| {
            (x.abs().smaller(least), x.abs().larger(largest))
        });
        if L::bits(least.lt(L::splat(LEAST)) | largest.gt(L::splat(LARGEST))) == 0 {
            return self.0.run(own, values, out);
        }
        let mut held = [L::unknown(); BLOCK];
        let held = &mut held[..values.len()];
        held.iter_mut().zip(values).for_each(|(held, &x)| *held = squarable(x));
        self.0.run(own, held, out);
    }
}

pub(crate) static STDEV: Row = Row {
    name: "stdev",
    aliases: &["ta.stdev(source, length)"],
    group: Group::Statistic,
    summary: "Standard deviation of the last `length` values, dividing by `length`.",
    doc: "Exactly 0 on a flat window. Values are taken relative to one of the window, so prices of 1e8 keep their \
          digits and nothing is snapped to zero by an epsilon. Unknown while the window holds an unknown value or one \
          whose square is no number: above 1e150, or below 1e-120 without being 0.",
    inputs: SOURCE,
    parameters: LENGTH,
    body: kernel!(StandardDeviation::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "stdev(close, 20) / close < 0.01",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::STDEV,
        values: |x, p| vec![window(&x[0], p[0], deviation)],
        talib: &[Talib {
            name: "STDDEV",
            parameters: FROM_TWO,
            values: |x, p| outputs(x, |core, last, [out]| core.stddev(0, last, &x.close, p[0] as i32, 1.0, out)),
            exceptions: &[LATE_REBUILD],
            ..Talib::BASE
        }],
    }];
}
