use crate::block::{Inputs, Kernel, Output};
use crate::indicators::average::rma::RMA;
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&TR, &ATR];

pub(crate) const HIGH_LOW_CLOSE: &[Input] = &[Input::implied("high"), Input::implied("low"), Input::implied("close")];

/// Remembers the close before.
struct TrueRange;

impl<L: Lane> Kernel<L> for TrueRange {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (high, low, close) = (inputs.series(0), inputs.series(1), inputs.series(2));
        let out = output.series();
        let bars = out.len();
        let (high, low, close) = (&high[..bars], &low[..bars], &close[..bars]);
        let [mut previous] = *exact(own.lanes);
        if own.bar == 0 && bars > 0 {
            // The first bar has no close before it: any price inside its own range leaves high − low.
            previous = high[0];
        }
        for bar in 0..bars {
            let (high, low) = (high[bar], low[bar]);
            // The largest of high − low, |high − previous| and |low − previous|, rounded once like each of them.
            let range = high.larger(previous) - low.smaller(previous);
            // The comparisons above pass over an unknown high or low.
            out[bar] = L::select((high - low).known(), range, L::unknown()).finite();
            previous = close[bar];
        }
        *exact(own.lanes) = [previous];
    }
}

pub(crate) static TR: Row = Row {
    name: "tr",
    group: Group::Volatility,
    summary: "True range: how far the price went since the close before.",
    doc: "The largest of `high - low`, `|high - close[1]|` and `|low - close[1]|`; on the first bar `high - low`.",
    source: "J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978",
    inputs: HIGH_LOW_CLOSE,
    body: kernel!(|_| TrueRange, warmup = |_| 0, memory = |_| Memory::Bars(1)),
    scale: Some(1),
    differs: &[("ta.tr", "is unknown on the first bar"), ("talib.TRANGE", "is unknown on the first bar")],
    example: "tr() > 2 * atr(14)",
    ..Row::BASE
};

pub(crate) static ATR: Row = Row {
    name: "atr",
    aliases: &["ta.atr(length)"],
    group: Group::Volatility,
    summary: "Average true range: `rma(tr(), length)`.",
    doc: "First at bar `length - 1`, because the first bar's range counts (Pine).",
    inputs: HIGH_LOW_CLOSE,
    parameters: &[Parameter::length().or(14.0)],
    body: Body::Compose(|x, p| vec![RMA.of(&[TR.of(x, &[])], p)]),
    scale: Some(1),
    tolerance: Tolerance::SMOOTHED,
    differs: &[(
        "talib.ATR",
        "leaves the first bar's range out and starts a bar later; the two meet as the start fades",
    )],
    example: "close > close[1] + 2 * atr(14)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference {
            row: &super::TR,
            values: |x, _| vec![true_range(x)],
            talib: &[Talib {
                name: "TRANGE",
                parameters: NO_PARAMETERS,
                values: |x, _| outputs(x, |core, last, [out]| core.trange(0, last, &x.high, &x.low, &x.close, out)),
                agrees: Agrees::From(1),
                ..Talib::BASE
            }],
        },
        Reference {
            row: &super::ATR,
            values: |x, p| vec![smooth(&true_range(x), p[0], 1.0 / p[0])],
            talib: &[Talib {
                name: "ATR",
                parameters: &[&[2.0], &[3.0], &[14.0], &[64.0]],
                values: |x, p| {
                    outputs(x, |core, last, [out]| core.atr(0, last, &x.high, &x.low, &x.close, p[0] as i32, out))
                },
                agrees: Agrees::Faded,
                ..Talib::BASE
            }],
        },
    ];

    fn true_range(x: &[Series]) -> Series {
        let (high, low, close) = (&x[0], &x[1], &x[2]);
        let range = |bar: usize| {
            if bar == 0 {
                return high[0] - low[0];
            }
            let previous = close[bar - 1];
            let distances = [high[bar] - low[bar], (high[bar] - previous).abs(), (low[bar] - previous).abs()];
            if distances.iter().any(|distance| distance.is_nan()) { UNKNOWN } else { largest(&distances) }
        };
        (0..high.len()).map(range).collect()
    }
}
