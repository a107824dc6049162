//! Averages that never forget: the state goes on over holes.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;

/// `y += (x − y)·weight`, seeded with the mean of the first `length` known values.
///
/// Computed as `x + (y − x)·(1 − weight)`: as many operations, and an average of length 1 is its input to the last bit,
/// also on the bar after a spike.
#[derive(Clone, Copy)]
pub struct Smooth<L> {
    /// One minus the weight of a new value.
    keep: L,
    length: L,
    /// Known values so far, up to `length`.
    count: L,
    /// The first known value; the seed is summed relative to it, so that a flat series is its own average.
    base: L,
    sum: L,
    /// The seed again, of values divided before they are summed: less exact, and never too large for a number.
    shares: L,
    value: L,
    /// Every symbol has its seed.
    seeded: bool,
}

impl<L: Lane> Smooth<L> {
    pub fn new(length: f64, weight: f64) -> Self {
        let zero = L::splat(0.0);
        Self {
            keep: L::splat(1.0 - weight),
            length: L::splat(length),
            count: zero,
            base: zero,
            sum: zero,
            shares: zero,
            value: zero,
            seeded: false,
        }
    }

    /// One bar, whatever it holds.
    #[inline(always)]
    pub fn step(&mut self, x: L) -> L {
        if !self.seeded {
            return self.step_seeding(x);
        }
        let known = x.known();
        self.value = L::select(known, self.next(x), self.value);
        L::select(known, self.value, L::unknown())
    }

    fn step_seeding(&mut self, x: L) -> L {
        let known = x.known();
        let seeding = known & self.count.lt(self.length);
        self.base = L::select(self.count.eq(L::splat(0.0)), x, self.base);
        self.sum = self.sum + L::select(seeding, x - self.base, L::splat(0.0));
        self.shares = self.shares + L::select(seeding, x / self.length, L::splat(0.0));
        self.count = self.count + L::select(seeding, L::splat(1.0), L::splat(0.0));
        let seed = (self.base + self.sum / self.length).or(self.shares);
        self.value = L::select(seeding, seed, L::select(known, self.next(x), self.value));
        let seeded = self.count.ge(self.length);
        self.seeded = L::bits(seeded) == L::full_bits();
        L::select(known & seeded, self.value, L::unknown())
    }

    #[inline(always)]
    fn next(&self, x: L) -> L {
        let next = x + (self.value - x) * self.keep;
        // Two numbers can be further apart than any number is large. Their parts never are: their signs differ then.
        next.or(x * (L::splat(1.0) - self.keep) + self.value * self.keep)
    }

    /// One known bar after the seed: the same value as [`step`](Self::step).
    #[inline(always)]
    pub fn step_known(&mut self, x: L) -> L {
        self.value = x + (self.value - x) * self.keep;
        self.value
    }

    pub fn is_seeded(&self) -> bool {
        self.seeded
    }

    /// Whether every symbol's state is a number: a hole or an overflow that went through
    /// [`step_known`](Self::step_known) shows here.
    pub fn is_sound(&self) -> bool {
        self.value.all_known()
    }

    #[inline(always)]
    pub fn run(&mut self, values: &[L], out: &mut [L]) {
        assert_eq!(values.len(), out.len());
        // The state is worked on as local values: through `self` it went to memory and back with every bar.
        let mut state = *self;
        // Known values are the rule, so they are assumed, and the block is run again with care when that was wrong.
        if self.seeded {
            for (out, &x) in out.iter_mut().zip(values) {
                *out = state.step_known(x);
            }
            if state.is_sound() {
                self.value = state.value;
                return;
            }
            state = *self;
        }
        for (out, &x) in out.iter_mut().zip(values) {
            *out = state.step(x);
        }
        *self = state;
    }
}

impl<L: Lane> Kernel<L> for Smooth<L> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        Smooth::run(self, inputs.series(0), output.series());
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(*self)
    }
}
