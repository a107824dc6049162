//! Conditions over time: how often, how long ago, whether always.

use crate::block::{Inputs, Kernel, Output};
use crate::indicators::operators::{NOT, ZERO_ONE};
use crate::indicators::statistic::sum::SUM;
use crate::indicators::trend::extremes::{HIGHEST, LOWEST};
use crate::kernel;
use crate::lane::{Lane, WIDTH};
use crate::spec::*;
use crate::state::{Own, State, exact};
use crate::window::Bits;

pub(crate) static ROWS: &[&Row] =
    &[&COUNT, &EVERY, &EXIST, &RISING, &FALLING, &BARSSINCE, &VALUEWHEN, &FILTER, &UP_STREAK];

const CONDITION_INPUT: &[Input] = &[Input::condition("condition")];

pub(crate) static COUNT: Row = Row {
    name: "count",
    group: Group::Condition,
    summary: "On how many of the last `length` bars the condition was true.",
    doc: "Unknown while the condition is unknown on one of these bars.",
    inputs: CONDITION_INPUT,
    parameters: LENGTH,
    outputs: INDEX,
    body: Body::Compose(|x, p| vec![SUM.of(&[ZERO_ONE.of(x, &[])], p)]),
    example: "count(close > open, 10) >= 8",
    ..Row::BASE
};

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
    fn start(&self, state: &mut State<L>) {
        self.yes.start(state);
        self.no.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let condition = inputs.mask(0);
        let wants_no = output.wants_no();
        let (yes, no) = output.mask();
        let (own_yes, own_no) = own.bits.split_at_mut(self.yes.size());
        self.yes.run::<L>(own_yes, own.bar, condition.0, yes);
        if wants_no {
            self.no.run::<L>(own_no, own.bar, condition.1, no);
        }
    }
}
pub(crate) static EVERY: Row = Row {
    name: "every",
    group: Group::Condition,
    summary: "Whether the condition was true on all of the last `length` bars.",
    doc: "`condition and condition[1] and … condition[length - 1]`: false as soon as one of them is false, unknown \
          while one is unknown and none is false.",
    inputs: CONDITION_INPUT,
    parameters: LENGTH,
    outputs: CONDITION,
    body: kernel!(Every::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    example: "every(close > sma(close, 20), 5)",
    ..Row::BASE
};

pub(crate) static EXIST: Row = Row {
    name: "exist",
    group: Group::Condition,
    summary: "Whether the condition was true on one of the last `length` bars.",
    doc: "`condition or condition[1] or … condition[length - 1]`: true as soon as one of them is true, unknown \
          while one is unknown and none is true.",
    inputs: CONDITION_INPUT,
    parameters: LENGTH,
    outputs: CONDITION,
    // None was true on all of them where each was false.
    body: Body::Compose(|x, p| vec![NOT.of(&[EVERY.of(&[NOT.of(x, &[])], p)], &[])]),
    example: "exist(volume > 3 * sma(volume, 20), 5)",
    ..Row::BASE
};

pub(crate) static RISING: Row = Row {
    name: "rising",
    aliases: &["ta.rising(source, length)"],
    group: Group::Condition,
    summary: "Whether the value is greater than each of the `length` before it.",
    doc: "As in Pine's manual: greater than all of them, not a rise on every bar (that is `up_streak`).",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: CONDITION,
    body: Body::Compose(|x, p| vec![x[0].gt(HIGHEST.of(&[x[0].lag(1)], p))]),
    scale: Some(0),
    example: "rising(close, 5)",
    ..Row::BASE
};

pub(crate) static FALLING: Row = Row {
    name: "falling",
    aliases: &["ta.falling(source, length)"],
    group: Group::Condition,
    summary: "Whether the value is less than each of the `length` before it.",
    doc: "As in Pine's manual: less than all of them, not a fall on every bar.",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: CONDITION,
    body: Body::Compose(|x, p| vec![x[0].lt(LOWEST.of(&[x[0].lag(1)], p))]),
    scale: Some(0),
    example: "falling(close, 5)",
    ..Row::BASE
};

struct BarsSince;
impl<L: Lane> Kernel<L> for BarsSince {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = inputs.mask(0);
        let [mut since] = *exact(own.lanes);
        for (bar, out) in output.series().iter_mut().enumerate() {
            since = L::select(L::mask(yes[bar]), L::splat(0.0), since + L::splat(1.0));
            *out = L::choose((yes[bar], no[bar]), since, since);
        }
        *exact(own.lanes) = [since];
    }
}
pub(crate) static BARSSINCE: Row = Row {
    name: "barssince",
    aliases: &["barslast(condition)", "ta.barssince(condition)"],
    group: Group::Condition,
    summary: "Bars since the condition was last true; 0 on a bar where it is.",
    doc: "Unknown before it was true once, and on bars where it is unknown.",
    inputs: CONDITION_INPUT,
    outputs: INDEX,
    body: kernel!(|_| BarsSince, warmup = |_| 0, memory = |_| Memory::Forever),
    example: "barssince(crossover(close, sma(close, 20))) < 3",
    ..Row::BASE
};

struct ValueWhen {
    occurrence: usize,
}
impl ValueWhen {
    fn new(p: &[f64]) -> Self {
        Self { occurrence: bars(p[0]) }
    }
}
impl<L: Lane> Kernel<L> for ValueWhen {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(self.occurrence + 1, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = inputs.mask(0);
        let source = inputs.series(1);
        for (bar, out) in output.series().iter_mut().enumerate() {
            let now = L::mask(yes[bar]);
            let mut pushed = source[bar];
            for value in own.lanes.iter_mut() {
                let old = *value;
                *value = L::select(now, pushed, old);
                pushed = old;
            }
            let value = own.lanes[self.occurrence];
            *out = L::choose((yes[bar], no[bar]), value, value);
        }
    }
}
pub(crate) static VALUEWHEN: Row = Row {
    name: "valuewhen",
    aliases: &["ta.valuewhen(condition, source, occurrence)"],
    group: Group::Condition,
    summary: "The value of `source` when the condition was true: the last time, or `occurrence` times before that.",
    doc: "Unknown before it was true that often, and on bars where it is unknown.",
    inputs: &[Input::condition("condition"), Input::series("source")],
    parameters: &[Parameter::whole("occurrence", 0, 100).or(0.0).sweeping(&[0.0, 1.0, 2.0])],
    outputs: LEVEL,
    pane: Pane::Price,
    body: kernel!(ValueWhen::new, warmup = |p| bars(p[0]), memory = |_| Memory::Forever),
    example: "close > valuewhen(crossover(close, sma(close, 20)), high, 0)",
    ..Row::BASE
};

/// Remembers how many bars of each symbol's pause are left.
struct Filter {
    length: u32,
}
impl Filter {
    fn new(p: &[f64]) -> Self {
        Self { length: p[0] as u32 }
    }
}
impl<L: Lane> Kernel<L> for Filter {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::splat(0.0));
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (condition, not) = inputs.mask(0);
        let (yes, no) = output.mask();
        let [left] = exact(own.lanes);
        let mut pauses: [u32; WIDTH] =
            std::array::from_fn(|lane| if lane < L::WIDTH { left.lane(lane) as u32 } else { 0 });
        for bar in 0..yes.len() {
            yes[bar] = 0;
            for (lane, pause) in pauses[..L::WIDTH].iter_mut().enumerate() {
                if *pause > 0 {
                    *pause -= 1;
                } else if condition[bar] >> lane & 1 == 1 {
                    yes[bar] |= 1 << lane;
                    *pause = self.length;
                }
            }
            no[bar] = not[bar] | condition[bar] & !yes[bar];
        }
        *left = L::from_fn(|lane| pauses[lane] as f64);
    }
}
pub(crate) static FILTER: Row = Row {
    name: "filter",
    group: Group::Condition,
    summary: "The condition without its repeats: a true passes when none passed in the `length` bars before.",
    doc: "Suppressed ones do not start a new pause. Unknown where the condition is.",
    inputs: CONDITION_INPUT,
    parameters: LENGTH,
    outputs: CONDITION,
    body: kernel!(Filter::new, warmup = |_| 0, memory = |_| Memory::Forever),
    example: "filter(close > highest(high, 20)[1], 10)",
    ..Row::BASE
};

struct UpStreak;
impl<L: Lane> Kernel<L> for UpStreak {
    fn start(&self, state: &mut State<L>) {
        *exact(state.add_lanes(2, L::unknown())) = [L::unknown(), L::splat(0.0)];
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        // As local copies they took 7 % longer for one symbol alone.
        let [previous, streak] = exact(own.lanes);
        for (out, &x) in output.series().iter_mut().zip(inputs.series(0)) {
            let known = x.known();
            let next = L::select(x.gt(*previous), *streak + L::splat(1.0), L::splat(0.0));
            *streak = L::select(known, next, *streak);
            *out = L::select(known & previous.known(), *streak, L::unknown());
            *previous = L::select(known, x, *previous);
        }
    }
}
pub(crate) static UP_STREAK: Row = Row {
    name: "up_streak",
    group: Group::Condition,
    summary: "How many bars in a row the value has risen; 0 on a bar where it did not.",
    doc: "First at bar 1. On an unknown value it is unknown; the next one is compared with the last known.",
    inputs: SOURCE,
    outputs: INDEX,
    body: kernel!(|_| UpStreak, warmup = |_| 1, memory = |_| Memory::Forever),
    scale: Some(0),
    example: "up_streak(close) >= 5",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::COUNT, |x, p| vec![window(&x[0], p[0], sum)]),
        Reference::new(&super::EVERY, |x, p| vec![over(&x[0], p[0], and)]),
        Reference::new(&super::EXIST, |x, p| vec![over(&x[0], p[0], or)]),
        Reference::new(&super::RISING, |x, p| vec![beyond(&x[0], p[0], |now, then| now > then)]),
        Reference::new(&super::FALLING, |x, p| vec![beyond(&x[0], p[0], |now, then| now < then)]),
        Reference::new(&super::BARSSINCE, |x, _| vec![barssince(&x[0])]),
        Reference::new(&super::VALUEWHEN, |x, p| vec![valuewhen(&x[0], &x[1], p[0])]),
        Reference::new(&super::FILTER, |x, p| vec![filter(&x[0], p[0])]),
        Reference::new(&super::UP_STREAK, |x, _| vec![running(&changes(&x[0]), up_streak)]),
    ];

    /// A condition joined with those of the `length - 1` bars before.
    fn over(condition: &[f64], length: f64, join: impl Fn(&[f64], &[f64]) -> Series) -> Series {
        (1..length as usize).fold(condition.to_vec(), |all, bars| join(&all, &lag(condition, bars as f64)))
    }

    /// Whether the value is beyond each of the `length` before it.
    fn beyond(values: &[f64], length: f64, is_beyond: impl Fn(f64, f64) -> bool) -> Series {
        window(values, length + 1.0, |w| yes_no(before(w).iter().all(|&then| is_beyond(last(w), then))))
    }

    fn barssince(condition: &[f64]) -> Series {
        let since = |bar: usize| match condition[..=bar].iter().rposition(|&condition| condition == 1.0) {
            Some(when) if !condition[bar].is_nan() => (bar - when) as f64,
            _ => UNKNOWN,
        };
        (0..condition.len()).map(since).collect()
    }

    fn valuewhen(condition: &[f64], source: &[f64], occurrence: f64) -> Series {
        let value = |bar: usize| {
            let mut times = (0..=bar).rev().filter(|&bar| condition[bar] == 1.0);
            match times.nth(occurrence as usize) {
                Some(when) if !condition[bar].is_nan() => source[when],
                _ => UNKNOWN,
            }
        };
        (0..condition.len()).map(value).collect()
    }

    fn filter(condition: &[f64], length: f64) -> Series {
        let mut passed: Vec<usize> = Vec::new();
        let pass = |(bar, &condition): (usize, &f64)| {
            if condition.is_nan() {
                return UNKNOWN;
            }
            let pausing = passed.last().is_some_and(|&when| bar - when <= length as usize);
            let passes = condition == 1.0 && !pausing;
            if passes {
                passed.push(bar);
            }
            yes_no(passes)
        };
        condition.iter().enumerate().map(pass).collect()
    }

    fn up_streak(changes: &[f64]) -> f64 {
        changes.iter().rev().take_while(|&&change| change > 0.0).count() as f64
    }
}
