use super::dev::DEV;
use super::sma::SMA;
use crate::spec::*;

pub static CCI: Row = Row {
    name: "cci",
    group: Group::Momentum,
    summary: "Commodity channel index: the distance from the mean in units of 0.015 mean deviations.",
    doc: "`(source − sma(source, length)) / (0.015·dev(source, length))`; 0 on a flat window.\n\n\
          Source: Donald Lambert, *Commodities*, October 1980.",
    inputs: &[Input::series("source").or("hlc3")],
    parameters: &[Parameter::length().or(20.0)],
    outputs: VALUE,
    body: Body::Compose(|x, p| {
        let deviation = DEV.of(x, p);
        let zero = deviation.number(0.0);
        let index = (x[0] - SMA.of(x, p)) / (deviation * 0.015);
        vec![deviation.equals(zero).choose(zero, index)]
    }),
    scale: Some(0),
    example: "cci(20) > 100",
};
