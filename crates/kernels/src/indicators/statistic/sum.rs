use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

pub(crate) static ROWS: &[&Row] = &[&SUM];

#[derive(Clone)]
struct Sum;

fn window(p: &[f64]) -> Window<Sum, 1> {
    Window::new(Sum, bars(p[0]))
}

impl<L: Lane> Fold<L, 1> for Sum {
    /// Sums of whole numbers (volumes, counts) stay exact when nothing is subtracted.
    const SHIFTED: bool = false;
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
    fn finish<const HOLES: bool>(&self, [tail]: [L; 1], _: usize, [head]: [L; 1], _: L, _: usize) -> L {
        (tail + head).finite()
    }
}

pub(crate) static SUM: Row = Row {
    name: "sum",
    aliases: &["math.sum(source, length)"],
    group: Group::Statistic,
    summary: "The sum of the last `length` values.",
    doc: "Unknown while the window holds an unknown value, and where no number is large enough for it.",
    inputs: SOURCE,
    parameters: LENGTH,
    body: kernel!(window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "sum(volume, 5) > 1000000",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::SUM,
        values: |x, p| vec![window(&x[0], p[0], sum)],
        talib: &[Talib {
            name: "SUM",
            parameters: FROM_TWO,
            values: |x, p| outputs(x, |core, last, [out]| core.sum(0, last, &x.close, p[0] as i32, out)),
            exceptions: &[RUNNING_SUMS],
            ..Talib::BASE
        }],
    }];
}
