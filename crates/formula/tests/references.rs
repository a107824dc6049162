//! Every function against a plain one: loops over slices, written from the language's rules and not from the kernels.

mod common;

use common::candles::{Candles, Columns, with_holes};
use common::catalogue::{Case, cases};
use common::compare::{assert_near, largest};
use common::machine::reports;
use common::random::Random;
use kernels::indicators::{REGISTRY, find};
use kernels::spec::Group;

const BARS: usize = 700;
const UNKNOWN: f64 = f64::NAN;

type Series = Vec<f64>;
/// Inputs and parameters give outputs.
type Reference = fn(&Columns, &[f64]) -> Vec<Series>;

const REFERENCES: &[(&str, Reference)] = &[
    // Windows of numbers.
    ("sma", |x, p| one(window(&x[0], p[0], mean))),
    ("sum", |x, p| one(window(&x[0], p[0], |w| w.iter().sum()))),
    ("wma", |x, p| one(wma(&x[0], p[0]))),
    ("stdev", |x, p| one(window(&x[0], p[0], deviation))),
    ("dev", |x, p| one(window(&x[0], p[0], mean_deviation))),
    ("highest", |x, p| one(window(&x[0], p[0], largest_of))),
    ("lowest", |x, p| one(window(&x[0], p[0], smallest_of))),
    ("highestbars", |x, p| one(window(&x[0], p[0], |w| bars_since(w, largest_of(w))))),
    ("lowestbars", |x, p| one(window(&x[0], p[0], |w| bars_since(w, smallest_of(w))))),
    ("lag", |x, p| one(lag(&x[0], p[0]))),
    ("change", |x, p| one(zip(&x[0], &lag(&x[0], p[0]), |now, then| now - then))),
    ("mom", |x, p| one(zip(&x[0], &lag(&x[0], p[0]), |now, then| now - then))),
    ("roc", |x, p| one(zip(&x[0], &lag(&x[0], p[0]), |now, then| finite(100.0 * (now - then) / then)))),
    ("bbands", bbands),
    ("cci", |x, p| one(window(&x[0], p[0], cci))),
    ("cci_within", |x, p| one(window(&x[0], p[0], cci))),
    ("stoch", |x, p| one(stoch(&x[2], &x[0], &x[1], p[0]))),
    ("vwma", |x, p| one(vwma(&x[0], &x[1], p[0]))),
    ("mfi", |x, p| one(mfi(&x[0], &x[1], p[0]))),
    ("rising", |x, p| one(window(&x[0], p[0] + 1.0, |w| yes_no(before(w).iter().all(|&x| last(w) > x))))),
    ("falling", |x, p| one(window(&x[0], p[0] + 1.0, |w| yes_no(before(w).iter().all(|&x| last(w) < x))))),
    // Averages without end.
    ("ema", |x, p| one(smooth(&x[0], p[0], 2.0 / (p[0] + 1.0)))),
    ("rma", |x, p| one(smooth(&x[0], p[0], 1.0 / p[0]))),
    ("macd", macd),
    ("rsi", |x, p| one(rsi(&x[0], p[0]))),
    ("tr", |x, _| one(true_range(&x[0], &x[1], &x[2]))),
    ("atr", |x, p| one(smooth(&true_range(&x[0], &x[1], &x[2]), p[0], 1.0 / p[0]))),
    ("plus_dm", |x, _| one(movement(&x[0], &x[1]).0)),
    ("minus_dm", |x, _| one(movement(&x[0], &x[1]).1)),
    ("dmi", |x, p| dmi(x, p)),
    ("adx", |x, p| one(dmi(x, p).remove(2))),
    ("directional", |x, p| with_index(directional(x, p[0]))),
    ("directional_held", |x, p| with_index(pine_directional(x, p[0]))),
    // Pine's.
    ("ta.stoch", |x, p| one(stoch(&x[0], &x[1], &x[2], p[0]))),
    ("ta.bb", |x, p| {
        let [upper, middle, lower] = bbands(x, p).try_into().expect("three bands");
        vec![middle, upper, lower]
    }),
    ("ta.highestbars", |x, p| one(window(&x[0], p[0], |w| -bars_since(w, largest_of(w))))),
    ("ta.lowestbars", |x, p| one(window(&x[0], p[0], |w| -bars_since(w, smallest_of(w))))),
    ("ta.tr", |x, _| one(range_from_before(x))),
    ("ta.rsi", |x, p| one(pine_rsi(&x[0], p[0]))),
    ("ta.dmi", pine_dmi),
    ("ta.mfi", |x, p| one(pine_mfi(&x[0], &x[1], p[0]))),
    ("inflow", |x, p| one(pine_flow(&x[0], &x[1], 1.0, p[0]))),
    ("outflow", |x, p| one(pine_flow(&x[0], &x[1], -1.0, p[0]))),
    // From the start to now.
    ("obv", |x, _| one(obv(&x[0], &x[1]))),
    ("cum", |x, _| one(running(&x[0], |known| known.iter().sum()))),
    ("highest_ever", |x, _| one(running(&x[0], largest_of))),
    ("lowest_ever", |x, _| one(running(&x[0], smallest_of))),
    ("up_streak", |x, _| one(running_changes(&x[0], up_streak))),
    ("bar_index", |x, _| one((0..x[0].len()).map(|bar| bar as f64).collect())),
    // Conditions over time. They come as 1 where true, −1 where false.
    ("count", |x, p| one(window(&x[0], p[0], count))),
    ("every", |x, p| one(over(&x[0], p[0], and))),
    ("exist", |x, p| one(over(&x[0], p[0], or))),
    ("barssince", |x, _| one(barssince(&x[0]))),
    ("valuewhen", |x, p| one(valuewhen(&x[0], &x[1], p[0]))),
    ("filter", |x, p| one(filter(&x[0], p[0]))),
    ("crossover", |x, _| one(crossover(&x[0], &x[1]))),
    ("crossunder", |x, _| one(crossover(&x[1], &x[0]))),
    ("cross", |x, _| one(or(&crossover(&x[0], &x[1]), &crossover(&x[1], &x[0])))),
    ("lag_condition", |x, p| one(each(&lag(&x[0], p[0]), truth))),
    // Logic.
    ("and", |x, _| one(and(&x[0], &x[1]))),
    ("or", |x, _| one(or(&x[0], &x[1]))),
    ("not", |x, _| one(each(&x[0], |a| 1.0 - truth(a)))),
    ("zero_one", |x, _| one(each(&x[0], truth))),
    ("choose", |x, _| one(choose(x, |value| value))),
    ("choose_condition", |x, _| one(choose(x, truth))),
    // Arithmetic and comparison.
    ("add", |x, _| one(zip(&x[0], &x[1], |a, b| a + b))),
    ("sub", |x, _| one(zip(&x[0], &x[1], |a, b| a - b))),
    ("mul", |x, _| one(zip(&x[0], &x[1], |a, b| a * b))),
    ("div", |x, _| one(zip(&x[0], &x[1], |a, b| finite(a / b)))),
    ("mod", |x, _| one(zip(&x[0], &x[1], |a, b| a - b * (a / b).trunc()))),
    ("neg", |x, _| one(each(&x[0], |a| 0.0 - a))),
    ("lt", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a < b)))),
    ("le", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a <= b)))),
    ("gt", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a > b)))),
    ("ge", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a >= b)))),
    ("eq", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a == b)))),
    ("ne", |x, _| one(zip(&x[0], &x[1], |a, b| yes_no(a != b)))),
    ("abs", |x, _| one(each(&x[0], |a| if a < 0.0 { -a } else { a }))),
    ("sign", |x, _| one(each(&x[0], |a| yes_no(a > 0.0) - yes_no(a < 0.0)))),
    ("sqrt", |x, _| one(each(&x[0], |a| a.powf(0.5)))),
    ("log", |x, _| one(each(&x[0], |a| finite(a.log2() / std::f64::consts::LOG2_E)))),
    ("log10", |x, _| one(each(&x[0], |a| finite(a.ln() / std::f64::consts::LN_10)))),
    ("exp", |x, _| one(each(&x[0], |a| finite(std::f64::consts::E.powf(a))))),
    ("pow", |x, _| one(zip(&x[0], &x[1], power))),
    ("floor", |x, _| one(each(&x[0], |a| a - a.rem_euclid(1.0)))),
    ("ceil", |x, _| one(each(&x[0], |a| a + (-a).rem_euclid(1.0)))),
    ("round", |x, _| one(each(&x[0], |a| if a.fract().abs() == 0.5 { a.ceil() } else { a.round() }))),
    ("min", |x, _| one(zip(&x[0], &x[1], |a, b| if a < b { a } else { b }))),
    ("max", |x, _| one(zip(&x[0], &x[1], |a, b| if a > b { a } else { b }))),
    ("nz", |x, _| one((0..x[0].len()).map(|bar| if x[0][bar].is_nan() { x[1][bar] } else { x[0][bar] }).collect())),
    ("na", |x, _| one(x[0].iter().map(|a| yes_no(a.is_nan())).collect())),
    // Calendar.
    ("year", |x, _| one(each(&x[0], |time| date(time).0))),
    ("month", |x, _| one(each(&x[0], |time| date(time).1))),
    ("day", |x, _| one(each(&x[0], |time| date(time).2))),
    ("weekday", |x, _| one(each(&x[0], |time| (days(time) + 3.0) % 7.0 + 1.0))),
    ("dayofweek", |x, _| one(each(&x[0], |time| (days(time) + 4.0) % 7.0 + 1.0))),
    ("hour", |x, _| one(each(&x[0], |time| (time / 3_600_000.0).floor() % 24.0))),
    ("minute", |x, _| one(each(&x[0], |time| (time / 60_000.0).floor() % 60.0))),
];

fn one(series: Series) -> Vec<Series> {
    vec![series]
}
fn yes_no(yes: bool) -> f64 {
    if yes { 1.0 } else { 0.0 }
}
/// 1, 0 or unknown, from a condition's column.
fn truth(condition: f64) -> f64 {
    if condition.is_nan() { UNKNOWN } else { yes_no(condition > 0.0) }
}
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { UNKNOWN }
}
/// By logarithms; of a negative number only whole powers.
fn power(a: f64, b: f64) -> f64 {
    let size = (b * a.abs().ln()).exp();
    match (a, b) {
        (_, 0.0) => 1.0,
        (0.0, _) => finite(if b > 0.0 { 0.0 } else { f64::INFINITY }),
        _ if a > 0.0 => finite(size),
        _ if b.fract() != 0.0 => UNKNOWN,
        _ => finite(if b % 2.0 == 0.0 { size } else { -size }),
    }
}
fn last(values: &[f64]) -> f64 {
    values[values.len() - 1]
}
fn before(values: &[f64]) -> &[f64] {
    &values[..values.len() - 1]
}

/// A function of one value on every bar where it is known.
fn each(values: &[f64], function: impl Fn(f64) -> f64) -> Series {
    values.iter().map(|&value| if value.is_nan() { UNKNOWN } else { function(value) }).collect()
}
fn zip(a: &[f64], b: &[f64], function: impl Fn(f64, f64) -> f64) -> Series {
    let join = |(&a, &b): (&f64, &f64)| if a.is_nan() || b.is_nan() { UNKNOWN } else { function(a, b) };
    a.iter().zip(b).map(join).collect()
}
/// A function of the last `length` values where all are known.
fn window(values: &[f64], length: f64, function: impl Fn(&[f64]) -> f64) -> Series {
    let length = length as usize;
    let at = |bar: usize| match (bar + 1).checked_sub(length).map(|start| &values[start..=bar]) {
        Some(window) if window.iter().all(|value| !value.is_nan()) => function(window),
        _ => UNKNOWN,
    };
    (0..values.len()).map(at).collect()
}
fn lag(values: &[f64], bars: f64) -> Series {
    let bars = bars as usize;
    (0..values.len()).map(|bar| if bar < bars { UNKNOWN } else { values[bar - bars] }).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}
fn mean_deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean).abs()).sum::<f64>() / values.len() as f64
}
fn largest_of(values: &[f64]) -> f64 {
    values.iter().fold(values[0], |best, &x| if x > best { x } else { best })
}
fn smallest_of(values: &[f64]) -> f64 {
    values.iter().fold(values[0], |best, &x| if x < best { x } else { best })
}
/// Bars since the latest of the values that are equal to this one.
fn bars_since(values: &[f64], wanted: f64) -> f64 {
    values.iter().rev().position(|&x| x == wanted).expect("it is one of them") as f64
}
fn count(conditions: &[f64]) -> f64 {
    conditions.iter().filter(|&&condition| condition > 0.0).count() as f64
}
fn wma(values: &[f64], length: f64) -> Series {
    let weights = length * (length + 1.0) / 2.0;
    window(values, length, |w| (1..).zip(w).map(|(weight, x)| weight as f64 * x).sum::<f64>() / weights)
}
/// Of the differences to one of the values: the mean of prices is a price, and as exact as one.
fn cci(values: &[f64]) -> f64 {
    let differences: Series = values.iter().map(|x| x - values[0]).collect();
    let flat = differences.iter().all(|&difference| difference == 0.0);
    if flat { 0.0 } else { (last(&differences) - mean(&differences)) / (0.015 * mean_deviation(&differences)) }
}
fn bbands(x: &Columns, p: &[f64]) -> Vec<Series> {
    let band = |sign: f64| window(&x[0], p[0], |w| mean(w) + sign * p[1] * deviation(w));
    vec![band(1.0), band(0.0), band(-1.0)]
}
fn stoch(source: &[f64], high: &[f64], low: &[f64], length: f64) -> Series {
    let (top, bottom) = (window(high, length, largest_of), window(low, length, smallest_of));
    let range = zip(&top, &bottom, |top, bottom| top - bottom);
    zip(&zip(source, &bottom, |x, bottom| x - bottom), &range, |x, range| finite(100.0 * x / range))
}
fn vwma(source: &[f64], volume: &[f64], length: f64) -> Series {
    let money = window(&zip(source, volume, |x, v| x * v), length, |w| w.iter().sum());
    zip(&money, &window(volume, length, |w| w.iter().sum()), |money, volume| finite(money / volume))
}
/// A bar without a change moves no money, whatever its volume.
fn mfi(source: &[f64], volume: &[f64], length: f64) -> Series {
    let change = zip(source, &lag(source, 1.0), |now, then| now - then);
    let flow = |sign: f64| -> Series {
        let flow = |bar: usize| match change[bar] * sign {
            change if change > 0.0 => source[bar] * volume[bar],
            change => 0.0 * change,
        };
        window(&(0..source.len()).map(flow).collect::<Series>(), length, |w| w.iter().sum())
    };
    zip(&flow(1.0), &flow(-1.0), |rising, falling| finite(100.0 * rising / (rising + falling)))
}

/// The mean of the first `length` known values, then a step of `weight` towards each known value.
fn smooth(values: &[f64], length: f64, weight: f64) -> Series {
    let mut seed = Vec::new();
    let mut average = UNKNOWN;
    each(values, |_| 0.0)
        .iter()
        .zip(values)
        .map(|(known, &x)| {
            if known.is_nan() {
                return UNKNOWN;
            }
            if seed.len() < length as usize {
                seed.push(x);
                average = if seed.len() == length as usize { mean(&seed) } else { UNKNOWN };
            } else {
                average = weight * x + (1.0 - weight) * average;
            }
            average
        })
        .collect()
}
fn macd(x: &Columns, p: &[f64]) -> Vec<Series> {
    let ema = |values: &[f64], length: f64| smooth(values, length, 2.0 / (length + 1.0));
    let line = zip(&ema(&x[0], p[0]), &ema(&x[0], p[1]), |fast, slow| fast - slow);
    let signal = ema(&line, p[2]);
    let histogram = zip(&line, &signal, |line, signal| line - signal);
    vec![line, signal, histogram]
}
/// The change of every known value against the known one before it.
fn changes(values: &[f64]) -> Series {
    let mut previous = UNKNOWN;
    let change = |&x: &f64| {
        let change = x - previous;
        previous = if x.is_nan() { previous } else { x };
        change
    };
    values.iter().map(change).collect()
}
fn rsi(values: &[f64], length: f64) -> Series {
    let changes = changes(values);
    let average = |sign: f64| smooth(&each(&changes, |change| (sign * change).max(0.0)), length, 1.0 / length);
    zip(&average(1.0), &average(-1.0), |gain, loss| match gain + loss {
        0.0 => 50.0,
        total => 100.0 * gain / total,
    })
}
fn true_range(high: &[f64], low: &[f64], close: &[f64]) -> Series {
    let range = |bar: usize| {
        if bar == 0 {
            return high[0] - low[0];
        }
        let previous = close[bar - 1];
        let distances = [high[bar] - low[bar], (high[bar] - previous).abs(), (low[bar] - previous).abs()];
        if distances.iter().any(|distance| distance.is_nan()) { UNKNOWN } else { largest_of(&distances) }
    };
    (0..high.len()).map(range).collect()
}
/// Wilder's movements up and down.
fn movement(high: &[f64], low: &[f64]) -> (Series, Series) {
    let up = zip(high, &lag(high, 1.0), |now, then| now - then);
    let down = zip(low, &lag(low, 1.0), |now, then| then - now);
    let counts = |this: f64, other: f64| if this > other && this > 0.0 { this } else { 0.0 };
    (zip(&up, &down, counts), zip(&down, &up, counts))
}
fn directional(x: &Columns, length: f64) -> [Series; 2] {
    let rma = |values: &[f64]| smooth(values, length, 1.0 / length);
    // No movement belongs to the first bar, so its range does not count.
    let range = rma(&range_from_before(x));
    let (up, down) = movement(&x[0], &x[1]);
    [up, down].map(|movement| zip(&rma(&movement), &range, |m, range| finite(100.0 * m / range)))
}
fn with_index([plus, minus]: [Series; 2]) -> Vec<Series> {
    let apart = zip(&plus, &minus, |plus, minus| match plus + minus {
        0.0 => 0.0,
        sum => 100.0 * (plus - minus).abs() / sum,
    });
    vec![plus, minus, apart]
}
fn with_adx(sides: [Series; 2], smoothing: f64) -> Vec<Series> {
    let mut outputs = with_index(sides);
    outputs[2] = smooth(&outputs[2], smoothing, 1.0 / smoothing);
    outputs
}
fn dmi(x: &Columns, p: &[f64]) -> Vec<Series> {
    with_adx(directional(x, p[0]), p[1])
}
/// On the first bar there is nothing to compare with.
fn range_from_before(x: &Columns) -> Series {
    let mut range = true_range(&x[0], &x[1], &x[2]);
    range[0] = UNKNOWN;
    range
}

/// `fixnan`: where the averaged range is 0, the quotient before it.
fn pine_directional(x: &Columns, length: f64) -> [Series; 2] {
    let rma = |values: &[f64]| smooth(values, length, 1.0 / length);
    let range = rma(&range_from_before(x));
    let (up, down) = movement(&x[0], &x[1]);
    let index = |movement: Series| {
        let mut last = UNKNOWN;
        zip(&rma(&movement), &range, |m, range| m / range)
            .iter()
            .zip(&range)
            .map(|(&index, &range)| {
                last = if range > 0.0 { index } else { last };
                if range.is_nan() { UNKNOWN } else { last }
            })
            .collect::<Series>()
    };
    [up, down].map(|movement| each(&index(movement), |share| 100.0 * share))
}
fn pine_dmi(x: &Columns, p: &[f64]) -> Vec<Series> {
    with_adx(pine_directional(x, p[0]), p[1])
}
fn pine_rsi(values: &[f64], length: f64) -> Series {
    let changes = changes(values);
    let average = |sign: f64| smooth(&each(&changes, |change| (sign * change).max(0.0)), length, 1.0 / length);
    zip(
        &average(1.0),
        &average(-1.0),
        |gain, loss| if loss == 0.0 { 100.0 } else { 100.0 - 100.0 / (1.0 + gain / loss) },
    )
}
/// `volume * (change(source) <= 0 ? 0 : source)`, or the reverse; the unknown change of the first bar is neither.
/// A change of no more than `rounding` of the price before is none.
fn pine_flow(source: &[f64], volume: &[f64], sign: f64, rounding: f64) -> Series {
    let flow = |bar: usize| {
        let Some(before) = bar.checked_sub(1).map(|before| source[before]) else { return source[bar] * volume[bar] };
        match sign * (source[bar] - before) {
            change if change.is_nan() => UNKNOWN,
            change if change <= rounding * before.abs() => 0.0 * volume[bar],
            _ => source[bar] * volume[bar],
        }
    };
    (0..source.len()).map(flow).collect()
}
fn pine_mfi(source: &[f64], volume: &[f64], length: f64) -> Series {
    let sum = |sign: f64| window(&pine_flow(source, volume, sign, 0.0), length, |w| w.iter().sum());
    zip(
        &sum(1.0),
        &sum(-1.0),
        |rising, falling| {
            if falling == 0.0 { 100.0 } else { finite(100.0 - 100.0 / (1.0 + rising / falling)) }
        },
    )
}

/// A function of all known values so far, on bars with a known value.
fn running(values: &[f64], function: impl Fn(&[f64]) -> f64) -> Series {
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
/// A function of all changes so far, on bars that have one.
fn running_changes(values: &[f64], function: impl Fn(&[f64]) -> f64) -> Series {
    running(&changes(values), function)
}
fn up_streak(changes: &[f64]) -> f64 {
    changes.iter().rev().take_while(|&&change| change > 0.0).count() as f64
}
fn obv(close: &[f64], volume: &[f64]) -> Series {
    let (mut previous, mut total) = (UNKNOWN, 0.0);
    zip(close, volume, |_, _| 0.0)
        .iter()
        .enumerate()
        .map(|(bar, known)| {
            if known.is_nan() {
                return UNKNOWN;
            }
            if close[bar] > previous {
                total += volume[bar];
            } else if close[bar] < previous {
                total -= volume[bar];
            }
            previous = close[bar];
            total
        })
        .collect()
}

fn barssince(condition: &[f64]) -> Series {
    let since = |bar: usize| match condition[..=bar].iter().rposition(|&condition| condition > 0.0) {
        Some(when) if !condition[bar].is_nan() => (bar - when) as f64,
        _ => UNKNOWN,
    };
    (0..condition.len()).map(since).collect()
}
fn valuewhen(condition: &[f64], source: &[f64], occurrence: f64) -> Series {
    let value = |bar: usize| {
        let mut times = (0..=bar).rev().filter(|&bar| condition[bar] > 0.0);
        match times.nth(occurrence as usize) {
            Some(when) if !condition[bar].is_nan() => source[when],
            _ => UNKNOWN,
        }
    };
    (0..condition.len()).map(value).collect()
}
fn filter(condition: &[f64], length: f64) -> Series {
    let mut passed: Vec<usize> = Vec::new();
    let pass = |(bar, &condition): (usize, &f64)| {
        if condition.is_nan() {
            return UNKNOWN;
        }
        let pausing = passed.last().is_some_and(|&when| bar - when <= length as usize);
        let passes = condition > 0.0 && !pausing;
        if passes {
            passed.push(bar);
        }
        yes_no(passes)
    };
    condition.iter().enumerate().map(pass).collect()
}
/// `a > b and a[1] <= b[1]`.
fn crossover(a: &[f64], b: &[f64]) -> Series {
    let above = zip(a, b, |a, b| yes_no(a > b));
    and(&above, &zip(&lag(a, 1.0), &lag(b, 1.0), |a, b| yes_no(a <= b)))
}
/// A condition joined with those of the `length - 1` bars before.
fn over(condition: &[f64], length: f64, join: impl Fn(&[f64], &[f64]) -> Series) -> Series {
    let start = each(condition, truth);
    (1..length as usize).fold(start, |all, bars| join(&all, &lag(condition, bars as f64)))
}
fn and(a: &[f64], b: &[f64]) -> Series {
    logic(a, b, u8::min)
}
fn or(a: &[f64], b: &[f64]) -> Series {
    logic(a, b, u8::max)
}
/// Kleene's logic with false 0, unknown 1, true 2.
fn logic(a: &[f64], b: &[f64], join: impl Fn(u8, u8) -> u8) -> Series {
    let rank = |condition: f64| if condition.is_nan() { 1 } else { 2 * truth(condition) as u8 };
    let value = |rank: u8| [0.0, UNKNOWN, 1.0][rank as usize];
    a.iter().zip(b).map(|(&a, &b)| value(join(rank(a), rank(b)))).collect()
}
fn choose(x: &Columns, value: impl Fn(f64) -> f64) -> Series {
    let chosen = |bar: usize| match truth(x[0][bar]) {
        1.0 => value(x[1][bar]),
        0.0 => value(x[2][bar]),
        _ => UNKNOWN,
    };
    (0..x[0].len()).map(chosen).collect()
}

fn days(time: f64) -> f64 {
    (time / 86_400_000.0).floor()
}
/// Counts the days off year by year and month by month.
fn date(time: f64) -> (f64, f64, f64) {
    let (mut left, mut year) = (days(time), 1970);
    let leaps = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while left >= if leaps(year) { 366.0 } else { 365.0 } {
        left -= if leaps(year) { 366.0 } else { 365.0 };
        year += 1;
    }
    let february = if leaps(year) { 29.0 } else { 28.0 };
    let months = [31.0, february, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    let mut month = 0;
    while left >= months[month] {
        left -= months[month];
        month += 1;
    }
    (year as f64, month as f64 + 1.0, left + 1.0)
}

/// Of the value; of the prices where prices are subtracted; of 100 where the value is an index.
fn scale(case: &Case, inputs: &Columns) -> f64 {
    if case.row.scale == Some(1) { largest(&inputs[0]) } else { 100.0 }
}

fn holed(inputs: Columns, share: f64, seed: u64) -> Columns {
    (seed..).zip(inputs).map(|(seed, input)| with_holes(&input, share, seed)).collect()
}

#[test]
fn every_function_agrees_with_its_plain_reference() {
    for (name, reference) in REFERENCES {
        assert!(find(name).is_some(), "there is no {name}");
        for (seed, case) in (0..).zip(cases()).filter(|(_, case)| case.row.name == *name) {
            let shapes = [
                (Candles::walk(BARS, seed), 0.02),
                (Candles::resting(BARS, 5, seed), 0.005),
                (Candles::trend(BARS, seed), 0.0),
                (Candles::rounded(BARS, seed), 0.005),
            ];
            for (candles, share) in &shapes {
                let inputs = holed(case.inputs(candles, seed), *share, seed);
                let (got, wanted) = (reports(&case.plan, &inputs), reference(&inputs, &case.parameters));
                for output in 0..case.row.outputs.len() {
                    let what = format!("{} with holes of {share}", case.label(output));
                    assert_near(&got[output], &wanted[output], scale(&case, &inputs), 1e-11, &what);
                }
            }
        }
    }
}

/// Few different numbers, so that equal ones, negative ones and zeros meet; candles would not be such.
fn halves(inputs: usize, seed: u64) -> Columns {
    let mut random = Random::new(seed);
    (0..inputs).map(|_| (0..BARS).map(|_| (random.below(13) as f64 - 6.0) / 2.0).collect()).collect()
}

#[test]
fn functions_of_any_numbers_agree_on_negative_ones_and_zero() {
    for (name, reference) in REFERENCES {
        for (seed, case) in (0..).zip(cases()).filter(|(_, case)| case.row.name == *name) {
            // Candles have a high above their low, and times count from 1970.
            if case.row.inputs.iter().any(|input| input.implied && ["high", "local_time"].contains(&input.name)) {
                continue;
            }
            let inputs = holed(halves(case.row.inputs.len().max(1), seed), 0.005, seed);
            let (got, wanted) = (reports(&case.plan, &inputs), reference(&inputs, &case.parameters));
            for output in 0..case.row.outputs.len() {
                assert_near(&got[output], &wanted[output], 100.0, 1e-11, &case.label(output));
            }
        }
    }
}

#[test]
fn the_calendar_agrees_over_centuries() {
    let times: Vec<f64> = (0..60_000).map(|day| day as f64 * 86_400_000.0 + (day % 1_440) as f64 * 60_000.0).collect();
    for (name, reference) in REFERENCES {
        let cases = cases();
        let Some(case) =
            cases.iter().find(|case| case.row.name == *name && case.row.inputs.iter().any(|i| i.name == "local_time"))
        else {
            continue;
        };
        let inputs = vec![times.clone()];
        assert_near(&reports(&case.plan, &inputs)[0], &reference(&inputs, &[])[0], 1.0, 0.0, name);
    }
}

#[test]
fn every_operator_has_a_reference() {
    for row in REGISTRY.iter().filter(|row| row.group == Group::Operator) {
        assert!(REFERENCES.iter().any(|(name, _)| *name == row.name), "{}", row.name);
    }
}
