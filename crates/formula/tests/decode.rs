//! Bytes that are not a plan are refused, whatever is wrong with them.

mod common;

use common::bytes::{PlanBytes, Value};
use common::candles::Candles;
use common::catalogue::cases;
use common::machine::reports;
use common::random::Random;
use formula::catalogue_hash::CATALOGUE_HASH;
use formula::codes::{MAX_NODES, MAX_REPORTS, MAX_SIGNALS};
use formula::plan::{BadPlan, Plan};
use kernels::indicators::REGISTRY;
use kernels::spec::{Row, Type};

/// A plan with every kind of node, a signal and a report.
fn sound() -> PlanBytes {
    let mut bytes = PlanBytes::default();
    let close = bytes.column(3);
    let flow = bytes.named("col.flow");
    let zero = bytes.constant(0.0);
    let macd = bytes.call("macd", &[close], &[12.0, 26.0, 9.0]);
    let crossing = bytes.call("crossover", &[macd, macd.output(1)], &[]);
    let rising = bytes.call("gt", &[macd, zero], &[]);
    let flowing = bytes.call("gt", &[flow, zero], &[]);
    let either = bytes.call("or", &[rising, flowing], &[]);
    let both = bytes.call("and", &[crossing, either], &[]);
    bytes.signal(both, 1);
    bytes.report(macd.output(2));
    bytes
}

#[track_caller]
fn assert_refused(bytes: &PlanBytes, what: &str) {
    assert!(Plan::decode(&bytes.bytes()).is_err(), "{what} is taken");
}

/// Where bytes are refused as no plan of any build.
#[track_caller]
fn malformed_at(bytes: &[u8]) -> usize {
    match Plan::decode(bytes) {
        Err(BadPlan::Malformed { offset, .. }) => offset,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{} bytes are taken", bytes.len()),
    }
}

#[test]
fn a_sound_plan_is_taken() {
    let plan = sound().plan();
    assert_eq!((plan.signals.len(), plan.signals[0].code, plan.reports.len()), (1, 1, 1));
    assert_eq!(plan.outputs[3].len(), 3);
    assert_eq!(plan.open_columns, ["col.flow"]);
}

#[test]
fn every_truncation_and_every_surplus_is_refused_at_its_offset() {
    let bytes = sound().bytes();
    for length in 0..bytes.len() {
        assert!(malformed_at(&bytes[..length]) <= length);
    }
    assert_eq!(malformed_at(&[bytes.as_slice(), &[0]].concat()), bytes.len());
}

#[test]
fn random_bytes_are_refused() {
    let mut random = Random::new(1);
    let start = &sound().bytes()[..12];
    for _ in 0..50_000 {
        let mut bytes: Vec<u8> = (0..random.below(200)).map(|_| random.bits() as u8).collect();
        assert!(Plan::decode(&bytes).is_err());
        // Behind the mark of a plan and its catalogue most bytes are small numbers.
        bytes.iter_mut().for_each(|byte| *byte &= if random.chance(0.8) { 0 } else { 3 });
        let _ = Plan::decode(&[start, &bytes].concat());
    }
}

/// Some changes leave a plan that is sound; it must then run.
#[test]
fn changed_bytes_are_refused_or_run() {
    let (bytes, candles) = (sound().bytes(), Candles::walk(70, 1).columns());
    let columns: Vec<Vec<f64>> = candles.iter().cycle().take(7).cloned().collect();
    let mut random = Random::new(2);
    let (mut refused, mut ran) = (0, 0);
    for _ in 0..50_000 {
        let mut changed = bytes.clone();
        for _ in 0..1 + random.below(3) {
            let at = random.below(changed.len());
            changed[at] = [random.bits() as u8, random.below(4) as u8, 0, 0xff][random.below(4)];
        }
        match Plan::decode(&changed) {
            Err(BadPlan::Malformed { offset, .. }) => refused += (offset <= changed.len()) as u32,
            Err(BadPlan::OtherCatalogue { .. }) => (),
            Ok(plan) => {
                // What a plan costs grows with its lengths; a few suffice.
                if ran < 500 {
                    reports(&plan, &columns);
                }
                ran += 1;
            }
        }
    }
    assert!(refused > 1_000 && ran > 1_000, "{refused} refused, {ran} ran");
}

/// A call whose inputs fit, to be spoilt.
fn inputs(bytes: &mut PlanBytes, row: &Row) -> Vec<Value> {
    let number = bytes.column(3);
    let condition = bytes.call("gt", &[number, number], &[]);
    row.inputs.iter().map(|input| if input.kind == Type::Condition { condition } else { number }).collect()
}

#[test]
fn names_of_columns_are_texts_that_are_there_once() {
    let named = |names: &[&[u8]]| {
        let mut bytes = sound();
        names.iter().for_each(|name| bytes.name(name));
        bytes
    };
    assert!(Plan::decode(&named(&["col.거래대금".as_bytes(), &[b'x'; 256]]).bytes()).is_ok());
    assert_refused(&named(&[&[b'x'; 257]]), "a long name");
    assert_refused(&named(&[b""]), "no name");
    assert_refused(&named(&[b"col.\xff"]), "a name that is no text");
    assert_refused(&named(&[b"col.flow"]), "a name that is there already");
    assert_refused(&named(&[b"close"]), "the name of a column that every plan has");
    let many: Vec<String> = (0..256).map(|at| format!("col.{at}")).collect();
    let many: Vec<&[u8]> = many.iter().map(|name| name.as_bytes()).collect();
    assert!(Plan::decode(&named(&many[1..]).bytes()).is_ok());
    assert_refused(&named(&many), "257 names");
}

#[test]
fn parameters_out_of_range_are_refused() {
    for case in cases() {
        for (at, parameter) in case.row.parameters.iter().enumerate() {
            let below = [parameter.min - 1.0, f64::NEG_INFINITY, f64::NAN];
            let above = [parameter.max + 1.0, f64::INFINITY, 1e300];
            let between = if parameter.whole { vec![parameter.min + 0.5, parameter.max - 1e-9] } else { vec![] };
            for value in below.into_iter().chain(above).chain(between) {
                let mut bytes = PlanBytes::default();
                let inputs = inputs(&mut bytes, case.row);
                let mut parameters = case.parameters.clone();
                parameters[at] = value;
                bytes.call(case.row.name, &inputs, &parameters);
                assert_refused(&bytes, &format!("{} with {} = {value}", case.name(), parameter.name));
            }
        }
    }
}

#[test]
fn calls_with_too_few_or_too_many_inputs_or_parameters_are_refused() {
    for case in cases() {
        let (row, parameters) = (case.row, &case.parameters);
        let mut sound = PlanBytes::default();
        let inputs = inputs(&mut sound, row);
        let extra = [&inputs[..], &[Value { node: 0, output: 0 }]].concat();
        let more = [&parameters[..], &[1.0]].concat();
        let mut spoilt = vec![(&extra[..], &parameters[..]), (&inputs, &more)];
        if !inputs.is_empty() {
            spoilt.push((&inputs[1..], parameters));
        }
        if !parameters.is_empty() {
            spoilt.push((&inputs, &parameters[1..]));
        }
        for (inputs, parameters) in spoilt {
            let mut bytes = sound.clone();
            bytes.call(row.name, inputs, parameters);
            assert_refused(&bytes, &format!("{} of {} inputs, {parameters:?}", row.name, inputs.len()));
        }
        sound.call(row.name, &inputs, parameters);
        sound.plan();
    }
}

#[test]
fn a_condition_for_a_number_and_the_reverse_are_refused() {
    for case in cases() {
        for at in 0..case.row.inputs.len() {
            let mut bytes = PlanBytes::default();
            let mut inputs = inputs(&mut bytes, case.row);
            let is_condition = case.row.inputs[at].kind == Type::Condition;
            inputs[at] = Value { node: if is_condition { 0 } else { 1 }, output: 0 };
            bytes.call(case.row.name, &inputs, &case.parameters);
            assert_refused(&bytes, &format!("{} with the wrong type in input {at}", case.name()));
        }
    }
}

#[test]
fn nodes_that_are_nothing_are_refused() {
    let refused = |what: &str, write: fn(&mut PlanBytes)| {
        let mut bytes = sound();
        write(&mut bytes);
        assert_refused(&bytes, what);
    };
    const FIRST: Value = Value { node: 0, output: 0 };
    const ITSELF: Value = Value { node: 9, output: 0 };
    refused("a node of kind 3", |bytes| _ = bytes.node(3, 0, &[], &[]));
    refused("a constant without a number", |bytes| _ = bytes.node(0, 0, &[], &[]));
    refused("a constant with two numbers", |bytes| _ = bytes.node(0, 0, &[], &[1.0, 2.0]));
    refused("a constant with an input", |bytes| _ = bytes.node(0, 0, &[FIRST], &[1.0]));
    refused("a column past the last name", |bytes| _ = bytes.node(1, 8, &[], &[]));
    refused("a column with an input", |bytes| _ = bytes.node(1, 0, &[FIRST], &[]));
    refused("a column with a number", |bytes| _ = bytes.node(1, 0, &[], &[1.0]));
    refused("a function past the last", |bytes| _ = bytes.node(2, REGISTRY.len() as u32, &[], &[]));
    refused("a call of itself", |bytes| _ = bytes.call("abs", &[ITSELF], &[]));
    refused("a fourth output of three", |bytes| _ = bytes.call("abs", &[Value { node: 3, output: 3 }], &[]));
    refused("65 inputs", |bytes| _ = bytes.node(2, 0, &[FIRST; 65], &[]));
    refused("65 parameters", |bytes| _ = bytes.node(2, 0, &[], &[1.0; 65]));
}

#[test]
fn signals_and_reports_of_nothing_are_refused() {
    let refused = |what: &str, write: fn(&mut PlanBytes)| {
        let mut bytes = sound();
        write(&mut bytes);
        assert_refused(&bytes, what);
    };
    const NUMBER: Value = Value { node: 0, output: 0 };
    const CONDITION: Value = Value { node: 8, output: 0 };
    const MISSING: Value = Value { node: 9, output: 0 };
    refused("a number as a signal", |bytes| bytes.signal(NUMBER, 0));
    refused("a fifth role", |bytes| bytes.signal(CONDITION, 5));
    refused("a signal of no node", |bytes| bytes.signal(MISSING, 0));
    refused("a report of no node", |bytes| bytes.report(MISSING));
    refused("a report of no output", |bytes| bytes.report(CONDITION.output(1)));
}

#[test]
fn counts_beyond_the_limit_are_refused_before_anything_is_read() {
    for field in [12, 16, 20, 24] {
        let mut bytes = sound().bytes();
        bytes[field..field + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(malformed_at(&bytes), field + 4);
    }
}

/// A plan of one condition with so many signals and reports.
fn repeated(signals: u32, reports: u32) -> PlanBytes {
    let mut bytes = PlanBytes::default();
    let close = bytes.column(3);
    let rises = bytes.call("gt", &[close, close], &[]);
    (0..signals).for_each(|_| bytes.signal(rises, 0));
    (0..reports).for_each(|_| bytes.report(close));
    bytes
}

#[test]
fn as_many_signals_as_a_match_can_tell_apart_are_taken_and_no_more() {
    let plan = repeated(MAX_SIGNALS, 0).plan();
    assert_eq!((plan.signals.len(), MAX_SIGNALS), (256, 256));
    assert_refused(&repeated(MAX_SIGNALS + 1, 0), "a signal whose place is 256");
    assert_refused(&repeated(300, 0), "300 signals");
}

#[test]
fn every_output_of_every_node_can_be_reported_and_no_more() {
    let most = 3 * MAX_NODES;
    assert_eq!(repeated(0, most).plan().reports.len(), most as usize);
    assert_eq!(MAX_REPORTS, most);
    assert_refused(&repeated(0, most + 1), "a report too many");
}

#[test]
fn another_mark_is_refused() {
    let mut bytes = sound().bytes();
    bytes[0] ^= 1;
    assert_eq!(malformed_at(&bytes), 4);
}

#[test]
fn a_plan_of_another_catalogue_is_refused_by_the_names_of_both() {
    let sound = sound().bytes();
    for byte in 4..12 {
        let mut bytes = sound.clone();
        bytes[byte] ^= 0x10;
        let of_plan = CATALOGUE_HASH ^ 0x10 << (8 * (byte - 4));
        let refused = Plan::decode(&bytes).err().expect("its numbers mean other functions");
        assert_eq!(refused, BadPlan::OtherCatalogue { of_plan, of_kernels: CATALOGUE_HASH });
        let names = format!("the plan has the catalogue {of_plan:016x} and the kernels have {CATALOGUE_HASH:016x}:");
        assert!(refused.to_string().starts_with(&names), "{refused}");
    }
}

/// Before plans had a catalogue: 16 bytes of head, and the number of nodes where the hash is now.
#[test]
fn a_plan_without_a_catalogue_is_refused() {
    let sound = sound().bytes();
    let old = [b"MIR1", &sound[12..]].concat();
    assert_eq!(malformed_at(&old), 4);
}
