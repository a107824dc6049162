//! Averages that never forget: the state goes on over holes.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::state::{Own, State, exact};

/// `y += (x − y)·weight`, seeded with the mean of the first `length` known values.
///
/// Computed as `x + (y − x)·(1 − weight)`: as many operations, and an average of length 1 is its input to the last bit,
/// also on the bar after a spike.
#[derive(Clone, Copy)]
pub struct Smooth<L> {
    /// One minus the weight of a new value.
    keep: L,
    length: L,
}

/// What an average remembers, as it is worked on during a call.
#[derive(Clone, Copy)]
pub struct Average<L> {
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

/// Numbers of an [`Average`] in a state.
pub const AVERAGE: usize = 5;

impl<L: Lane> Average<L> {
    /// Whether every symbol's state is a number: a hole or an overflow that went through
    /// [`step_known`](Smooth::step_known) shows here.
    pub fn is_sound(&self) -> bool {
        self.value.all_known()
    }
    pub fn is_seeded(&self) -> bool {
        self.seeded
    }
    pub fn leave(&self) -> [L; AVERAGE] {
        [self.count, self.base, self.sum, self.shares, self.value]
    }
}

impl<L: Lane> Smooth<L> {
    pub fn new(length: f64, weight: f64) -> Self {
        Self { keep: L::splat(1.0 - weight), length: L::splat(length) }
    }

    pub fn start(&self, state: &mut State<L>) {
        state.add_lanes(AVERAGE, L::splat(0.0));
    }

    /// The average as [`Average::leave`] left it.
    #[inline(always)]
    pub fn resume(&self, [count, base, sum, shares, value]: [L; AVERAGE]) -> Average<L> {
        Average { count, base, sum, shares, value, seeded: self.has_seed(count) }
    }

    #[inline(always)]
    fn has_seed(&self, count: L) -> bool {
        L::bits(count.ge(self.length)) == L::full_bits()
    }

    /// One bar, whatever it holds.
    #[inline(always)]
    pub fn step(&self, state: &mut Average<L>, x: L) -> L {
        if !state.seeded {
            return self.step_seeding(state, x);
        }
        let known = x.known();
        state.value = L::select(known, self.next(state.value, x), state.value);
        L::select(known, state.value, L::unknown())
    }

    fn step_seeding(&self, state: &mut Average<L>, x: L) -> L {
        let known = x.known();
        let seeding = known & state.count.lt(self.length);
        state.base = L::select(state.count.eq(L::splat(0.0)), x, state.base);
        state.sum = state.sum + L::select(seeding, x - state.base, L::splat(0.0));
        state.shares = state.shares + L::select(seeding, x / self.length, L::splat(0.0));
        state.count = state.count + L::select(seeding, L::splat(1.0), L::splat(0.0));
        let seed = (state.base + state.sum / self.length).or(state.shares);
        state.value = L::select(seeding, seed, L::select(known, self.next(state.value, x), state.value));
        state.seeded = self.has_seed(state.count);
        L::select(known & state.count.ge(self.length), state.value, L::unknown())
    }

    #[inline(always)]
    fn next(&self, value: L, x: L) -> L {
        let next = x + (value - x) * self.keep;
        // Two numbers can be further apart than any number is large. Their parts never are: their signs differ then.
        next.or(x * (L::splat(1.0) - self.keep) + value * self.keep)
    }

    /// One known bar after the seed: the same value as [`step`](Self::step).
    #[inline(always)]
    pub fn step_known(&self, state: &mut Average<L>, x: L) -> L {
        state.value = x + (state.value - x) * self.keep;
        state.value
    }
}

impl<L: Lane> Kernel<L> for Smooth<L> {
    fn start(&self, state: &mut State<L>) {
        Smooth::start(self, state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out) = (inputs.series(0), output.series());
        // Copied: through references parameters and state went to memory and back with every bar.
        let (smooth, kept) = (*self, exact(own.lanes));
        let mut state = smooth.resume(*kept);
        // Known values are the rule, so they are assumed, and the block is run again with care when that was wrong.
        if state.seeded {
            for (out, &x) in out.iter_mut().zip(values) {
                *out = smooth.step_known(&mut state, x);
            }
            if state.is_sound() {
                *kept = state.leave();
                return;
            }
            state = smooth.resume(*kept);
        }
        for (out, &x) in out.iter_mut().zip(values) {
            *out = smooth.step(&mut state, x);
        }
        *kept = state.leave();
    }
}
