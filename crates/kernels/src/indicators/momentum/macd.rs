use crate::indicators::average::ema::EMA;
use crate::spec::*;

pub(crate) static ROWS: &[&Row] = &[&MACD];

pub(crate) static MACD: Row = Row {
    name: "macd",
    aliases: &["ta.macd(source, fastlen, slowlen, siglen)"],
    group: Group::Momentum,
    summary: "Moving average convergence/divergence: `line`, its average `signal`, and their difference `histogram`.",
    doc: "`line` is `ema(source, fast) - ema(source, slow)` exactly, `signal` is `ema(line, signal)`. As in Pine, `line` \
          is first at bar `max(fast, slow) - 1`; TA-Lib starts both averages together and later, which fades.",
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
    example: "crossover(macd(12, 26, 9).line, macd(12, 26, 9).signal)",
    ..Row::BASE
};
