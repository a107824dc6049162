//! What a kernel is written over: one symbol (`f64`) or eight side by side (`Wide`).
//!
//! Both do exactly the same IEEE operations per symbol, so a kernel gives the same bits in either.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use crate::pair::{self, Pair, PairMask};

/// Symbols in a [`Wide`]. Eight hide the latency of the recurrences: four took 1.4 times as long per symbol for EMA
/// and RSI (bench/notes/lanes.md). A mask of one bar is then one byte.
pub const WIDTH: usize = 8;
const PAIRS: usize = WIDTH / 2;

pub trait Lane:
    Copy
    + Send
    + Sync
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
    /// The mask of such bits.
    fn mask(bits: u8) -> Self::Mask;
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
    /// The value where it is a finite number, to the last bit and the sign of a zero; unknown where it overflowed.
    #[inline(always)]
    fn finite(self) -> Self {
        self - (self - self)
    }
    /// The value where it is a finite number, else the other.
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self::select(self.known(), self, other)
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
    /// By symbol `yes` or `no`, whichever a condition's planes say; unknown where they say neither.
    #[inline(always)]
    fn choose(planes: (u8, u8), yes: Self, no: Self) -> Self {
        Self::select(Self::mask(planes.0), yes, Self::select(Self::mask(planes.1), no, Self::unknown()))
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
    fn mask(bits: u8) -> bool {
        bits & 1 == 1
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
pub struct Wide([Pair; PAIRS]);

/// A truth value per symbol.
#[derive(Clone, Copy)]
pub struct WideMask([PairMask; PAIRS]);

/// A function of pairs, on all pairs.
macro_rules! on_pairs {
    ($function:ident, $a:expr) => {{
        let a = $a.0;
        [pair::$function(a[0]), pair::$function(a[1]), pair::$function(a[2]), pair::$function(a[3])]
    }};
    ($function:ident, $a:expr, $b:expr) => {{
        let (a, b) = ($a.0, $b.0);
        [
            pair::$function(a[0], b[0]),
            pair::$function(a[1], b[1]),
            pair::$function(a[2], b[2]),
            pair::$function(a[3], b[3]),
        ]
    }};
}

macro_rules! arithmetic {
    ($($operation:ident $method:ident),*) => {$(
        impl $operation for Wide {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Wide(on_pairs!($method, self, other))
            }
        }
    )*};
}
arithmetic!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Wide {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Wide(on_pairs!(neg, self))
    }
}
impl BitAnd for WideMask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        WideMask(on_pairs!(and, self, other))
    }
}
impl BitOr for WideMask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        WideMask(on_pairs!(or, self, other))
    }
}
impl Not for WideMask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        WideMask(on_pairs!(not, self))
    }
}

macro_rules! comparisons {
    ($($method:ident)*) => {$(
        #[inline(always)]
        fn $method(self, other: Self) -> WideMask {
            WideMask(on_pairs!($method, self, other))
        }
    )*};
}

impl Lane for Wide {
    const WIDTH: usize = WIDTH;
    type Mask = WideMask;

    comparisons!(lt le gt ge eq);

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Wide([pair::splat(value); PAIRS])
    }
    #[inline(always)]
    fn from_fn(mut lane: impl FnMut(usize) -> f64) -> Self {
        Wide(std::array::from_fn(|at| pair::new(lane(2 * at), lane(2 * at + 1))))
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        pair::get(self.0[lane / 2], lane % 2)
    }
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> Self {
        Self::from_fn(|lane| function(self.lane(lane)))
    }
    #[inline(always)]
    fn select(mask: WideMask, yes: Self, no: Self) -> Self {
        Wide(std::array::from_fn(|at| pair::select(mask.0[at], yes.0[at], no.0[at])))
    }
    #[inline(always)]
    fn bits(mask: WideMask) -> u8 {
        pair::bits(mask.0)
    }
    #[inline(always)]
    fn mask(bits: u8) -> WideMask {
        WideMask(std::array::from_fn(|at| pair::mask(bits, 2 * at)))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Wide(on_pairs!(abs, self))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Wide(on_pairs!(sqrt, self))
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        Wide(on_pairs!(larger, self, other))
    }
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        Wide(on_pairs!(smaller, self, other))
    }
    fn interleave(runs: &[&[f64]], out: &mut [Self]) {
        let bars = out.len();
        let runs: [&[f64]; WIDTH] = std::array::from_fn(|lane| &runs[lane][..bars]);
        let (twos, one) = out.as_chunks_mut::<2>();
        for (at, [first, second]) in twos.iter_mut().enumerate() {
            let bar = 2 * at;
            for at in 0..PAIRS {
                let (a, b) = (&runs[2 * at][bar..bar + 2], &runs[2 * at + 1][bar..bar + 2]);
                [first.0[at], second.0[at]] = pair::transpose([a[0], a[1]], [b[0], b[1]]);
            }
        }
        if let [last] = one {
            *last = Self::from_fn(|lane| runs[lane][bars - 1]);
        }
    }
}
