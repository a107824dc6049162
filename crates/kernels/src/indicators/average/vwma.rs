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
    example: "close > vwma(close, 20)",
    ..Row::BASE
};
