//! Conditions over time: how often, how long ago, whether always.

use super::extremes::{HIGHEST, LOWEST};
use super::operators::{NOT, ZERO_ONE};
use super::sum::SUM;
use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::{Lane, WIDTH};
use crate::spec::*;
use crate::window::Bits;

const CONDITION_INPUT: &[Input] = &[Input::condition("condition")];

const fn over_time(
    name: &'static str,
    summary: &'static str,
    doc: &'static str,
    outputs: &'static [OutputSpec],
    example: &'static str,
    body: Body,
) -> Row {
    Row {
        name,
        group: Group::Condition,
        summary,
        doc,
        inputs: CONDITION_INPUT,
        parameters: LENGTH,
        outputs,
        body,
        scale: None,
        example,
    }
}

pub static COUNT: Row = over_time(
    "count",
    "On how many of the last `length` bars the condition was true.",
    "Unknown while the condition is unknown on one of these bars.",
    VALUE,
    "count(close > open, 10) >= 8",
    Body::Compose(|x, p| vec![SUM.of(&[ZERO_ONE.of(x, &[])], p)]),
);

#[derive(Clone)]
struct Every {
    yes: Bits<true>,
    no: Bits<false>,
}
impl Every {
    fn new(p: &[f64]) -> Self {
        Self { yes: Bits::new(bars(p[0])), no: Bits::new(bars(p[0])) }
    }
}
impl<L: Lane> Kernel<L> for Every {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let condition = inputs.mask(0);
        let wants_no = output.wants_no();
        let (yes, no) = output.mask();
        self.yes.run(condition.0, yes);
        if wants_no {
            self.no.run(condition.1, no);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(self.clone())
    }
}
pub static EVERY: Row = over_time(
    "every",
    "Whether the condition was true on all of the last `length` bars.",
    "`condition and condition[1] and … condition[length - 1]`: false as soon as one of them is false, unknown while \
     one is unknown and none is false.",
    CONDITION,
    "every(close > sma(close, 20), 5)",
    kernel!(Every::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
);
pub static EXIST: Row = over_time(
    "exist",
    "Whether the condition was true on one of the last `length` bars.",
    "`condition or condition[1] or … condition[length - 1]`: true as soon as one of them is true, unknown while one \
     is unknown and none is true.",
    CONDITION,
    "exist(volume > 3 * sma(volume, 20), 5)",
    // None was true on all of them where each was false.
    Body::Compose(|x, p| vec![NOT.of(&[EVERY.of(&[NOT.of(x, &[])], p)], &[])]),
);
pub static RISING: Row = Row {
    inputs: SOURCE,
    scale: Some(0),
    ..over_time(
        "rising",
        "Whether the value is greater than each of the `length` before it.",
        "As in Pine's manual: greater than all of them, not a rise on every bar (that is `up_streak`).",
        CONDITION,
        "rising(close, 5)",
        Body::Compose(|x, p| vec![x[0].gt(HIGHEST.of(&[x[0].lag(1)], p))]),
    )
};
pub static FALLING: Row = Row {
    inputs: SOURCE,
    scale: Some(0),
    ..over_time(
        "falling",
        "Whether the value is less than each of the `length` before it.",
        "As in Pine's manual: less than all of them, not a fall on every bar.",
        CONDITION,
        "falling(close, 5)",
        Body::Compose(|x, p| vec![x[0].lt(LOWEST.of(&[x[0].lag(1)], p))]),
    )
};

#[derive(Clone, Copy)]
struct BarsSince<L>(L);
impl<L: Lane> BarsSince<L> {
    fn new(_: &[f64]) -> Self {
        Self(L::unknown())
    }
}
impl<L: Lane> Kernel<L> for BarsSince<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = inputs.mask(0);
        for (bar, out) in output.series().iter_mut().enumerate() {
            self.0 = L::select(L::mask(yes[bar]), L::splat(0.0), self.0 + L::splat(1.0));
            *out = L::choose((yes[bar], no[bar]), self.0, self.0);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}
pub static BARSSINCE: Row = Row {
    parameters: &[],
    ..over_time(
        "barssince",
        "Bars since the condition was last true; 0 on a bar where it is.",
        "Unknown before it was true once, and on bars where it is unknown.",
        VALUE,
        "barssince(crossover(close, sma(close, 20))) < 3",
        kernel!(BarsSince::new, warmup = |_| 0, memory = |_| Memory::Forever),
    )
};

#[derive(Clone)]
struct ValueWhen<L>(Box<[L]>);
impl<L: Lane> ValueWhen<L> {
    fn new(p: &[f64]) -> Self {
        Self(vec![L::unknown(); bars(p[0]) + 1].into())
    }
}
impl<L: Lane> Kernel<L> for ValueWhen<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = inputs.mask(0);
        let source = inputs.series(1);
        for (bar, out) in output.series().iter_mut().enumerate() {
            let now = L::mask(yes[bar]);
            let mut pushed = source[bar];
            for value in self.0.iter_mut() {
                let old = *value;
                *value = L::select(now, pushed, old);
                pushed = old;
            }
            let value = self.0[self.0.len() - 1];
            *out = L::choose((yes[bar], no[bar]), value, value);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(self.clone())
    }
}
pub static VALUEWHEN: Row = Row {
    inputs: &[Input::condition("condition"), Input::series("source")],
    parameters: &[Parameter::whole("occurrence", 0, 100).or(0.0)],
    ..over_time(
        "valuewhen",
        "The value of `source` when the condition was true: the last time, or `occurrence` times before that.",
        "Unknown before it was true that often, and on bars where it is unknown.",
        VALUE,
        "close > valuewhen(crossover(close, sma(close, 20)), high, 0)",
        kernel!(ValueWhen::new, warmup = |p| bars(p[0]), memory = |_| Memory::Forever),
    )
};

#[derive(Clone, Copy)]
struct Filter {
    length: u32,
    /// Bars of each symbol's pause that are left.
    pause: [u32; WIDTH],
}
impl Filter {
    fn new(p: &[f64]) -> Self {
        Self { length: p[0] as u32, pause: [0; WIDTH] }
    }
}
impl<L: Lane> Kernel<L> for Filter {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (condition, not) = inputs.mask(0);
        let (yes, no) = output.mask();
        for bar in 0..yes.len() {
            yes[bar] = 0;
            for (lane, pause) in self.pause[..L::WIDTH].iter_mut().enumerate() {
                if *pause > 0 {
                    *pause -= 1;
                } else if condition[bar] >> lane & 1 == 1 {
                    yes[bar] |= 1 << lane;
                    *pause = self.length;
                }
            }
            no[bar] = not[bar] | condition[bar] & !yes[bar];
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}
pub static FILTER: Row = over_time(
    "filter",
    "The condition without its repeats: a true passes when none passed in the `length` bars before.",
    "Suppressed ones do not start a new pause. Unknown where the condition is.",
    CONDITION,
    "filter(close > highest(high, 20)[1], 10)",
    kernel!(Filter::new, warmup = |_| 0, memory = |_| Memory::Forever),
);

#[derive(Clone, Copy)]
struct UpStreak<L> {
    previous: L,
    streak: L,
}
impl<L: Lane> UpStreak<L> {
    fn new(_: &[f64]) -> Self {
        Self { previous: L::unknown(), streak: L::splat(0.0) }
    }
}
impl<L: Lane> Kernel<L> for UpStreak<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        for (out, &x) in output.series().iter_mut().zip(inputs.series(0)) {
            let known = x.known();
            let next = L::select(x.gt(self.previous), self.streak + L::splat(1.0), L::splat(0.0));
            self.streak = L::select(known, next, self.streak);
            *out = L::select(known & self.previous.known(), self.streak, L::unknown());
            self.previous = L::select(known, x, self.previous);
        }
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}
pub static UP_STREAK: Row = Row {
    inputs: SOURCE,
    parameters: &[],
    scale: Some(0),
    ..over_time(
        "up_streak",
        "How many bars in a row the value has risen; 0 on a bar where it did not.",
        "First at bar 1. On an unknown value it is unknown; the next one is compared with the last known.",
        VALUE,
        "up_streak(close) >= 5",
        kernel!(UpStreak::new, warmup = |_| 1, memory = |_| Memory::Forever),
    )
};
