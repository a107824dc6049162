//! Arithmetic by name. What is not a finite number is unknown.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::spec::*;
use crate::state::Own;
use crate::{elementwise, stateless};

const fn math(
    name: &'static str,
    summary: &'static str,
    inputs: &'static [Input],
    scale: Option<i32>,
    example: &'static str,
    body: Body,
) -> Row {
    Row { name, group: Group::Math, summary, doc: "", inputs, parameters: &[], outputs: VALUE, body, scale, example }
}

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

pub static ABS: Row = math("abs", "The size of a number without its sign.", A, Some(1), "abs(close - open) > 1", stateless!(Abs));
pub static SIGN: Row = math("sign", "1, 0 or −1.", A, Some(0), "sign(close - open) == 1", stateless!(Sign));
pub static SQRT: Row =
    math("sqrt", "Square root; unknown below 0.", A, None, "sqrt(volume) > 1000", stateless!(Sqrt));
pub static LOG: Row =
    math("log", "Natural logarithm; unknown at 0 and below.", A, None, "log(close / close[1]) > 0.05", stateless!(Ln));
pub static LOG10: Row =
    math("log10", "Logarithm to base 10; unknown at 0 and below.", A, None, "log10(volume) > 6", stateless!(Log10));
pub static EXP: Row = math(
    "exp",
    "e to the power of a; unknown where that is too large for a number.",
    A,
    None,
    "exp(log(close)) > 10",
    stateless!(Exp),
);
pub static FLOOR: Row = math("floor", "The whole number at or below.", A, None, "floor(close) == close", stateless!(Floor));
pub static CEIL: Row = math("ceil", "The whole number at or above.", A, None, "ceil(close) == close", stateless!(Ceil));
pub static ROUND: Row = math(
    "round",
    "The nearest whole number; halves go up: `round(-2.5)` is −2.",
    A,
    None,
    "round(close) == close",
    stateless!(Round),
);
pub static POW: Row = math(
    "pow",
    "`a ** b`; unknown where that is no finite number.",
    A_B,
    None,
    "pow(close / close[1], 12) > 2",
    stateless!(Pow),
);
pub static MIN: Row = math(
    "min",
    "The smaller of two numbers; unknown when either is.",
    A_B,
    Some(1),
    "min(open, close) > high[1]",
    stateless!(Min),
);
pub static MAX: Row = math(
    "max",
    "The larger of two numbers; unknown when either is.",
    A_B,
    Some(1),
    "max(open, close) < low[1]",
    stateless!(Max),
);
pub static NZ: Row = math(
    "nz",
    "The number, or `replacement` where it is unknown.",
    &[Input::number("a"), Input::number("replacement").or("0")],
    None,
    "nz(volume) == 0",
    stateless!(Nz),
);

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
pub static NA: Row = Row {
    outputs: CONDITION,
    ..math("na", "Whether a number is unknown; itself never unknown.", A, None, "not na(volume)", stateless!(Na))
};
