//! Moving windows without subtraction: two stacks, after van Herk and Gil–Werman, for any way of joining values.
//!
//! Time is cut into segments of the window's length. A window is then the tail of the segment before and the head of
//! this one: tails are added up once per segment from the back, the head grows with every bar, and a value is one
//! join of the two. Nothing that left the window is ever subtracted, so there is no drift, a spike leaves nothing
//! behind, and a hole makes exactly the windows unknown that contain it. Warm-up needs no counter: before the first
//! bar there are holes.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;

/// How the values of a window are joined.
pub trait Fold<L: Lane>: Clone + Send + Sync + 'static {
    type Part: Copy + Send + Sync + 'static;
    /// Values are folded relative to the first one of the segment, which every window of it contains: flat windows
    /// then fold to exactly zero, and variances keep their digits.
    const SHIFTED: bool;
    /// Values weigh less the older they are, so that a large one fades out of the result while the window holds it. No
    /// other value is then taken relative to it, or its rounding would stay in the result.
    const WEIGHTED: bool;
    /// Whether `append` and `finish` are quicker when every value of the window is known to be known.
    const MINDS_HOLES: bool;
    /// The join of nothing.
    fn empty(&self) -> Self::Part;
    /// A place to keep the value itself until its segment is complete.
    fn keep(value: L) -> Self::Part;
    fn kept(part: Self::Part) -> L;
    /// The value in front of a tail. `bar` counts from the start of the series.
    fn prepend(&self, value: L, bar: usize, tail: Self::Part) -> Self::Part;
    /// The value behind a head of `bars` values. `HOLES`: it may be unknown.
    fn append<const HOLES: bool>(&self, head: Self::Part, bars: usize, value: L, bar: usize) -> Self::Part;
    /// The result of a tail of `older` values and the head behind it. `HOLES`: some may be unknown.
    fn finish<const HOLES: bool>(&self, tail: Self::Part, older: usize, head: Self::Part, shift: L, bar: usize) -> L;
}

/// A fold over the last `length` values.
#[derive(Clone)]
pub struct Window<L: Lane, F: Fold<L>> {
    fold: F,
    /// At and behind `filled`: tails of the segment before. In front of it: values of this segment.
    parts: Box<[F::Part]>,
    filled: usize,
    head: F::Part,
    shift: L,
    /// Bars seen.
    bar: usize,
    /// An unknown value is among the tails or in the head.
    holes: bool,
    holes_in_head: bool,
}

impl<L: Lane, F: Fold<L>> Window<L, F> {
    pub fn new(fold: F, length: usize) -> Self {
        let mut parts = vec![F::keep(L::unknown()); length + 1].into_boxed_slice();
        parts[length] = fold.empty();
        Self {
            head: fold.empty(),
            fold,
            parts,
            filled: length,
            shift: L::splat(0.0),
            bar: 0,
            holes: true,
            holes_in_head: true,
        }
    }

    /// As if all bars before this one had been unknown. Segments are cut by the number of a bar, so that a series that is
    /// entered late has the same bits as one that was run from its start, from the first whole window on.
    pub fn start_at(&mut self, bar: usize) {
        let length = self.length();
        *self = Self::new(self.fold.clone(), length);
        self.bar = bar;
        if !bar.is_multiple_of(length) {
            self.turn(L::unknown());
            self.filled = bar % length;
            self.parts[..self.filled].fill(F::keep(L::unknown()));
            self.head = self.fold.append::<true>(self.head, 0, L::unknown(), bar);
            self.holes_in_head = true;
        }
    }

    fn length(&self) -> usize {
        self.parts.len() - 1
    }

    /// The segment is complete: turns its values into tails. `next` opens the new one.
    fn turn(&mut self, next: L) {
        let length = self.length();
        if F::SHIFTED {
            // Every window but the last holds the value before too; the last one is `whole`.
            self.shift = if F::WEIGHTED { calmer(next, F::kept(self.parts[length - 1])) } else { next };
        }
        let mut tail = self.fold.empty();
        for at in (1..length).rev() {
            let value = F::kept(self.parts[at]);
            let value = if F::SHIFTED { value - self.shift } else { value };
            tail = self.fold.prepend(value, (self.bar + at).wrapping_sub(length), tail);
            self.parts[at] = tail;
        }
        self.filled = 0;
        self.head = self.fold.empty();
        self.holes = self.holes_in_head;
        self.holes_in_head = false;
    }

    /// The window that is the whole segment, from its values and nothing else.
    fn whole(&self) -> L {
        let value = |at: usize| F::kept(self.parts[at]);
        let length = self.length();
        let shift = calmer(calmer(value(length - 1), value(0)), value(length / 2));
        let prepend = |tail, at| self.fold.prepend(value(at) - shift, at, tail);
        let all = (0..length).rev().fold(self.fold.empty(), prepend);
        self.fold.finish::<true>(all, 0, self.fold.empty(), shift, self.bar)
    }

    #[inline(always)]
    pub fn run(&mut self, values: &[L], out: &mut [L]) {
        assert_eq!(values.len(), out.len());
        let length = self.length();
        let mut done = 0;
        while done < values.len() {
            if self.filled == length {
                self.turn(values[done]);
            }
            let bars = (values.len() - done).min(length - self.filled);
            let (values, out) = (&values[done..done + bars], &mut out[done..done + bars]);
            if F::MINDS_HOLES {
                let zero = L::splat(0.0);
                let known = values.iter().fold(zero, |sum, &x| sum + (x - x)).all_known();
                self.holes_in_head |= !known;
                self.holes |= !known;
            }
            if F::MINDS_HOLES && !self.holes {
                self.piece::<false>(values, out);
            } else {
                self.piece::<true>(values, out);
            }
            done += bars;
        }
    }

    /// Some bars of one segment.
    #[inline(always)]
    fn piece<const HOLES: bool>(&mut self, values: &[L], out: &mut [L]) {
        let (bars, older) = (values.len(), self.length() - 1 - self.filled);
        let out = &mut out[..bars];
        let parts = &mut self.parts[self.filled..self.filled + bars + 1];
        // Locals: what is read through `self` would be read again with every bar.
        let (fold, shift, filled, first, mut head) = (self.fold.clone(), self.shift, self.filled, self.bar, self.head);
        for i in 0..bars {
            let (value, tail, bar) = (values[i], parts[i + 1], first + i);
            parts[i] = F::keep(value);
            let relative = if F::SHIFTED { value - shift } else { value };
            head = fold.append::<HOLES>(head, filled + i, relative, bar);
            out[i] = fold.finish::<HOLES>(tail, older - i, head, shift, bar);
        }
        self.head = head;
        self.filled += bars;
        self.bar += bars;
        if F::WEIGHTED && self.filled == self.length() {
            out[bars - 1] = self.whole();
        }
    }
}

/// The first of two values unless it is a spike beside the other.
fn calmer<L: Lane>(value: L, other: L) -> L {
    L::select(value.abs().gt(other.abs() * L::splat(1024.0)), other, value)
}

impl<L: Lane, F: Fold<L>> Kernel<L> for Window<L, F> {
    fn run(&mut self, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        Window::run(self, inputs.series(0), output.series());
    }
    fn start_at(&mut self, bar: usize) {
        Window::start_at(self, bar);
    }
    fn fork(&self) -> Box<dyn Kernel<L>> {
        Box::new(self.clone())
    }
}

/// The last `length` bytes of a plane in one: the bits that are set in `ALL` of them, or in any. Before the first bar
/// none is set.
#[derive(Clone)]
pub struct Bits<const ALL: bool> {
    /// As in [`Window`]: tails of the segment before, and in front of `filled` the bytes of this one.
    parts: Box<[u8]>,
    filled: usize,
    head: u8,
}

impl<const ALL: bool> Bits<ALL> {
    /// The join of nothing.
    const NONE: u8 = if ALL { u8::MAX } else { 0 };

    pub fn new(length: usize) -> Self {
        let mut parts = vec![0; length + 1].into_boxed_slice();
        parts[length] = Self::NONE;
        Self { parts, filled: 0, head: Self::NONE }
    }

    #[inline(always)]
    fn join(a: u8, b: u8) -> u8 {
        if ALL { a & b } else { a | b }
    }

    pub fn run(&mut self, bytes: &[u8], out: &mut [u8]) {
        let length = self.parts.len() - 1;
        for (out, &byte) in out.iter_mut().zip(bytes) {
            if self.filled == length {
                for at in (1..length).rev() {
                    self.parts[at] = Self::join(self.parts[at], self.parts[at + 1]);
                }
                (self.filled, self.head) = (0, Self::NONE);
            }
            self.parts[self.filled] = byte;
            self.filled += 1;
            self.head = Self::join(self.head, byte);
            *out = Self::join(self.head, self.parts[self.filled]);
        }
    }
}

/// The last values of a series, in front of the current block.
#[derive(Clone)]
pub struct History<T> {
    values: Vec<T>,
    keep: usize,
}

impl<T: Copy> History<T> {
    /// Before the first bar every value is `unknown`.
    pub fn new(keep: usize, unknown: T) -> Self {
        Self { values: vec![unknown; keep], keep }
    }

    /// Takes a block and returns it with the `keep` values before it.
    pub fn extend(&mut self, block: &[T]) -> &[T] {
        let forgotten = self.values.len() - self.keep;
        // Moving only when as much is forgotten as is kept makes it one move per value at most, also bar by bar.
        if forgotten > self.keep {
            self.values.copy_within(forgotten.., 0);
            self.values.truncate(self.keep);
        }
        let start = self.values.len() - self.keep;
        self.values.extend_from_slice(block);
        &self.values[start..]
    }
}
