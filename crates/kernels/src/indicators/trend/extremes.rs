//! Highest and lowest of a window, and how long ago they were.

use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::window::{Fold, Window};

pub(crate) static ROWS: &[&Row] = &[&HIGHEST, &LOWEST, &HIGHESTBARS, &LOWESTBARS];

const SOURCE_HIGH: &[Input] = &[Input::series("source").or("high")];
const SOURCE_LOW: &[Input] = &[Input::series("source").or("low")];

/// Which of two values wins; the highest, or of the negated values the lowest.
#[derive(Clone)]
struct Highest<const LOWEST: bool>;

impl<const LOWEST: bool> Highest<LOWEST> {
    fn window(p: &[f64]) -> Window<Self, 1> {
        Window::new(Self, bars(p[0]))
    }
    /// An unknown value beats every other, so that it is in the result of every window that holds it.
    #[inline(always)]
    fn ranked<L: Lane>(value: L) -> L {
        let top = L::splat(if LOWEST { f64::NEG_INFINITY } else { f64::INFINITY });
        L::select(value.known(), value, top)
    }
    #[inline(always)]
    fn better<L: Lane>(a: L, b: L) -> L {
        if LOWEST { a.smaller(b) } else { a.larger(b) }
    }
}

impl<L: Lane, const LOWEST: bool> Fold<L, 1> for Highest<LOWEST> {
    const SHIFTED: bool = false;
    const WEIGHTED: bool = false;
    const MINDS_HOLES: bool = true;
    fn empty(&self) -> [L; 1] {
        [L::splat(if LOWEST { f64::INFINITY } else { f64::NEG_INFINITY })]
    }
    #[inline(always)]
    fn prepend(&self, value: L, _: usize, [tail]: [L; 1]) -> [L; 1] {
        [Self::better(Self::ranked(value), tail)]
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, [head]: [L; 1], _: usize, value: L, _: usize) -> [L; 1] {
        [Self::better(if HOLES { Self::ranked(value) } else { value }, head)]
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, [tail]: [L; 1], _: usize, [head]: [L; 1], _: L, _: usize) -> L {
        let best = Self::better(tail, head);
        if HOLES { L::select(best.known(), best, L::unknown()) } else { best }
    }
}

const NO_HOLES: &str = "Unknown while the window holds an unknown value.";

pub(crate) static HIGHEST: Row = Row {
    name: "highest",
    aliases: &["hhv(source = high, length)", "ta.highest(source = high, length)"],
    group: Group::Trend,
    summary: "The largest of the last `length` values.",
    doc: NO_HOLES,
    inputs: SOURCE_HIGH,
    parameters: LENGTH,
    outputs: LEVEL,
    pane: Pane::Price,
    body: kernel!(Highest::<false>::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    example: "close >= highest(close, 250)",
    ..Row::BASE
};

pub(crate) static LOWEST: Row = Row {
    name: "lowest",
    aliases: &["llv(source = low, length)", "ta.lowest(source = low, length)"],
    group: Group::Trend,
    summary: "The smallest of the last `length` values.",
    doc: NO_HOLES,
    inputs: SOURCE_LOW,
    parameters: LENGTH,
    outputs: LEVEL,
    pane: Pane::Price,
    body: kernel!(Highest::<true>::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(1),
    example: "close <= lowest(close, 250)",
    ..Row::BASE
};

/// The same with the bar at which the value stood; of equal values the latest.
#[derive(Clone)]
struct HighestBars<const LOWEST: bool>;

/// A value and its bar.
type Placed<L> = [L; 2];

impl<const LOWEST: bool> HighestBars<LOWEST> {
    fn window(p: &[f64]) -> Window<Self, 2> {
        Window::new(Self, bars(p[0]))
    }
    #[inline(always)]
    fn better<L: Lane>(older: Placed<L>, newer: Placed<L>) -> Placed<L> {
        let wins = if LOWEST { newer[0].le(older[0]) } else { newer[0].ge(older[0]) };
        [L::select(wins, newer[0], older[0]), L::select(wins, newer[1], older[1])]
    }
}

impl<L: Lane, const LOWEST: bool> Fold<L, 2> for HighestBars<LOWEST> {
    const SHIFTED: bool = false;
    const WEIGHTED: bool = false;
    const MINDS_HOLES: bool = true;
    fn empty(&self) -> Placed<L> {
        [L::splat(if LOWEST { f64::INFINITY } else { f64::NEG_INFINITY }), L::splat(0.0)]
    }
    #[inline(always)]
    fn prepend(&self, value: L, bar: usize, tail: Placed<L>) -> Placed<L> {
        Self::better([Highest::<LOWEST>::ranked(value), L::splat(bar as f64)], tail)
    }
    #[inline(always)]
    fn append<const HOLES: bool>(&self, head: Placed<L>, _: usize, value: L, bar: usize) -> Placed<L> {
        let value = if HOLES { Highest::<LOWEST>::ranked(value) } else { value };
        Self::better(head, [value, L::splat(bar as f64)])
    }
    #[inline(always)]
    fn finish<const HOLES: bool>(&self, tail: Placed<L>, _: usize, head: Placed<L>, _: L, bar: usize) -> L {
        let [value, placed] = Self::better(tail, head);
        let since = L::splat(bar as f64) - placed;
        if HOLES { L::select(value.known(), since, L::unknown()) } else { since }
    }
}

pub(crate) static HIGHESTBARS: Row = Row {
    name: "highestbars",
    group: Group::Trend,
    summary: "Bars since the largest of the last `length` values.",
    doc: "0 when it is this bar; of equal values the latest counts. Unknown while the window holds an unknown value.",
    inputs: SOURCE_HIGH,
    parameters: LENGTH,
    outputs: INDEX,
    body: kernel!(HighestBars::<false>::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(0),
    differs: &[
        ("ta.highestbars", "counts below 0"),
        ("talib.MAXINDEX", "is the number of the bar; which of equal values it takes is not promised"),
    ],
    example: "highestbars(high, 60) <= 3",
    ..Row::BASE
};

pub(crate) static LOWESTBARS: Row = Row {
    name: "lowestbars",
    group: Group::Trend,
    summary: "Bars since the smallest of the last `length` values.",
    doc: "0 when it is this bar; of equal values the latest counts. Unknown while the window holds an unknown value.",
    inputs: SOURCE_LOW,
    parameters: LENGTH,
    outputs: INDEX,
    body: kernel!(HighestBars::<true>::window, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(0),
    differs: &[
        ("ta.lowestbars", "counts below 0"),
        ("talib.MININDEX", "is the number of the bar; which of equal values it takes is not promised"),
    ],
    example: "lowestbars(low, 60) == 0",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference {
            row: &super::HIGHEST,
            values: |x, p| vec![window(&x[0], p[0], largest)],
            talib: &[Talib {
                name: "MAX",
                parameters: FROM_TWO,
                values: |x, p| outputs(x, |core, last, [out]| core.max(0, last, &x.high, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::LOWEST,
            values: |x, p| vec![window(&x[0], p[0], smallest)],
            talib: &[Talib {
                name: "MIN",
                parameters: FROM_TWO,
                values: |x, p| outputs(x, |core, last, [out]| core.min(0, last, &x.low, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::HIGHESTBARS,
            values: |x, p| vec![window(&x[0], p[0], |w| bars_since(w, largest(w)))],
            talib: &[Talib {
                name: "MAXINDEX",
                parameters: FROM_TWO,
                values: |x, p| bars_ago(x, |core, last, out| core.maxindex(0, last, &x.high, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::LOWESTBARS,
            values: |x, p| vec![window(&x[0], p[0], |w| bars_since(w, smallest(w)))],
            talib: &[Talib {
                name: "MININDEX",
                parameters: FROM_TWO,
                values: |x, p| bars_ago(x, |core, last, out| core.minindex(0, last, &x.low, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
    ];
}
