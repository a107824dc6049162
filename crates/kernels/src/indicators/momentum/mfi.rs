use crate::graph::Value;
use crate::indicators::math::ABS;
use crate::indicators::statistic::sum::SUM;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&MFI];

/// Four units in the last place. Equal decimals that were computed another way, as 10.31 + 9.46 + 10.23 and
/// 10.14 + 9.83 + 10.03, are no further apart when they are binary.
pub(crate) const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Where a series rose and where it fell.
fn moves<'g>(x: Value<'g>) -> [Value<'g>; 2] {
    let before = x.lag(1);
    if x.is_column() {
        return [x.gt(before), x.lt(before)];
    }
    let (change, unchanged) = (x - before, ABS.of(&[before], &[]) * ROUNDING);
    [change.gt(unchanged), change.lt(-unchanged)]
}

pub(crate) static MFI: Row = Row {
    name: "mfi",
    group: Group::Momentum,
    summary: "Money flow index: the share of money that changed hands on rising bars, 0 to 100.",
    doc: "`100·P / (P + N)`, P and N the sums of `source·volume` over the bars of the window on which `source` rose and \
          fell. A computed price, as `hlc3` is, within 4 units in the last place of the one before has not changed. \
          First at bar `length`, where the first change is known; unknown when no money moved.",
    source: "Gene Quong and Avrum Soudack, *Stocks & Commodities* 7:3, 1989",
    inputs: &[Input::series("source").or("hlc3"), Input::implied("volume")],
    parameters: &[Parameter::length().or(14.0)],
    body: Body::Compose(|x, p| {
        let (flow, zero) = (x[0] * x[1], x[0].number(0.0));
        let [positive, negative] = moves(x[0]).map(|moved| SUM.of(&[moved.choose(flow, zero)], p));
        // The quotient first, so that it is never more than 100.
        vec![positive / (positive + negative) * 100.0]
    }),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    differs: &[
        (
            "ta.mfi",
            "starts a bar earlier, with the first bar's money as risen and as fallen, and is 100 where none flowed out",
        ),
        ("talib.MFI", "is 0 where no money moved"),
    ],
    example: "mfi(14) < 20",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::MFI,
        values: |x, p| vec![mfi(&x[0], &x[1], p[0])],
        talib: &[Talib {
            name: "MFI",
            parameters: FROM_TWO,
            values: |x, p| {
                let Candles { high, low, close, volume, .. } = x;
                outputs(x, |core, last, [out]| core.mfi(0, last, high, low, close, volume, p[0] as i32, out))
            },
            exceptions: &[RUNNING_SUMS],
            for_unknown: Some(0.0),
            ..Talib::BASE
        }],
    }];

    /// A bar without a change moves no money, whatever its volume.
    fn mfi(source: &[f64], volume: &[f64], length: f64) -> Series {
        let change = zip(source, &lag(source, 1.0), |now, then| now - then);
        let flow = |sign: f64| {
            let flow = |bar: usize| match change[bar] * sign {
                change if change > 0.0 => source[bar] * volume[bar],
                change => 0.0 * change,
            };
            window(&(0..source.len()).map(flow).collect::<Series>(), length, sum)
        };
        zip(&flow(1.0), &flow(-1.0), |rising, falling| 100.0 * rising / (rising + falling))
    }
}
