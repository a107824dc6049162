//! A function of constants has the bits that its kernel gives on bars of these numbers, and costs nothing per bar.

mod common;

use common::bytes::{PlanBytes, Value};
use common::machine::reports;
use common::random::Random;
use formula::plan::{Plan, Reading};
use formula::run::Runner;
use kernels::indicators::REGISTRY;
use kernels::spec::{Group, Row, Type};

/// The functions of the bar's numbers alone.
fn elementwise() -> impl Iterator<Item = &'static Row> {
    REGISTRY.iter().copied().filter(|row| {
        let mut kinds = row.inputs.iter().map(|input| input.kind).chain(row.outputs.iter().map(|output| output.kind));
        let is_arithmetic = matches!(row.group, Group::Operator | Group::Math);
        is_arithmetic && row.parameters.is_empty() && kinds.all(|kind| kind == Type::Number)
    })
}

/// The plan that reports what a row makes of such inputs.
fn report(row: &Row, input: impl Fn(&mut PlanBytes, usize) -> Value) -> Plan {
    let mut bytes = PlanBytes::default();
    let inputs: Vec<Value> = (0..row.inputs.len()).map(|at| input(&mut bytes, at)).collect();
    let call = bytes.call(row.name, &inputs, &[]);
    bytes.report(call);
    bytes.plan()
}

/// Equal to the bit; which of the unknown values it is does not count.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

#[test]
fn a_function_of_constants_has_the_bits_of_its_kernel_on_bars() {
    let mut random = Random::new(8);
    let mut pairs: Vec<[f64; 2]> =
        (0..400).map(|_| [300.0 * random.unit() - 50.0, 12.0 * random.unit() - 4.0]).collect();
    // Among whole numbers are those whose logarithms and powers differ between libraries: log10(11), log(14), 10 ** 36.
    pairs.extend((1..=60).flat_map(|a| [[a as f64, 0.5], [a as f64, 3.0], [10.0, a as f64]]));
    pairs.extend([
        [0.0, 0.0],
        [-0.0, 1.0],
        [f64::NAN, 0.0],
        [1.0, f64::NAN],
        [-8.0, 0.5],
        [1000.0, 1e300],
        [5e-324, 2.0],
    ]);
    let columns: Vec<Vec<f64>> = (0..2).map(|at| pairs.iter().map(|pair| pair[at]).collect()).collect();
    let mut names = Vec::new();
    for row in elementwise() {
        let on_bars = &reports(&report(row, |bytes, at| bytes.column(at as u32 % 2)), &columns)[0];
        for (bar, pair) in pairs.iter().enumerate() {
            let plan = report(row, |bytes, at| bytes.constant(pair[at % 2]));
            let folded = plan.graph.value(plan.reports[0]).constant();
            assert_eq!(folded.map(bits), Some(bits(on_bars[bar])), "{}{pair:?}", row.name);
        }
        names.push(row.name);
    }
    for name in ["add", "mod", "pow", "log", "log10", "exp", "nz", "max"] {
        assert!(names.contains(&name), "{name} is not tried");
    }
}

#[test]
fn a_function_of_folded_constants_is_folded() {
    let mut bytes = PlanBytes::default();
    let (ten, two) = (bytes.constant(10.0), bytes.constant(2.0));
    let power = bytes.call("pow", &[ten, two], &[]);
    let sum = bytes.call("add", &[power, two], &[]);
    let close = bytes.column(3);
    let above = bytes.call("gt", &[close, sum], &[]);
    bytes.signal(above, 0);
    let plan = bytes.plan();
    // A comparison of the column with a constant is left to run.
    assert_eq!(plan.readings().iter().filter(|&&reading| reading != Reading::Nothing).count(), 3);
    assert_eq!(Runner::new(&plan).kernels(), 1);
    assert_eq!(plan.graph.value(plan.outputs[sum.node as usize][0]).constant(), Some(102.0));
}

#[test]
fn equal_constants_are_one_node_however_they_are_written() {
    let mut bytes = PlanBytes::default();
    let (ten, two, hundred) = (bytes.constant(10.0), bytes.constant(2.0), bytes.constant(100.0));
    let power = bytes.call("pow", &[ten, two], &[]);
    let plan = bytes.plan();
    assert_eq!(plan.outputs[power.node as usize], plan.outputs[hundred.node as usize]);
}

/// A bar's number, the bars before it and conditions are nothing that a constant could stand for.
#[test]
fn what_depends_on_other_bars_or_is_a_condition_is_not_folded() {
    let unfolded = |name: &str, parameters: &[f64]| {
        let mut bytes = PlanBytes::default();
        let (row, five) = (REGISTRY.iter().find(|row| row.name == name).expect("it is there"), bytes.constant(5.0));
        let inputs = vec![five; row.inputs.len()];
        let call = bytes.call(name, &inputs, parameters);
        bytes.report(call);
        let plan = bytes.plan();
        assert_eq!(plan.graph.value(plan.reports[0]).constant(), None, "{name}");
        reports(&plan, &vec![vec![1.0; 4]]).remove(0)
    };
    assert!(unfolded("lag", &[2.0])[..2].iter().all(|value| value.is_nan()));
    assert!(unfolded("sma", &[3.0])[..2].iter().all(|value| value.is_nan()));
    assert_eq!(unfolded("bar_index", &[]), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(unfolded("ge", &[]), [1.0; 4]);
    assert_eq!(unfolded("cum", &[]), [5.0, 10.0, 15.0, 20.0]);
}
