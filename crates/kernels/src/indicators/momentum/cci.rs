use crate::block::{Inputs, Kernel, Output};
use crate::indicators::momentum::mfi::ROUNDING;
use crate::indicators::statistic::dev::Spread;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State};

pub(crate) static ROWS: &[&Row] = &[&CCI_WITHIN, &CCI];

struct Index {
    spread: Spread,
    within: f64,
}

impl Index {
    fn new(p: &[f64]) -> Self {
        Self { spread: Spread::new(p), within: p[1] }
    }
}

impl<L: Lane> Kernel<L> for Index {
    fn start(&self, state: &mut State<L>) {
        self.spread.start(state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (zero, within) = (L::splat(0.0), L::splat(self.within));
        self.spread.run(own, inputs.series(0), output.series(), |window, distance, deviation| {
            let index = (distance / (deviation * L::splat(0.015))).finite();
            let (base, near) = (window[0], window[0].abs() * within);
            // Values near one of them deviate less than that: where none can be flat no window is looked through.
            let may_be_flat = deviation.le(near + near);
            if L::bits(may_be_flat) == 0 {
                return index;
            }
            let furthest = window.iter().fold(zero, |most, &x| (x - base).abs().larger(most));
            L::select(may_be_flat & furthest.le(near), zero, index)
        });
    }
}

pub(crate) static CCI_WITHIN: Row = Row {
    name: "cci_within",
    group: Group::Operator,
    summary: "`cci` where values that are `within` of one another's size are equal.",
    inputs: SOURCE,
    parameters: &[Parameter::length(), Parameter::real("within", 0.0, ROUNDING)],
    body: kernel!(Index::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]) - 1)),
    scale: Some(0),
    ..Row::BASE
};

pub(crate) static CCI: Row = Row {
    name: "cci",
    aliases: &["ta.cci(source, length)"],
    group: Group::Momentum,
    summary: "Commodity channel index: the distance from the mean in units of 0.015 mean deviations.",
    doc: "`(source − sma(source, length)) / (0.015·dev(source, length))`; 0 on a flat window, which one of computed \
          prices, as `hlc3` is, already is when they lie within 4 units in the last place.",
    source: "Donald Lambert, *Commodities*, October 1980",
    inputs: &[Input::series("source").or("hlc3")],
    parameters: &[Parameter::length().or(20.0)],
    body: Body::Compose(|x, p| {
        let within = if x[0].is_column() { 0.0 } else { ROUNDING };
        vec![CCI_WITHIN.of(x, &[p[0], within])]
    }),
    scale: Some(0),
    example: "cci(20) > 100",
    ..Row::BASE
};
