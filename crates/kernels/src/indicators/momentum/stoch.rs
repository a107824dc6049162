use crate::indicators::trend::extremes::{HIGHEST, LOWEST};
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&STOCH];

pub(crate) static STOCH: Row = Row {
    name: "stoch",
    group: Group::Momentum,
    summary: "Raw stochastic %K: where the close stands between the lowest low and the highest high, 0 to 100.",
    doc: "`100·(close − lowest(low, length)) / (highest(high, length) − lowest(low, length))`; unknown where the range \
          is 0. Smooth it yourself: `sma(stoch(14), 3)` is the slow %K. `ta.stoch` takes the \
          source first.",
    source: "George Lane, Investment Educators, 1950s",
    inputs: &[Input::series("high").or("high"), Input::series("low").or("low"), Input::series("close").or("close")],
    parameters: &[Parameter::length().or(14.0)],
    body: Body::Compose(|x, p| {
        let (top, bottom) = (HIGHEST.of(&x[..1], p), LOWEST.of(&x[1..2], p));
        // The quotient first, so that the top of the range is 100 to the last bit.
        vec![(x[2] - bottom) / (top - bottom) * 100.0]
    }),
    scale: Some(0),
    example: "sma(stoch(14), 3) < 20",
    ..Row::BASE
};
