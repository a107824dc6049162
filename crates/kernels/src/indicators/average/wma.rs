use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

pub(crate) static ROWS: &[&Row] = &[&WMA];

#[derive(Clone)]
struct Weighted {
    /// One over the sum of the weights.
    scale: f64,
}

impl Weighted {
    fn window(p: &[f64]) -> Window<Self, 2> {
        Window::new(Self { scale: 2.0 / (p[0] * (p[0] + 1.0)) }, bars(p[0]))
    }
}

/// The sum of a run of values, and their sum weighted 1, 2, 3 … from the oldest.
type Part<L> = [L; 2];

impl<L: Lane> Fold<L, 2> for Weighted {
    const SHIFTED: bool = true;
    const WEIGHTED: bool = true;
    const MINDS_HOLES: bool = false;
    fn empty(&self) -> Part<L> {
        [L::splat(0.0); 2]
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, [sum, weighted]: Part<L>) -> Part<L> {
        let sum = sum + value;
        // Every weight of the tail grows by one, and the new value has weight 1.
        [sum, weighted + sum]
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, [sum, weighted]: Part<L>, bars: usize, value: L, _: usize) -> Part<L> {
        [sum + value, weighted + value * L::splat((bars + 1) as f64)]
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, tail: Part<L>, older: usize, head: Part<L>, shift: L, _: usize) -> L {
        let ([_, tail], [sum, head]) = (tail, head);
        let weighted = tail + head + sum * L::splat(older as f64);
        (shift + weighted * L::splat(self.scale)).finite()
    }
}

pub(crate) static WMA: Row = Row {
    name: "wma",
    aliases: &["ta.wma(source, length)"],
    group: Group::Average,
    summary: "Weighted moving average: weights 1, 2, … `length`, the latest value weighing most.",
    doc: "Unknown while the window holds an unknown value.",
    inputs: SOURCE,
    parameters: LENGTH,
    pane: Pane::Price,
    body: kernel!(Weighted::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "crossover(close, wma(close, 30))",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::WMA,
        values: |x, p| vec![window(&x[0], p[0], weighted_mean)],
        talib: &[Talib {
            name: "WMA",
            parameters: FROM_ONE,
            values: |x, p| outputs(x, |core, last, [out]| core.wma(0, last, &x.close, p[0] as i32, out)),
            exceptions: &[RUNNING_SUMS],
            ..Talib::BASE
        }],
    }];
}
