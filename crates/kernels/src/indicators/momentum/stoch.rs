use crate::indicators::trend::extremes::{HIGHEST, LOWEST};
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&STOCH];

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
        // The quotient first, so that the top of the range is 100 to the last bit.
        vec![(x[2] - bottom) / (top - bottom) * 100.0]
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

    pub static REFERENCES: &[Reference] = &[Reference {
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
    }];

    fn stoch(high: &[f64], low: &[f64], close: &[f64], length: f64) -> Series {
        let (top, bottom) = (window(high, length, largest), window(low, length, smallest));
        let range = zip(&top, &bottom, |top, bottom| top - bottom);
        zip(&zip(close, &bottom, |x, bottom| x - bottom), &range, |x, range| 100.0 * x / range)
    }
}
