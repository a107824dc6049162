//! What a kernel is written over: one symbol (`f64`) or eight side by side (`Wide`).
//!
//! Both do exactly the same IEEE operations per symbol, so a kernel gives the same bits in either.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use wide::f64x2;

/// Symbols in a [`Wide`]. Eight hide the latency of the recurrences: four took 1.4 times as long per symbol for EMA
/// and RSI (bench/notes/lanes.md). A mask of one bar is then one byte.
pub const WIDTH: usize = 8;
const PAIRS: usize = WIDTH / 2;

pub trait Lane:
    Copy
    + Send
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    const WIDTH: usize;
    type Mask: Copy + BitAnd<Output = Self::Mask> + BitOr<Output = Self::Mask> + Not<Output = Self::Mask>;

    fn splat(value: f64) -> Self;
    /// A value from one number per symbol.
    fn from_fn(lane: impl FnMut(usize) -> f64) -> Self;
    /// The number of symbol `lane`.
    fn lane(self, lane: usize) -> f64;
    /// Applies a scalar function symbol by symbol, for what has no SIMD form.
    fn map(self, function: impl Fn(f64) -> f64) -> Self;
    fn lt(self, other: Self) -> Self::Mask;
    fn le(self, other: Self) -> Self::Mask;
    fn gt(self, other: Self) -> Self::Mask;
    fn ge(self, other: Self) -> Self::Mask;
    fn eq(self, other: Self) -> Self::Mask;
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// One bit per symbol, symbol 0 lowest.
    fn bits(mask: Self::Mask) -> u8;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    /// Turns one run of bars per symbol into bars: `out[bar]` holds `runs[symbol][bar]` of every symbol.
    fn interleave(runs: &[&[f64]], out: &mut [Self]);

    fn unknown() -> Self {
        Self::splat(f64::NAN)
    }
    /// Where the value is a finite number.
    #[inline(always)]
    fn known(self) -> Self::Mask {
        (self - self).eq(Self::splat(0.0))
    }
    fn all_known(self) -> bool {
        Self::bits(self.known()) == Self::full_bits()
    }
    /// The larger of two; the second where they compare neither way. Not symmetric in unknown values.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        Self::select(self.gt(other), self, other)
    }
    /// The smaller of two; the second where they compare neither way.
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        Self::select(self.lt(other), self, other)
    }
    /// A byte with a bit for every symbol.
    fn full_bits() -> u8 {
        ((1u16 << Self::WIDTH) - 1) as u8
    }
    /// A number per symbol from two bit planes: 1 where true, 0 where false, unknown elsewhere.
    fn from_bits(yes: u8, no: u8) -> Self {
        Self::from_fn(|lane| match ((yes >> lane) & 1, (no >> lane) & 1) {
            (1, _) => 1.0,
            (_, 1) => 0.0,
            _ => f64::NAN,
        })
    }
}

impl Lane for f64 {
    const WIDTH: usize = 1;
    type Mask = bool;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn from_fn(mut lane: impl FnMut(usize) -> f64) -> Self {
        lane(0)
    }
    #[inline(always)]
    fn lane(self, _: usize) -> f64 {
        self
    }
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> Self {
        function(self)
    }
    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn gt(self, other: Self) -> bool {
        self > other
    }
    #[inline(always)]
    fn ge(self, other: Self) -> bool {
        self >= other
    }
    #[inline(always)]
    fn eq(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn bits(mask: bool) -> u8 {
        mask as u8
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    fn interleave(runs: &[&[f64]], out: &mut [Self]) {
        out.copy_from_slice(runs[0]);
    }
}

/// Eight symbols side by side.
#[derive(Clone, Copy)]
pub struct Wide([f64x2; PAIRS]);

impl Wide {
    #[inline(always)]
    fn zip(self, other: Self, function: impl Fn(f64x2, f64x2) -> f64x2) -> Self {
        let (a, b) = (self.0, other.0);
        Wide([function(a[0], b[0]), function(a[1], b[1]), function(a[2], b[2]), function(a[3], b[3])])
    }
}

macro_rules! arithmetic {
    ($($operation:ident $method:ident),*) => {$(
        impl $operation for Wide {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a.$method(b))
            }
        }
    )*};
}
arithmetic!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Wide {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Wide(self.0.map(|pair| -pair))
    }
}

/// A truth value per symbol: all bits of its lane, or none.
#[derive(Clone, Copy)]
pub struct WideMask(Wide);

impl BitAnd for WideMask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        WideMask(self.0.zip(other.0, |a, b| a & b))
    }
}
impl BitOr for WideMask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        WideMask(self.0.zip(other.0, |a, b| a | b))
    }
}
impl Not for WideMask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        WideMask(Wide(self.0.0.map(|pair| !pair)))
    }
}

impl Lane for Wide {
    const WIDTH: usize = WIDTH;
    type Mask = WideMask;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Wide([f64x2::splat(value); PAIRS])
    }
    #[inline(always)]
    fn from_fn(mut lane: impl FnMut(usize) -> f64) -> Self {
        Wide(std::array::from_fn(|pair| f64x2::new([lane(2 * pair), lane(2 * pair + 1)])))
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        self.0[lane / 2].to_array()[lane % 2]
    }
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> Self {
        Self::from_fn(|lane| function(self.lane(lane)))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> WideMask {
        WideMask(self.zip(other, |a, b| a.simd_lt(b)))
    }
    #[inline(always)]
    fn le(self, other: Self) -> WideMask {
        WideMask(self.zip(other, |a, b| a.simd_le(b)))
    }
    #[inline(always)]
    fn gt(self, other: Self) -> WideMask {
        WideMask(self.zip(other, |a, b| a.simd_gt(b)))
    }
    #[inline(always)]
    fn ge(self, other: Self) -> WideMask {
        WideMask(self.zip(other, |a, b| a.simd_ge(b)))
    }
    #[inline(always)]
    fn eq(self, other: Self) -> WideMask {
        WideMask(self.zip(other, |a, b| a.simd_eq(b)))
    }
    #[inline(always)]
    fn select(mask: WideMask, yes: Self, no: Self) -> Self {
        let (mask, yes, no) = (mask.0.0, yes.0, no.0);
        Wide(std::array::from_fn(|pair| mask[pair].bitselect(yes[pair], no[pair])))
    }
    #[inline(always)]
    fn bits(mask: WideMask) -> u8 {
        let pairs = mask.0.0;
        (pairs[0].to_bitmask()
            | pairs[1].to_bitmask() << 2
            | pairs[2].to_bitmask() << 4
            | pairs[3].to_bitmask() << 6) as u8
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Wide(self.0.map(f64x2::abs))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Wide(self.0.map(f64x2::sqrt))
    }
    fn interleave(runs: &[&[f64]], out: &mut [Self]) {
        let bars = out.len();
        let runs: [&[f64]; WIDTH] = std::array::from_fn(|lane| &runs[lane][..bars]);
        for (bar, out) in out.iter_mut().enumerate() {
            *out = Wide(std::array::from_fn(|pair| f64x2::new([runs[2 * pair][bar], runs[2 * pair + 1][bar]])));
        }
    }
}
