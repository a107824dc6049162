//! The two ends of the range are kernels of their own: `willr`, `highest` and `lowest` of the same length have them in
//! common. What is made of them is one pass: `stoch(14)` takes 3.66 ns per bar and symbol in lanes and 18.2 alone, with its
//! columns; as four operators it took 4.19 and 19.3.

use crate::indicators::trend::extremes::{HIGHEST, LOWEST};
use crate::spec::*;
use crate::{elementwise, stateless};

pub(crate) static ROWS: &[&Row] = &[&SHARE_OF_RANGE, &STOCH];

// The quotient first, so that an end of the range is 100 to the last bit.
elementwise!(ShareOfRange<L>(x, from, top, bottom) = ((x - from) / (top - bottom).finite() * L::splat(100.0)).finite());

pub(crate) static SHARE_OF_RANGE: Row = Row {
    name: "share_of_range",
    group: Group::Operator,
    summary: "How far `x` is from `from`, in percent of the range from `bottom` to `top`.",
    inputs: &[Input::number("x"), Input::number("from"), Input::number("top"), Input::number("bottom")],
    body: stateless!(ShareOfRange),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    ..Row::BASE
};

pub(crate) static STOCH: Row = Row {
    name: "stoch",
    group: Group::Momentum,
    summary: "Raw stochastic %K: where the close stands between the lowest low and the highest high, 0 to 100.",
    doc: "`100·(close − lowest(low, length)) / (highest(high, length) − lowest(low, length))`; unknown where the range \
          is 0. Smooth it yourself: `sma(stoch(14), 3)` is the slow %K.",
    source: "George Lane, Investment Educators, 1950s",
    inputs: &[Input::series("high").or("high"), Input::series("low").or("low"), Input::series("close").or("close")],
    parameters: &[Parameter::length().or(14.0)],
    body: Body::Compose(|x, p| {
        let (top, bottom) = (HIGHEST.of(&x[..1], p), LOWEST.of(&x[1..2], p));
        vec![SHARE_OF_RANGE.of(&[x[2], bottom, top, bottom], &[])]
    }),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[
        ("ta.stoch", "takes the source first, and nothing is implied"),
        ("talib.STOCHF", "is 0 where the range is 0"),
    ],
    example: "sma(stoch(14), 3) < 20",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::SHARE_OF_RANGE, |x, _| vec![share(&x[0], &x[1], &x[2], &x[3])]),
        Reference {
            row: &super::STOCH,
            values: |x, p| vec![stoch(&x[0], &x[1], &x[2], p[0])],
            talib: &[Talib {
                name: "STOCHF",
                parameters: FROM_ONE,
                values: |x, p| {
                    let mut lines = outputs(x, |core, last, [fast, slow]| {
                        core.stochf(0, last, &x.high, &x.low, &x.close, p[0] as i32, 1, MAType::SMA, fast, slow)
                    });
                    lines.truncate(1);
                    lines
                },
                for_unknown: Some(0.0),
                ..Talib::BASE
            }],
        },
    ];

    fn share(x: &[f64], from: &[f64], top: &[f64], bottom: &[f64]) -> Series {
        let range = zip(top, bottom, |top, bottom| top - bottom);
        zip(&zip(x, from, |x, from| x - from), &range, |x, range| 100.0 * x / range)
    }

    fn stoch(high: &[f64], low: &[f64], close: &[f64], length: f64) -> Series {
        let (top, bottom) = (window(high, length, largest), window(low, length, smallest));
        share(close, &bottom, &top, &bottom)
    }
}
