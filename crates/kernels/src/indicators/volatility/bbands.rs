use crate::averages::{average, choice};
use crate::indicators::statistic::stdev::STDEV;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&BBANDS];

pub(crate) const BANDS: Tolerance =
    Tolerance::new(1e-13, Measure::Source, "the last digit of a deviation counts as often as `mult` says");

pub(crate) static BBANDS: Row = Row {
    name: "bbands",
    group: Group::Volatility,
    summary: "Bollinger bands: `middle` is an average, `upper` and `lower` are `mult` standard deviations away.",
    doc: "`average` names the one in the middle; the deviation is from the mean whatever it is, and divides by `length`.",
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
    tolerance: BANDS,
    differs: &[("ta.bb", "gives the middle first")],
    example: "close > bbands(close, 20, 2).upper",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::BBANDS,
        values: |x, p| {
            let middle = match ["sma", "ema", "wma", "rma"][p[2] as usize] {
                "sma" => window(&x[0], p[0], mean),
                "ema" => smooth(&x[0], p[0], 2.0 / (p[0] + 1.0)),
                "wma" => window(&x[0], p[0], weighted_mean),
                _ => smooth(&x[0], p[0], 1.0 / p[0]),
            };
            let width = window(&x[0], p[0], |w| p[1] * deviation(w));
            let band = |sign: f64| zip(&middle, &width, |middle, width| middle + sign * width);
            vec![band(1.0), middle.clone(), band(-1.0)]
        },
        talib: &[Talib {
            name: "BBANDS",
            parameters: &[&[2.0, 1.0, 0.0], &[20.0, 2.0, 0.0], &[64.0, 2.5, 0.0]],
            values: |x, p| {
                outputs(x, |core, last, [upper, middle, lower]| {
                    core.bbands(0, last, &x.close, p[0] as i32, p[1], p[1], MAType::SMA, upper, middle, lower)
                })
            },
            exceptions: &[RUNNING_SUMS, LATE_REBUILD],
            ..Talib::BASE
        }],
    }];
}
