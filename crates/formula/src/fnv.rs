//! FNV-1a of 64 bits: a number for what is alike, the same in every build and on every machine. It finds what is
//! different by mistake, not by intent. Constant, so that a hash can stand in a section of the WASM.

/// The hash of what has been added. Texts have an end, so that no two lists of them read alike.
#[derive(Clone, Copy)]
pub struct Fnv(pub u64);

impl Fnv {
    pub const NONE: Fnv = Fnv(0xcbf2_9ce4_8422_2325);

    pub const fn byte(self, byte: u8) -> Self {
        Fnv((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }
    pub const fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }
    pub const fn text(self, text: &str) -> Self {
        // No byte of UTF-8.
        self.bytes(text.as_bytes()).byte(0xff)
    }
    const fn bytes(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self = self.byte(bytes[at]);
            at += 1;
        }
        self
    }
}
