//! A key stands for a computation: one for each, however it is written, in whatever plan it is.

mod common;

use std::collections::{HashMap, HashSet};

use common::bytes::{PlanBytes, Value};
use common::catalogue::cases;
use common::compare::assert_same_bits;
use common::machine::reports;
use formula::identity::{Key, Keys};
use formula::plan::Plan;
use kernels::graph::{Graph, Operation, ValueId};
use kernels::indicators::{REGISTRY, find};
use kernels::spec::{Body, Type};

/// The key of a value in a plan that computes something else before it.
fn key_of(write: impl FnOnce(&mut PlanBytes) -> Value) -> Key {
    let mut bytes = PlanBytes::default();
    let volume = bytes.column(4);
    bytes.call("sma", &[volume], &[9.0]);
    let value = write(&mut bytes);
    bytes.report(value);
    let plan = bytes.plan();
    Keys::of(&plan.graph, &plan.open_columns).value(plan.reports[0])
}

#[track_caller]
fn assert_one_key(one: impl FnOnce(&mut PlanBytes) -> Value, other: impl FnOnce(&mut PlanBytes) -> Value) {
    assert_eq!(key_of(one), key_of(other));
}

fn candle(bytes: &mut PlanBytes) -> [Value; 3] {
    [1, 2, 3].map(|column| bytes.column(column))
}

#[test]
fn atr_has_the_key_of_the_averaged_range() {
    let atr = |bytes: &mut PlanBytes| {
        let candle = candle(bytes);
        bytes.call("atr", &candle, &[14.0])
    };
    assert_one_key(atr, |bytes| {
        let candle = candle(bytes);
        let range = bytes.call("tr", &candle, &[]);
        bytes.call("rma", &[range], &[14.0])
    });
}

#[test]
fn a_comparison_with_a_computed_constant_has_the_key_of_the_one_with_its_value() {
    let with_eight = |bytes: &mut PlanBytes| {
        let (close, eight) = (bytes.column(3), bytes.constant(8.0));
        bytes.call("gt", &[close, eight], &[])
    };
    assert_one_key(with_eight, |bytes| {
        let (two, three) = (bytes.constant(2.0), bytes.constant(3.0));
        let power = bytes.call("pow", &[two, three], &[]);
        let close = bytes.column(3);
        bytes.call("gt", &[close, power], &[])
    });
}

/// `sqrt(-1)` and what the front end writes for it may differ in bits that mean nothing.
#[test]
fn all_unknown_constants_have_one_key() {
    let graph = Graph::new();
    let [one, other] = [f64::NAN, -f64::from_bits(f64::NAN.to_bits() | 7)].map(|unknown| graph.constant(unknown).id);
    assert_eq!(one, other);
}

#[test]
fn the_line_of_macd_has_the_key_of_the_difference_of_two_averages() {
    let line = |bytes: &mut PlanBytes| {
        let close = bytes.column(3);
        bytes.call("macd", &[close], &[12.0, 26.0, 9.0])
    };
    assert_one_key(line, |bytes| {
        let close = bytes.column(3);
        let [slow, fast] = [26.0, 12.0].map(|length| bytes.call("ema", &[close], &[length]));
        bytes.call("sub", &[fast, slow], &[])
    });
}

/// Values too, because one node takes the place of both ways round.
#[test]
fn what_may_be_turned_round_has_one_node_and_one_key_and_the_same_bits() {
    let rows: Vec<_> = REGISTRY.iter().filter(|row| row.is_commutative()).collect();
    assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), ["add", "mul", "eq", "ne", "and", "or"]);
    for row in rows {
        let turned = |is_turned: bool| {
            let mut bytes = PlanBytes::default();
            let zero = bytes.constant(0.0);
            let is_logic = row.inputs[0].kind == Type::Condition;
            let operand = |bytes: &mut PlanBytes, column: u32| {
                let column = bytes.column(column);
                if is_logic { bytes.call("gt", &[column, zero], &[]) } else { column }
            };
            // Their places in the graph are turned round as well.
            let inputs = if is_turned { [1, 0] } else { [0, 1] }.map(|column| operand(&mut bytes, column));
            let call = bytes.call(row.name, &inputs, &[]);
            bytes.report(call);
            bytes.call(row.name, &[inputs[1], inputs[0]], &[]);
            bytes.plan()
        };
        let (plan, other) = (turned(false), turned(true));
        assert_eq!(plan.outputs.iter().rev().take(2).collect::<HashSet<_>>().len(), 1, "{}", row.name);
        assert_eq!(plan.keys().last(), other.keys().last(), "{}", row.name);
        let numbers = [0.0, -0.0, 1.0, 1e308, -1e308, 5e-324, f64::NAN, 0.1];
        let columns = vec![numbers.repeat(8), numbers.iter().flat_map(|&number| [number; 8]).collect()];
        assert_same_bits(&reports(&plan, &columns)[0], &reports(&other, &columns)[0], row.name);
    }
}

/// Every kernel of a plan as a call of its own, behind nodes that have nothing to do with it.
fn spelled_out(plan: &Plan) -> Plan {
    let (mut bytes, mut values) = (PlanBytes::default(), HashMap::new());
    let volume = bytes.column(4);
    bytes.call("ema", &[volume], &[77.0]);
    plan.graph.for_each(|node, operation| {
        let value = match operation {
            Operation::Constant(value) => bytes.constant(*value),
            Operation::Column(column) => bytes.column(*column),
            Operation::Call { row, inputs, parameters } => {
                let value = |input: &ValueId| -> Value { Value::output(values[&input.node], input.output as usize) };
                let inputs: Vec<Value> = inputs.iter().map(value).collect();
                bytes.call(row.name, &inputs, parameters)
            }
        };
        values.insert(node, value);
    });
    plan.reports.iter().for_each(|report| bytes.report(values[&report.node].output(report.output as usize)));
    bytes.plan()
}

#[test]
fn every_composition_has_the_keys_of_its_parts_spelled_out() {
    let mut compared = 0;
    for case in cases().iter().filter(|case| matches!(case.row.body, Body::Compose(_))) {
        let spelled = spelled_out(&case.plan);
        let keys = |plan: &Plan| {
            plan.reports.iter().map(|&report| Keys::of(&plan.graph, &plan.open_columns).value(report)).collect()
        };
        let (keys, of_parts): (Vec<Key>, Vec<Key>) = (keys(&case.plan), keys(&spelled));
        assert_eq!(keys, of_parts, "{}", case.name());
        compared += 1;
    }
    let compositions = REGISTRY.iter().filter(|row| matches!(row.body, Body::Compose(_))).count();
    assert!(compared >= compositions && compositions > 10, "{compared} of {compositions} were compared");
}

/// What a value computes, in words.
fn in_words(graph: &Graph) -> HashMap<ValueId, String> {
    let mut words: HashMap<ValueId, String> = HashMap::new();
    graph.for_each(|node, operation| match operation {
        Operation::Constant(value) => drop(words.insert(ValueId { node, output: 0 }, format!("{value:?}"))),
        Operation::Column(column) => drop(words.insert(ValueId { node, output: 0 }, format!("column {column}"))),
        Operation::Call { row, inputs, parameters } => {
            let mut inputs: Vec<&str> = inputs.iter().map(|input| words[input].as_str()).collect();
            if row.is_commutative() {
                inputs.sort_unstable();
            }
            let call = format!("{}({}; {parameters:?})", row.name, inputs.join(", "));
            for (output, spec) in (0..).zip(row.outputs) {
                words.insert(ValueId { node, output }, format!("{call}.{}", spec.name));
            }
        }
    });
    words
}

#[test]
fn other_functions_parameters_columns_and_outputs_have_other_keys() {
    let (mut by_key, mut by_words) = (HashMap::new(), HashMap::new());
    for case in cases() {
        let keys = Keys::of(&case.plan.graph, &[]);
        for (value, words) in in_words(&case.plan.graph) {
            let key = keys.value(value);
            let known = by_key.entry(key).or_insert_with(|| words.clone());
            assert_eq!(*known, words, "two computations have one key");
            let known = by_words.entry(words.clone()).or_insert(key);
            assert_eq!(*known, key, "{words} has two keys");
        }
    }
    assert!(by_key.len() > 2 * REGISTRY.len(), "only {} values were compared", by_key.len());
}

#[test]
fn a_plan_gives_the_keys_of_all_outputs_of_its_bytes_in_their_order() {
    let mut bytes = PlanBytes::default();
    let candle = candle(&mut bytes);
    bytes.call("dmi", &candle, &[14.0, 9.0]);
    let adx = bytes.call("adx", &candle, &[14.0, 9.0]);
    bytes.report(adx);
    let keys = bytes.plan().keys();
    assert_eq!(keys.len(), 3 + 3 + 1);
    assert_eq!(keys[5], keys[6], "`dmi(14, 9).adx` is `adx(14, 9)`");
    assert_eq!(keys[..6].iter().collect::<HashSet<_>>().len(), 6);
}

#[test]
fn an_output_of_a_kernel_with_several_has_a_key_of_its_own() {
    let graph = Graph::new();
    let candle = [1, 2, 3].map(|column| graph.column(column));
    let directional = find("directional").expect("it is a function").1;
    let keys = |length: f64| -> Vec<Key> {
        let outputs = directional.all_of(&candle, &[length]);
        outputs.iter().map(|output| Keys::of(&graph, &[]).value(output.id)).collect()
    };
    let all = [keys(14.0), keys(15.0)].concat();
    assert!((0..6).all(|a| (0..a).all(|b| all[a] != all[b])), "{all:?}");
}
