use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

#[derive(Clone)]
struct Weighted<L> {
    /// One over the sum of the weights.
    scale: L,
}

impl<L: Lane> Weighted<L> {
    fn window(p: &[f64]) -> Window<L, Self> {
        Window::new(Self { scale: L::splat(2.0 / (p[0] * (p[0] + 1.0))) }, bars(p[0]))
    }
}

/// A run of values: their sum, and their sum weighted 1, 2, 3 … from the oldest.
#[derive(Clone, Copy)]
struct Part<L> {
    sum: L,
    weighted: L,
}

impl<L: Lane> Fold<L> for Weighted<L> {
    type Part = Part<L>;
    const SHIFTED: bool = true;
    const WEIGHTED: bool = true;
    const MINDS_HOLES: bool = false;
    fn empty(&self) -> Part<L> {
        Part { sum: L::splat(0.0), weighted: L::splat(0.0) }
    }
    #[inline(always)]
    fn keep(value: L) -> Part<L> {
        Part { sum: value, weighted: value }
    }
    #[inline(always)]
    fn kept(part: Part<L>) -> L {
        part.sum
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, tail: Part<L>) -> Part<L> {
        let sum = tail.sum + value;
        // Every weight of the tail grows by one, and the new value has weight 1.
        Part { sum, weighted: tail.weighted + sum }
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, head: Part<L>, bars: usize, value: L, _: usize) -> Part<L> {
        Part { sum: head.sum + value, weighted: head.weighted + value * L::splat((bars + 1) as f64) }
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, tail: Part<L>, older: usize, head: Part<L>, shift: L, _: usize) -> L {
        let weighted = tail.weighted + head.weighted + head.sum * L::splat(older as f64);
        (shift + weighted * self.scale).finite()
    }
}

pub static WMA: Row = Row {
    name: "wma",
    group: Group::Average,
    summary: "Weighted moving average: weights 1, 2, … `length`, the latest value weighing most.",
    doc: "Unknown while the window holds an unknown value.",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: VALUE,
    body: kernel!(Weighted::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    example: "crossover(close, wma(close, 30))",
};
