use crate::block::{Inputs, Kernel, Output};
use crate::directional::{self, Directional, movements};
use crate::graph::Value;
use crate::indicators::average::rma::RMA;
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&PLUS_DM, &MINUS_DM, &DIRECTIONAL, &DMI, &ADX];

const HIGH_LOW: &[Input] = &[Input::implied("high"), Input::implied("low")];

/// One of the two movements of a bar.
struct Movement<const DOWN: bool>;

impl<L: Lane, const DOWN: bool> Kernel<L> for Movement<DOWN> {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(2, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (high, low) = (inputs.series(0), inputs.series(1));
        let [mut high_before, mut low_before] = *exact(own.lanes);
        for (bar, out) in output.series().iter_mut().enumerate() {
            let (up, down) = (high[bar] - high_before, low_before - low[bar]);
            *out = L::select((up + down).known(), movements(up, down)[DOWN as usize], L::unknown());
            (high_before, low_before) = (high[bar], low[bar]);
        }
        *exact(own.lanes) = [high_before, low_before];
    }
}

const LARGER_ONE: &str = "Only the larger of the two movements of a bar counts. First at bar 1.";

pub(crate) static PLUS_DM: Row = Row {
    name: "plus_dm",
    group: Group::Trend,
    summary: "Wilder's upward movement of one bar: how far the high rose.",
    doc: LARGER_ONE,
    inputs: HIGH_LOW,
    body: kernel!(|_| Movement::<false>, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    scale: Some(1),
    differs: &[("talib.PLUS_DM", "is an average; with a period of 1 it is this")],
    example: "plus_dm() > atr(14)",
    ..Row::BASE
};

pub(crate) static MINUS_DM: Row = Row {
    name: "minus_dm",
    group: Group::Trend,
    summary: "Wilder's downward movement of one bar: how far the low fell.",
    doc: LARGER_ONE,
    inputs: HIGH_LOW,
    body: kernel!(|_| Movement::<true>, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    scale: Some(1),
    differs: &[("talib.MINUS_DM", "is an average; with a period of 1 it is this")],
    example: "minus_dm() > atr(14)",
    ..Row::BASE
};

pub(crate) static DIRECTIONAL: Row = Row {
    name: "directional",
    group: Group::Operator,
    summary: "`plus` and `minus` of `dmi`, and its `index`: how far the two are apart in percent of their sum.",
    inputs: HIGH_LOW_CLOSE,
    parameters: LENGTH,
    outputs: directional::OUTPUTS,
    body: kernel!(
        Directional::<false>::new,
        warmup = |p| bars(p[0]),
        memory = |p| Memory::FadingOver { bars: 1, weight: 1.0 - 1.0 / p[0] }
    ),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    ..Row::BASE
};

/// The outputs of one of the two rows of directional movement, with their index averaged.
pub(crate) fn with_adx<'g>(parts: &'static Row, x: &[Value<'g>], p: &[f64]) -> Vec<Value<'g>> {
    let [plus, minus, index] = *parts.all_of(x, &p[..1]) else { unreachable!("plus, minus and index") };
    vec![plus, minus, RMA.of(&[index], &p[1..])]
}

const PARAMETERS: &[Parameter] =
    &[Parameter::length().or(14.0), Parameter::whole("smoothing", 1, 5000).or_as("length")];

pub(crate) static DMI: Row = Row {
    name: "dmi",
    group: Group::Trend,
    summary: "Wilder's directional movement: `plus`, `minus` and their smoothed difference `adx`, each 0 to 100.",
    doc: "Each part is an `rma` of its own (Pine). `plus` and `minus` are first at bar `length`, `adx` at \
          `length + smoothing - 1`. Unknown where the range is 0.",
    source: "J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    outputs: &[OutputSpec::line("plus"), OutputSpec::line("minus"), OutputSpec::line("adx")],
    body: Body::Compose(|x, p| with_adx(&DIRECTIONAL, x, p)),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[
        ("ta.dmi", "holds the last `plus` and `minus` where the range is 0"),
        ("talib.PLUS_DI", "sums the first `length - 1` movements before it smooths; that fades"),
    ],
    example: "crossover(dmi(14, 14).plus, dmi(14, 14).minus)",
    ..Row::BASE
};

pub(crate) static ADX: Row = Row {
    name: "adx",
    group: Group::Trend,
    summary: "Average directional index: the strength of a trend, 0 to 100. The `adx` of `dmi`.",
    doc: "First at bar `length + smoothing - 1`.",
    inputs: HIGH_LOW_CLOSE,
    parameters: PARAMETERS,
    body: Body::Compose(|x, p| vec![with_adx(&DIRECTIONAL, x, p)[2]]),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[("talib.ADX", "sums the first `length - 1` movements before it smooths; that fades")],
    example: "adx(14) > 25",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference {
            row: &super::PLUS_DM,
            values: |x, _| vec![movements(x).0],
            talib: &[Talib {
                name: "PLUS_DM",
                parameters: NO_PARAMETERS,
                values: |x, _| outputs(x, |core, last, [out]| core.plus_dm(0, last, &x.high, &x.low, 1, out)),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::MINUS_DM,
            values: |x, _| vec![movements(x).1],
            talib: &[Talib {
                name: "MINUS_DM",
                parameters: NO_PARAMETERS,
                values: |x, _| outputs(x, |core, last, [out]| core.minus_dm(0, last, &x.high, &x.low, 1, out)),
                ..Talib::BASE
            }],
        },
        Reference::new(&super::DIRECTIONAL, |x, p| parts(x, p[0])),
        Reference {
            row: &super::DMI,
            values: dmi,
            talib: &[Talib {
                name: "PLUS_DI, MINUS_DI",
                parameters: LENGTHS,
                values: |x, p| {
                    let Candles { high, low, close, .. } = x;
                    let plus =
                        outputs(x, |core, last, [out]| core.plus_di(0, last, high, low, close, p[0] as i32, out));
                    let minus =
                        outputs(x, |core, last, [out]| core.minus_di(0, last, high, low, close, p[0] as i32, out));
                    [plus, minus].concat()
                },
                agrees: Agrees::Faded,
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::ADX,
            values: |x, p| vec![dmi(x, p).remove(2)],
            talib: &[Talib {
                name: "ADX",
                parameters: LENGTHS,
                values: |x, p| {
                    outputs(x, |core, last, [out]| core.adx(0, last, &x.high, &x.low, &x.close, p[0] as i32, out))
                },
                agrees: Agrees::Faded,
                ..Talib::BASE
            }],
        },
    ];

    const LENGTHS: &[&[f64]] = &[&[2.0, 2.0], &[3.0, 3.0], &[14.0, 14.0], &[50.0, 50.0]];

    /// Wilder's movements up and down.
    fn movements(x: &[Series]) -> (Series, Series) {
        let up = zip(&x[0], &lag(&x[0], 1.0), |now, then| now - then);
        let down = zip(&x[1], &lag(&x[1], 1.0), |now, then| then - now);
        let counts = |this: f64, other: f64| if this > other && this > 0.0 { this } else { 0.0 };
        (zip(&up, &down, counts), zip(&down, &up, counts))
    }

    /// `plus`, `minus`, and how far they are apart in percent of their sum.
    fn parts(x: &[Series], length: f64) -> Vec<Series> {
        let rma = |values: &[f64]| smooth(values, length, 1.0 / length);
        let (high, low, before) = (&x[0], &x[1], lag(&x[2], 1.0));
        // No movement belongs to the first bar, so its range does not count.
        let top = zip(high, &before, f64::max);
        let range = rma(&zip(&top, &zip(low, &before, f64::min), |top, bottom| top - bottom));
        let (up, down) = movements(x);
        let share = |movement: &[f64]| zip(&rma(movement), &range, |movement, range| 100.0 * movement / range);
        let (plus, minus) = (share(&up), share(&down));
        let apart = zip(&plus, &minus, |plus, minus| match plus + minus {
            0.0 => 0.0,
            both => 100.0 * (plus - minus).abs() / both,
        });
        vec![plus, minus, apart]
    }

    fn dmi(x: &[Series], p: &[f64]) -> Vec<Series> {
        let mut outputs = parts(x, p[0]);
        outputs[2] = smooth(&outputs[2], p[1], 1.0 / p[1]);
        outputs
    }
}
