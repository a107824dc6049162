//! Constants, computed by the very code that computes bars: a formula has the same bits however it is written.

use kernels::graph::{Graph, Value};
use kernels::spec::{Row, Type};

use crate::plan::{COLUMNS, Plan};
use crate::run::{Runner, Symbol};

/// The outputs of a function of constants. None where they change from bar to bar or are no numbers, and for a function
/// of nothing: what it gives is a count of bars.
pub fn fold(row: &'static Row, inputs: &[f64], parameters: &[f64]) -> Option<Vec<f64>> {
    if inputs.is_empty() {
        return None;
    }
    let graph = Graph::new();
    let inputs: Vec<Value> = inputs.iter().map(|&value| graph.constant(value)).collect();
    let outputs = graph.call(row, &inputs, parameters);
    let is_constant = |output: &Value| {
        let reach = output.reach();
        graph.kind(output.id) == Type::Number && reach.windowed && reach.lookback == 0 && reach.warmup == 0
    };
    if !outputs.iter().all(is_constant) {
        return None;
    }
    let reports = outputs.iter().map(|output| output.id).collect();
    let plan = Plan { graph, signals: Vec::new(), reports, outputs: Vec::new(), open_columns: Vec::new() };
    let bar = Symbol { columns: [&[]; COLUMNS], open: &[], bars: 1, first: 0, from: 0, to: 1 };
    Some(Runner::new(&plan).series(bar))
}
