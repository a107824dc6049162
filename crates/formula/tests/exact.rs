//! Windows against exact rational arithmetic: every value of the candles is a fraction, so sums, products and quotients
//! of them are too, and only the roots of the deviations are rounded, once.
//!
//! How far a value may be off is stated per function, in units of what can be known: `ε` is the distance from 1 to the
//! next number, and a window has `n` values. Adding them up rounds `n` times, by half an ε each.

mod common;

use common::bytes::PlanBytes;
use common::candles::{Candles, Columns};
use common::machine::reports;
use common::random::Random;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

/// The values of a window as whole numbers of one unit.
struct Exact {
    values: Vec<BigInt>,
    unit: BigRational,
}

/// Mantissa and exponent of a number.
fn parts(value: f64) -> (i64, i64) {
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, (bits & ((1 << 52) - 1)) as i64);
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if value < 0.0 { -mantissa } else { mantissa }, exponent)
}

fn power_of_two(exponent: i64) -> BigRational {
    let power = BigInt::from(1) << exponent.unsigned_abs();
    if exponent < 0 { BigRational::new(BigInt::from(1), power) } else { power.into() }
}

/// The number itself, without rounding.
fn fraction(value: f64) -> BigRational {
    let (mantissa, exponent) = parts(value);
    BigRational::from(BigInt::from(mantissa)) * power_of_two(exponent)
}

fn number(exact: &BigRational) -> f64 {
    exact.to_f64().expect("it is in the range of numbers")
}

fn apart(got: f64, exact: &BigRational) -> f64 {
    number(&(fraction(got) - exact).abs())
}

fn whole(count: usize) -> BigRational {
    BigInt::from(count).into()
}

impl Exact {
    fn new(values: &[f64]) -> Self {
        let parts: Vec<(i64, i64)> = values.iter().map(|&value| parts(value)).collect();
        let least = parts.iter().map(|part| part.1).min().expect("a window has a value");
        Self {
            values: parts
                .iter()
                .map(|&(mantissa, exponent)| BigInt::from(mantissa) << (exponent - least) as u64)
                .collect(),
            unit: power_of_two(least),
        }
    }
    fn count(&self) -> usize {
        self.values.len()
    }
    fn total(&self) -> BigInt {
        self.values.iter().sum()
    }
    /// The sum of the sizes.
    fn size(&self) -> f64 {
        let total: BigInt = self.values.iter().map(|value| value.abs()).sum();
        number(&(BigRational::from(total) * &self.unit))
    }
    fn sum(&self) -> BigRational {
        BigRational::from(self.total()) * &self.unit
    }
    fn mean(&self) -> BigRational {
        self.sum() / whole(self.count())
    }
    /// The mean with the weights 1, 2, 3 … from the oldest, and the same of the sizes.
    fn weighted(&self) -> (BigRational, f64) {
        let n = self.count();
        let mean = |total: BigInt| BigRational::from(total) * &self.unit / whole(n * (n + 1) / 2);
        let products = || (1_u32..).zip(&self.values).map(|(weight, value)| value * weight);
        (mean(products().sum()), number(&mean(products().map(|product: BigInt| product.abs()).sum())))
    }
    /// The sum of the products with other values, and the same of the sizes.
    fn products(&self, other: &Exact) -> (BigRational, f64) {
        let products = || self.values.iter().zip(&other.values).map(|(a, b)| a * b);
        let sum = |total: BigInt| BigRational::from(total) * &self.unit * &other.unit;
        (sum(products().sum()), number(&sum(products().map(|product: BigInt| product.abs()).sum())))
    }
    /// Of every value `n` times its distance from the mean.
    fn distances(&self) -> impl Iterator<Item = BigInt> {
        let (n, total) = (BigInt::from(self.count()), self.total());
        self.values.iter().map(move |value| value * &n - &total)
    }
    fn variance(&self) -> BigRational {
        let squares: BigInt = self.distances().map(|distance| &distance * &distance).sum();
        let n = whole(self.count());
        BigRational::from(squares) * &self.unit * &self.unit / (&n * &n * &n)
    }
    fn deviation(&self) -> f64 {
        number(&self.variance()).sqrt()
    }
    fn mean_deviation(&self) -> BigRational {
        let sum: BigInt = self.distances().map(|distance| distance.abs()).sum();
        BigRational::from(sum) * &self.unit / whole(self.count() * self.count())
    }
    fn largest_distance(&self) -> f64 {
        let largest = self.distances().map(|distance| distance.abs()).max().expect("a window has a value");
        number(&(BigRational::from(largest) * &self.unit / whole(self.count())))
    }
    fn last_distance(&self) -> BigRational {
        let last = self.distances().last().expect("a window has a value");
        BigRational::from(last) * &self.unit / whole(self.count())
    }
}

/// How far a value is from the exact one, and what it is measured by.
struct Judged {
    apart: f64,
    unit: f64,
}

type Judge = fn(closes: &Exact, volumes: &Exact, got: f64) -> Judged;

struct Function {
    name: &'static str,
    /// Behind the length.
    parameters: &'static [f64],
    judge: Judge,
    /// Of ε times the unit, for a window of n values.
    bound: fn(f64) -> f64,
}

/// Of so many values the roundings add up.
fn linear(n: f64) -> f64 {
    n + 2.0
}

const FUNCTIONS: &[Function] = &[
    // By the size of what is added up: sums of both signs cancel.
    Function { name: "sum", parameters: &[], judge: sum, bound: linear },
    // By the value and the largest distance from it, because values are added up relative to one another.
    Function { name: "sma", parameters: &[], judge: sma, bound: linear },
    // By the weighted size, however little a spike weighs.
    Function { name: "wma", parameters: &[], judge: wma, bound: linear },
    Function { name: "vwma", parameters: &[], judge: vwma, bound: linear },
    // By the value itself. The squares are those of distances from a value of the window, at worst the one furthest from
    // the mean, which are n times as large as the variance; their roundings add up like a walk.
    Function { name: "stdev", parameters: &[], judge: stdev, bound: |n| n * n.sqrt() + 2.0 },
    Function { name: "bbands", parameters: &[2.0, 0.0], judge: upper_band, bound: |n| n * n.sqrt() + 4.0 },
    // By the largest distance: one spike is n/2 times as far from the mean as the values are on average.
    Function { name: "dev", parameters: &[], judge: dev, bound: linear },
    // By the largest index there could be and by how much further than the average it is.
    Function { name: "cci", parameters: &[], judge: cci, bound: linear },
];

fn sum(closes: &Exact, _: &Exact, got: f64) -> Judged {
    Judged { apart: apart(got, &closes.sum()), unit: closes.size() }
}
fn sma(closes: &Exact, _: &Exact, got: f64) -> Judged {
    let mean = closes.mean();
    Judged { apart: apart(got, &mean), unit: number(&mean).abs() + closes.largest_distance() }
}
fn wma(closes: &Exact, _: &Exact, got: f64) -> Judged {
    let (mean, size) = closes.weighted();
    Judged { apart: apart(got, &mean), unit: size }
}
fn vwma(closes: &Exact, volumes: &Exact, got: f64) -> Judged {
    let ((money, size), volume) = (closes.products(volumes), volumes.sum());
    Judged { apart: apart(got, &(money / &volume)), unit: size / number(&volume) }
}
fn stdev(closes: &Exact, _: &Exact, got: f64) -> Judged {
    let deviation = closes.deviation();
    Judged { apart: (got - deviation).abs(), unit: deviation }
}
fn upper_band(closes: &Exact, _: &Exact, got: f64) -> Judged {
    let (mean, width) = (closes.mean(), 2.0 * closes.deviation());
    let unit = number(&mean).abs() + closes.largest_distance() + width;
    Judged { apart: (number(&(fraction(got) - mean)) - width).abs(), unit }
}
fn dev(closes: &Exact, _: &Exact, got: f64) -> Judged {
    Judged { apart: apart(got, &closes.mean_deviation()), unit: closes.largest_distance() }
}
fn cci(closes: &Exact, _: &Exact, got: f64) -> Judged {
    let deviation = closes.mean_deviation();
    if deviation.is_zero() {
        return Judged { apart: got.abs(), unit: 0.0 };
    }
    let index = closes.last_distance() / &deviation * whole(200) / whole(3);
    let beyond = closes.largest_distance() / number(&deviation);
    Judged { apart: apart(got, &index), unit: beyond / 0.015 * beyond }
}

struct Market {
    name: &'static str,
    close: Vec<f64>,
    volume: Vec<f64>,
}

fn market(name: &'static str, close: Vec<f64>) -> Market {
    let mut random = Random::new(close.len() as u64);
    let volume = close.iter().map(|_| (1e6 * random.unit()).ceil()).collect();
    Market { name, close, volume }
}

/// Walks at every level of prices, for windows of that length.
fn markets(length: usize) -> Vec<Market> {
    let bars = 3 * length + 300;
    let walk = Candles::walk(bars, length as u64).close;
    let mut random = Random::new(length as u64);
    vec![
        market("a walk", walk.clone()),
        market("prices of 1e8 in ticks of 1e-4", walk.iter().map(|x| 1e8 + (x * 100.0).round() / 1e4).collect()),
        market("tiny quotes", walk.iter().map(|x| x * 1e-9).collect()),
        market("both signs", walk.iter().map(|_| random.swing()).collect()),
    ]
}

/// A walk with a spike at each of these bars.
fn with_spikes(name: &'static str, bars: usize, at: impl IntoIterator<Item = usize>, size: f64) -> Market {
    let mut close = Candles::walk(bars, bars as u64).close;
    at.into_iter().for_each(|bar| close[bar] = size);
    market(name, close)
}

/// No window holds two of them, and together they stand at every place of a segment.
fn spikes_everywhere(length: usize) -> Market {
    let distance = 2 * length + 1;
    with_spikes("spikes", (length + 1) * distance, (1..=length).map(|at| at * distance), 1e12)
}

const SHORT: [usize; 6] = [1, 2, 3, 14, 20, 64];
const LONG: usize = 5000;

/// Bars on which a long window is judged: around the borders of segments, where all changes, and between them.
fn sampled(length: usize) -> Vec<usize> {
    let around = |bar: usize| [bar - 2, bar - 1, bar, bar + 1];
    [vec![length - 1, length + length / 3, 2 * length + length / 2], around(2 * length).to_vec()].concat()
}

fn values(market: &Market, function: &str, length: usize, parameters: &[f64]) -> Vec<f64> {
    let mut bytes = PlanBytes::default();
    let columns: Columns = vec![market.close.clone(), market.volume.clone()];
    let inputs = [bytes.column(0), bytes.column(1)];
    let inputs = if function == "vwma" { &inputs[..] } else { &inputs[..1] };
    let value = bytes.call(function, inputs, &[&[length as f64], parameters].concat());
    bytes.report(value);
    reports(&bytes.plan(), &columns).remove(0)
}

fn assert_exact(market: &Market, length: usize, bars: &[usize]) {
    let results: Vec<Vec<f64>> =
        FUNCTIONS.iter().map(|function| values(market, function.name, length, function.parameters)).collect();
    for &bar in bars {
        let window = bar + 1 - length..=bar;
        let (closes, volumes) = (Exact::new(&market.close[window.clone()]), Exact::new(&market.volume[window]));
        for (function, got) in FUNCTIONS.iter().zip(&results) {
            let Judged { apart, unit } = (function.judge)(&closes, &volumes, got[bar]);
            let bound = (function.bound)(length as f64);
            assert!(
                apart <= bound * f64::EPSILON * unit,
                "{}({length}) of {}, bar {bar}: {:?} is {:.1} units off, {bound:.1} are allowed",
                function.name,
                market.name,
                got[bar],
                apart / unit / f64::EPSILON,
            );
        }
    }
}

#[test]
fn short_windows_are_exact_to_their_bounds() {
    for length in SHORT {
        for market in markets(length) {
            let bars: Vec<usize> = (length - 1..market.close.len()).collect();
            assert_exact(&market, length, &bars);
        }
    }
}

#[test]
fn a_spike_anywhere_in_a_segment_costs_no_digits() {
    for length in SHORT {
        let market = spikes_everywhere(length);
        // 7 has no divisor in common with a distance, so that every place of a spike in a window comes.
        let bars: Vec<usize> = (length - 1..market.close.len()).step_by(if length < 64 { 1 } else { 7 }).collect();
        assert_exact(&market, length, &bars);
    }
}

#[test]
fn long_windows_are_exact_to_their_bounds() {
    for market in markets(LONG) {
        assert_exact(&market, LONG, &sampled(LONG));
    }
}

#[test]
fn a_spike_in_a_long_window_costs_no_digits() {
    let bars = 3 * LONG;
    for at in [0, 1, LONG / 2, LONG - 1] {
        assert_exact(&with_spikes("a spike", bars, [LONG + at], 1e12), LONG, &sampled(LONG));
    }
    assert_exact(&with_spikes("spikes at both ends", bars, [LONG, 2 * LONG - 1], 1e12), LONG, &sampled(LONG));
    assert_exact(&with_spikes("a price of almost nothing", bars, [LONG], 1e-9), LONG, &sampled(LONG));
}

/// What remains: with a spike on each side of a border no value that all windows hold is small, and wma is taken relative
/// to a spike, n times as large as what it weighs.
#[test]
fn two_spikes_side_by_side_cost_a_weighted_average_a_digit_per_digit_of_its_length() {
    for length in [14, 64, LONG] {
        let market = with_spikes("two spikes", 3 * length + 2, [length - 1, length], 1e12);
        let got = values(&market, "wma", length, &[]);
        for bar in sampled(length) {
            let Judged { apart, unit } =
                wma(&Exact::new(&market.close[bar + 1 - length..=bar]), &Exact::new(&[1.0]), got[bar]);
            let bound = 4.0 * (length * length) as f64 * f64::EPSILON;
            assert!(apart <= bound * unit, "wma({length}), bar {bar}: {:.1e}", apart / unit);
        }
    }
}

#[test]
fn extremes_are_values_of_their_windows() {
    for length in SHORT {
        for market in markets(length).into_iter().chain([spikes_everywhere(length)]) {
            let [highest, lowest, since_highest, since_lowest] =
                ["highest", "lowest", "highestbars", "lowestbars"].map(|name| values(&market, name, length, &[]));
            for bar in length - 1..market.close.len() {
                let window = &market.close[bar + 1 - length..=bar];
                let most = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let least = window.iter().copied().fold(f64::INFINITY, f64::min);
                assert_eq!([highest[bar], lowest[bar]], [most, least]);
                let since = |wanted| window.iter().rev().position(|&x| x == wanted).expect("it is one of them") as f64;
                assert_eq!([since_highest[bar], since_lowest[bar]], [since(most), since(least)]);
            }
        }
    }
}
