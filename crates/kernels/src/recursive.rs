//! Averages that never forget: the state goes on over holes.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::state::{Own, State, exact};

/// `y += (x − y)·weight`, seeded with the mean of the first `length` known values.
///
/// Computed as `x + (y − x)·(1 − weight)`: as many operations, and an average of length 1 is its input to the last bit,
/// also on the bar after a spike.
#[derive(Clone, Copy)]
pub struct Smooth {
    /// One minus the weight of a new value.
    keep: f64,
    length: f64,
}

/// What an average remembers, as it is worked on with care; in a state: these numbers in this order.
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

/// An [`Average`] in a state.
pub type Kept<L> = [L; 5];

impl<L: Lane> Average<L> {
    pub fn keep(&self) -> Kept<L> {
        [self.count, self.base, self.sum, self.shares, self.value]
    }
}

impl Smooth {
    /// Numbers of a [`Kept`].
    pub const LANES: usize = 5;

    pub fn new(length: f64, weight: f64) -> Self {
        Self { keep: 1.0 - weight, length }
    }

    pub fn start<L: Lane>(&self, state: &mut State<L>) {
        state.add_lanes(Self::LANES, L::splat(0.0));
    }

    pub fn resume<L: Lane>(&self, [count, base, sum, shares, value]: Kept<L>) -> Average<L> {
        Average { count, base, sum, shares, value, seeded: self.has_seed(count) }
    }

    /// The average where every symbol has its seed, to be moved on by [`step_known`](Self::step_known).
    #[inline(always)]
    pub fn seeded<L: Lane>(&self, [count, .., value]: Kept<L>) -> Option<L> {
        self.has_seed(count).then_some(value)
    }

    #[inline(always)]
    fn has_seed<L: Lane>(&self, count: L) -> bool {
        L::bits(count.ge(L::splat(self.length))) == L::full_bits()
    }

    /// One bar, whatever it holds.
    #[inline(always)]
    pub fn step<L: Lane>(&self, state: &mut Average<L>, x: L) -> L {
        if !state.seeded {
            return self.step_seeding(state, x);
        }
        let known = x.known();
        state.value = L::select(known, self.next(state.value, x), state.value);
        L::select(known, state.value, L::unknown())
    }

    fn step_seeding<L: Lane>(&self, state: &mut Average<L>, x: L) -> L {
        let (known, length) = (x.known(), L::splat(self.length));
        let seeding = known & state.count.lt(length);
        state.base = L::select(state.count.eq(L::splat(0.0)), x, state.base);
        state.sum = state.sum + L::select(seeding, x - state.base, L::splat(0.0));
        state.shares = state.shares + L::select(seeding, x / length, L::splat(0.0));
        state.count = state.count + L::select(seeding, L::splat(1.0), L::splat(0.0));
        let seed = (state.base + state.sum / length).or(state.shares);
        state.value = L::select(seeding, seed, L::select(known, self.next(state.value, x), state.value));
        state.seeded = self.has_seed(state.count);
        L::select(known & state.count.ge(length), state.value, L::unknown())
    }

    #[inline(always)]
    fn next<L: Lane>(&self, value: L, x: L) -> L {
        let keep = L::splat(self.keep);
        let next = x + (value - x) * keep;
        // Two numbers can be further apart than any number is large. Their parts never are: their signs differ then.
        next.or(x * (L::splat(1.0) - keep) + value * keep)
    }

    /// The average after a known bar, seeded: the same value as [`step`](Self::step). A hole or an overflow that went
    /// through shows in the value, which is no number from then on.
    #[inline(always)]
    pub fn step_known<L: Lane>(&self, value: L, x: L) -> L {
        x + (value - x) * L::splat(self.keep)
    }
}

impl<L: Lane> Kernel<L> for Smooth {
    fn start(&self, state: &mut State<L>) {
        Smooth::start(self, state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (values, out) = (inputs.series(0), output.series());
        // Copied: through references parameters and state went to memory and back with every bar.
        let (smooth, kept) = (*self, exact(own.lanes));
        // Known values are the rule, so they are assumed, and the block is run again with care when that was wrong.
        if let Some(mut value) = smooth.seeded(*kept) {
            for (out, &x) in out.iter_mut().zip(values) {
                value = smooth.step_known(value, x);
                *out = value;
            }
            if value.all_known() {
                let [.., kept] = kept;
                *kept = value;
                return;
            }
        }
        let mut state = smooth.resume(*kept);
        for (out, &x) in out.iter_mut().zip(values) {
            *out = smooth.step(&mut state, x);
        }
        *kept = state.keep();
    }
}
