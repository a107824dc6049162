//! A scan finds exactly the bars on which the series of its condition is true, with the same values.

mod common;

use common::bytes::{PlanBytes, Value};
use common::candles::{Candles, Columns, with_holes};
use common::catalogue::cases;
use common::compare::same_bits;
use common::machine::{reports, symbol};
use common::random::Random;
use formula::matches::Matches;
use formula::plan::COLUMNS;
use formula::run::{Runner, Symbol, Thread};
use kernels::spec::Type;

/// Two signals and two values, with logic between, so that some conditions are asked for where they are false and some
/// are not.
fn nodes(bytes: &mut PlanBytes) -> ([Value; 2], [Value; 2]) {
    let (close, volume) = (bytes.column(3), bytes.column(4));
    let average = bytes.call("sma", &[close], &[14.0]);
    let rsi = bytes.call("rsi", &[close], &[7.0]);
    let half = bytes.constant(50.0);
    let many = bytes.call("sma", &[volume], &[3.0]);
    let crossing = bytes.call("cross", &[close, average], &[]);
    let strong = bytes.call("gt", &[rsi, half], &[]);
    let weak = bytes.call("not", &[strong], &[]);
    let busy = bytes.call("gt", &[volume, many], &[]);
    let entry = bytes.call("and", &[crossing, strong], &[]);
    let either = bytes.call("or", &[weak, crossing], &[]);
    let exit = bytes.call("and", &[either, busy], &[]);
    ([entry, exit], [average, rsi])
}

fn market(symbols: usize, seed: u64) -> Vec<Columns> {
    let mut random = Random::new(seed);
    (0..symbols as u64)
        .map(|at| {
            let bars = [0, 1, 63, 64, 65, 200, 1 + random.below(300)][random.below(7)];
            let mut columns = Candles::walk(bars, seed + at).columns();
            for column in &mut columns {
                *column = with_holes(column, 0.01, seed + at);
            }
            // The plan does not read it, so it need not be there.
            columns[0] = Vec::new();
            columns
        })
        .collect()
}

/// Ranges inside the bars, over their end, and empty ones.
fn ranged<'a>(market: &'a [Columns], random: &mut Random) -> Vec<Symbol<'a>> {
    let ranged = |columns| {
        let whole = symbol(columns);
        match random.below(3) {
            0 => Symbol { to: usize::MAX, ..whole },
            1 => Symbol { from: random.below(whole.bars + 1), to: random.below(whole.bars + 9), ..whole },
            _ => Symbol { from: whole.bars / 2, ..whole },
        }
    };
    market.iter().map(ranged).collect()
}

/// What a scan must find, from the series of the same plan; the first `signals` of them are its conditions.
fn expected(runner: &Runner, symbols: &[Symbol<'_>], signals: usize) -> Matches {
    let mut expected = Matches::default();
    for (at, &symbol) in symbols.iter().enumerate() {
        if symbol.bars == 0 {
            continue;
        }
        let series = runner.series(symbol);
        let series: Vec<&[f64]> = series.chunks(symbol.bars).collect();
        for bar in symbol.from..symbol.to.min(symbol.bars) {
            for signal in (0..signals).filter(|&signal| series[signal][bar] == 1.0) {
                expected.symbols.push(at as u32);
                expected.bars.push(bar as u32);
                expected.signals.push(signal as u8);
                expected.values.extend(series[signals..].iter().map(|values| values[bar]));
            }
        }
    }
    expected
}

#[track_caller]
fn assert_same_matches(found: &Matches, expected: &Matches, what: &str) {
    assert_eq!(found.symbols, expected.symbols, "{what}: symbols");
    assert_eq!(found.bars, expected.bars, "{what}: bars");
    assert_eq!(found.signals, expected.signals, "{what}: signals");
    assert_eq!(found.values.len(), expected.values.len(), "{what}: values");
    assert!(found.values.iter().zip(&expected.values).all(|(&a, &b)| same_bits(a, b)), "{what}: values");
}

#[test]
fn scan_finds_the_bars_where_the_series_is_true() {
    let (mut scan, mut series) = (PlanBytes::default(), PlanBytes::default());
    let (signals, values) = nodes(&mut scan);
    nodes(&mut series);
    signals.iter().for_each(|&signal| scan.signal(signal, 1));
    values.iter().for_each(|&value| scan.report(value));
    signals.iter().chain(&values).for_each(|&value| series.report(value));
    let (scan, series) = (Runner::new(&scan.plan()), Runner::new(&series.plan()));

    let (mut random, mut matches) = (Random::new(9), 0);
    for count in 0..=40 {
        let market = market(count, 100 * count as u64);
        let symbols = ranged(&market, &mut random);
        let expected = expected(&series, &symbols, signals.len());
        assert_same_matches(&scan.scan(&symbols), &expected, &format!("{count} symbols"));
        matches += expected.bars.len();
    }
    assert!(matches > 5_000, "only {matches} matches were compared");
}

#[test]
fn a_scan_can_be_repeated() {
    let mut bytes = PlanBytes::default();
    let (signals, values) = nodes(&mut bytes);
    bytes.signal(signals[1], 0);
    bytes.report(values[0]);
    let runner = Runner::new(&bytes.plan());
    let market = market(11, 5);
    let symbols: Vec<Symbol> = market.iter().map(symbol).collect();
    assert_same_matches(&runner.scan(&symbols), &runner.scan(&symbols), "the second time");
}

#[test]
fn groups_run_last_first_and_on_several_threads_give_the_same_matches() {
    let mut bytes = PlanBytes::default();
    let (signals, values) = nodes(&mut bytes);
    signals.iter().for_each(|&signal| bytes.signal(signal, 0));
    values.iter().for_each(|&value| bytes.report(value));
    let runner = Runner::new(&bytes.plan());
    let market = market(43, 7);
    let symbols: Vec<Symbol> = market.iter().map(symbol).collect();
    let threaded = runner.scan_by(&symbols, |groups, scan| {
        std::thread::scope(|threads| {
            let running: Vec<_> =
                groups.iter().rev().map(|group| threads.spawn(|| scan(&mut Thread::default(), group))).collect();
            running.into_iter().rev().map(|thread| thread.join().expect("a group is scanned")).collect()
        })
    });
    assert_same_matches(&threaded, &runner.scan(&symbols), "on threads");
}

/// As a signal alone a condition is never asked where it is false, and need not say.
#[test]
fn every_condition_fires_as_a_signal_where_its_series_is_true() {
    for (seed, case) in (0..).zip(cases()) {
        for output in (0..case.row.outputs.len()).filter(|&at| case.row.outputs[at].kind == Type::Condition) {
            let runner = Runner::new(&case.signal_plan(output));
            let market: Vec<Columns> = (0..9)
                .map(|at| {
                    let inputs = case.inputs(&Candles::walk(300, seed + at), seed + at);
                    inputs.iter().map(|input| with_holes(input, 0.01, seed + at)).collect()
                })
                .collect();
            let symbols: Vec<Symbol> = market.iter().map(symbol).collect();
            let mut expected = Matches::default();
            for (at, columns) in market.iter().enumerate() {
                let series = &reports(&case.plan, columns)[output];
                for bar in (0..series.len()).filter(|&bar| series[bar] == 1.0) {
                    expected.symbols.push(at as u32);
                    expected.bars.push(bar as u32);
                    expected.signals.push(0);
                }
            }
            assert_same_matches(&runner.scan(&symbols), &expected, &case.label(output));
        }
    }
}

/// Windowed conditions over some symbols that were read from their lookback on, beside whole ones in the same lanes.
#[test]
fn symbols_read_from_their_lookback_on_have_the_matches_of_the_whole_history() {
    let mut compared = 0;
    for (seed, case) in (0..).zip(cases()) {
        for output in (0..case.row.outputs.len()).filter(|&at| case.row.outputs[at].kind == Type::Condition) {
            let plan = case.signal_plan(output);
            let Some(lookback) = plan.lookback() else { continue };
            let runner = Runner::new(&plan);
            let mut random = Random::new(seed);
            let market: Vec<Columns> = (0..13)
                .map(|at| case.inputs(&Candles::rounded(100 + random.below(400), seed + at), seed + at))
                .collect();
            let whole: Vec<Symbol> =
                market.iter().map(symbol).map(|symbol| from_somewhere(symbol, &mut random)).collect();
            let cut: Vec<Symbol> = whole.iter().map(|&symbol| cut_in_front(symbol, lookback, &mut random)).collect();
            let mut expected = runner.scan(&whole);
            for (bar, &at) in expected.bars.iter_mut().zip(&expected.symbols) {
                *bar -= cut[at as usize].first as u32;
            }
            assert_same_matches(&runner.scan(&cut), &expected, &case.label(output));
            compared += expected.bars.len();
        }
    }
    assert!(compared > 10_000, "only {compared} matches were compared");
}

fn from_somewhere<'a>(symbol: Symbol<'a>, random: &mut Random) -> Symbol<'a> {
    let from = random.below(symbol.bars);
    Symbol { from, to: from + random.below(symbol.bars - from + 9), ..symbol }
}

fn cut_in_front<'a>(whole: Symbol<'a>, lookback: usize, random: &mut Random) -> Symbol<'a> {
    let first = random.below(whole.from.saturating_sub(lookback) + 1);
    let columns = whole.columns.map(|column| column.get(first..).unwrap_or(&[]));
    let (bars, from, to) = (whole.bars - first, whole.from - first, whole.to - first);
    Symbol { columns, bars, first, from, to, ..whole }
}

/// A plan numbers them as it likes, and who runs it gives them in its order.
#[test]
fn columns_that_a_plan_names_are_columns_like_others() {
    let plan_of = |close: &dyn Fn(&mut PlanBytes) -> [Value; 2]| {
        let mut bytes = PlanBytes::default();
        let [price, flow] = close(&mut bytes);
        let average = bytes.call("sma", &[price], &[14.0]);
        let above = bytes.call("gt", &[price, average], &[]);
        let rsi = bytes.call("rsi", &[flow], &[7.0]);
        let half = bytes.constant(50.0);
        let strong = bytes.call("gt", &[rsi, half], &[]);
        let both = bytes.call("or", &[above, strong], &[]);
        bytes.signal(both, 0);
        bytes.report(average);
        bytes.report(rsi);
        Runner::new(&bytes.plan())
    };
    let fixed = plan_of(&|bytes| [bytes.column(3), bytes.column(4)]);
    let named = plan_of(&|bytes| [bytes.named("col.price"), bytes.named("col.flow")]);
    let swapped = plan_of(&|bytes| {
        let flow = bytes.named("col.flow");
        [bytes.named("col.price"), flow]
    });
    let market = market(23, 11);
    let open: Vec<[&[f64]; 2]> = market.iter().map(|columns| [&columns[3][..], &columns[4][..]]).collect();
    let backwards: Vec<[&[f64]; 2]> = open.iter().map(|&[price, flow]| [flow, price]).collect();
    let symbols = ranged(&market, &mut Random::new(3));
    // Nothing but what the plan names is there.
    let with = |open: &[[&[f64]; 2]], runner: &Runner| {
        let bare = symbols.iter().zip(open).map(|(&symbol, open)| Symbol { columns: [&[]; COLUMNS], open, ..symbol });
        let symbols: Vec<Symbol> = bare.collect();
        let series: Vec<f64> = symbols.iter().flat_map(|&symbol| runner.series(symbol)).collect();
        (runner.scan(&symbols), series)
    };
    let series: Vec<f64> = symbols.iter().flat_map(|&symbol| fixed.series(symbol)).collect();
    let expected = fixed.scan(&symbols);
    assert!(expected.bars.len() > 300, "only {} matches were compared", expected.bars.len());
    for (runner, open) in [(&named, &open), (&swapped, &backwards)] {
        let (found, values) = with(open, runner);
        assert_same_matches(&found, &expected, "named");
        assert!(values.iter().zip(&series).all(|(&a, &b)| same_bits(a, b)) && values.len() == series.len());
    }
    // A symbol that lacks them is unknown.
    let lacking: Vec<Symbol> = symbols.iter().map(|&symbol| Symbol { columns: [&[]; COLUMNS], ..symbol }).collect();
    assert!(named.scan(&lacking).bars.is_empty());
}
