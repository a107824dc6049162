//! The laws every function of the catalogue keeps, checked for every row at many parameters.

mod common;

use std::collections::HashMap;

use common::candles::{Candles, Columns, cuts, with_holes};
use common::catalogue::{Case, cases};
use common::compare::{assert_near, assert_same_bits, largest, same_bits, unknown_bars};
use common::machine::{Machine, Reports, reports, reports_from, whole_blocks};
use common::random::Random;
use formula::plan::{Plan, Reading};
use formula::program::{Build, Program};
use kernels::graph::Operation;
use kernels::indicators::REGISTRY;
use kernels::lane::{WIDTH, Wide};
use kernels::spec::{OutputSpec, Type};
use kernels::state::{BadState, State};

/// Longer than the longest warm-up among the cases and several blocks beyond it.
const BARS: usize = 700;

/// A walk with a spike and with holes in every input.
fn rough(case: &Case, seed: u64) -> Columns {
    let mut inputs = case.inputs(&Candles::spiked(BARS, 230, 40.0, seed), seed);
    for (at, input) in inputs.iter_mut().enumerate() {
        *input = with_holes(input, 0.01, seed + at as u64);
    }
    inputs
}

/// Equal values wherever two are compared.
fn tied(case: &Case, seed: u64) -> Columns {
    case.inputs(&Candles::rounded(BARS, seed), seed)
}

fn smooth(case: &Case, seed: u64) -> Columns {
    case.inputs(&Candles::walk(BARS, seed), seed)
}

/// So large that sums, differences and products overflow, so small that they vanish.
const EXTREMES: [f64; 8] = [f64::MAX, 1e308, -1e308, 1e300, -1e300, 1e160, 1e-160, 1e-308];

/// A walk in which every input is one of the extremes now and then.
fn extreme(case: &Case, seed: u64) -> Columns {
    let mut random = Random::new(seed);
    let mut inputs = smooth(case, seed);
    for (input, _) in inputs.iter_mut().zip(case.row.inputs).filter(|(_, spec)| spec.name != "local_time") {
        for value in input.iter_mut() {
            if random.chance(0.1) {
                *value = EXTREMES[random.below(EXTREMES.len())];
            }
        }
    }
    inputs
}

#[track_caller]
fn assert_same_reports(case: &Case, got: &Reports, wanted: &Reports, how: &str) {
    for output in 0..wanted.len() {
        assert_same_bits(&got[output], &wanted[output], &format!("{} {how}", case.label(output)));
    }
}

#[test]
fn every_row_has_cases() {
    let cases = cases();
    for row in REGISTRY {
        assert!(cases.iter().any(|case| std::ptr::eq(case.row, *row)), "{}", row.name);
    }
}

#[test]
fn any_cut_of_the_bars_into_calls_gives_the_same_bits() {
    for (seed, case) in (0..).zip(cases()) {
        for symbol in [[rough(&case, seed)], [tied(&case, seed)], [extreme(&case, seed)]] {
            let whole = reports(&case.plan, &symbol[0]);
            for (how, cuts) in [("cut at random", cuts(BARS, seed)), ("bar by bar", vec![1; BARS])] {
                let cut = &Machine::<f64>::outputs(&case.plan, &symbol, &cuts)[0];
                assert_same_reports(&case, cut, &whole, how);
            }
        }
    }
}

#[test]
fn any_lane_gives_the_same_bits() {
    for (seed, case) in (0..).zip(cases()) {
        // Some symbols without holes, so that the paths for known values run beside the others.
        let shapes = [rough, smooth, tied, extreme];
        let symbols: Vec<Columns> =
            (0..WIDTH).map(|lane| shapes[lane % shapes.len()](&case, seed + lane as u64)).collect();
        let all_smooth: Vec<Columns> = (0..WIDTH as u64).map(|lane| smooth(&case, seed + lane)).collect();
        for symbols in [&symbols, &all_smooth] {
            for cuts in [whole_blocks(BARS), cuts(BARS, seed)] {
                let wide = Machine::<Wide>::outputs(&case.plan, symbols, &cuts);
                for (lane, symbol) in symbols.iter().enumerate() {
                    let alone = reports(&case.plan, symbol);
                    assert_same_reports(&case, &wide[lane], &alone, &format!("in lane {lane}"));
                }
            }
        }
    }
}

/// What is read of a function decides what is computed, not what comes out.
#[test]
fn an_output_has_the_same_bits_whoever_reads_the_others() {
    for (seed, case) in (0..).zip(cases()).filter(|(_, case)| case.row.outputs.len() > 1) {
        let symbols = eight(&case, seed);
        let all = Machine::<Wide>::outputs(&case.plan, &symbols, &whole_blocks(BARS));
        for output in 0..case.row.outputs.len() {
            let plan = case.output_plan(output);
            let wide = Machine::<Wide>::outputs(&plan, &symbols, &cuts(BARS, seed));
            for (lane, symbol) in symbols.iter().enumerate() {
                let (wanted, label) = (&all[lane][output], format!("{}, lane {lane}", case.label(output)));
                assert_same_bits(&wide[lane][0], wanted, &format!("{label}, the only one that is read"));
                assert_same_bits(&reports(&plan, symbol)[0], wanted, &format!("{label}, the only one, alone"));
            }
        }
    }
}

/// The bar at which states are taken: during most warm-ups, inside a block, at the end of one, and behind most windows.
const STOPS: [usize; 4] = [3, 37, 64, 351];

/// One symbol per lane, of every shape.
fn eight(case: &Case, seed: u64) -> Vec<Columns> {
    let shapes = [rough, smooth, tied, extreme];
    (0..WIDTH).map(|lane| shapes[lane % shapes.len()](case, seed + lane as u64)).collect()
}

/// A machine that has run to a bar in calls of any length.
fn run_to<'a, L: Build>(program: &'a Program<L>, symbols: &'a [Columns], bar: usize, seed: u64) -> Machine<'a, L> {
    let mut machine = Machine::new(program, symbols);
    machine.calls(&cuts(bar, seed));
    machine
}

/// What a machine puts out from a state to the end.
fn rest<L: Build>(program: &Program<L>, state: State<L>, symbols: &[Columns], seed: u64) -> Vec<Reports> {
    let left = BARS - state.bar();
    let mut machine = Machine::going_on(program, state, symbols);
    machine.calls(&cuts(left, seed));
    machine.out
}

#[track_caller]
fn assert_same_rest(case: &Case, got: &Reports, whole: &Reports, stop: usize, how: &str) {
    let wanted: Reports = whole.iter().map(|values| values[stop..].to_vec()).collect();
    assert_same_reports(case, got, &wanted, &format!("from bar {stop} on, {how}"));
}

#[test]
fn a_copy_of_a_state_goes_on_alike_and_leaves_the_original_alone() {
    for (seed, case) in (0..).zip(cases()) {
        let (symbol, other) = ([rough(&case, seed)], [rough(&case, seed + 1)]);
        let (whole, program) = (reports(&case.plan, &symbol[0]), Program::<f64>::new(&case.plan));
        let original = run_to(&program, &symbol, BARS / 2, seed).state;
        let copy = original.clone();
        rest(&program, original.clone(), &other, seed);
        assert!(original == copy, "{}: a copy that went on changed the original", case.name());
        for state in [copy, original] {
            assert_same_rest(&case, &rest(&program, state, &symbol, seed + 1)[0], &whole, BARS / 2, "from a copy");
        }
    }
}

#[test]
fn any_cut_of_the_bars_into_calls_leaves_the_same_state() {
    for (seed, case) in (0..).zip(cases()) {
        let (symbols, program) = (eight(&case, seed), Program::<Wide>::new(&case.plan));
        for stop in STOPS {
            let state = run_to(&program, &symbols, stop, seed).state;
            let mut bar_by_bar = Machine::new(&program, &symbols);
            bar_by_bar.calls(&vec![1; stop]);
            for lane in 0..WIDTH {
                let what = format!("{} at bar {stop}, lane {lane}", case.name());
                assert_same_states(&state.lane(lane), &bar_by_bar.state.lane(lane), &what);
            }
        }
    }
}

#[test]
fn a_state_that_was_saved_and_loaded_goes_on_alike() {
    for (seed, case) in (0..).zip(cases()) {
        let symbols = eight(&case, seed);
        for stop in STOPS {
            saved_and_loaded(&case, &Program::<f64>::new(&case.plan), &symbols[..1], stop, seed);
            saved_and_loaded(&case, &Program::<Wide>::new(&case.plan), &symbols, stop, seed);
        }
    }
}

fn saved_and_loaded<L: Build>(case: &Case, program: &Program<L>, symbols: &[Columns], stop: usize, seed: u64) {
    let state = run_to(program, symbols, stop, seed).state;
    let bytes = state.save();
    assert_eq!(bytes.len(), state.saved_size(), "{}", case.name());
    let loaded = program.load(&bytes).expect("it is of this program");
    assert!(loaded == state, "{} at bar {stop} is another state when it is loaded", case.name());
    for (got, symbol) in rest(program, loaded, symbols, seed + 1).iter().zip(symbols) {
        assert_same_rest(case, got, &reports(&case.plan, symbol), stop, "saved and loaded");
    }
}

/// Warm up eight side by side, go on one by one.
#[test]
fn a_lane_taken_out_goes_on_as_if_it_had_always_been_alone() {
    for (seed, case) in (0..).zip(cases()) {
        let symbols = eight(&case, seed);
        let (wide, scalar) = (Program::<Wide>::new(&case.plan), Program::<f64>::new(&case.plan));
        for stop in STOPS {
            let state = run_to(&wide, &symbols, stop, seed).state;
            for (lane, symbol) in symbols.iter().enumerate() {
                let (taken, symbol) = (state.lane(lane), std::slice::from_ref(symbol));
                let alone = run_to(&scalar, symbol, stop, seed + 1).state;
                assert_same_states(&taken, &alone, &format!("{} at bar {stop}, lane {lane}", case.name()));
                let how = format!("taken out of lane {lane}");
                let whole = reports(&case.plan, &symbol[0]);
                assert_same_rest(&case, &rest(&scalar, taken, symbol, seed + 2)[0], &whole, stop, &how);
            }
        }
    }
}

#[test]
fn symbols_put_side_by_side_go_on_as_if_they_had_stayed_alone() {
    for (seed, case) in (0..).zip(cases()) {
        let symbols = eight(&case, seed);
        let (wide, scalar) = (Program::<Wide>::new(&case.plan), Program::<f64>::new(&case.plan));
        for (stop, count) in STOPS.into_iter().zip([WIDTH, 1, 5, WIDTH]) {
            let states: Vec<State<f64>> = symbols[..count]
                .iter()
                .map(|symbol| run_to(&scalar, std::slice::from_ref(symbol), stop, seed).state)
                .collect();
            let state = State::side_by_side(&states.iter().collect::<Vec<_>>()).expect("they stand at one bar");
            for (lane, alone) in states.iter().enumerate() {
                assert!(state.lane(lane) == *alone, "{} at bar {stop}, lane {lane}", case.name());
            }
            let got = rest(&wide, state, &symbols, seed + 1);
            for (lane, symbol) in symbols[..count].iter().enumerate() {
                assert_same_rest(
                    &case,
                    &got[lane],
                    &reports(&case.plan, symbol),
                    stop,
                    &format!("put into lane {lane}"),
                );
            }
        }
    }
}

/// Segments of windows are cut by a bar's number, so a lane knows where in the history it is.
#[test]
fn a_lane_that_was_entered_late_goes_on_as_if_it_had_been_entered_late_alone() {
    for (seed, case) in (0..).zip(cases()) {
        let symbols = eight(&case, seed);
        let (wide, scalar) = (Program::<Wide>::new(&case.plan), Program::<f64>::new(&case.plan));
        for (start, stop) in [(1, 40), (63, 130), (299, 400)] {
            let mut machine = Machine::going_on(&wide, wide.start_at(start), &symbols);
            machine.calls(&cuts(stop - start, seed));
            for (lane, symbol) in symbols.iter().enumerate() {
                let late: Columns = symbol.iter().map(|input| input[start..].to_vec()).collect();
                let late = reports_from(&case.plan, &late, start);
                let got = rest(&scalar, machine.state.lane(lane), std::slice::from_ref(symbol), seed);
                let how = format!("entered at bar {start} and taken out of lane {lane}");
                assert_same_rest(&case, &got[0], &late, stop - start, &how);
            }
        }
    }
}

/// The same numbers and bits; of unknown numbers only that they are unknown, because machines and instructions make
/// unknown ones that differ in bits no value depends on.
#[track_caller]
fn assert_same_states(got: &State<f64>, wanted: &State<f64>, what: &str) {
    let ((got, got_bits), (wanted, wanted_bits)) = (got.laid(), wanted.laid());
    assert_same_bits(got, wanted, &format!("{what}: state"));
    assert_eq!(got_bits, wanted_bits, "{what}: bits of the state");
}

/// What a program runs, in words: two that say the same may share states, others must not.
fn in_words(plan: &Plan) -> String {
    let (readings, mut nodes, mut words) = (plan.readings(), HashMap::new(), String::new());
    plan.graph.for_each(|node, operation| {
        let read = &readings[plan.graph.places(node)];
        if read.iter().any(|&reading| reading != Reading::Nothing) {
            words += &match operation {
                Operation::Constant(value) => format!("{value:?}\n"),
                Operation::Column(column) => format!("column {column}\n"),
                Operation::Call { row, inputs, parameters } => {
                    let inputs: Vec<_> = inputs.iter().map(|input| (nodes[&input.node], input.output)).collect();
                    format!("{}{inputs:?}{parameters:?}\n", row.name)
                }
            };
            nodes.insert(node, nodes.len());
        }
    });
    words
}

#[test]
fn a_state_of_another_program_is_refused() {
    let mut programs: Vec<(String, Program<f64>)> = Vec::new();
    for case in cases() {
        let words = in_words(&case.plan);
        if programs.iter().all(|(other, _)| *other != words) {
            programs.push((words, Program::new(&case.plan)));
        }
    }
    assert!(programs.len() > REGISTRY.len() / 2, "only {} programs were compared", programs.len());
    for (of, program) in &programs {
        let bytes = program.start_at(5).save();
        for (words, other) in &programs {
            let loaded = other.load(&bytes);
            if words == of {
                assert!(loaded.is_ok_and(|state| state == program.start_at(5)), "its own state is refused:\n{of}");
            } else {
                let refused = loaded.err();
                assert_eq!(refused, Some(BadState::OtherProgram), "a state of\n{of}\nbecame one of\n{words}");
            }
        }
    }
}

#[test]
fn a_program_has_the_same_identity_alone_and_side_by_side() {
    for case in cases() {
        let (scalar, wide) = (Program::<f64>::new(&case.plan), Program::<Wide>::new(&case.plan));
        assert_eq!(scalar.identity(), wide.identity(), "{}", case.name());
    }
}

#[test]
fn no_value_depends_on_the_future() {
    // Inside a block, at its end, and inside a later one.
    for split in [37, 64, 300] {
        for (seed, case) in (0..).zip(cases()) {
            let (past, other) = (rough(&case, seed), rough(&case, seed + 1));
            let mut changed = past.clone();
            for (input, other) in changed.iter_mut().zip(&other) {
                input[split..].copy_from_slice(&other[split..]);
            }
            let prefix: Columns = past.iter().map(|input| input[..split].to_vec()).collect();
            let full = reports(&case.plan, &past);
            let (changed, short) = (reports(&case.plan, &changed), reports(&case.plan, &prefix));
            for output in 0..full.len() {
                let (label, past) = (case.label(output), &full[output][..split]);
                assert_same_bits(&changed[output][..split], past, &format!("{label} before another future"));
                assert_same_bits(&short[output], past, &format!("{label} of a prefix"));
            }
        }
    }
}

/// What decides when conditions are always true is the row alone, so this holds without exceptions.
#[test]
fn warm_up_is_exact_where_conditions_are_always_true() {
    for (seed, case) in (0..).zip(cases()) {
        let mut inputs = smooth(&case, seed);
        for (input, spec) in inputs.iter_mut().zip(case.row.inputs) {
            if spec.kind == Type::Condition {
                input.fill(1.0);
            }
        }
        assert_warm_up(&case, &inputs);
    }
}

/// Functions that remember an event for ever start with the first event: for them the row gives the earliest bar.
#[test]
fn warm_up_is_exact_on_conditions_that_come_and_go() {
    for (seed, case) in (0..).zip(cases()) {
        let reads_condition = case.row.inputs.iter().any(|input| input.kind == Type::Condition);
        let is_number = |output: &OutputSpec| output.kind == Type::Number;
        let waits_for_event = case.reach(0).forever && case.row.outputs.iter().any(is_number);
        if reads_condition && !waits_for_event {
            assert_warm_up(&case, &smooth(&case, seed));
        }
    }
}

/// A number is unknown during its warm-up and known after it. A condition too, but for what its definition knows earlier:
/// `a > b and a[1] <= b[1]` is false on the first bar where a is not above b.
fn assert_warm_up(case: &Case, inputs: &Columns) {
    for (output, values) in reports(&case.plan, inputs).iter().enumerate() {
        let (warm_up, unknown) = (case.reach(output).warmup, unknown_bars(values));
        match case.row.outputs[output].kind {
            Type::Number => {
                assert_eq!(unknown, (0..warm_up).collect::<Vec<_>>(), "{}: unknown bars", case.label(output))
            }
            Type::Condition => {
                assert!(unknown.iter().all(|&bar| bar < warm_up), "{} is unknown on {unknown:?}", case.label(output));
            }
        }
    }
}

/// So no condition is said to be warm later than it has to be: every bar before is unknown on some inputs.
#[test]
fn the_warm_up_of_a_condition_is_the_latest_bar_on_which_it_can_be_unknown() {
    for (seed, case) in (0..).zip(cases()) {
        let walk = smooth(&case, seed);
        let mut turned = walk.clone();
        turned.reverse();
        let filled = |value: f64| walk.iter().map(|input| vec![value; input.len()]).collect();
        let all = [walk.clone(), turned, filled(1.0), filled(-1.0)].map(|inputs| reports(&case.plan, &inputs));
        for output in (0..case.row.outputs.len()).filter(|&at| case.row.outputs[at].kind == Type::Condition) {
            let mut unknown: Vec<usize> = all.iter().flat_map(|values| unknown_bars(&values[output])).collect();
            unknown.sort_unstable();
            unknown.dedup();
            assert_eq!(unknown, (0..case.reach(output).warmup).collect::<Vec<_>>(), "{}", case.label(output));
        }
    }
}

#[test]
fn outputs_scale_with_prices_as_declared() {
    for (seed, case) in (0..).zip(cases()) {
        let Some(power) = case.row.scale else { continue };
        let inputs = smooth(&case, seed);
        let base = reports(&case.plan, &inputs);
        // A factor of two changes no digit of any sum or quotient; the others may round.
        for (factor, tolerance) in [(1024.0_f64, 0.0), (10.0, 1e-9), (1e-8, 1e-9), (1e8, 1e-9)] {
            let mut scaled = inputs.clone();
            for (input, _) in scaled.iter_mut().zip(case.row.inputs).filter(|(_, spec)| spec.name != "volume") {
                input.iter_mut().for_each(|price| *price *= factor);
            }
            let scaled = reports(&case.plan, &scaled);
            for output in 0..base.len() {
                let wanted: Vec<f64> = base[output].iter().map(|y| y * factor.powi(power)).collect();
                // Differences of prices are as exact as the prices are.
                let scale = if power == 1 { largest(&inputs[0]) * factor } else { largest(&base[output]) };
                assert_near(&scaled[output], &wanted, scale, tolerance, &format!("{} ×{factor}", case.label(output)));
            }
        }
    }
}

/// A number far from all others, an unknown one, and an infinite one: wherever the bar is not in the window, the value
/// is the same bit for bit as if it had never been.
#[test]
fn a_bar_outside_the_window_leaves_no_trace() {
    for (seed, case) in (0..).zip(cases()) {
        let inputs = smooth(&case, seed);
        let base = reports(&case.plan, &inputs);
        for input in 0..case.row.inputs.len() {
            for bar in disturbed_bars(&case) {
                for strange in strange_values(&case, input) {
                    let disturbed = disturb(&case, &inputs, input, bar, strange);
                    for output in (0..base.len()).filter(|&output| case.is_windowed(output)) {
                        let behind = bar + case.reach(output).lookback + 1;
                        let what = format!("{}, {strange} in input {input} at bar {bar}", case.label(output));
                        assert_same_bits(&disturbed[output][..bar], &base[output][..bar], &what);
                        assert_same_bits(&disturbed[output][behind..], &base[output][behind..], &what);
                    }
                }
            }
        }
    }
}

/// None of them is a time that a date can be made of, but for two.
fn strange_values(case: &Case, input: usize) -> Vec<f64> {
    let is_time = case.row.inputs[input].name == "local_time";
    let extremes = EXTREMES.into_iter().filter(|_| !is_time);
    [1e15, -1e-15, f64::NAN, f64::INFINITY].into_iter().chain(extremes).collect()
}

/// Bars after every warm-up: inside a segment, and at its first bar, whose value the others are taken relative to.
fn disturbed_bars(case: &Case) -> [usize; 3] {
    let warm = (0..case.row.outputs.len()).map(|output| case.reach(output).warmup).max().unwrap_or(0);
    let segment = case.longest().max(1);
    [warm + 1, warm + 17, (warm / segment + 1) * segment]
}

fn disturb(case: &Case, inputs: &Columns, input: usize, bar: usize, value: f64) -> Reports {
    let mut inputs = inputs.clone();
    inputs[input][bar] = value;
    reports(&case.plan, &inputs)
}

/// Where a value depends on a bar it is unknown when the bar is; what it depends on shows when the bar changes.
#[test]
fn a_hole_makes_unknown_what_depends_on_it_and_nothing_outside_its_window() {
    for (seed, case) in (0..).zip(cases()) {
        let inputs = smooth(&case, seed);
        let base = reports(&case.plan, &inputs);
        for input in 0..case.row.inputs.len() {
            for bar in disturbed_bars(&case) {
                let holed = disturb(&case, &inputs, input, bar, f64::NAN);
                let others =
                    [1e6, 1e-6, -1.0].map(|factor| disturb(&case, &inputs, input, bar, inputs[input][bar] * factor));
                for output in 0..base.len() {
                    let changed =
                        |bar: usize| others.iter().any(|other| !same_bits(other[output][bar], base[output][bar]));
                    let what = format!("{}, hole in input {input} at bar {bar}", case.label(output));
                    assert_hole(&case, output, bar, &holed[output], changed, &what);
                }
            }
        }
    }
}

fn assert_hole(case: &Case, output: usize, hole: usize, values: &[f64], changed: impl Fn(usize) -> bool, what: &str) {
    let reach = case.reach(output);
    let window = hole..hole + reach.lookback + 1;
    // What remembers every bar still has a value on the bars after the hole; `nz` is there to replace holes.
    let must_be_unknown = if case.is_windowed(output) { window.clone() } else { hole..hole + 1 };
    for bar in must_be_unknown.filter(|&bar| changed(bar) && case.row.name != "nz") {
        assert!(values[bar].is_nan(), "{what}: bar {bar} depends on it and is {}", values[bar]);
    }
    // An event that was unknown is forgotten only when enough others have come.
    if !reach.forever {
        for bar in unknown_bars(values) {
            assert!(bar < reach.warmup || window.contains(&bar), "{what}: bar {bar} is unknown");
        }
    }
    assert!(values[BARS - 50..].iter().all(|value| !value.is_nan()), "{what}: it stays");
}

#[test]
fn holes_everywhere_poison_nothing_for_ever() {
    for (seed, case) in (0..).zip(cases()) {
        let mut inputs = smooth(&case, seed);
        for input in &mut inputs {
            let holed = with_holes(&input[..200], 0.3, seed);
            input[..200].copy_from_slice(&holed);
            input[100..120].fill(f64::NAN);
        }
        for (output, values) in reports(&case.plan, &inputs).iter().enumerate() {
            let last = &values[BARS - 50..];
            assert!(last.iter().all(|value| !value.is_nan()), "{} after holes", case.label(output));
        }
    }
}

/// A range must not change values: a windowed function that is given the history from its lookback on, and told where in
/// the history that is, has the same bits as one that ran all of it. Before that it knows less, never something else.
#[test]
fn a_window_entered_late_has_the_same_bits_from_its_lookback_on() {
    for (seed, case) in (0..).zip(cases()) {
        for symbol in [rough(&case, seed), tied(&case, seed), extreme(&case, seed)] {
            let full = reports(&case.plan, &symbol);
            for start in [1, 37, 64, 129, 299] {
                let late: Columns = symbol.iter().map(|input| input[start..].to_vec()).collect();
                let late = reports_from(&case.plan, &late, start);
                for output in (0..full.len()).filter(|&output| case.is_windowed(output)) {
                    let lookback = case.reach(output).lookback;
                    let what = format!("{} entered at bar {start}", case.label(output));
                    let (wanted, got) = (&full[output][start..], &late[output]);
                    assert_same_bits(&got[lookback..], &wanted[lookback..], &what);
                    for bar in 0..lookback {
                        let got = got[bar];
                        assert!(got.is_nan() || same_bits(got, wanted[bar]), "{what}, bar {bar} after it: {got}");
                    }
                }
            }
        }
    }
}

fn shapes(seed: u64) -> Vec<(&'static str, Candles)> {
    vec![
        ("walk", Candles::walk(BARS, seed)),
        ("flat", Candles::flat(BARS, 7.3)),
        ("ramp", Candles::around((1..=BARS).map(|bar| bar as f64).collect(), seed)),
        ("falling ramp", Candles::around((1..=BARS).rev().map(|bar| bar as f64).collect(), seed)),
        ("resting", Candles::resting(BARS, 90, seed)),
        ("spiked", Candles::spiked(BARS, 150, 1e6, seed)),
        ("tiny", Candles::walk(BARS, seed).priced(1e-8 / 30.0)),
        ("huge", Candles::walk(BARS, seed).priced(1e8 / 30.0)),
    ]
}

#[test]
fn no_value_is_infinite_on_any_shape() {
    for (seed, case) in (0..).zip(cases()) {
        let shapes = shapes(seed).into_iter().map(|(shape, candles)| (shape, case.inputs(&candles, seed)));
        for (shape, inputs) in
            shapes.chain([("extremes", extreme(&case, seed)), ("extremes", extreme(&case, seed + 1))])
        {
            for (output, values) in reports(&case.plan, &inputs).iter().enumerate() {
                assert!(values.iter().all(|value| !value.is_infinite()), "{} on {shape}", case.label(output));
            }
        }
    }
}

/// Windows are exactly what they would have been, averages go on.
#[test]
fn what_overflows_leaves_nothing_behind() {
    for (seed, case) in (0..).zip(cases()) {
        let inputs = smooth(&case, seed);
        let mut disturbed = inputs.clone();
        for (input, extreme) in disturbed.iter_mut().zip(extreme(&case, seed)) {
            input[..260].copy_from_slice(&extreme[..260]);
        }
        let (base, disturbed) = (reports(&case.plan, &inputs), reports(&case.plan, &disturbed));
        for output in 0..base.len() {
            let behind = 260 + case.reach(output).lookback;
            if case.is_windowed(output) {
                assert_same_bits(&disturbed[output][behind..], &base[output][behind..], &case.label(output));
            }
            assert!(
                disturbed[output][BARS - 50..].iter().all(|value| !value.is_nan()),
                "{}: it stays",
                case.label(output)
            );
        }
    }
}

/// A flat piece may make a quotient unknown (a range of zero), but only while it lasts.
#[test]
fn a_flat_piece_leaves_nothing_behind() {
    for (seed, case) in (0..).zip(cases()) {
        let mut candles = Candles::walk(BARS, seed);
        let flat = Candles::flat(250, candles.close[99]);
        for (prices, flat) in [
            (&mut candles.open, flat.open),
            (&mut candles.high, flat.high),
            (&mut candles.low, flat.low),
            (&mut candles.close, flat.close),
        ] {
            prices[100..350].copy_from_slice(&flat);
        }
        let outputs = reports(&case.plan, &case.inputs(&candles, seed));
        for (output, values) in outputs.iter().enumerate() {
            let behind = 350 + case.reach(output).warmup;
            assert!(values[behind..].iter().all(|value| !value.is_nan()), "{}", case.label(output));
        }
    }
}
