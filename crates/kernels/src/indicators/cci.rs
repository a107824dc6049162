use super::dev::Spread;
use super::extremes::{HIGHEST, LOWEST};
use super::math::ABS;
use super::mfi::ROUNDING;
use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;

#[derive(Clone)]
struct Index<L>(Spread<L>);

impl<L: Lane> Kernel<L> for Index<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let zero = L::splat(0.0);
        self.0.run(inputs.series(0), output.series(), |distance, deviation| {
            let index = distance / (deviation * L::splat(0.015));
            L::select(deviation.eq(zero), zero, index.finite())
        });
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(self.clone())
    }
}

/// Of equal values the index is 0, of any others what they make it.
pub static CCI_EXACT: Row = Row {
    name: "cci_exact",
    group: Group::Operator,
    summary: "`cci` of values that are equal to the bit where they are equal.",
    doc: "",
    inputs: SOURCE,
    parameters: LENGTH,
    outputs: VALUE,
    body: kernel!(
        |p| Index(Spread::new(p)),
        warmup = |p| bars(p[0]) - 1,
        memory = |p| Memory::Bars(bars(p[0]) - 1)
    ),
    scale: Some(0),
    example: "",
};

pub static CCI: Row = Row {
    name: "cci",
    group: Group::Momentum,
    summary: "Commodity channel index: the distance from the mean in units of 0.015 mean deviations.",
    doc: "`(source − sma(source, length)) / (0.015·dev(source, length))`; 0 on a flat window, which one of computed \
          prices, as `hlc3` is, already is when they lie within 4 units in the last place.\n\n\
          Source: Donald Lambert, *Commodities*, October 1980.",
    inputs: &[Input::number("source").or("hlc3")],
    parameters: &[Parameter::length().or(20.0)],
    outputs: VALUE,
    body: Body::Compose(|x, p| {
        let index = CCI_EXACT.of(x, p);
        if x[0].is_column() {
            return vec![index];
        }
        let range = HIGHEST.of(x, p) - LOWEST.of(x, p);
        let moved = range.gt(ABS.of(x, &[]) * ROUNDING);
        vec![moved.choose(index, index.number(0.0))]
    }),
    scale: Some(0),
    example: "cci(20) > 100",
};
