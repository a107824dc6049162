use crate::indicators::statistic::sum::SUM;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&VWMA];

pub(crate) static VWMA: Row = Row {
    name: "vwma",
    aliases: &["ta.vwma(source, length)"],
    group: Group::Average,
    summary: "Moving average weighted by volume.",
    doc: "`sum(source·volume, length) / sum(volume, length)`; unknown where no volume was traded in the window.",
    inputs: &[Input::series("source"), Input::implied("volume")],
    parameters: LENGTH,
    pane: Pane::Price,
    body: Body::Compose(|x, p| vec![SUM.of(&[x[0] * x[1]], p) / SUM.of(&x[1..2], p)]),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "close > vwma(close, 20)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::VWMA,
        values: |x, p| vec![vwma(&x[0], &x[1], p[0])],
        talib: &[Talib {
            name: "VWMA",
            parameters: FROM_TWO,
            values: |x, p| outputs(x, |core, last, [out]| core.vwma(0, last, &x.close, &x.volume, p[0] as i32, out)),
            exceptions: &[RUNNING_SUMS, Exception { market: Market::Spikes, ..RUNNING_SUMS }],
            ..Talib::BASE
        }],
    }];

    fn vwma(source: &[f64], volume: &[f64], length: f64) -> Series {
        let money = window(&zip(source, volume, |x, v| x * v), length, sum);
        zip(&money, &window(volume, length, sum), |money, volume| money / volume)
    }
}
