use crate::indicators::average::wma::WMA;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&HMA];

pub(crate) static HMA: Row = Row {
    name: "hma",
    aliases: &["ta.hma(source, length)"],
    group: Group::Average,
    summary: "Hull moving average: weighted averages of a half and of the whole length, so joined that the lag is gone.",
    doc: "`wma(2·wma(source, length / 2) − wma(source, length), √length)`. Half and root are rounded down, as by Hull, \
          Pine and TA-Lib; of length 1 it is the source. First at bar `length + √length - 2`. Unknown while one of these \
          bars is.",
    source: "Alan Hull, *How to reduce lag in a moving average*, 2005",
    inputs: SOURCE,
    parameters: LENGTH,
    pane: Pane::Price,
    body: Body::Compose(|x, p| {
        let (half, root) = ((p[0] / 2.0).floor().max(1.0), p[0].sqrt().floor());
        let ahead = WMA.of(x, &[half]) * 2.0 - WMA.of(x, p);
        vec![WMA.of(&[ahead], &[root])]
    }),
    scale: Some(1),
    tolerance: Tolerance::SUMMED,
    example: "hma(close, 20) > hma(close, 20)[1]",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::HMA,
        values: |x, p| vec![hull(&x[0], p[0] as usize)],
        talib: &[Talib {
            name: "HMA",
            parameters: FROM_ONE,
            values: |x, p| outputs(x, |core, last, [out]| core.hma(0, last, &x.close, p[0] as i32, out)),
            exceptions: &[RUNNING_SUMS, Exception { market: Market::Spikes, ..RUNNING_SUMS }],
            ..Talib::BASE
        }],
    }];

    fn hull(values: &[f64], length: usize) -> Series {
        let root = (1..=length).take_while(|root| root * root <= length).count();
        let average = |length: usize| window(values, length as f64, weighted_mean);
        let ahead = zip(&average((length / 2).max(1)), &average(length), |half, whole| half + (half - whole));
        window(&ahead, root as f64, weighted_mean)
    }
}
