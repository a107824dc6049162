//! What the signs of the language mean: arithmetic, comparison, logic, history.
//!
//! These rows are not called by name; `+`, `>`, `and`, `? :` and `x[n]` become them.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State};
use crate::{elementwise, history, kernel, stateless};

pub(crate) static ROWS: &[&Row] = &[
    &ADD,
    &SUB,
    &MUL,
    &DIV,
    &MOD,
    &NEG,
    &LT,
    &LE,
    &GT,
    &GE,
    &EQ,
    &NE,
    &AND,
    &OR,
    &NOT,
    &CHOOSE,
    &CHOOSE_CONDITION,
    &ZERO_ONE,
    &LAG,
    &LAG_CONDITION,
];

const NUMBERS: &[Input] = &[Input::number("a"), Input::number("b")];
const CONDITIONS: &[Input] = &[Input::condition("a"), Input::condition("b")];

// A result that no number is large enough for is unknown, as an operand is: so no kernel ever reads an infinity.
elementwise!(AddKernel<L>(a, b) = (a + b).finite());
elementwise!(SubKernel<L>(a, b) = (a - b).finite());
elementwise!(MulKernel<L>(a, b) = (a * b).finite());
elementwise!(DivKernel<L>(a, b) = (a / b).finite());
elementwise!(ModKernel<L>(a, b) = L::from_fn(|lane| a.lane(lane) % b.lane(lane)));
elementwise!(NegKernel<L>(a) = -a);

pub(crate) static ADD: Row = Row {
    name: "add",
    group: Group::Operator,
    summary: "`a + b`; unknown where no number is large enough for it.",
    inputs: NUMBERS,
    body: stateless!(AddKernel),
    ..Row::BASE
};

pub(crate) static SUB: Row = Row {
    name: "sub",
    group: Group::Operator,
    summary: "`a - b`; unknown where no number is large enough for it.",
    inputs: NUMBERS,
    body: stateless!(SubKernel),
    ..Row::BASE
};

pub(crate) static MUL: Row = Row {
    name: "mul",
    group: Group::Operator,
    summary: "`a * b`; unknown where no number is large enough for it.",
    inputs: NUMBERS,
    body: stateless!(MulKernel),
    ..Row::BASE
};

pub(crate) static DIV: Row = Row {
    name: "div",
    group: Group::Operator,
    summary: "`a / b`; unknown where b is 0 and where no number is large enough for it.",
    inputs: NUMBERS,
    body: stateless!(DivKernel),
    ..Row::BASE
};

pub(crate) static MOD: Row = Row {
    name: "mod",
    group: Group::Operator,
    summary: "`a % b`: the remainder with the sign of a; unknown where b is 0.",
    inputs: NUMBERS,
    body: stateless!(ModKernel),
    ..Row::BASE
};

pub(crate) static NEG: Row = Row {
    name: "neg",
    group: Group::Operator,
    summary: "`-a`.",
    inputs: &[Input::number("a")],
    body: stateless!(NegKernel),
    ..Row::BASE
};

/// A kernel that compares two numbers: `$yes` where true, `$no` where known to be false.
macro_rules! comparison {
    ($kernel:ident, |$a:ident, $b:ident| $yes:expr, $no:expr) => {
        struct $kernel;
        impl<L: Lane> Kernel<L> for $kernel {
            fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
                let wants_no = output.wants_no();
                let (yes, no) = output.mask();
                let bars = yes.len();
                let (a, b) = (&inputs.series(0)[..bars], &inputs.series(1)[..bars]);
                for bar in 0..bars {
                    let ($a, $b) = (a[bar], b[bar]);
                    yes[bar] = L::bits($yes);
                }
                if wants_no {
                    for bar in 0..bars {
                        let ($a, $b) = (a[bar], b[bar]);
                        no[bar] = L::bits($no);
                    }
                }
            }
        }
    };
}
comparison!(LtKernel, |a, b| a.lt(b), a.ge(b));
comparison!(LeKernel, |a, b| a.le(b), a.gt(b));
comparison!(GtKernel, |a, b| a.gt(b), a.le(b));
comparison!(GeKernel, |a, b| a.ge(b), a.lt(b));
comparison!(EqKernel, |a, b| a.eq(b), a.lt(b) | a.gt(b));
comparison!(NeKernel, |a, b| a.lt(b) | a.gt(b), a.eq(b));

pub(crate) static LT: Row = Row {
    name: "lt",
    group: Group::Operator,
    summary: "`a < b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(LtKernel),
    ..Row::BASE
};

pub(crate) static LE: Row = Row {
    name: "le",
    group: Group::Operator,
    summary: "`a <= b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(LeKernel),
    ..Row::BASE
};

pub(crate) static GT: Row = Row {
    name: "gt",
    group: Group::Operator,
    summary: "`a > b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(GtKernel),
    ..Row::BASE
};

pub(crate) static GE: Row = Row {
    name: "ge",
    group: Group::Operator,
    summary: "`a >= b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(GeKernel),
    ..Row::BASE
};

pub(crate) static EQ: Row = Row {
    name: "eq",
    group: Group::Operator,
    summary: "`a == b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(EqKernel),
    ..Row::BASE
};

pub(crate) static NE: Row = Row {
    name: "ne",
    group: Group::Operator,
    summary: "`a != b`.",
    inputs: NUMBERS,
    outputs: CONDITION,
    body: stateless!(NeKernel),
    ..Row::BASE
};

/// A kernel of Kleene's logic: how two bytes of the `yes` planes and two of the `no` planes are joined.
macro_rules! logic {
    ($kernel:ident, yes: $yes:expr, no: $no:expr) => {
        struct $kernel;
        impl<L: Lane> Kernel<L> for $kernel {
            fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
                let (a, b) = (inputs.mask(0), inputs.mask(1));
                let wants_no = output.wants_no();
                let (yes, no) = output.mask();
                join(a.0, b.0, yes, $yes);
                if wants_no {
                    join(a.1, b.1, no, $no);
                }
            }
        }
    };
}
fn join(a: &[u8], b: &[u8], out: &mut [u8], operation: impl Fn(u8, u8) -> u8) {
    for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
        *out = operation(a, b);
    }
}
logic!(AndKernel, yes: |a, b| a & b, no: |a, b| a | b);
logic!(OrKernel, yes: |a, b| a | b, no: |a, b| a & b);

pub static AND: Row = Row {
    name: "and",
    group: Group::Operator,
    summary: "`a and b`: false as soon as one is false.",
    inputs: CONDITIONS,
    outputs: CONDITION,
    body: stateless!(AndKernel),
    ..Row::BASE
};

pub static OR: Row = Row {
    name: "or",
    group: Group::Operator,
    summary: "`a or b`: true as soon as one is true.",
    inputs: CONDITIONS,
    outputs: CONDITION,
    body: stateless!(OrKernel),
    ..Row::BASE
};

struct NotKernel;
impl<L: Lane> Kernel<L> for NotKernel {
    fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (a_yes, a_no) = inputs.mask(0);
        let (yes, no) = output.mask();
        yes.copy_from_slice(a_no);
        no.copy_from_slice(a_yes);
    }
}
pub(crate) static NOT: Row = Row {
    name: "not",
    group: Group::Operator,
    summary: "`not a`; unknown stays unknown.",
    inputs: &[Input::condition("a")],
    outputs: CONDITION,
    body: stateless!(NotKernel),
    ..Row::BASE
};

struct ChooseKernel;
impl<L: Lane> Kernel<L> for ChooseKernel {
    fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (condition, a, b) = (inputs.mask(0), inputs.series(1), inputs.series(2));
        for (bar, out) in output.series().iter_mut().enumerate() {
            *out = L::choose((condition.0[bar], condition.1[bar]), a[bar], b[bar]);
        }
    }
}
pub(crate) static CHOOSE: Row = Row {
    name: "choose",
    group: Group::Operator,
    summary: "`condition ? a : b` of numbers; unknown where the condition is.",
    inputs: &[Input::condition("condition"), Input::number("a"), Input::number("b")],
    body: stateless!(ChooseKernel),
    ..Row::BASE
};

struct ChooseConditionKernel;
impl<L: Lane> Kernel<L> for ChooseConditionKernel {
    fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (condition, a, b) = (inputs.mask(0), inputs.mask(1), inputs.mask(2));
        let (yes, no) = output.mask();
        for bar in 0..yes.len() {
            let (take_a, take_b) = (condition.0[bar], condition.1[bar]);
            yes[bar] = take_a & a.0[bar] | take_b & b.0[bar];
            no[bar] = take_a & a.1[bar] | take_b & b.1[bar];
        }
    }
}
pub(crate) static CHOOSE_CONDITION: Row = Row {
    name: "choose_condition",
    group: Group::Operator,
    summary: "`condition ? a : b` of conditions; unknown where the condition is.",
    inputs: &[Input::condition("condition"), Input::condition("a"), Input::condition("b")],
    outputs: CONDITION,
    body: stateless!(ChooseConditionKernel),
    ..Row::BASE
};

/// 1 where a condition is true, 0 where it is false: what lets a window count.
struct IndicatorKernel;
impl<L: Lane> Kernel<L> for IndicatorKernel {
    fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = inputs.mask(0);
        for (bar, out) in output.series().iter_mut().enumerate() {
            *out = L::choose((yes[bar], no[bar]), L::splat(1.0), L::splat(0.0));
        }
    }
}
pub(crate) static ZERO_ONE: Row = Row {
    name: "zero_one",
    group: Group::Operator,
    summary: "1 where the condition is true, 0 where it is false.",
    inputs: &[Input::condition("condition")],
    body: stateless!(IndicatorKernel),
    ..Row::BASE
};

const BARS_AGO: &[Parameter] = &[Parameter::whole("bars", 0, 5000)];

struct Lag {
    bars: usize,
}
impl Lag {
    fn new(p: &[f64]) -> Self {
        Self { bars: bars(p[0]) }
    }
}
impl<L: Lane> Kernel<L> for Lag {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(self.bars, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        history::lag(own.lanes, own.bar, inputs.series(0), output.series());
    }
}
pub(crate) static LAG: Row = Row {
    name: "lag",
    group: Group::Operator,
    summary: "`a[bars]`: the number that many bars ago.",
    inputs: &[Input::number("a")],
    parameters: BARS_AGO,
    body: kernel!(Lag::new, warmup = |p| bars(p[0]), memory = |p| Memory::Bars(bars(p[0]))),
    ..Row::BASE
};

struct LagCondition {
    bars: usize,
}
impl LagCondition {
    fn new(p: &[f64]) -> Self {
        Self { bars: bars(p[0]) }
    }
}
impl<L: Lane> Kernel<L> for LagCondition {
    fn start(&self, state: &mut State<L>) {
        state.add_bits(2 * self.bars, false);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (a_yes, a_no) = inputs.mask(0);
        let (yes, no) = output.mask();
        let (own_yes, own_no) = own.bits.split_at_mut(self.bars);
        history::lag(own_yes, own.bar, a_yes, yes);
        history::lag(own_no, own.bar, a_no, no);
    }
}
pub(crate) static LAG_CONDITION: Row = Row {
    name: "lag_condition",
    group: Group::Operator,
    summary: "`a[bars]` of a condition.",
    inputs: &[Input::condition("a")],
    parameters: BARS_AGO,
    outputs: CONDITION,
    body: kernel!(LagCondition::new, warmup = |p| bars(p[0]), memory = |p| Memory::Bars(bars(p[0]))),
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::ADD, |x, _| vec![zip(&x[0], &x[1], |a, b| a + b)]),
        Reference::new(&super::SUB, |x, _| vec![zip(&x[0], &x[1], |a, b| a - b)]),
        Reference::new(&super::MUL, |x, _| vec![zip(&x[0], &x[1], |a, b| a * b)]),
        Reference::new(&super::DIV, |x, _| vec![zip(&x[0], &x[1], |a, b| a / b)]),
        Reference::new(&super::MOD, |x, _| vec![zip(&x[0], &x[1], remainder)]),
        Reference::new(&super::NEG, |x, _| vec![each(&x[0], |a| 0.0 - a)]),
        Reference::new(&super::LT, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a < b))]),
        Reference::new(&super::LE, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a <= b))]),
        Reference::new(&super::GT, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a > b))]),
        Reference::new(&super::GE, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a >= b))]),
        Reference::new(&super::EQ, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a == b))]),
        Reference::new(&super::NE, |x, _| vec![zip(&x[0], &x[1], |a, b| yes_no(a != b))]),
        Reference::new(&super::AND, |x, _| vec![and(&x[0], &x[1])]),
        Reference::new(&super::OR, |x, _| vec![or(&x[0], &x[1])]),
        Reference::new(&super::NOT, |x, _| vec![each(&x[0], |a| 1.0 - a)]),
        Reference::new(&super::CHOOSE, |x, _| vec![choose(&x[0], &x[1], &x[2])]),
        Reference::new(&super::CHOOSE_CONDITION, |x, _| vec![choose(&x[0], &x[1], &x[2])]),
        Reference::new(&super::ZERO_ONE, |x, _| vec![x[0].clone()]),
        Reference::new(&super::LAG, |x, p| vec![lag(&x[0], p[0])]),
        Reference::new(&super::LAG_CONDITION, |x, p| vec![lag(&x[0], p[0])]),
    ];

    /// Long division in binary, without rounding.
    fn remainder(a: f64, b: f64) -> f64 {
        let (mut left, divisor) = (a.abs(), b.abs());
        if divisor == 0.0 {
            return UNKNOWN;
        }
        let mut step = divisor;
        while step <= left / 2.0 {
            step *= 2.0;
        }
        while step >= divisor {
            if left >= step {
                left -= step;
            }
            step /= 2.0;
        }
        if a < 0.0 { -left } else { left }
    }

    fn choose(condition: &[f64], yes: &[f64], no: &[f64]) -> Series {
        let chosen = |bar: usize| match condition[bar] {
            1.0 => yes[bar],
            0.0 => no[bar],
            _ => UNKNOWN,
        };
        (0..condition.len()).map(chosen).collect()
    }
}
