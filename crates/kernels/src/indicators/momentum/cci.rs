use crate::block::{Inputs, Kernel, Output};
use crate::indicators::statistic::dev::Spread;
use crate::kernel;
use crate::lane::Lane;
use crate::money::ROUNDING;
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
    tolerance: Tolerance::INDEX,
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
    tolerance: Tolerance::INDEX,
    example: "cci(20) > 100",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::CCI_WITHIN, |x, p| vec![window(&x[0], p[0], cci)]),
        Reference {
            row: &super::CCI,
            values: |x, p| vec![window(&x[0], p[0], cci)],
            talib: &[Talib {
                name: "CCI",
                parameters: FROM_TWO,
                values: |x, p| {
                    outputs(x, |core, last, [out]| core.cci(0, last, &x.high, &x.low, &x.close, p[0] as i32, out))
                },
                rounding: Some(|x, p| window(&x.typical(), p[0], digit_of_the_mean)),
                ..Talib::BASE
            }],
        },
    ];

    /// Of the differences to one of the values: the mean of prices is a price, and as exact as one.
    fn cci(values: &[f64]) -> f64 {
        let differences: Series = values.iter().map(|x| x - values[0]).collect();
        let flat = differences.iter().all(|&difference| difference == 0.0);
        if flat { 0.0 } else { (last(&differences) - mean(&differences)) / (0.015 * mean_deviation(&differences)) }
    }

    /// TA-Lib rounds the mean as a price and divides by a deviation that may be much smaller: two units in the last place
    /// of the price are then this much of its index. Ours is held against exact arithmetic in exact.rs.
    fn digit_of_the_mean(prices: &[f64]) -> f64 {
        2.0 * f64::EPSILON * largest(prices) / (0.015 * mean_deviation(prices))
    }
}
