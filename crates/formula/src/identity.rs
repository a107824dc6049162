//! Which build a plan is of. A function's number is its place in the catalogue, so the bytes of one build are another
//! calculation in the next: every part carries the hash of what its numbers mean.

use kernels::indicators::REGISTRY;
use kernels::spec::{Input, OutputSpec, Parameter, Row};

use crate::codes::{COLUMN_NAMES, MAGIC, NODE_KINDS, SIGNALS};

/// The hash of this build: its layout of a plan, its columns and roles, its functions in their order.
pub const CATALOGUE_HASH: u64 = hash_of(REGISTRY);

/// The hash with these functions: their names, inputs, parameters and outputs, not what is written about them.
pub const fn hash_of(rows: &[&Row]) -> u64 {
    let hash = Fnv::new().number(MAGIC as u64).names(&NODE_KINDS).names(&COLUMN_NAMES).names(&SIGNALS);
    let mut hash = hash.number(rows.len() as u64);
    let mut at = 0;
    while at < rows.len() {
        let row = rows[at];
        hash = hash.text(row.name).inputs(row.inputs).parameters(row.parameters).outputs(row.outputs);
        at += 1;
    }
    hash.0
}

/// FNV-1a of 64 bits. Lists have their length in front and texts an end, so that no two catalogues read alike.
/// It finds what is different by mistake, not by intent; constant, so that it can stand in a section of the WASM.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
    const fn byte(self, byte: u8) -> Self {
        Fnv((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }
    const fn number(mut self, number: u64) -> Self {
        let bytes = number.to_le_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self = self.byte(bytes[at]);
            at += 1;
        }
        self
    }
    const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self = self.byte(bytes[at]);
            at += 1;
        }
        // No byte of UTF-8.
        self.byte(0xff)
    }
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
            let Parameter { name, whole, min, max, default, follows } = parameters[at];
            hash = hash.text(name).byte(whole as u8).number(min.to_bits()).number(max.to_bits());
            hash = hash.number_or_none(default).text_or_none(follows);
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
