//! The value against an earlier one.

use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&CHANGE, &MOM, &ROC];

const CLOSE: &[Input] = &[Input::series("source").or("close")];
const TEN_BARS: &[Parameter] = &[Parameter::length().or(10.0)];

pub(crate) static CHANGE: Row = Row {
    name: "change",
    aliases: &["ta.change(source, length = 1)"],
    group: Group::Momentum,
    summary: "The difference to the value `length` bars ago: `source - source[length]`.",
    doc: "First at bar `length`.",
    inputs: SOURCE,
    parameters: &[Parameter::length().or(1.0).sweeping(&[1.0, 5.0, 20.0])],
    body: Body::Compose(|x, p| vec![x[0] - x[0].lag(bars(p[0]))]),
    scale: Some(1),
    example: "change(close) > 0",
    ..Row::BASE
};

pub(crate) static MOM: Row = Row {
    name: "mom",
    aliases: &["ta.mom(source, length)"],
    group: Group::Momentum,
    summary: "Momentum: the difference to the value `length` bars ago.",
    doc: "First at bar `length`.",
    inputs: CLOSE,
    parameters: TEN_BARS,
    body: Body::Compose(|x, p| vec![CHANGE.of(x, p)]),
    scale: Some(1),
    example: "mom(close, 10) > 0",
    ..Row::BASE
};

pub(crate) static ROC: Row = Row {
    name: "roc",
    aliases: &["ta.roc(source, length)"],
    group: Group::Momentum,
    summary: "Rate of change: the difference to the value `length` bars ago, in percent of it.",
    doc: "First at bar `length`. Unknown where the earlier value is 0.",
    inputs: CLOSE,
    parameters: TEN_BARS,
    body: Body::Compose(|x, p| {
        let before = x[0].lag(bars(p[0]));
        vec![(x[0] - before) * 100.0 / before]
    }),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    example: "roc(close, 20) > 30",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::CHANGE, |x, p| vec![difference(&x[0], p[0])]),
        Reference {
            row: &super::MOM,
            values: |x, p| vec![difference(&x[0], p[0])],
            talib: &[Talib {
                name: "MOM",
                parameters: FROM_ONE,
                values: |x, p| outputs(x, |core, last, [out]| core.mom(0, last, &x.close, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::ROC,
            values: |x, p| vec![zip(&x[0], &lag(&x[0], p[0]), |now, then| 100.0 * (now - then) / then)],
            talib: &[Talib {
                name: "ROC",
                parameters: FROM_ONE,
                values: |x, p| outputs(x, |core, last, [out]| core.roc(0, last, &x.close, p[0] as i32, out)),
                ..Talib::BASE
            }],
        },
    ];

    fn difference(values: &[f64], length: f64) -> Series {
        zip(values, &lag(values, length), |now, then| now - then)
    }
}
