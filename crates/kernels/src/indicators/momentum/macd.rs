use crate::indicators::average::ema::EMA;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&MACD];

pub(crate) static MACD: Row = Row {
    name: "macd",
    aliases: &["ta.macd(source, fastlen, slowlen, siglen)"],
    group: Group::Momentum,
    summary: "Moving average convergence/divergence: `line`, its average `signal`, and their difference `histogram`.",
    doc: "`line` is `ema(source, fast) - ema(source, slow)` exactly, `signal` is `ema(line, signal)`. As in Pine, `line` \
          is first at bar `max(fast, slow) - 1`.",
    source: "Gerald Appel, *Technical Analysis: Power Tools for Active Investors*, 2005",
    inputs: &[Input::series("source").or("close")],
    parameters: &[
        Parameter::whole("fast", 1, 5000).or(12.0),
        Parameter::whole("slow", 1, 5000).or(26.0),
        Parameter::whole("signal", 1, 5000).or(9.0),
    ],
    outputs: &[OutputSpec::line("line"), OutputSpec::line("signal"), OutputSpec::histogram("histogram")],
    body: Body::Compose(|x, p| {
        let line = EMA.of(x, &p[0..1]) - EMA.of(x, &p[1..2]);
        let signal = EMA.of(&[line], &p[2..3]);
        vec![line, signal, line - signal]
    }),
    scale: Some(1),
    tolerance: Tolerance::SMOOTHED,
    differs: &[(
        "talib.MACD",
        "starts both averages together, where the slow one starts, and puts nothing out before the signal; that fades",
    )],
    example: "crossover(macd(12, 26, 9).line, macd(12, 26, 9).signal)",
    ..Row::BASE
};

#[cfg(feature = "references")]
pub(crate) mod reference {
    use crate::reference::prelude::*;

    pub static REFERENCES: &[Reference] = &[Reference {
        row: &super::MACD,
        values: |x, p| macd(&x[0], p),
        talib: &[
            Talib {
                name: "MACD",
                parameters: LENGTHS,
                values: |x, p| {
                    outputs(x, |core, last, [line, signal, histogram]| {
                        let [fast, slow, smooth] = [p[0] as i32, p[1] as i32, p[2] as i32];
                        core.macd(0, last, &x.close, fast, slow, smooth, line, signal, histogram)
                    })
                },
                agrees: Agrees::Faded,
                ..Talib::BASE
            },
            // The line alone, which is the difference of TA-Lib's own averages.
            Talib {
                name: "EMA",
                parameters: LENGTHS,
                values: |x, p| {
                    let ema =
                        |length: f64| outputs(x, |core, last, [out]| core.ema(0, last, &x.close, length as i32, out));
                    vec![zip(&ema(p[0])[0], &ema(p[1])[0], |fast, slow| fast - slow)]
                },
                ..Talib::BASE
            },
        ],
    }];

    const LENGTHS: &[&[f64]] = &[&[12.0, 26.0, 9.0], &[5.0, 35.0, 5.0], &[3.0, 10.0, 16.0]];

    fn macd(values: &[f64], p: &[f64]) -> Vec<Series> {
        let ema = |values: &[f64], length: f64| smooth(values, length, 2.0 / (length + 1.0));
        let line = zip(&ema(values, p[0]), &ema(values, p[1]), |fast, slow| fast - slow);
        let signal = ema(&line, p[2]);
        let histogram = zip(&line, &signal, |line, signal| line - signal);
        vec![line, signal, histogram]
    }
}
