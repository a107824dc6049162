//! The values of one block of bars: series of numbers and three-valued masks.

use crate::lane::Lane;

/// Bars computed per call in a batch. All intermediate values of a formula then stay in the first two cache levels
/// (bench/notes/lanes.md).
pub const BLOCK: usize = 64;

/// A condition over a block, one byte per bar and one bit per symbol in each plane. Where neither plane has the bit
/// the condition is unknown. In this form Kleene's logic needs no special case:
///
/// | | yes | no |
/// |---|---|---|
/// | `a and b` | `a.yes & b.yes` | `a.no \| b.no` |
/// | `a or b` | `a.yes \| b.yes` | `a.no & b.no` |
/// | `not a` | `a.no` | `a.yes` |
#[derive(Clone)]
pub struct Mask {
    pub yes: Box<[u8]>,
    pub no: Box<[u8]>,
}

/// One value of the plan during one block.
#[derive(Clone)]
pub enum Slot<L> {
    Series(Box<[L]>),
    Mask(Mask),
}

impl<L: Lane> Slot<L> {
    pub fn series() -> Self {
        Slot::Series(vec![L::unknown(); BLOCK].into())
    }
    pub fn mask() -> Self {
        Slot::Mask(Mask { yes: vec![0; BLOCK].into(), no: vec![0; BLOCK].into() })
    }
}

/// What a kernel reads: its inputs by position, each `bars` long.
pub struct Inputs<'a, L> {
    slots: &'a [Slot<L>],
    wiring: &'a [usize],
    bars: usize,
}

impl<'a, L: Lane> Inputs<'a, L> {
    /// Input `i` is `slots[wiring[i]]`.
    pub fn new(slots: &'a [Slot<L>], wiring: &'a [usize], bars: usize) -> Self {
        assert!(bars <= BLOCK);
        Self { slots, wiring, bars }
    }
    #[inline]
    pub fn series(&self, input: usize) -> &'a [L] {
        match &self.slots[self.wiring[input]] {
            Slot::Series(values) => &values[..self.bars],
            Slot::Mask(_) => panic!("input {input} is a condition, the kernel wants a number"),
        }
    }
    /// The planes `(yes, no)` of a condition.
    #[inline]
    pub fn mask(&self, input: usize) -> (&'a [u8], &'a [u8]) {
        match &self.slots[self.wiring[input]] {
            Slot::Mask(mask) => (&mask.yes[..self.bars], &mask.no[..self.bars]),
            Slot::Series(_) => panic!("input {input} is a number, the kernel wants a condition"),
        }
    }
}

/// What a kernel writes.
pub struct Output<'a, L> {
    slot: &'a mut Slot<L>,
    bars: usize,
    wants_no: bool,
}

impl<'a, L: Lane> Output<'a, L> {
    /// Without `wants_no` nobody reads the `no` plane of a condition, and it need not be written.
    pub fn new(slot: &'a mut Slot<L>, bars: usize, wants_no: bool) -> Self {
        Self { slot, bars, wants_no }
    }
    pub fn wants_no(&self) -> bool {
        self.wants_no
    }
    #[inline]
    pub fn series(&mut self) -> &mut [L] {
        match self.slot {
            Slot::Series(values) => &mut values[..self.bars],
            Slot::Mask(_) => panic!("the output is a condition, the kernel writes a number"),
        }
    }
    /// The planes `(yes, no)` of a condition.
    pub fn mask(&mut self) -> (&mut [u8], &mut [u8]) {
        match self.slot {
            Slot::Mask(mask) => (&mut mask.yes[..self.bars], &mut mask.no[..self.bars]),
            Slot::Series(_) => panic!("the output is a number, the kernel writes a condition"),
        }
    }
}

/// A function of the catalogue at work on one group of symbols.
///
/// The law: however the bars are cut into calls, the outputs are bit for bit the same. So a live candle is a call of
/// one bar, and a forming candle is a call on a [`fork`](Kernel::fork) that is thrown away.
pub trait Kernel<L: Lane>: Send + Sync {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>);
    /// Before the first run: the first bar will be number `bar` of the series, and nothing is known of those before it.
    /// Only what depends on a bar's number has something to do: where the segments of a window are cut, what happens on
    /// the very first bar.
    fn start_at(&mut self, _bar: usize) {}
    /// The same kernel with a copy of its state.
    fn fork(&self) -> Box<dyn Kernel<L>>;
}
