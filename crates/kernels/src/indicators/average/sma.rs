use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

pub(crate) static ROWS: &[&Row] = &[&SMA];

#[derive(Clone)]
struct Mean(f64);

impl Mean {
    fn window(p: &[f64]) -> Window<Self, 1> {
        Window::new(Self(1.0 / p[0]), bars(p[0]))
    }
}

impl<L: Lane> Fold<L, 1> for Mean {
    const SHIFTED: bool = true;
    const WEIGHTED: bool = false;
    const MINDS_HOLES: bool = false;
    fn empty(&self) -> [L; 1] {
        [L::splat(0.0)]
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, [tail]: [L; 1]) -> [L; 1] {
        [tail + value]
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, [head]: [L; 1], _: usize, value: L, _: usize) -> [L; 1] {
        [head + value]
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, [tail]: [L; 1], _: usize, [head]: [L; 1], shift: L, _: usize) -> L {
        (shift + (tail + head) * L::splat(self.0)).finite()
    }
}

pub(crate) static SMA: Row = Row {
    name: "sma",
    aliases: &["ma(source, length)", "ta.sma(source, length)"],
    group: Group::Average,
    summary: "Simple moving average: the mean of the last `length` values.",
    doc: "Unknown while the window holds an unknown value. The mean of equal values is exactly that value.",
    inputs: SOURCE,
    parameters: LENGTH,
    pane: Pane::Price,
    body: kernel!(Mean::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "close > sma(close, 200)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::SMA,
        values: |x, p| vec![window(&x[0], p[0], mean)],
        talib: &[Talib {
            name: "SMA",
            parameters: FROM_ONE,
            values: |x, p| outputs(x, |core, last, [out]| core.sma(0, last, &x.close, p[0] as i32, out)),
            exceptions: &[RUNNING_SUMS],
            ..Talib::BASE
        }],
    }];
}
