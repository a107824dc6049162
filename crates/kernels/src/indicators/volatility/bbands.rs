use crate::averages::{average, choice};
use crate::indicators::statistic::stdev::STDEV;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&BBANDS];

pub(crate) static BBANDS: Row = Row {
    name: "bbands",
    group: Group::Volatility,
    summary: "Bollinger bands: `middle` is an average, `upper` and `lower` are `mult` standard deviations away.",
    doc: "`average` names the one in the middle; the deviation is from the mean whatever it is, and divides by `length`. \
          `ta.bb` gives the middle first.",
    source: "John Bollinger, *Bollinger on Bollinger Bands*, 2001",
    inputs: &[Input::series("source").or("close")],
    parameters: &[
        Parameter::length().or(20.0),
        Parameter::real("mult", 0.0, 1000.0).or(2.0),
        choice("average").or(0.0),
    ],
    outputs: &[OutputSpec::band("upper"), OutputSpec::line("middle"), OutputSpec::band("lower")],
    pane: Pane::Price,
    body: Body::Compose(|x, p| {
        let middle = average(p[2], x[0], p[0]);
        let width = STDEV.of(x, &p[..1]) * p[1];
        vec![middle + width, middle, middle - width]
    }),
    scale: Some(1),
    example: "close > bbands(close, 20, 2).upper",
    ..Row::BASE
};
