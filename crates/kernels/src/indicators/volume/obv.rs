use crate::block::{Inputs, Kernel, Output};
use crate::kernel;
use crate::lane::Lane;
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&OBV];

/// Remembers the last known close and the total.
struct Obv;

impl<L: Lane> Kernel<L> for Obv {
    fn start(&self, state: &mut State<L>) {
        *exact(state.add_lanes(2, L::unknown())) = [L::unknown(), L::splat(0.0)];
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (close, volume, out) = (inputs.series(0), inputs.series(1), output.series());
        let bars = out.len();
        let (close, volume) = (&close[..bars], &volume[..bars]);
        let [mut previous, mut total] = *exact(own.lanes);
        for bar in 0..bars {
            let (x, volume) = (close[bar], volume[bar]);
            let step = L::select(x.gt(previous), volume, L::select(x.lt(previous), -volume, L::splat(0.0)));
            let next = total + step;
            let known = x.known() & volume.known() & next.known();
            out[bar] = L::select(known, next, L::unknown());
            total = L::select(known, next, total);
            previous = L::select(known, x, previous);
        }
        *exact(own.lanes) = [previous, total];
    }
}

pub(crate) static OBV: Row = Row {
    name: "obv",
    aliases: &["ta.obv()"],
    group: Group::Volume,
    summary: "On-balance volume: the volume of rising bars minus that of falling ones, summed up.",
    doc: "Starts at 0 on the first bar (Pine), so only differences have a meaning. A bar \
          with an unknown close or volume is unknown and left out, as is one that no total is large enough for.",
    source: "Joseph Granville, *New Key to Stock Market Profits*, 1963",
    inputs: &[Input::implied("close"), Input::implied("volume")],
    body: kernel!(|_| Obv, warmup = |_| 0, memory = |_| Memory::Forever),
    scale: Some(0),
    differs: &[("talib.OBV", "starts with the first bar's volume")],
    example: "obv() > sma(obv(), 20)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::OBV,
        values: |x, _| vec![obv(&x[0], &x[1])],
        talib: &[Talib {
            name: "OBV",
            parameters: NO_PARAMETERS,
            values: |x, _| {
                let theirs = outputs(x, |core, last, [out]| core.obv(0, last, &x.close, &x.volume, out));
                // It starts with the first bar's volume, here with 0.
                vec![each(&theirs[0], |total| total - x.volume[0])]
            },
            ..Talib::BASE
        }],
    }];

    fn obv(close: &[f64], volume: &[f64]) -> Series {
        let (mut previous, mut total) = (UNKNOWN, 0.0);
        let next = |(&close, &volume): (&f64, &f64)| {
            if close.is_nan() || volume.is_nan() {
                return UNKNOWN;
            }
            if close > previous {
                total += volume;
            } else if close < previous {
                total -= volume;
            }
            previous = close;
            total
        };
        close.iter().zip(volume).map(next).collect()
    }
}
