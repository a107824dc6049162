use crate::indicators::average::sma::SMA;
use crate::indicators::statistic::stdev::STDEV;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&BBANDS];

pub(crate) const BANDS: Tolerance =
    Tolerance::new(1e-13, Measure::Source, "the last digit of a deviation counts as often as `mult` says");

pub(crate) static BBANDS: Row = Row {
    name: "bbands",
    group: Group::Volatility,
    summary: "Bollinger bands: `middle` is the mean, `upper` and `lower` are `mult` standard deviations away.",
    doc: "The standard deviation divides by `length`.",
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
            let band = |deviations: f64| window(&x[0], p[0], |w| mean(w) + deviations * deviation(w));
            vec![band(p[1]), band(0.0), band(-p[1])]
        },
        talib: &[Talib {
            name: "BBANDS",
            parameters: &[&[2.0, 1.0], &[20.0, 2.0], &[64.0, 2.5]],
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
