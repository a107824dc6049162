//! Every function of the catalogue as a plan of its own, with parameters from all over their ranges.

use std::ops::Range;

use formula::plan::Plan;
use kernels::graph::Reach;
use kernels::indicators::REGISTRY;
use kernels::spec::{Input, Parameter, Row, Type};

use super::bytes::{PlanBytes, Value};
use super::candles::{Candles, Columns};
use super::random::Random;

/// A function with parameters, and the plan that reports its outputs.
pub struct Case {
    pub row: &'static Row,
    pub parameters: Vec<f64>,
    pub plan: Plan,
}

/// Around the sizes of blocks and segments, and reals for what is not a length.
const CANDIDATES: [f64; 10] = [1.0, 2.0, 3.0, 14.0, 63.0, 64.0, 65.0, 200.0, 0.5, 1.75];

fn values(parameter: &Parameter) -> Vec<f64> {
    let candidates = [parameter.min].into_iter().chain(CANDIDATES).chain(parameter.default);
    let mut values: Vec<f64> = candidates.filter(|&value| parameter.accepts(value)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// All defaults, and each parameter in turn at all its values.
fn parameter_sets(row: &Row) -> Vec<Vec<f64>> {
    let base: Vec<f64> = row.parameters.iter().map(|p| p.default.unwrap_or(14.0_f64.clamp(p.min, p.max))).collect();
    let mut sets = vec![base.clone()];
    for (at, parameter) in row.parameters.iter().enumerate() {
        for value in values(parameter) {
            let mut set = base.clone();
            set[at] = value;
            sets.push(set);
        }
    }
    sets.sort_by(|a, b| a.partial_cmp(b).expect("parameters are numbers"));
    sets.dedup();
    sets
}

/// Input `i` is column `i`.
fn call(bytes: &mut PlanBytes, row: &Row, parameters: &[f64]) -> Value {
    let zero = bytes.constant(0.0);
    let inputs: Vec<_> = (0..row.inputs.len())
        .map(|at| {
            let column = bytes.column(at as u32);
            // Conditions come as columns of 1, −1 and unknown.
            if row.inputs[at].kind == Type::Condition { bytes.call("gt", &[column, zero], &[]) } else { column }
        })
        .collect();
    bytes.call(row.name, &inputs, parameters)
}

/// The plan that reports these outputs.
fn plan(row: &Row, parameters: &[f64], outputs: Range<usize>) -> Plan {
    let mut bytes = PlanBytes::default();
    let call = call(&mut bytes, row, parameters);
    outputs.for_each(|output| bytes.report(call.output(output)));
    bytes.plan()
}

/// Every row with every set of parameters.
pub fn cases() -> Vec<Case> {
    let all = REGISTRY.iter().flat_map(|&row| parameter_sets(row).into_iter().map(move |parameters| (row, parameters)));
    let case = |(row, parameters): (&'static Row, Vec<f64>)| Case {
        row,
        plan: plan(row, &parameters, 0..row.outputs.len()),
        parameters,
    };
    all.map(case).collect()
}

impl Case {
    pub fn name(&self) -> String {
        format!("{}{:?}", self.row.name, self.parameters)
    }
    pub fn label(&self, output: usize) -> String {
        format!("{}.{}", self.name(), self.row.outputs[output].name)
    }
    pub fn reach(&self, output: usize) -> Reach {
        self.plan.graph.value(self.plan.reports[output]).reach()
    }
    /// Whether an output is made of nothing but windows of bars.
    pub fn is_windowed(&self, output: usize) -> bool {
        self.reach(output).windowed
    }
    /// The plan that reports one output.
    pub fn output_plan(&self, output: usize) -> Plan {
        plan(self.row, &self.parameters, output..output + 1)
    }
    /// The plan whose signal is an output and which reports nothing.
    pub fn signal_plan(&self, output: usize) -> Plan {
        let mut bytes = PlanBytes::default();
        let call = call(&mut bytes, self.row, &self.parameters);
        bytes.signal(call.output(output), 0);
        bytes.plan()
    }
    pub fn longest(&self) -> usize {
        self.parameters.iter().fold(0.0, |most: f64, &value| most.max(value)) as usize
    }
    /// One column per input, by what the input asks for.
    pub fn inputs(&self, candles: &Candles, seed: u64) -> Columns {
        let mut prices = [&candles.close, &candles.open].into_iter().cycle();
        let column = |(at, input): (usize, &Input)| match (input.kind, input.name) {
            (Type::Condition, _) => condition(candles.bars(), seed + at as u64),
            (_, "open") => candles.open.clone(),
            (_, "high") => candles.high.clone(),
            (_, "low") => candles.low.clone(),
            (_, "close") => candles.close.clone(),
            (_, "volume") => candles.volume.clone(),
            (_, "local_time") => candles.times(),
            _ => prices.next().expect("it is a cycle").clone(),
        };
        let columns: Columns = self.row.inputs.iter().enumerate().map(column).collect();
        // A function that reads nothing still runs over bars.
        if columns.is_empty() { vec![candles.close.clone()] } else { columns }
    }
}

/// 1 where true, −1 where false.
fn condition(bars: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed ^ 0xc0de);
    (0..bars).map(|_| if random.chance(0.5) { 1.0 } else { -1.0 }).collect()
}
