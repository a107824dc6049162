//! When two values count as the same.

/// Bit for bit, any unknown being like any other.
pub fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

/// Both unknown, or apart by `tolerance` of the larger of them and of `scale` at most.
pub fn near(a: f64, b: f64, scale: f64, tolerance: f64) -> bool {
    a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(scale)
}

#[track_caller]
pub fn assert_same_bits(got: &[f64], wanted: &[f64], what: &str) {
    assert_eq!(got.len(), wanted.len(), "{what}: length");
    for (bar, (&got, &wanted)) in got.iter().zip(wanted).enumerate() {
        assert!(same_bits(got, wanted), "{what}, bar {bar}: {got:?} is not {wanted:?}");
    }
}

/// Near each other on every bar, by one scale for all.
#[track_caller]
pub fn assert_near(got: &[f64], wanted: &[f64], scale: f64, tolerance: f64, what: &str) {
    assert_within(got, wanted, &vec![scale; got.len()], tolerance, what);
}

/// The same by a scale for each bar.
#[track_caller]
pub fn assert_within(got: &[f64], wanted: &[f64], scales: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), wanted.len(), "{what}: length");
    for (bar, ((&got, &wanted), &scale)) in got.iter().zip(wanted).zip(scales).enumerate() {
        let apart = (got - wanted).abs() / got.abs().max(wanted.abs()).max(scale);
        assert!(
            near(got, wanted, scale, tolerance),
            "{what}, bar {bar}: {got:?} is not {wanted:?} (apart {apart:.1e})"
        );
    }
}

/// The largest known size in a series.
pub fn largest(values: &[f64]) -> f64 {
    values.iter().filter(|value| value.is_finite()).fold(0.0, |most, value| most.max(value.abs()))
}

/// Bars on which a series is unknown.
pub fn unknown_bars(values: &[f64]) -> Vec<usize> {
    (0..values.len()).filter(|&bar| values[bar].is_nan()).collect()
}
