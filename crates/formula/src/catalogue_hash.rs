//! Which build a plan is of. A function's number is its place in the catalogue, so the bytes of one build are another
//! calculation in the next: every part carries the hash of what its numbers mean.

use kernels::indicators::REGISTRY;
use kernels::spec::{Input, OutputSpec, Parameter, Row};

use crate::codes::{COLUMN_NAMES, MAGIC, NODE_KINDS, SIGNALS};
use crate::fnv::Fnv;

/// The hash of this build: its layout of a plan, its columns and roles, its functions in their order.
pub const CATALOGUE_HASH: u64 = hash_of(REGISTRY);

/// The hash with these functions: their names, inputs, parameters and outputs, not what is written about them.
pub const fn hash_of(rows: &[&Row]) -> u64 {
    let hash = Fnv::NONE.number(MAGIC as u64).names(&NODE_KINDS).names(&COLUMN_NAMES).names(&SIGNALS);
    let mut hash = hash.number(rows.len() as u64);
    let mut at = 0;
    while at < rows.len() {
        let row = rows[at];
        hash = hash.text(row.name).inputs(row.inputs).parameters(row.parameters).outputs(row.outputs);
        at += 1;
    }
    hash.0
}

/// Lists have their length in front, so that no two catalogues read alike.
impl Fnv {
    const fn names(self, names: &[&str]) -> Self {
        let mut hash = self.number(names.len() as u64);
        let mut at = 0;
        while at < names.len() {
            hash = hash.text(names[at]);
            at += 1;
        }
        hash
    }
    const fn text_or_none(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.byte(1).text(text),
            None => self.byte(0),
        }
    }
    const fn number_or_none(self, number: Option<f64>) -> Self {
        match number {
            Some(number) => self.byte(1).number(number.to_bits()),
            None => self.byte(0),
        }
    }
    const fn inputs(self, inputs: &[Input]) -> Self {
        let mut hash = self.number(inputs.len() as u64);
        let mut at = 0;
        while at < inputs.len() {
            let Input { name, kind, default, implied, series } = inputs[at];
            hash = hash.text(name).byte(kind as u8).text_or_none(default).byte(implied as u8).byte(series as u8);
            at += 1;
        }
        hash
    }
    const fn parameters(self, parameters: &[Parameter]) -> Self {
        let mut hash = self.number(parameters.len() as u64);
        let mut at = 0;
        while at < parameters.len() {
            let Parameter { name, whole, min, max, default, follows, sweep: _, names } = parameters[at];
            hash = hash.text(name).byte(whole as u8).number(min.to_bits()).number(max.to_bits());
            hash = hash.number_or_none(default).text_or_none(follows).names(names);
            at += 1;
        }
        hash
    }
    const fn outputs(self, outputs: &[OutputSpec]) -> Self {
        let mut hash = self.number(outputs.len() as u64);
        let mut at = 0;
        while at < outputs.len() {
            hash = hash.text(outputs[at].name).byte(outputs[at].kind as u8);
            at += 1;
        }
        hash
    }
}
