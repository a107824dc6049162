//! Arithmetic by name. What is not a finite number is unknown.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::spec::*;
use crate::state::Own;
use crate::{elementwise, stateless};

pub(crate) static ROWS: &[&Row] =
    &[&ABS, &SIGN, &SQRT, &LOG, &LOG10, &EXP, &FLOOR, &CEIL, &ROUND, &POW, &MIN, &MAX, &NZ, &NA];

const A: &[Input] = &[Input::number("a")];
const A_B: &[Input] = &[Input::number("a"), Input::number("b")];

elementwise!(Abs<L>(a) = a.abs());
elementwise!(Sign<L>(a) = {
    let zero = L::splat(0.0);
    let sign = L::select(a.gt(zero), L::splat(1.0), L::select(a.lt(zero), L::splat(-1.0), zero));
    L::select(a.known(), sign, L::unknown())
});
elementwise!(Sqrt<L>(a) = a.sqrt());
elementwise!(Ln<L>(a) = a.map(f64::ln).finite());
elementwise!(Log10<L>(a) = a.map(f64::log10).finite());
elementwise!(Exp<L>(a) = a.map(f64::exp).finite());
elementwise!(Floor<L>(a) = a.map(f64::floor));
elementwise!(Ceil<L>(a) = a.map(f64::ceil));
elementwise!(Round<L>(a) = {
    // The distance is exact, which `(a + 0.5).floor()` is not just below a half and among large numbers.
    let below = a.map(f64::floor);
    L::select((a - below).lt(L::splat(0.5)), below, below + L::splat(1.0))
});
elementwise!(Pow<L>(a, b) = L::from_fn(|lane| {
    let (a, b) = (a.lane(lane), b.lane(lane));
    // `powf` gives 1 for an unknown exponent of 1 and for an unknown to the power of 0.
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.powf(b) }
})
.finite());
elementwise!(Min<L>(a, b) = L::select(a.eq(a), a.smaller(b), a));
elementwise!(Max<L>(a, b) = L::select(a.eq(a), a.larger(b), a));
elementwise!(Nz<L>(a, replacement) = L::select(a.known(), a, replacement));

const ONE_DIGIT: Tolerance =
    Tolerance::new(1e-15, Measure::Values, "libraries differ in the last digit of a logarithm");

pub(crate) static ABS: Row = Row {
    name: "abs",
    aliases: &["math.abs(number)"],
    group: Group::Math,
    summary: "The size of a number without its sign.",
    inputs: A,
    body: stateless!(Abs),
    scale: Some(1),
    example: "abs(close - open) > 1",
    ..Row::BASE
};

pub(crate) static SIGN: Row = Row {
    name: "sign",
    aliases: &["math.sign(number)"],
    group: Group::Math,
    summary: "1, 0 or −1.",
    inputs: A,
    body: stateless!(Sign),
    scale: Some(0),
    example: "sign(close - open) == 1",
    ..Row::BASE
};

pub(crate) static SQRT: Row = Row {
    name: "sqrt",
    aliases: &["math.sqrt(number)"],
    group: Group::Math,
    summary: "Square root; unknown below 0.",
    inputs: A,
    body: stateless!(Sqrt),
    example: "sqrt(volume) > 1000",
    ..Row::BASE
};

pub(crate) static LOG: Row = Row {
    name: "log",
    aliases: &["math.log(number)"],
    group: Group::Math,
    summary: "Natural logarithm; unknown at 0 and below.",
    inputs: A,
    body: stateless!(Ln),
    tolerance: ONE_DIGIT,
    example: "log(close / close[1]) > 0.05",
    ..Row::BASE
};

pub(crate) static LOG10: Row = Row {
    name: "log10",
    aliases: &["math.log10(number)"],
    group: Group::Math,
    summary: "Logarithm to base 10; unknown at 0 and below.",
    inputs: A,
    body: stateless!(Log10),
    tolerance: ONE_DIGIT,
    example: "log10(volume) > 6",
    ..Row::BASE
};

pub(crate) static EXP: Row = Row {
    name: "exp",
    aliases: &["math.exp(number)"],
    group: Group::Math,
    summary: "e to the power of a; unknown where that is too large for a number.",
    inputs: A,
    body: stateless!(Exp),
    tolerance: Tolerance::new(
        5e-14,
        Measure::Values,
        "what the exponent loses in its last digit counts as often as it is large",
    ),
    example: "exp(log(close)) > 10",
    ..Row::BASE
};

pub(crate) static FLOOR: Row = Row {
    name: "floor",
    aliases: &["math.floor(number)"],
    group: Group::Math,
    summary: "The whole number at or below.",
    inputs: A,
    pane: Pane::Price,
    body: stateless!(Floor),
    example: "floor(close) == close",
    ..Row::BASE
};

pub(crate) static CEIL: Row = Row {
    name: "ceil",
    aliases: &["math.ceil(number)"],
    group: Group::Math,
    summary: "The whole number at or above.",
    inputs: A,
    pane: Pane::Price,
    body: stateless!(Ceil),
    example: "ceil(close) == close",
    ..Row::BASE
};

pub(crate) static ROUND: Row = Row {
    name: "round",
    aliases: &["math.round(number)"],
    group: Group::Math,
    summary: "The nearest whole number; halves go up: `round(-2.5)` is −2.",
    inputs: A,
    pane: Pane::Price,
    body: stateless!(Round),
    example: "round(close) == close",
    ..Row::BASE
};

pub(crate) static POW: Row = Row {
    name: "pow",
    aliases: &["math.pow(base, exponent)"],
    group: Group::Math,
    summary: "`a ** b`; unknown where that is no finite number.",
    inputs: A_B,
    body: stateless!(Pow),
    tolerance: Tolerance::new(
        1e-12,
        Measure::Values,
        "the reference goes by a logarithm, whose last digit counts as often as the power is large",
    ),
    example: "pow(close / close[1], 12) > 2",
    ..Row::BASE
};

pub(crate) static MIN: Row = Row {
    name: "min",
    aliases: &["math.min(number0, number1)"],
    group: Group::Math,
    summary: "The smaller of two numbers; unknown when either is.",
    inputs: A_B,
    pane: Pane::Price,
    body: stateless!(Min),
    scale: Some(1),
    example: "min(open, close) > high[1]",
    ..Row::BASE
};

pub(crate) static MAX: Row = Row {
    name: "max",
    aliases: &["math.max(number0, number1)"],
    group: Group::Math,
    summary: "The larger of two numbers; unknown when either is.",
    inputs: A_B,
    pane: Pane::Price,
    body: stateless!(Max),
    scale: Some(1),
    example: "max(open, close) < low[1]",
    ..Row::BASE
};

pub(crate) static NZ: Row = Row {
    name: "nz",
    group: Group::Math,
    summary: "The number, or `replacement` where it is unknown.",
    inputs: &[Input::number("a"), Input::number("replacement").or("0")],
    pane: Pane::Price,
    body: stateless!(Nz),
    example: "nz(volume) == 0",
    ..Row::BASE
};

struct Na;
impl<L: Lane> Kernel<L> for Na {
    fn run(&self, _: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (yes, no) = output.mask();
        for (bar, value) in inputs.series(0).iter().enumerate() {
            no[bar] = L::bits(value.known());
            yes[bar] = !no[bar] & L::full_bits();
        }
    }
}
pub(crate) static NA: Row = Row {
    name: "na",
    group: Group::Math,
    summary: "Whether a number is unknown; itself never unknown.",
    inputs: A,
    outputs: CONDITION,
    body: stateless!(Na),
    example: "not na(volume)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use std::f64::consts::{LN_2, LN_10};

    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::ABS, |x, _| vec![each(&x[0], |a| if a < 0.0 { -a } else { a })]),
        Reference::new(&super::SIGN, |x, _| vec![each(&x[0], |a| yes_no(a > 0.0) - yes_no(a < 0.0))]),
        Reference::new(&super::SQRT, |x, _| vec![each(&x[0], f64::sqrt)]),
        Reference::new(&super::LOG, |x, _| vec![each(&x[0], logarithm)]),
        Reference::new(&super::LOG10, |x, _| vec![each(&x[0], |a| logarithm(a) / LN_10)]),
        Reference::new(&super::EXP, |x, _| vec![each(&x[0], exponential)]),
        Reference::new(&super::FLOOR, |x, _| vec![each(&x[0], |a| a - a.rem_euclid(1.0))]),
        Reference::new(&super::CEIL, |x, _| vec![each(&x[0], |a| a + (-a).rem_euclid(1.0))]),
        Reference::new(&super::ROUND, |x, _| {
            vec![each(&x[0], |a| if a.fract().abs() == 0.5 { a.ceil() } else { a.round() })]
        }),
        Reference::new(&super::POW, |x, _| vec![zip(&x[0], &x[1], power)]),
        Reference::new(&super::MIN, |x, _| vec![zip(&x[0], &x[1], |a, b| if a < b { a } else { b })]),
        Reference::new(&super::MAX, |x, _| vec![zip(&x[0], &x[1], |a, b| if a > b { a } else { b })]),
        Reference::new(&super::NZ, |x, _| {
            vec![x[0].iter().zip(&x[1]).map(|(&a, &replacement)| if a.is_nan() { replacement } else { a }).collect()]
        }),
        Reference::new(&super::NA, |x, _| vec![x[0].iter().map(|a| yes_no(a.is_nan())).collect()]),
    ];

    // Machines differ in the last digit of a logarithm or power, and a golden file must not: what follows is made of
    // operations that every machine rounds alike, as it does a square root.

    /// `a = m·2^e` with m from 0.75 to 1.5, so that the logarithm of m is small.
    fn parts(a: f64) -> (f64, i32) {
        let (mut m, mut e) = (a, 0);
        while m >= 1.5 {
            (m, e) = (m / 2.0, e + 1);
        }
        while m < 0.75 {
            (m, e) = (m * 2.0, e - 1);
        }
        (m, e)
    }

    fn two_to(exponent: i32) -> f64 {
        (0..exponent.abs()).fold(1.0, |power, _| if exponent > 0 { power * 2.0 } else { power / 2.0 })
    }

    /// `ln m = 2·(z + z³/3 + z⁵/5 + …)` with `z = (m − 1) / (m + 1)`, of which z² is at most 1/25.
    fn logarithm(a: f64) -> f64 {
        if a <= 0.0 {
            return UNKNOWN;
        }
        let (m, e) = parts(a);
        let z = (m - 1.0) / (m + 1.0);
        let series: f64 = (0..12).rev().fold(0.0, |sum, n| sum * z * z + 1.0 / f64::from(2 * n + 1));
        f64::from(e) * LN_2 + 2.0 * z * series
    }

    /// `e^a = 2^k·e^r` with r at most half of ln 2, and `e^r = 1 + r + r²/2 + r³/6 + …`.
    fn exponential(a: f64) -> f64 {
        if a.abs() > 800.0 {
            return if a > 0.0 { UNKNOWN } else { 0.0 };
        }
        let k = (a / LN_2).round();
        let r = a - k * LN_2;
        let series = (1..=18).rev().fold(1.0, |sum, n| 1.0 + sum * r / f64::from(n));
        // In two steps, because 2^k alone may be no number where the result is one.
        let half = k as i32 / 2;
        series * two_to(half) * two_to(k as i32 - half)
    }

    /// By logarithms; of a negative number only whole powers.
    fn power(a: f64, b: f64) -> f64 {
        let size = || exponential(b * logarithm(a.abs()));
        match (a, b) {
            (_, 0.0) => 1.0,
            (0.0, _) => {
                if b > 0.0 {
                    0.0
                } else {
                    UNKNOWN
                }
            }
            _ if a > 0.0 => size(),
            _ if b.fract() != 0.0 => UNKNOWN,
            _ if b % 2.0 == 0.0 => size(),
            _ => -size(),
        }
    }
}
