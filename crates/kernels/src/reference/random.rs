//! A small seeded generator (xorshift64*), so that every run sees the same numbers.

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// At least 0 and below 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// Between −1 and 1.
    pub fn swing(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }
    /// 1, −1 or, as often, unknown: a condition where it is compared with 0.
    pub fn condition(&mut self) -> f64 {
        [1.0, -1.0, f64::NAN][self.below(3)]
    }
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}
