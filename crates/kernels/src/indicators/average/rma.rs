use crate::kernel;
use crate::recursive::Smooth;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&RMA];

pub(crate) static RMA: Row = Row {
    name: "rma",
    aliases: &["ta.rma(source, length)"],
    group: Group::Average,
    summary: "Wilder's moving average, the smoothing of RSI, ATR and ADX.",
    doc: "`y[t] = y[t-1] + (x[t] − y[t-1]) / length`, seeded with the mean of the first `length` known values. On an \
          unknown value it is unknown and goes on afterwards.",
    inputs: SOURCE,
    parameters: LENGTH,
    pane: Pane::Price,
    body: kernel!(
        |p: &[f64]| Smooth::new(p[0], 1.0 / p[0]),
        warmup = |p| bars(p[0]) - 1,
        memory = |p| Memory::Fading(1.0 - 1.0 / p[0])
    ),
    scale: Some(1),
    tolerance: Tolerance::SMOOTHED,
    example: "rma(volume, 14) > 100000",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::RMA,
        values: |x, p| vec![smooth(&x[0], p[0], 1.0 / p[0])],
        talib: &[Talib {
            name: "RMA",
            parameters: FROM_ONE,
            values: |x, p| outputs(x, |core, last, [out]| core.rma(0, last, &x.close, p[0] as i32, out)),
            ..Talib::BASE
        }],
    }];
}
