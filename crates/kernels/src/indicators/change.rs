//! The value against an earlier one.

use crate::spec::*;

const fn against(
    name: &'static str,
    summary: &'static str,
    inputs: &'static [Input],
    parameters: &'static [Parameter],
    scale: i32,
    example: &'static str,
    body: Body,
) -> Row {
    Row {
        name,
        group: Group::Momentum,
        summary,
        doc: "First at bar `length`.",
        inputs,
        parameters,
        outputs: VALUE,
        body,
        scale: Some(scale),
        example,
    }
}

const CLOSE: &[Input] = &[Input::series("source").or("close")];
const TEN_BARS: &[Parameter] = &[Parameter::length().or(10.0)];

pub static CHANGE: Row = against(
    "change",
    "The difference to the value `length` bars ago: `source - source[length]`.",
    SOURCE,
    &[Parameter::length().or(1.0)],
    1,
    "change(close) > 0",
    Body::Compose(|x, p| vec![x[0] - x[0].lag(bars(p[0]))]),
);
pub static MOM: Row = against(
    "mom",
    "Momentum: the difference to the value `length` bars ago.",
    CLOSE,
    TEN_BARS,
    1,
    "mom(close, 10) > 0",
    Body::Compose(|x, p| vec![CHANGE.of(x, p)]),
);
pub static ROC: Row = Row {
    doc: "First at bar `length`. Unknown where the earlier value is 0.",
    ..against(
        "roc",
        "Rate of change: the difference to the value `length` bars ago, in percent of it.",
        CLOSE,
        TEN_BARS,
        0,
        "roc(close, 20) > 30",
        Body::Compose(|x, p| {
            let before = x[0].lag(bars(p[0]));
            vec![(x[0] - before) * 100.0 / before]
        }),
    )
};
