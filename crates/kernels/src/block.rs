//! The values of one block of bars: series of numbers and three-valued masks.

use crate::lane::Lane;
use crate::state::{Own, State};

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
pub struct Mask {
    pub yes: Box<[u8]>,
    pub no: Box<[u8]>,
}

/// One value of the plan during one block.
pub enum Slot<L> {
    Series(Box<[L]>),
    Mask(Mask),
}

impl<L: Lane> Slot<L> {
    /// A series that has one value until it is written.
    pub fn filled(value: L) -> Self {
        Slot::Series(vec![value; BLOCK].into())
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

/// A function of the catalogue with its parameters. It never changes: what it carries from one call to the next is its
/// part of a [`State`], so that one kernel runs any number of symbols.
///
/// The law: however the bars are cut into calls, the outputs and the state are bit for bit the same. So a live candle is
/// a call of one bar, and a forming candle is a call on a copy of the state that is thrown away.
pub trait Kernel<L: Lane>: Send + Sync {
    /// Lays down what the kernel remembers, always as many lanes and bits, as if every bar before number
    /// [`bar`](State::bar) of the series had been unknown. One that remembers nothing has nothing to say.
    fn start(&self, _state: &mut State<L>) {}
    /// The next bars. `own` is what [`start`](Self::start) has laid down, moved on by the calls before.
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>);
}
