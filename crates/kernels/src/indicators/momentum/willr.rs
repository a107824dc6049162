use crate::indicators::momentum::stoch::SHARE_OF_RANGE;
use crate::indicators::trend::extremes::{HIGHEST, LOWEST};
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&WILLR];

pub(crate) static WILLR: Row = Row {
    name: "willr",
    aliases: &["ta.wpr(length)"],
    group: Group::Momentum,
    summary: "Williams %R: how far the close is below the highest high, in percent of the range, 0 to −100.",
    doc: "`100·(close − highest(high, length)) / (highest(high, length) − lowest(low, length))`, which is `stoch` − 100; \
          unknown where the range is 0.",
    source: "Larry Williams, *How I Made One Million Dollars Last Year Trading Commodities*, 1973",
    inputs: HIGH_LOW_CLOSE,
    parameters: &[Parameter::length().or(14.0)],
    body: Body::Compose(|x, p| {
        let (top, bottom) = (HIGHEST.of(&x[..1], p), LOWEST.of(&x[1..2], p));
        vec![SHARE_OF_RANGE.of(&[x[2], top, top, bottom], &[])]
    }),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[("talib.WILLR", "is 0 where the range is 0")],
    example: "willr(14) < -80",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::WILLR,
        values: |x, p| vec![williams(&x[0], &x[1], &x[2], p[0])],
        talib: &[Talib {
            name: "WILLR",
            parameters: FROM_TWO,
            values: |x, p| {
                outputs(x, |core, last, [out]| core.willr(0, last, &x.high, &x.low, &x.close, p[0] as i32, out))
            },
            for_unknown: Some(0.0),
            ..Talib::BASE
        }],
    }];

    fn williams(high: &[f64], low: &[f64], close: &[f64], length: f64) -> Series {
        let (top, bottom) = (window(high, length, largest), window(low, length, smallest));
        let range = zip(&top, &bottom, |top, bottom| top - bottom);
        zip(&zip(&top, close, |top, close| top - close), &range, |below, range| -100.0 * below / range)
    }
}
