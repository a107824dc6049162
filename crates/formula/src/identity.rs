//! What tells a program's state from that of another.

/// A number for what a program is made of, the same in every build and on every machine: FNV-1a of 64 bits.
pub struct Identity(u64);

impl Identity {
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub fn constant(&mut self, value: f64) {
        self.bytes(b"constant");
        self.number(value.to_bits());
    }

    pub fn column(&mut self, column: u32) {
        self.bytes(b"column");
        self.number(column as u64);
    }

    /// A kernel by the name of its row, its parameters, and the places of its inputs.
    pub fn call(&mut self, name: &str, parameters: &[f64], inputs: &[usize], wants_no: bool) {
        self.bytes(b"call");
        self.bytes(name.as_bytes());
        self.number(parameters.len() as u64);
        parameters.iter().for_each(|parameter| self.number(parameter.to_bits()));
        self.number(inputs.len() as u64);
        inputs.iter().for_each(|&input| self.number(input as u64));
        self.number(wants_no as u64);
    }

    pub fn finish(self) -> u64 {
        self.0
    }

    fn number(&mut self, number: u64) {
        self.add(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.add(bytes);
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
