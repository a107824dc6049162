//! What plain references are written with: functions over whole series, unknown being NaN.

pub type Series = Vec<f64>;

pub const UNKNOWN: f64 = f64::NAN;

pub fn yes_no(yes: bool) -> f64 {
    if yes { 1.0 } else { 0.0 }
}

pub fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { UNKNOWN }
}

/// A function of one value on every bar where it is known.
pub fn each(values: &[f64], function: impl Fn(f64) -> f64) -> Series {
    values.iter().map(|&value| if value.is_nan() { UNKNOWN } else { finite(function(value)) }).collect()
}

/// A function of two values on every bar where both are known.
pub fn zip(a: &[f64], b: &[f64], function: impl Fn(f64, f64) -> f64) -> Series {
    let join = |(&a, &b): (&f64, &f64)| if a.is_nan() || b.is_nan() { UNKNOWN } else { finite(function(a, b)) };
    a.iter().zip(b).map(join).collect()
}

/// A function of the last `length` values where all are known.
pub fn window(values: &[f64], length: f64, function: impl Fn(&[f64]) -> f64) -> Series {
    let length = length as usize;
    let at = |bar: usize| match (bar + 1).checked_sub(length).map(|start| &values[start..=bar]) {
        Some(window) if window.iter().all(|value| !value.is_nan()) => finite(function(window)),
        _ => UNKNOWN,
    };
    (0..values.len()).map(at).collect()
}

/// What the values were that many bars ago.
pub fn lag(values: &[f64], bars: f64) -> Series {
    let bars = bars as usize;
    (0..values.len()).map(|bar| if bar < bars { UNKNOWN } else { values[bar - bars] }).collect()
}

/// A function of all known values so far, on bars with a known value.
pub fn running(values: &[f64], function: impl Fn(&[f64]) -> f64) -> Series {
    let mut known = Vec::new();
    let next = |&x: &f64| {
        if x.is_nan() {
            return UNKNOWN;
        }
        known.push(x);
        function(&known)
    };
    values.iter().map(next).collect()
}

/// The change of every known value against the known one before it.
pub fn changes(values: &[f64]) -> Series {
    let mut previous = UNKNOWN;
    let change = |&x: &f64| {
        let change = x - previous;
        previous = if x.is_nan() { previous } else { x };
        change
    };
    values.iter().map(change).collect()
}

/// The mean of the first `length` known values, then a step of `weight` towards each known value.
pub fn smooth(values: &[f64], length: f64, weight: f64) -> Series {
    let mut seed = Vec::new();
    let mut average = UNKNOWN;
    let next = |&x: &f64| {
        if x.is_nan() {
            return UNKNOWN;
        }
        if seed.len() < length as usize {
            seed.push(x);
            average = if seed.len() == length as usize { mean(&seed) } else { UNKNOWN };
        } else {
            average = weight * x + (1.0 - weight) * average;
        }
        average
    };
    values.iter().map(next).collect()
}

pub fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

pub fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// The square root of the mean square of the distances from the mean.
pub fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    mean_of(values, |x| (x - mean) * (x - mean)).sqrt()
}

/// The mean of the distances from the mean.
pub fn mean_deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    mean_of(values, |x| (x - mean).abs())
}

fn mean_of(values: &[f64], function: impl Fn(f64) -> f64) -> f64 {
    values.iter().map(|&x| function(x)).sum::<f64>() / values.len() as f64
}

/// With the weights 1, 2, 3 … from the oldest.
pub fn weighted_mean(values: &[f64]) -> f64 {
    let weights: f64 = (1..=values.len()).map(|weight| weight as f64).sum();
    (1..).zip(values).map(|(weight, x)| f64::from(weight) * x).sum::<f64>() / weights
}

pub fn largest(values: &[f64]) -> f64 {
    values.iter().fold(values[0], |best, &x| if x > best { x } else { best })
}

pub fn smallest(values: &[f64]) -> f64 {
    values.iter().fold(values[0], |best, &x| if x < best { x } else { best })
}

/// Bars since the latest of the values that are equal to this one.
pub fn bars_since(values: &[f64], wanted: f64) -> f64 {
    values.iter().rev().position(|&x| x == wanted).expect("it is one of them") as f64
}

pub fn last(values: &[f64]) -> f64 {
    values[values.len() - 1]
}

pub fn before(values: &[f64]) -> &[f64] {
    &values[..values.len() - 1]
}

/// Kleene's `and`: false as soon as one is false.
pub fn and(a: &[f64], b: &[f64]) -> Series {
    logic(a, b, u8::min)
}

/// Kleene's `or`: true as soon as one is true.
pub fn or(a: &[f64], b: &[f64]) -> Series {
    logic(a, b, u8::max)
}

/// Kleene's logic with false 0, unknown 1, true 2.
fn logic(a: &[f64], b: &[f64], join: impl Fn(u8, u8) -> u8) -> Series {
    let rank = |condition: f64| if condition.is_nan() { 1 } else { 2 * condition as u8 };
    let value = |rank: u8| [0.0, UNKNOWN, 1.0][rank as usize];
    a.iter().zip(b).map(|(&a, &b)| value(join(rank(a), rank(b)))).collect()
}
