//! What Pine v6 has by the same name with other values, other outputs or another order: `ta.stoch` beside `stoch`.
//!
//! Where the two agree on every input the prefix leads to the house row; only the others are here. Holes follow the
//! language's rule in both families.

use crate::directional::{self, Directional};
use crate::indicators::math::{MAX, MIN};
use crate::indicators::momentum::mfi::{MONEY, WITHIN, of_source};
use crate::indicators::momentum::rsi::Rsi;
use crate::indicators::momentum::stoch::STOCH;
use crate::indicators::trend::dmi::with_adx;
use crate::indicators::trend::extremes::{HIGHESTBARS, LOWESTBARS};
use crate::indicators::volatility::bbands::{BANDS, BBANDS};
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::kernel;
use crate::money::MoneyFlow;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[
    &TA_STOCH,
    &TA_BB,
    &TA_HIGHESTBARS,
    &TA_LOWESTBARS,
    &TA_TR,
    &TA_RSI,
    &DIRECTIONAL_HELD,
    &TA_DMI,
    &MFI_FROM_FIRST,
    &TA_MFI,
];

const MANUAL: &str = "Pine Script v6 reference manual";

pub(crate) static TA_STOCH: Row = Row {
    name: "ta.stoch",
    group: Group::Momentum,
    summary: "Pine's stochastic: `stoch` with the source in front and nothing implied.",
    source: MANUAL,
    inputs: &[Input::series("source"), Input::series("high"), Input::series("low")],
    parameters: LENGTH,
    body: Body::Compose(|x, p| vec![STOCH.of(&[x[1], x[2], x[0]], p)]),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    example: "ta.stoch(close, high, low, 14) < 20",
    ..Row::BASE
};

pub(crate) static TA_BB: Row = Row {
    name: "ta.bb",
    group: Group::Volatility,
    summary: "Pine's Bollinger bands: `bbands` with the middle first.",
    source: MANUAL,
    inputs: &[Input::series("series")],
    parameters: &[Parameter::length(), Parameter::real("mult", 0.0, 1000.0)],
    outputs: &[OutputSpec::line("middle"), OutputSpec::band("upper"), OutputSpec::band("lower")],
    pane: Pane::Price,
    body: Body::Compose(|x, p| {
        let bands = BBANDS.all_of(x, &[p[0], p[1], 0.0]);
        vec![bands[1], bands[0], bands[2]]
    }),
    scale: Some(1),
    tolerance: BANDS,
    example: "close > ta.bb(close, 20, 2).upper",
    ..Row::BASE
};

pub(crate) static TA_HIGHESTBARS: Row = Row {
    name: "ta.highestbars",
    group: Group::Trend,
    summary: "Pine's offset to the largest of the last `length` values: `highestbars` counted below 0.",
    source: MANUAL,
    inputs: &[Input::series("source").or("high")],
    parameters: LENGTH,
    outputs: INDEX,
    body: Body::Compose(|x, p| vec![x[0].number(0.0) - HIGHESTBARS.of(x, p)]),
    scale: Some(0),
    example: "ta.highestbars(high, 60) >= -3",
    ..Row::BASE
};

pub(crate) static TA_LOWESTBARS: Row = Row {
    name: "ta.lowestbars",
    group: Group::Trend,
    summary: "Pine's offset to the smallest of the last `length` values: `lowestbars` counted below 0.",
    source: MANUAL,
    inputs: &[Input::series("source").or("low")],
    parameters: LENGTH,
    outputs: INDEX,
    body: Body::Compose(|x, p| vec![x[0].number(0.0) - LOWESTBARS.of(x, p)]),
    scale: Some(0),
    example: "ta.lowestbars(low, 60) == 0",
    ..Row::BASE
};

pub(crate) static TA_TR: Row = Row {
    name: "ta.tr",
    group: Group::Volatility,
    summary: "Pine's true range: `tr`, but unknown on the first bar.",
    doc: "`ta.tr(true)` of Pine is `tr` here, and `ta.atr` is made of that one.",
    source: MANUAL,
    inputs: HIGH_LOW_CLOSE,
    body: Body::Compose(|x, _| {
        let previous = x[2].lag(1);
        // In the order that the language gives to what may be turned round: the same node as a range written out.
        vec![MAX.of(&[previous, x[0]], &[]) - MIN.of(&[previous, x[1]], &[])]
    }),
    scale: Some(1),
    example: "ta.tr > 2 * ta.atr(14)",
    ..Row::BASE
};

pub(crate) static TA_RSI: Row = Row {
    name: "ta.rsi",
    group: Group::Momentum,
    summary: "Pine's relative strength index: `rsi`, but 100 where the series has not moved at all.",
    doc: "Pine asks whether anything was lost before it divides, and on a flat series nothing was.",
    source: "the built-in script *Relative Strength Index* of TradingView",
    inputs: SOURCE,
    parameters: LENGTH,
    body: kernel!(|p| Rsi::new(p, 100.0), warmup = |p| bars(p[0]), memory = |p| Memory::Fading(1.0 - 1.0 / p[0])),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    example: "ta.rsi(close, 14) < 30",
    ..Row::BASE
};

pub(crate) static DIRECTIONAL_HELD: Row = Row {
    name: "directional_held",
    group: Group::Operator,
    summary: "`plus` and `minus` of `ta.dmi`, and the `index` of these.",
    inputs: HIGH_LOW_CLOSE,
    parameters: LENGTH,
    outputs: directional::OUTPUTS,
    body: kernel!(Directional::<true>::new, warmup = |p| bars(p[0]), memory = |_| Memory::Forever),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    ..Row::BASE
};

pub(crate) static TA_DMI: Row = Row {
    name: "ta.dmi",
    group: Group::Trend,
    summary: "Pine's directional movement: `dmi`, but `plus` and `minus` hold their last value where the range is 0.",
    source: "the built-in script *Directional Movement Index* of TradingView (`fixnan`)",
    inputs: HIGH_LOW_CLOSE,
    parameters: &[Parameter::whole("diLength", 1, 5000), Parameter::whole("adxSmoothing", 1, 5000)],
    outputs: &[OutputSpec::line("plus"), OutputSpec::line("minus"), OutputSpec::line("adx")],
    body: Body::Compose(|x, p| with_adx(&DIRECTIONAL_HELD, x, p)),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    example: "ta.dmi(14, 14).plus > ta.dmi(14, 14).minus",
    ..Row::BASE
};

pub(crate) static MFI_FROM_FIRST: Row = Row {
    name: "mfi_from_first",
    group: Group::Operator,
    summary: "`ta.mfi` where a change that is `within` of the value before is none.",
    inputs: MONEY,
    parameters: WITHIN,
    body: kernel!(MoneyFlow::<true>::new, warmup = |p| bars(p[0]) - 1, memory = |p| Memory::Bars(bars(p[0]))),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    ..Row::BASE
};

pub(crate) static TA_MFI: Row = Row {
    name: "ta.mfi",
    group: Group::Momentum,
    summary: "Pine's money flow index: `mfi` from bar `length - 1` on, and 100 where no money flowed out.",
    doc: "The first bar's change is unknown, and its money counts as rising and as falling; `mfi` and TA-Lib leave it out. \
          Equal once that bar has left the window.",
    source: MANUAL,
    inputs: &[Input::series("series"), Input::implied("volume")],
    parameters: LENGTH,
    body: Body::Compose(|x, p| of_source(&MFI_FROM_FIRST, x, p)),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    example: "ta.mfi(hlc3, 14) < 20",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::TA_STOCH, |x, p| vec![stoch(&x[0], &x[1], &x[2], p[0])]),
        Reference::new(&super::TA_BB, |x, p| {
            let band = |deviations: f64| window(&x[0], p[0], |w| mean(w) + deviations * deviation(w));
            vec![band(0.0), band(p[1]), band(-p[1])]
        }),
        Reference::new(&super::TA_HIGHESTBARS, |x, p| vec![window(&x[0], p[0], |w| -bars_since(w, largest(w)))]),
        Reference::new(&super::TA_LOWESTBARS, |x, p| vec![window(&x[0], p[0], |w| -bars_since(w, smallest(w)))]),
        Reference::new(&super::TA_TR, |x, _| vec![range(x)]),
        Reference::new(&super::TA_RSI, |x, p| vec![rsi(&x[0], p[0])]),
        Reference::new(&super::DIRECTIONAL_HELD, |x, p| directional(x, p[0])),
        Reference::new(&super::TA_DMI, dmi),
        Reference::new(&super::MFI_FROM_FIRST, |x, p| vec![mfi(&x[0], &x[1], p[0], p[1])]),
        Reference::new(&super::TA_MFI, |x, p| vec![mfi(&x[0], &x[1], p[0], 0.0)]),
    ];

    fn stoch(source: &[f64], high: &[f64], low: &[f64], length: f64) -> Series {
        let (top, bottom) = (window(high, length, largest), window(low, length, smallest));
        let place = zip(source, &bottom, |x, bottom| x - bottom);
        zip(&place, &zip(&top, &bottom, |top, bottom| top - bottom), |place, range| 100.0 * place / range)
    }

    /// Unknown on the first bar, where there is no close to compare with.
    fn range(x: &[Series]) -> Series {
        let before = lag(&x[2], 1.0);
        let reach = |bar: usize| {
            let (high, low, close) = (x[0][bar], x[1][bar], before[bar]);
            if (high + low + close).is_nan() {
                return UNKNOWN;
            }
            largest(&[high - low, (high - close).abs(), (low - close).abs()])
        };
        (0..before.len()).map(reach).collect()
    }

    fn rsi(values: &[f64], length: f64) -> Series {
        let changes = changes(values);
        let average = |sign: f64| smooth(&each(&changes, |change| (sign * change).max(0.0)), length, 1.0 / length);
        zip(
            &average(1.0),
            &average(-1.0),
            |gain, loss| {
                if loss == 0.0 { 100.0 } else { 100.0 - 100.0 / (1.0 + gain / loss) }
            },
        )
    }

    /// `fixnan`: where the averaged range is 0, the quotient before it.
    fn directional(x: &[Series], length: f64) -> Vec<Series> {
        let rma = |values: &[f64]| smooth(values, length, 1.0 / length);
        let range = rma(&range(x));
        let up = zip(&x[0], &lag(&x[0], 1.0), |now, then| now - then);
        let down = zip(&x[1], &lag(&x[1], 1.0), |now, then| then - now);
        let side = |this: &[f64], other: &[f64]| {
            let movement = zip(this, other, |this, other| if this > other && this > 0.0 { this } else { 0.0 });
            let mut last = UNKNOWN;
            let fixed = |(movement, &range): (f64, &f64)| {
                last = if range > 0.0 { 100.0 * movement / range } else { last };
                if range.is_nan() { UNKNOWN } else { last }
            };
            rma(&movement).into_iter().zip(&range).map(fixed).collect::<Series>()
        };
        let (plus, minus) = (side(&up, &down), side(&down, &up));
        let apart = zip(&plus, &minus, |plus, minus| {
            let both = plus + minus;
            100.0 * (plus - minus).abs() / if both == 0.0 { 1.0 } else { both }
        });
        vec![plus, minus, apart]
    }

    fn dmi(x: &[Series], p: &[f64]) -> Vec<Series> {
        let mut outputs = directional(x, p[0]);
        outputs[2] = smooth(&outputs[2], p[1], 1.0 / p[1]);
        outputs
    }

    /// `volume * (change(source) <= 0 ? 0 : source)`, or the reverse; the unknown change of the first bar is neither.
    /// A change of no more than `rounding` of the price before is none.
    fn flow(source: &[f64], volume: &[f64], sign: f64, rounding: f64) -> Series {
        let flow = |bar: usize| {
            let Some(before) = bar.checked_sub(1).map(|before| source[before]) else {
                return source[bar] * volume[bar];
            };
            match sign * (source[bar] - before) {
                change if change.is_nan() => UNKNOWN,
                change if change <= rounding * before.abs() => 0.0 * volume[bar],
                _ => source[bar] * volume[bar],
            }
        };
        (0..source.len()).map(flow).collect()
    }

    fn mfi(source: &[f64], volume: &[f64], length: f64, within: f64) -> Series {
        let total = |sign: f64| window(&flow(source, volume, sign, within), length, sum);
        zip(
            &total(1.0),
            &total(-1.0),
            |rising, falling| {
                if falling == 0.0 { 100.0 } else { 100.0 - 100.0 / (1.0 + rising / falling) }
            },
        )
    }
}
