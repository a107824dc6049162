use crate::indicators::average::sma::SMA;
use crate::indicators::statistic::stdev::STDEV;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&BBANDS];

pub(crate) static BBANDS: Row = Row {
    name: "bbands",
    group: Group::Volatility,
    summary: "Bollinger bands: `middle` is the mean, `upper` and `lower` are `mult` standard deviations away.",
    doc: "The standard deviation divides by `length`. `ta.bb` gives the middle first.",
    source: "John Bollinger, *Bollinger on Bollinger Bands*, 2001",
    inputs: &[Input::series("source").or("close")],
    parameters: &[Parameter::length().or(20.0), Parameter::real("mult", 0.0, 1000.0).or(2.0)],
    outputs: &[OutputSpec::band("upper"), OutputSpec::line("middle"), OutputSpec::band("lower")],
    pane: Pane::Price,
    body: Body::Compose(|x, p| {
        let middle = SMA.of(x, &p[..1]);
        let width = STDEV.of(x, &p[..1]) * p[1];
        vec![middle + width, middle, middle - width]
    }),
    scale: Some(1),
    example: "close > bbands(close, 20, 2).upper",
    ..Row::BASE
};
