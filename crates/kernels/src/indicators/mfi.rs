use super::operators::{CHOOSE, GT, LT};
use super::sum::SUM;
use crate::spec::*;

pub static MFI: Row = Row {
    name: "mfi",
    group: Group::Momentum,
    summary: "Money flow index: the share of money that changed hands on rising bars, 0 to 100.",
    doc: "`100·P / (P + N)`, P and N the sums of `source·volume` over the bars of the window on which `source` rose and \
          fell. First at bar `length`, where the first change is known; unknown when no money moved. `ta.mfi` starts a bar earlier.\n\n\
          Source: Gene Quong and Avrum Soudack, *Stocks & Commodities* 7:3, 1989.",
    inputs: &[Input::series("source").or("hlc3"), Input::implied("volume")],
    parameters: &[Parameter::length().or(14.0)],
    outputs: VALUE,
    body: Body::Compose(|x, p| {
        let before = x[0].lag(1);
        let zero = x[0].number(0.0);
        let flow = x[0] * x[1];
        let rising = GT.of(&[x[0], before], &[]);
        let falling = LT.of(&[x[0], before], &[]);
        let positive = SUM.of(&[CHOOSE.of(&[rising, flow, zero], &[])], p);
        let negative = SUM.of(&[CHOOSE.of(&[falling, flow, zero], &[])], p);
        // The quotient first, so that it is never more than 100.
        vec![positive / (positive + negative) * 100.0]
    }),
    scale: Some(0),
    example: "mfi(14) < 20",
};
