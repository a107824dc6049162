//! Writes the bytes of a plan, as the language's front end does.

use formula::catalogue_hash::CATALOGUE_HASH;
use formula::codes::MAGIC;
use formula::plan::{COLUMNS, Plan};
use kernels::indicators::find;

/// An output of a node of the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    pub node: u32,
    pub output: u32,
}

impl Value {
    pub fn output(self, output: usize) -> Value {
        Value { output: output as u32, ..self }
    }
}

#[derive(Default, Clone)]
pub struct PlanBytes {
    names: Vec<Vec<u8>>,
    nodes: Vec<u8>,
    node_count: u32,
    signals: Vec<(Value, u32)>,
    reports: Vec<Value>,
}

impl PlanBytes {
    pub fn constant(&mut self, value: f64) -> Value {
        self.node(0, 0, &[], &[value])
    }
    pub fn column(&mut self, column: u32) -> Value {
        self.node(1, column, &[], &[])
    }
    /// A column that the plan names.
    pub fn named(&mut self, name: &str) -> Value {
        self.name(name.as_bytes());
        self.column((COLUMNS + self.names.len() - 1) as u32)
    }
    /// A name in the head of the plan, be it one or not.
    pub fn name(&mut self, name: &[u8]) {
        self.names.push(name.to_vec());
    }
    /// The first output of a call; the others are its `output(1)`, `output(2)` ….
    pub fn call(&mut self, name: &str, inputs: &[Value], parameters: &[f64]) -> Value {
        let (id, _) = find(name).unwrap_or_else(|| panic!("there is no {name}"));
        self.node(2, id as u32, inputs, parameters)
    }
    /// A node of any kind, fitting or not.
    pub fn node(&mut self, kind: u32, id: u32, inputs: &[Value], parameters: &[f64]) -> Value {
        for number in [kind, id, inputs.len() as u32, parameters.len() as u32] {
            self.nodes.extend(number.to_le_bytes());
        }
        for input in inputs {
            self.nodes.extend(input.node.to_le_bytes());
            self.nodes.extend(input.output.to_le_bytes());
        }
        for parameter in parameters {
            self.nodes.extend(parameter.to_le_bytes());
        }
        self.node_count += 1;
        Value { node: self.node_count - 1, output: 0 }
    }
    pub fn signal(&mut self, value: Value, code: u32) {
        self.signals.push((value, code));
    }
    pub fn report(&mut self, value: Value) {
        self.reports.push(value);
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC.to_le_bytes()[..], &CATALOGUE_HASH.to_le_bytes()].concat();
        let (signals, reports) = (self.signals.len() as u32, self.reports.len() as u32);
        for number in [self.node_count, signals, reports, self.names.len() as u32] {
            bytes.extend(number.to_le_bytes());
        }
        for name in &self.names {
            bytes.extend((name.len() as u32).to_le_bytes());
            bytes.extend(name);
        }
        bytes.extend(&self.nodes);
        for (value, code) in &self.signals {
            for number in [value.node, value.output, *code] {
                bytes.extend(number.to_le_bytes());
            }
        }
        for value in &self.reports {
            bytes.extend(value.node.to_le_bytes());
            bytes.extend(value.output.to_le_bytes());
        }
        bytes
    }
    pub fn plan(&self) -> Plan {
        Plan::decode(&self.bytes()).unwrap_or_else(|bad| panic!("{bad:?}"))
    }
}
