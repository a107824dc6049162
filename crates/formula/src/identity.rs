//! What tells one computation from another: the keys of values, and the identity of a program made of them.

use kernels::graph::{Graph, Operation, ValueId};
use kernels::state::VERSION;

use crate::plan::{Reading, column_name};
use crate::sha256::digest;

/// Stands for how a value is computed from the columns of a series: two values of one key are one computation, in
/// whatever plans they are and however they were written. It is the same in every session of one build; another may
/// compute something else by the same names.
pub type Key = [u8; 16];

/// The keys of a graph's values. They are made of names, parameters and the keys of inputs, not of places.
pub struct Keys(Vec<Key>);

impl Keys {
    /// `open_columns` are the names of the columns behind those that every plan has.
    pub fn of(graph: &Graph, open_columns: &[String]) -> Self {
        let mut keys = Keys(Vec::with_capacity(graph.len()));
        graph.for_each(|_, operation| {
            let mut bytes = Bytes::default();
            bytes.number(VERSION as u64);
            match operation {
                Operation::Constant(value) => {
                    bytes.text("constant");
                    bytes.number(value.to_bits());
                }
                Operation::Column(column) => {
                    bytes.text("column");
                    bytes.text(column_name(*column as usize, open_columns));
                }
                Operation::Call { row, inputs, parameters } => {
                    bytes.text("call");
                    bytes.text(row.name);
                    bytes.number(parameters.len() as u64);
                    parameters.iter().for_each(|parameter| bytes.number(parameter.to_bits()));
                    bytes.number(inputs.len() as u64);
                    let mut inputs: Vec<Key> = inputs.iter().map(|&input| keys.value(input)).collect();
                    // The graph has them in the order of places.
                    if row.is_commutative() {
                        inputs.sort_unstable();
                    }
                    bytes.0.extend(inputs.as_flattened());
                }
            }
            keys.0.push(digest(&bytes.0));
        });
        keys
    }

    /// That of a node's first output is the node's.
    pub fn value(&self, ValueId { node, output }: ValueId) -> Key {
        let key = self.0[node as usize];
        if output == 0 {
            return key;
        }
        let mut bytes = Bytes::default();
        bytes.text("output");
        bytes.number(output as u64);
        bytes.0.extend(key);
        digest(&bytes.0)
    }
}

/// A number for the nodes that a program runs or reads, in their order, and for what it reads of their outputs.
#[derive(Default)]
pub struct Identity(Vec<u8>);

impl Identity {
    pub fn node(&mut self, key: Key, readings: &[Reading]) {
        self.0.extend(key);
        self.0.extend(readings.iter().map(|&reading| reading as u8));
    }

    pub fn finish(self) -> u64 {
        (u128::from_be_bytes(digest(&self.0)) >> 64) as u64
    }
}

/// Texts and lists have their length in front, so that no two nodes read alike.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }
}
