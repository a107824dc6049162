//! Two numbers in one SIMD register, and the masks of comparing them: all that [`Wide`](crate::lane::Wide) is made of.
//!
//! WebAssembly's own instructions where they are compiled in, plain arrays elsewhere (native tests). Both do the same
//! IEEE operations, number by number.

#[cfg(target_feature = "simd128")]
mod simd {
    use core::arch::wasm32::*;

    pub type Pair = v128;
    pub type PairMask = v128;

    #[inline(always)]
    pub fn new(a: f64, b: f64) -> Pair {
        f64x2(a, b)
    }
    #[inline(always)]
    pub fn get(pair: Pair, at: usize) -> f64 {
        if at == 0 { f64x2_extract_lane::<0>(pair) } else { f64x2_extract_lane::<1>(pair) }
    }
    pub use core::arch::wasm32::{
        f64x2_abs as abs, f64x2_add as add, f64x2_div as div, f64x2_eq as eq, f64x2_ge as ge, f64x2_gt as gt,
        f64x2_le as le, f64x2_lt as lt, f64x2_mul as mul, f64x2_neg as neg, f64x2_splat as splat, f64x2_sqrt as sqrt,
        f64x2_sub as sub, v128_and as and, v128_not as not, v128_or as or,
    };
    #[inline(always)]
    pub fn select(mask: PairMask, yes: Pair, no: Pair) -> Pair {
        v128_bitselect(yes, no, mask)
    }
    /// `a > b ? a : b`, in one instruction.
    #[inline(always)]
    pub fn larger(a: Pair, b: Pair) -> Pair {
        f64x2_pmax(b, a)
    }
    /// `a < b ? a : b`, in one instruction.
    #[inline(always)]
    pub fn smaller(a: Pair, b: Pair) -> Pair {
        f64x2_pmin(b, a)
    }
    /// One bit per number of four pairs. Narrowing the masks first takes half the instructions of four bitmasks.
    #[inline(always)]
    pub fn bits(masks: [PairMask; 4]) -> u8 {
        let low = i32x4_shuffle::<0, 2, 4, 6>(masks[0], masks[1]);
        let high = i32x4_shuffle::<0, 2, 4, 6>(masks[2], masks[3]);
        i16x8_bitmask(i16x8_narrow_i32x4(low, high))
    }
    /// The mask of two bits of a byte, `first` and the one above it.
    #[inline(always)]
    pub fn mask(bits: u8, first: usize) -> PairMask {
        let wanted = i64x2(1 << first, 2 << first);
        i64x2_eq(v128_and(i64x2_splat(bits as i64), wanted), wanted)
    }
    /// Pairs `(a[0], b[0])` and `(a[1], b[1])`.
    #[inline(always)]
    pub fn transpose(a: [f64; 2], b: [f64; 2]) -> [Pair; 2] {
        let (a, b) = (f64x2(a[0], a[1]), f64x2(b[0], b[1]));
        [i64x2_shuffle::<0, 2>(a, b), i64x2_shuffle::<1, 3>(a, b)]
    }
}
#[cfg(target_feature = "simd128")]
pub use simd::*;

#[cfg(not(target_feature = "simd128"))]
mod portable {
    pub type Pair = [f64; 2];
    pub type PairMask = [bool; 2];

    #[inline(always)]
    pub fn new(a: f64, b: f64) -> Pair {
        [a, b]
    }
    #[inline(always)]
    pub fn get(pair: Pair, at: usize) -> f64 {
        pair[at]
    }
    #[inline(always)]
    pub fn splat(value: f64) -> Pair {
        [value; 2]
    }

    macro_rules! of_two {
        ($($name:ident: |$a:ident, $b:ident| -> $out:ty { $body:expr })*) => {$(
            #[inline(always)]
            pub fn $name(a: Pair, b: Pair) -> $out {
                let function = |$a: f64, $b: f64| $body;
                [function(a[0], b[0]), function(a[1], b[1])]
            }
        )*};
    }
    of_two! {
        add: |a, b| -> Pair { a + b }
        sub: |a, b| -> Pair { a - b }
        mul: |a, b| -> Pair { a * b }
        div: |a, b| -> Pair { a / b }
        larger: |a, b| -> Pair { if a > b { a } else { b } }
        smaller: |a, b| -> Pair { if a < b { a } else { b } }
        lt: |a, b| -> PairMask { a < b }
        le: |a, b| -> PairMask { a <= b }
        gt: |a, b| -> PairMask { a > b }
        ge: |a, b| -> PairMask { a >= b }
        eq: |a, b| -> PairMask { a == b }
    }
    #[inline(always)]
    pub fn neg(a: Pair) -> Pair {
        a.map(|a| -a)
    }
    #[inline(always)]
    pub fn abs(a: Pair) -> Pair {
        a.map(f64::abs)
    }
    #[inline(always)]
    pub fn sqrt(a: Pair) -> Pair {
        a.map(f64::sqrt)
    }
    #[inline(always)]
    pub fn and(a: PairMask, b: PairMask) -> PairMask {
        [a[0] & b[0], a[1] & b[1]]
    }
    #[inline(always)]
    pub fn or(a: PairMask, b: PairMask) -> PairMask {
        [a[0] | b[0], a[1] | b[1]]
    }
    #[inline(always)]
    pub fn not(a: PairMask) -> PairMask {
        a.map(|a| !a)
    }
    #[inline(always)]
    pub fn select(mask: PairMask, yes: Pair, no: Pair) -> Pair {
        std::array::from_fn(|at| if mask[at] { yes[at] } else { no[at] })
    }
    #[inline(always)]
    pub fn bits(masks: [PairMask; 4]) -> u8 {
        masks.as_flattened().iter().rev().fold(0, |bits, &mask| bits << 1 | mask as u8)
    }
    #[inline(always)]
    pub fn mask(bits: u8, first: usize) -> PairMask {
        [bits >> first & 1 == 1, bits >> first & 2 == 2]
    }
    #[inline(always)]
    pub fn transpose(a: [f64; 2], b: [f64; 2]) -> [Pair; 2] {
        [[a[0], b[0]], [a[1], b[1]]]
    }
}
#[cfg(not(target_feature = "simd128"))]
pub use portable::*;
