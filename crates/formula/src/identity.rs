//! What tells a program's state from that of another.

use crate::fnv::Fnv;

/// A number for what a program is made of.
pub struct Identity(Fnv);

impl Identity {
    pub fn new() -> Self {
        Self(Fnv::NONE)
    }

    pub fn constant(&mut self, value: f64) {
        self.text("constant");
        self.number(value.to_bits());
    }

    /// By its name: another plan may have another number for it.
    pub fn column(&mut self, name: &str) {
        self.text("column");
        self.text(name);
    }

    /// A kernel by the name of its row, its parameters, and the places of its inputs.
    pub fn call(&mut self, name: &str, parameters: &[f64], inputs: &[usize], wants_no: &[bool]) {
        self.text("call");
        self.text(name);
        self.number(parameters.len() as u64);
        parameters.iter().for_each(|parameter| self.number(parameter.to_bits()));
        self.number(inputs.len() as u64);
        inputs.iter().for_each(|&input| self.number(input as u64));
        wants_no.iter().for_each(|&wants_no| self.number(wants_no as u64));
    }

    pub fn finish(self) -> u64 {
        self.0.0
    }

    fn text(&mut self, text: &str) {
        self.0 = self.0.text(text);
    }

    fn number(&mut self, number: u64) {
        self.0 = self.0.number(number);
    }
}
