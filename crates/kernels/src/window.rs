//! Moving windows without subtraction: two stacks, after van Herk and Gil–Werman, for any way of joining values.
//!
//! Time is cut into segments of the window's length. A window is then the tail of the segment before and the head of
//! this one: tails are added up once per segment from the back, the head grows with every bar, and a value is one
//! join of the two. Nothing that left the window is ever subtracted, so there is no drift, a spike leaves nothing
//! behind, and a hole makes exactly the windows unknown that contain it. Warm-up needs no counter: before the first
//! bar there are holes.

use crate::block::{Inputs, Kernel, Output};
use crate::lane::Lane;
use crate::state::{Own, State, exact};

/// How the values of a window are joined. A part is `N` numbers: what is known of a run of values.
pub trait Fold<L: Lane, const N: usize>: Clone + Send + Sync + 'static {
    /// Values are folded relative to the first one of the segment, which every window of it contains: flat windows
    /// then fold to exactly zero, and variances keep their digits.
    const SHIFTED: bool;
    /// Values weigh less the older they are, so that a large one fades out of the result while the window holds it. No
    /// other value is then taken relative to it, or its rounding would stay in the result.
    const WEIGHTED: bool;
    /// Whether `append` and `finish` are quicker when every value of the window is known to be known.
    const MINDS_HOLES: bool;
    /// The join of nothing.
    fn empty(&self) -> [L; N];
    /// The value in front of a tail. `bar` counts from the start of the series.
    fn prepend(&self, value: L, bar: usize, tail: [L; N]) -> [L; N];
    /// The value behind a head of `bars` values. `HOLES`: it may be unknown.
    fn append<const HOLES: bool>(&self, head: [L; N], bars: usize, value: L, bar: usize) -> [L; N];
    /// The result of a tail of `older` values and the head behind it. `HOLES`: some may be unknown.
    fn finish<const HOLES: bool>(&self, tail: [L; N], older: usize, head: [L; N], shift: L, bar: usize) -> L;
}

/// A fold over the last `length` values.
pub struct Window<F, const N: usize> {
    fold: F,
    length: usize,
}

/// What a window remembers, as it is worked on during a call. In a state: head, shift, parts; the flags where it minds holes.
struct Segments<'a, L, F, const N: usize> {
    fold: &'a F,
    /// At and behind `filled`: tails of the segment before. In front of it: the values of this segment.
    parts: &'a mut [[L; N]],
    filled: usize,
    head: [L; N],
    shift: L,
    /// Number of the next bar.
    bar: usize,
    /// By symbol whether an unknown value is among the tails or in the head.
    holes: u8,
    holes_in_head: u8,
}

/// Values of the segment that the bar in front of number `bar` is in. Segments are cut by the number of a bar, so that a
/// series that is entered late has the same bits as one that was run from its start, from the first whole window on.
pub fn filled(length: usize, bar: usize) -> usize {
    match bar % length {
        0 => length,
        filled => filled,
    }
}

/// A place to keep a value itself until its segment is complete.
#[inline(always)]
fn keep<L: Copy, const N: usize>(value: L) -> [L; N] {
    [value; N]
}
#[inline(always)]
fn kept<L: Copy, const N: usize>(part: [L; N]) -> L {
    part[0]
}

impl<F, const N: usize> Window<F, N> {
    pub fn new(fold: F, length: usize) -> Self {
        Self { fold, length }
    }

    pub fn start<L: Lane>(&self, state: &mut State<L>)
    where
        F: Fold<L, N>,
    {
        let (length, bar, unknown) = (self.length, state.bar(), L::unknown());
        let filled = filled(length, bar);
        state.add_lanes(N, unknown).copy_from_slice(&self.fold.append::<true>(self.fold.empty(), 0, unknown, bar));
        state.add_lanes(1, unknown);
        state.add_lanes(filled * N, unknown);
        let mut tail = self.fold.empty();
        let tails = state.add_lanes((length - filled + 1) * N, unknown).as_chunks_mut().0;
        for part in tails.iter_mut().rev() {
            *part = tail;
            tail = self.fold.prepend(unknown, bar, tail);
        }
        if F::MINDS_HOLES {
            state.add_bits(2, true);
        }
    }

    #[inline(always)]
    pub fn run<L: Lane>(&self, own: &mut Own<'_, L>, values: &[L], out: &mut [L])
    where
        F: Fold<L, N>,
    {
        assert_eq!(values.len(), out.len());
        let fold = self.fold.clone();
        let (head, rest) = own.lanes.split_first_chunk_mut().expect("a window has a head");
        let (shift, parts) = rest.split_first_mut().expect("a window has a shift");
        let [holes, holes_in_head] = if F::MINDS_HOLES { *exact(own.bits) } else { [0; 2] };
        let mut segments = Segments {
            fold: &fold,
            parts: parts.as_chunks_mut().0,
            filled: filled(self.length, own.bar),
            head: *head,
            shift: *shift,
            bar: own.bar,
            holes,
            holes_in_head,
        };
        segments.run(values, out);
        *head = segments.head;
        *shift = segments.shift;
        if F::MINDS_HOLES {
            *exact(own.bits) = [segments.holes, segments.holes_in_head];
        }
    }
}

impl<L: Lane, F: Fold<L, N>, const N: usize> Segments<'_, L, F, N> {
    fn length(&self) -> usize {
        self.parts.len() - 1
    }

    #[inline(always)]
    fn run(&mut self, values: &[L], out: &mut [L]) {
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
                let known = values.iter().fold(zero, |sum, &x| sum + (x - x)).known();
                let unknown = L::full_bits() & !L::bits(known);
                self.holes_in_head |= unknown;
                self.holes |= unknown;
            }
            if F::MINDS_HOLES && self.holes == 0 {
                self.piece::<false>(values, out);
            } else {
                self.piece::<true>(values, out);
            }
            done += bars;
        }
    }

    /// The segment is complete: turns its values into tails. `next` opens the new one.
    #[inline(always)]
    fn turn(&mut self, next: L) {
        let length = self.length();
        if F::SHIFTED {
            // Every window but the last holds the value before too; the last one is `whole`.
            self.shift = if F::WEIGHTED { calmer(next, kept(self.parts[length - 1])) } else { next };
        }
        // Locals, as in `piece`.
        let (fold, shift, first) = (self.fold.clone(), self.shift, self.bar.wrapping_sub(length));
        let parts = &mut self.parts[..length];
        let mut tail = fold.empty();
        for at in (1..length).rev() {
            let value = kept(parts[at]);
            let value = if F::SHIFTED { value - shift } else { value };
            tail = fold.prepend(value, first.wrapping_add(at), tail);
            parts[at] = tail;
        }
        self.filled = 0;
        self.head = self.fold.empty();
        self.holes = self.holes_in_head;
        self.holes_in_head = 0;
    }

    /// The window that is the whole segment, from its values and nothing else.
    fn whole(&self) -> L {
        let length = self.length();
        let value = |at: usize| kept(self.parts[at]);
        let shift = calmer(calmer(value(length - 1), value(0)), value(length / 2));
        let prepend = |tail, at| self.fold.prepend(value(at) - shift, at, tail);
        let all = (0..length).rev().fold(self.fold.empty(), prepend);
        self.fold.finish::<true>(all, 0, self.fold.empty(), shift, self.bar)
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
            parts[i] = keep(value);
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

impl<L: Lane, F: Fold<L, N>, const N: usize> Kernel<L> for Window<F, N> {
    fn start(&self, state: &mut State<L>) {
        Window::start(self, state);
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        Window::run(self, own, inputs.series(0), output.series());
    }
}

/// The last `length` bytes of a plane in one: the bits that are set in `ALL` of them, or in any. Before the first bar
/// none is set.
pub struct Bits<const ALL: bool> {
    length: usize,
}

impl<const ALL: bool> Bits<ALL> {
    pub fn new(length: usize) -> Self {
        Self { length }
    }

    /// Bytes in a state: the head, and the parts as in [`Window`].
    pub fn size(&self) -> usize {
        1 + self.length + 1
    }

    /// The join of nothing.
    fn none<L: Lane>() -> u8 {
        if ALL { L::full_bits() } else { 0 }
    }

    #[inline(always)]
    fn join(a: u8, b: u8) -> u8 {
        if ALL { a & b } else { a | b }
    }

    pub fn start<L: Lane>(&self, state: &mut State<L>) {
        state.add_bits(1 + self.length, false);
        state.add_bits(1, ALL);
    }

    /// `bits` is what [`start`](Self::start) has laid down, `bar` the number of the first byte's bar.
    pub fn run<L: Lane>(&self, bits: &mut [u8], bar: usize, bytes: &[u8], out: &mut [u8]) {
        let (kept_head, parts) = bits.split_first_mut().expect("a window has a head");
        let (length, mut filled, mut head) = (parts.len() - 1, filled(self.length, bar), *kept_head);
        let mut done = 0;
        while done < bytes.len() {
            if filled == length {
                let mut tail = Self::none::<L>();
                for part in parts[1..length].iter_mut().rev() {
                    tail = Self::join(*part, tail);
                    *part = tail;
                }
                (filled, head) = (0, Self::none::<L>());
            }
            let bars = (bytes.len() - done).min(length - filled);
            let (bytes, out) = (&bytes[done..done + bars], &mut out[done..done + bars]);
            let parts = &mut parts[filled..filled + bars + 1];
            for i in 0..bars {
                parts[i] = bytes[i];
                head = Self::join(head, bytes[i]);
                out[i] = Self::join(head, parts[i + 1]);
            }
            filled += bars;
            done += bars;
        }
        *kept_head = head;
    }
}
