//! The values of one block of bars: series of numbers and three-valued masks.

use crate::lane::Lane;
use crate::spec::Type;
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
    /// Without room for a bar: for what nobody reads.
    pub fn none(kind: Type) -> Self {
        match kind {
            Type::Number => Slot::Series([].into()),
            Type::Condition => Slot::Mask(Mask { yes: [].into(), no: [].into() }),
        }
    }
    #[inline]
    fn series_mut(&mut self) -> &mut [L] {
        match self {
            Slot::Series(values) => values,
            Slot::Mask(_) => panic!("the output is a condition, the kernel writes a number"),
        }
    }
    #[inline]
    fn mask_mut(&mut self) -> &mut Mask {
        match self {
            Slot::Mask(mask) => mask,
            Slot::Series(_) => panic!("the output is a number, the kernel writes a condition"),
        }
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
    slots: &'a mut [Slot<L>],
    bars: usize,
    wants_no: &'a [bool],
}

impl<'a, L: Lane> Output<'a, L> {
    /// A slot per output of the kernel. Without its `wants_no` nobody reads the `no` plane of a condition, and it need
    /// not be written.
    pub fn new(slots: &'a mut [Slot<L>], bars: usize, wants_no: &'a [bool]) -> Self {
        Self { slots, bars, wants_no }
    }
    pub fn wants_no(&self) -> bool {
        self.wants_no[0]
    }
    /// The numbers of the only output.
    #[inline]
    pub fn series(&mut self) -> &mut [L] {
        let bars = self.bars;
        &mut self.only().series_mut()[..bars]
    }
    /// The planes `(yes, no)` of the only output.
    pub fn mask(&mut self) -> (&mut [u8], &mut [u8]) {
        let bars = self.bars;
        let Mask { yes, no } = self.only().mask_mut();
        (&mut yes[..bars], &mut no[..bars])
    }
    #[inline]
    fn only(&mut self) -> &mut Slot<L> {
        debug_assert_eq!(self.slots.len(), 1, "a kernel writes every output of its row");
        &mut self.slots[0]
    }
    /// The outputs of a kernel with several.
    pub fn each<const N: usize>(&mut self) -> [OneOutput<'_, L>; N] {
        let slots: &mut [Slot<L>; N] = self.slots.try_into().expect("a kernel writes every output of its row");
        let mut wants_no = self.wants_no.iter();
        slots.each_mut().map(|slot| {
            let wants_no = *wants_no.next().expect("there are as many as slots");
            OneOutput { slot, bars: self.bars, wants_no }
        })
    }
}

/// One output of several.
pub struct OneOutput<'a, L> {
    slot: &'a mut Slot<L>,
    bars: usize,
    wants_no: bool,
}

impl<'a, L: Lane> OneOutput<'a, L> {
    #[inline]
    pub fn series(self) -> Target<'a, L> {
        Target::of(self.slot.series_mut(), self.bars)
    }
    /// The planes `(yes, no)` of a condition.
    #[inline]
    pub fn mask(self) -> (Target<'a, u8>, Target<'a, u8>) {
        let Mask { yes, no } = self.slot.mask_mut();
        (Target::of(yes, self.bars), Target::of(no, if self.wants_no { self.bars } else { 0 }))
    }
}

/// Where one output of several is written. One that nobody reads has no room: what is put there is dropped, and a kernel
/// need not ask, so that the state it leaves is the same.
pub struct Target<'a, T>(&'a mut [T]);

impl<'a, T> Target<'a, T> {
    fn of(slot: &'a mut [T], bars: usize) -> Self {
        let bars = bars.min(slot.len());
        Self(&mut slot[..bars])
    }
    #[inline(always)]
    pub fn put(&mut self, bar: usize, value: T) {
        if let Some(place) = self.0.get_mut(bar) {
            *place = value;
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
