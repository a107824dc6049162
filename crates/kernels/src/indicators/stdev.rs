use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

#[derive(Clone)]
struct Deviation<L> {
    scale: L,
}

impl<L: Lane> Deviation<L> {
    fn window(p: &[f64]) -> Window<L, Self> {
        Window::new(Self { scale: L::splat(1.0 / p[0]) }, bars(p[0]))
    }
}

/// Sums of values and of their squares, relative to the segment's first value.
#[derive(Clone, Copy)]
struct Part<L> {
    sum: L,
    squares: L,
}

impl<L: Lane> Part<L> {
    #[inline(always)]
    fn with(self, value: L) -> Self {
        Part { sum: self.sum + value, squares: self.squares + value * value }
    }
}

impl<L: Lane> Fold<L> for Deviation<L> {
    type Part = Part<L>;
    const SHIFTED: bool = true;
    const MINDS_HOLES: bool = false;
    fn empty(&self) -> Part<L> {
        Part { sum: L::splat(0.0), squares: L::splat(0.0) }
    }
    #[inline(always)]
    fn keep(value: L) -> Part<L> {
        Part { sum: value, squares: value }
    }
    #[inline(always)]
    fn kept(part: Part<L>) -> L {
        part.sum
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, tail: Part<L>) -> Part<L> {
        tail.with(value)
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, head: Part<L>, _: usize, value: L, _: usize) -> Part<L> {
        head.with(value)
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, tail: Part<L>, _: usize, head: Part<L>, _: L, _: usize) -> L {
        let sum = tail.sum + head.sum;
        let variance = (tail.squares + head.squares - sum * sum * self.scale) * self.scale;
        // Rounding can leave a variance just below zero; an unknown one stays unknown.
        L::select(variance.lt(L::splat(0.0)), L::splat(0.0), variance).sqrt()
    }
}

pub static STDEV: Row = Row {
    name: "stdev",
    group: Group::Statistic,
    summary: "Standard deviation of the last `length` values, dividing by `length`.",
    doc: "Exactly 0 on a flat window. Values are taken relative to one of the window, so prices of 1e8 keep their \
          digits and nothing is snapped to zero by an epsilon.",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: VALUE,
    body: kernel!(Deviation::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    example: "stdev(close, 20) / close < 0.01",
};
