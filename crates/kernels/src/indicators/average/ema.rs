use crate::kernel;
use crate::recursive::Smooth;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&EMA];

fn weight(p: &[f64]) -> f64 {
    2.0 / (p[0] + 1.0)
}

pub(crate) static EMA: Row = Row {
    name: "ema",
    aliases: &["ta.ema(source, length)"],
    group: Group::Average,
    summary: "Exponential moving average.",
    doc: "`y[t] = y[t-1] + k·(x[t] − y[t-1])` with `k = 2 / (length + 1)`, seeded with the mean of the first \
          `length` known values, as in Pine and TA-Lib. On an unknown value it is unknown and goes on afterwards.",
    inputs: SOURCE,
    parameters: LENGTH,
    pane: Pane::Price,
    body: kernel!(
        |p: &[f64]| Smooth::new(p[0], weight(p)),
        warmup = |p| bars(p[0]) - 1,
        memory = |p| Memory::Fading(1.0 - weight(p))
    ),
    scale: Some(1),
    tolerance: Tolerance::SMOOTHED,
    example: "close > ema(close, 50)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::EMA,
        values: |x, p| vec![smooth(&x[0], p[0], 2.0 / (p[0] + 1.0))],
        talib: &[Talib {
            name: "EMA",
            parameters: FROM_ONE,
            values: |x, p| outputs(x, |core, last, [out]| core.ema(0, last, &x.close, p[0] as i32, out)),
            ..Talib::BASE
        }],
    }];
}
