use crate::graph::Value;
use crate::kernel;
use crate::money::{MoneyFlow, ROUNDING};
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&MFI_WITHIN, &MFI];

pub(crate) const MONEY: &[Input] = &[Input::series("source"), Input::implied("volume")];
pub(crate) const WITHIN: &[Parameter] = &[Parameter::length(), Parameter::real("within", 0.0, ROUNDING)];

pub(crate) static MFI_WITHIN: Row = Row {
    name: "mfi_within",
    group: Group::Operator,
    summary: "`mfi` where a change that is `within` of the value before is none.",
    inputs: MONEY,
    parameters: WITHIN,
    body: kernel!(MoneyFlow::<false>::new, warmup = |p| bars(p[0]), memory = |p| Memory::Bars(bars(p[0]))),
    scale: Some(0),
    tolerance: Tolerance::INDEX,
    ..Row::BASE
};

/// Of the rows over sources, with the length and what a change is for this one: columns are not rounded.
pub(crate) fn of_source<'g>(row: &'static Row, x: &[Value<'g>], p: &[f64]) -> Vec<Value<'g>> {
    row.all_of(x, &[p[0], if x[0].is_column() { 0.0 } else { ROUNDING }])
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
    body: Body::Compose(|x, p| of_source(&MFI_WITHIN, x, p)),
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

    pub static REFERENCES: &[Reference] = &[
        Reference::new(&super::MFI_WITHIN, |x, p| vec![mfi(&x[0], &x[1], p[0])]),
        Reference {
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
        },
    ];

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
