//! What must be equal by the language's promises: one node for one meaning, and exact values where there is a best one.

mod common;

use common::bytes::{PlanBytes, Value};
use common::candles::{Candles, Columns, with_holes};
use common::compare::{assert_near, assert_same_bits};
use common::machine::reports;
use common::random::Random;
use kernels::graph::ValueId;

const BARS: usize = 600;
const OPEN: u32 = 0;
const HIGH: u32 = 1;
const LOW: u32 = 2;
const CLOSE: u32 = 3;
const VOLUME: u32 = 4;

/// What each value of the bytes is in the graph.
fn in_graph<const N: usize>(write: impl FnOnce(&mut PlanBytes) -> [Value; N]) -> [ValueId; N] {
    let mut bytes = PlanBytes::default();
    let values = write(&mut bytes);
    let plan = bytes.plan();
    values.map(|value| plan.outputs[value.node as usize][value.output as usize])
}

#[track_caller]
fn assert_one_node(write: impl FnOnce(&mut PlanBytes) -> [Value; 2]) {
    let [one, other] = in_graph(write);
    assert_eq!(one, other);
}

/// The series of one value of a plan.
fn series(columns: &Columns, write: impl FnOnce(&mut PlanBytes) -> Value) -> Vec<f64> {
    let mut bytes = PlanBytes::default();
    let value = write(&mut bytes);
    bytes.report(value);
    reports(&bytes.plan(), columns).remove(0)
}

/// A function of the close and its parameters.
fn of_close(columns: &Columns, name: &str, parameters: &[f64]) -> Vec<f64> {
    series(columns, |bytes| {
        let close = bytes.column(CLOSE);
        bytes.call(name, &[close], parameters)
    })
}

fn high_low_close(bytes: &mut PlanBytes) -> [Value; 3] {
    [HIGH, LOW, CLOSE].map(|column| bytes.column(column))
}

#[test]
fn a_call_written_twice_is_one_node() {
    assert_one_node(|bytes| {
        let (close, again) = (bytes.column(CLOSE), bytes.column(CLOSE));
        [bytes.call("ema", &[close], &[9.0]), bytes.call("ema", &[again], &[9.0])]
    });
}

#[test]
fn other_parameters_columns_and_orders_are_other_nodes() {
    let nodes = in_graph(|bytes| {
        let (close, open) = (bytes.column(CLOSE), bytes.column(OPEN));
        [
            bytes.call("ema", &[close], &[9.0]),
            bytes.call("ema", &[close], &[10.0]),
            bytes.call("ema", &[open], &[9.0]),
            bytes.call("rma", &[close], &[9.0]),
            bytes.call("sub", &[close, open], &[]),
            bytes.call("sub", &[open, close], &[]),
        ]
    });
    assert!((0..6).all(|a| (0..a).all(|b| nodes[a] != nodes[b])), "{nodes:?}");
}

#[test]
fn atr_is_the_rma_of_the_true_range() {
    assert_one_node(|bytes| {
        let candle = high_low_close(bytes);
        let range = bytes.call("tr", &candle, &[]);
        [bytes.call("atr", &candle, &[14.0]), bytes.call("rma", &[range], &[14.0])]
    });
}

fn line(bytes: &mut PlanBytes, close: Value) -> Value {
    let (fast, slow) = (bytes.call("ema", &[close], &[12.0]), bytes.call("ema", &[close], &[26.0]));
    bytes.call("sub", &[fast, slow], &[])
}

#[test]
fn macd_line_is_the_difference_of_two_emas() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        [bytes.call("macd", &[close], &[12.0, 26.0, 9.0]), line(bytes, close)]
    });
}

#[test]
fn macd_signal_is_the_ema_of_the_line() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        let line = line(bytes, close);
        [bytes.call("macd", &[close], &[12.0, 26.0, 9.0]).output(1), bytes.call("ema", &[line], &[9.0])]
    });
}

#[test]
fn macd_histogram_is_line_minus_signal() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        let macd = bytes.call("macd", &[close], &[12.0, 26.0, 9.0]);
        [macd.output(2), bytes.call("sub", &[macd, macd.output(1)], &[])]
    });
}

#[test]
fn bbands_middle_is_the_sma() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        [bytes.call("bbands", &[close], &[20.0, 2.0]).output(1), bytes.call("sma", &[close], &[20.0])]
    });
}

#[test]
fn bbands_upper_is_so_many_deviations_above_the_sma() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        let (mult, middle) = (bytes.constant(2.0), bytes.call("sma", &[close], &[20.0]));
        let deviation = bytes.call("stdev", &[close], &[20.0]);
        let width = bytes.call("mul", &[deviation, mult], &[]);
        [bytes.call("bbands", &[close], &[20.0, 2.0]), bytes.call("add", &[middle, width], &[])]
    });
}

#[test]
fn mom_is_change() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        [bytes.call("mom", &[close], &[10.0]), bytes.call("change", &[close], &[10.0])]
    });
}

#[test]
fn change_is_the_value_minus_the_earlier_one() {
    assert_one_node(|bytes| {
        let close = bytes.column(CLOSE);
        let before = bytes.call("lag", &[close], &[5.0]);
        [bytes.call("change", &[close], &[5.0]), bytes.call("sub", &[close, before], &[])]
    });
}

#[test]
fn crossunder_is_crossover_the_other_way_round() {
    assert_one_node(|bytes| {
        let (close, open) = (bytes.column(CLOSE), bytes.column(OPEN));
        [bytes.call("crossunder", &[close, open], &[]), bytes.call("crossover", &[open, close], &[])]
    });
}

/// Reports two values of the same plan and wants them to be equal on every bar, unknown where the other is.
#[track_caller]
fn assert_same_meaning(columns: &Columns, what: &str, write: impl FnOnce(&mut PlanBytes) -> [Value; 2]) {
    let mut bytes = PlanBytes::default();
    for value in write(&mut bytes) {
        bytes.report(value);
    }
    let [one, other] = reports(&bytes.plan(), columns).try_into().expect("two values are reported");
    assert_same_bits(&one, &other, what);
}

/// A condition that is true, false and unknown in any order, in long and in short runs.
fn random_condition(random: &mut Random) -> Vec<f64> {
    let mut condition = Vec::new();
    while condition.len() < BARS {
        let longest = [1, 3, 80][random.below(3)];
        let run = 1 + random.below(longest);
        condition.extend(vec![random.condition(); run]);
    }
    condition.truncate(BARS);
    condition
}

#[test]
fn every_and_exist_are_their_definitions_spelled_out() {
    let mut random = Random::new(7);
    for length in [1, 2, 3, 7, 14, 63, 64, 65, 130] {
        for _ in 0..20 {
            let columns = vec![random_condition(&mut random)];
            for (name, join) in [("every", "and"), ("exist", "or")] {
                assert_same_meaning(&columns, &format!("{name} of {length}"), |bytes| {
                    let (column, zero) = (bytes.column(0), bytes.constant(0.0));
                    let condition = bytes.call("gt", &[column, zero], &[]);
                    let spelled = (1..length).fold(condition, |all, bars| {
                        let before = bytes.call("lag_condition", &[condition], &[bars as f64]);
                        bytes.call(join, &[all, before], &[])
                    });
                    [bytes.call(name, &[condition], &[length as f64]), spelled]
                });
            }
        }
    }
}

/// Small whole numbers, so that a touch is as frequent as a crossing, and holes.
fn meeting_series(random: &mut Random) -> Columns {
    let mut series = || with_holes(&(0..BARS).map(|_| random.below(3) as f64).collect::<Vec<_>>(), 0.2, random.bits());
    vec![series(), series()]
}

#[test]
fn crossings_are_their_definitions_spelled_out() {
    let mut random = Random::new(8);
    for _ in 0..50 {
        let columns = meeting_series(&mut random);
        let spelled = |bytes: &mut PlanBytes, now: &str, then: &str| {
            let (a, b) = (bytes.column(0), bytes.column(1));
            let (a_before, b_before) = (bytes.call("lag", &[a], &[1.0]), bytes.call("lag", &[b], &[1.0]));
            let (now, then) = (bytes.call(now, &[a, b], &[]), bytes.call(then, &[a_before, b_before], &[]));
            bytes.call("and", &[now, then], &[])
        };
        for (name, now, then) in [("crossover", "gt", "le"), ("crossunder", "lt", "ge")] {
            assert_same_meaning(&columns, name, |bytes| {
                let spelled = spelled(bytes, now, then);
                let (a, b) = (bytes.column(0), bytes.column(1));
                [bytes.call(name, &[a, b], &[]), spelled]
            });
        }
        assert_same_meaning(&columns, "cross", |bytes| {
            let (over, under) = (spelled(bytes, "gt", "le"), spelled(bytes, "lt", "ge"));
            let (a, b) = (bytes.column(0), bytes.column(1));
            [bytes.call("cross", &[a, b], &[]), bytes.call("or", &[over, under], &[])]
        });
    }
}

/// High, low and close in cents whose sums are 3000, 3000, 3300, 3000, 3000 and 3600, and volumes. As binary numbers the
/// typical prices of bars 0, 1, 3 and 4 are 10, one unit above it, 10 and one unit below it.
fn equal_sums() -> Columns {
    vec![
        vec![10.14, 10.31, 11.24, 10.28, 10.54, 12.48],
        vec![9.83, 9.46, 10.81, 9.84, 9.62, 11.54],
        vec![10.03, 10.23, 10.95, 9.88, 9.84, 11.98],
        vec![7.0, 5.0, 10.0, 33.0, 7.0, 110.0],
    ]
}

fn typical(bytes: &mut PlanBytes) -> Value {
    let [high, low, close, three] = [bytes.column(0), bytes.column(1), bytes.column(2), bytes.constant(3.0)];
    let two = bytes.call("add", &[high, low], &[]);
    let sum = bytes.call("add", &[two, close], &[]);
    bytes.call("div", &[sum, three], &[])
}

#[test]
fn a_computed_price_that_is_equal_in_decimals_has_not_changed() {
    let columns = equal_sums();
    let prices = series(&columns, typical);
    assert_same_bits(&prices, &[10.0, 10.000000000000002, 11.0, 10.0, 9.999999999999998, 12.0], "the typical price");
    let flow = series(&columns, |bytes| {
        let (typical, volume) = (typical(bytes), bytes.column(3));
        bytes.call("mfi", &[typical, volume], &[3.0])
    });
    // 110 up and 330 down; the same; 330 down and 1320 up.
    assert_same_bits(&flow, &[f64::NAN, f64::NAN, f64::NAN, 25.0, 25.0, 80.0], "mfi");
    let index = series(&columns, |bytes| {
        let typical = typical(bytes);
        bytes.call("cci", &[typical], &[2.0])
    });
    let end = 1.0 / 0.015;
    assert_near(&index, &[f64::NAN, 0.0, end, -end, 0.0, end], 0.0, 1e-14, "cci");
}

#[test]
fn a_column_has_changed_when_one_bit_of_it_has() {
    let (ten, above) = (10.0_f64, 10.0_f64.next_up());
    let columns = vec![vec![ten, above, ten, ten], vec![1.0; 4]];
    let flow = series(&columns, |bytes| {
        let (column, volume) = (bytes.column(0), bytes.column(1));
        bytes.call("mfi", &[column, volume], &[1.0])
    });
    assert_same_bits(&flow, &[f64::NAN, 100.0, 0.0, f64::NAN], "mfi");
    let index = series(&columns, |bytes| {
        let column = bytes.column(0);
        bytes.call("cci", &[column], &[2.0])
    });
    let end = 1.0 / 0.015;
    assert_near(&index, &[f64::NAN, end, -end, 0.0], 0.0, 1e-14, "cci");
}

#[test]
fn halves_are_rounded_up_and_every_other_number_to_the_nearest() {
    let below_half = 0.49999999999999994;
    let pairs = [
        (-2.5, -2.0),
        (-1.5, -1.0),
        (-0.5, 0.0),
        (0.5, 1.0),
        (1.5, 2.0),
        (2.5, 3.0),
        (below_half, 0.0),
        (-below_half, 0.0),
        (-2.500000000000001, -3.0),
        (4503599627370495.5, 4503599627370496.0),
        (-4503599627370495.5, -4503599627370495.0),
        (4503599627370497.0, 4503599627370497.0),
        (-9007199254740991.0, -9007199254740991.0),
        (1e300, 1e300),
        (0.0, 0.0),
        (-0.0, -0.0),
    ];
    let (numbers, wanted): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let rounded = series(&vec![numbers], |bytes| {
        let column = bytes.column(0);
        bytes.call("round", &[column], &[])
    });
    assert_same_bits(&rounded, &wanted, "round");
}

/// One of 63 equal prices and a tick is 2100 away: 62/63 of the tick, by 0.015 times 124/3969 of it.
#[test]
fn an_index_of_large_prices_and_small_ticks_keeps_its_digits() {
    for tick in [0.0001220703125, 0.0009765625, 100.0] {
        let mut prices = vec![1e8; 126];
        prices[125] += tick;
        let index = series(&vec![prices.clone()], |bytes| {
            let column = bytes.column(0);
            bytes.call("cci", &[column], &[63.0])
        });
        assert_near(&index[125..], &[2100.0], 0.0, 1e-13, "cci");
        let deviation = series(&vec![prices], |bytes| {
            let column = bytes.column(0);
            bytes.call("dev", &[column], &[63.0])
        });
        assert_near(&deviation[125..], &[124.0 / 3969.0 * tick], 0.0, 1e-13, "dev");
    }
}

/// The deviation of two values is half of their difference.
#[test]
fn a_deviation_is_right_or_unknown_but_never_silently_zero() {
    let deviation = |a: f64, b: f64| {
        let values = series(&vec![vec![a, b]], |bytes| {
            let column = bytes.column(0);
            bytes.call("stdev", &[column], &[2.0])
        });
        values[1]
    };
    for size in [1e-119, 1e-60, 1.0, 1e60, 1e149] {
        assert_near(&[deviation(size, 3.0 * size)], &[size], 0.0, 1e-15, "stdev");
        let next = size.next_up();
        assert_near(&[deviation(size, next)], &[(next - size) / 2.0], 0.0, 1e-15, "stdev of neighbours");
        assert_same_bits(&[deviation(0.0, size)], &[size / 2.0], "stdev beside 0");
        assert_same_bits(&[deviation(0.0, 0.0)], &[0.0], "stdev of 0");
    }
    for size in [f64::MIN_POSITIVE, 5e-324, 1e-170, -1e-170, 1e151, 1e200, -1e200, f64::MAX] {
        for other in [0.0, 1.0, size, 3.0 * size] {
            assert!(deviation(size, other).is_nan() && deviation(other, size).is_nan(), "{size:e} and {other:e}");
        }
    }
}

#[test]
fn adx_is_the_adx_of_dmi() {
    assert_one_node(|bytes| {
        let candle = high_low_close(bytes);
        [bytes.call("adx", &candle, &[14.0, 9.0]), bytes.call("dmi", &candle, &[14.0, 9.0]).output(2)]
    });
}

#[test]
fn stoch_is_made_of_highest_and_lowest() {
    let mut bytes = PlanBytes::default();
    let [high, low, close] = high_low_close(&mut bytes);
    bytes.call("stoch", &[high, low, close], &[14.0]);
    let nodes = bytes.plan().graph.len();
    bytes.call("highest", &[high], &[14.0]);
    bytes.call("lowest", &[low], &[14.0]);
    assert_eq!(bytes.plan().graph.len(), nodes, "the parts are there already");
}

#[test]
fn the_stochastic_of_pine_is_that_of_the_house_in_another_order() {
    assert_one_node(|bytes| {
        let [high, low, close] = high_low_close(bytes);
        [bytes.call("ta.stoch", &[close, high, low], &[14.0]), bytes.call("stoch", &[high, low, close], &[14.0])]
    });
}

#[test]
fn the_bands_of_pine_are_those_of_the_house_in_another_order() {
    for (pine, house) in [(0, 1), (1, 0), (2, 2)] {
        assert_one_node(|bytes| {
            let close = bytes.column(CLOSE);
            let bands = bytes.call("ta.bb", &[close], &[20.0, 2.0]);
            [bands.output(pine), bytes.call("bbands", &[close], &[20.0, 2.0]).output(house)]
        });
    }
}

#[test]
fn the_offsets_of_pine_are_the_counts_of_the_house_below_zero() {
    for (pine, house) in [("ta.highestbars", "highestbars"), ("ta.lowestbars", "lowestbars")] {
        assert_one_node(|bytes| {
            let (close, zero) = (bytes.column(CLOSE), bytes.constant(0.0));
            let count = bytes.call(house, &[close], &[9.0]);
            [bytes.call(pine, &[close], &[9.0]), bytes.call("sub", &[zero, count], &[])]
        });
    }
}

/// One kernel computes what the parts of the language say.
#[test]
fn directional_movement_is_its_definition_spelled_out() {
    for seed in 0..6 {
        let mut columns = [Candles::walk(BARS, seed), Candles::resting(BARS, 40, seed)][seed as usize % 2].columns();
        for column in [HIGH, LOW, CLOSE] {
            let values = &mut columns[column as usize];
            *values = with_holes(values, [0.0, 0.01, 0.2][seed as usize % 3], seed + column as u64);
        }
        for (name, length) in [("dmi", 1.0), ("dmi", 14.0), ("ta.dmi", 1.0), ("ta.dmi", 14.0)] {
            for output in 0..3 {
                assert_same_meaning(&columns, &format!("{name}({length}, 9), output {output}"), |bytes| {
                    let candle = high_low_close(bytes);
                    let spelled = directional(bytes, length, name == "ta.dmi")[output];
                    [bytes.call(name, &candle, &[length, 9.0]).output(output), spelled]
                });
            }
        }
    }
}

/// `plus`, `minus` and `adx` with a smoothing of 9; where the range is 0 the sides are unknown, or `held`.
fn directional(bytes: &mut PlanBytes, length: f64, held: bool) -> [Value; 3] {
    let candle = high_low_close(bytes);
    let (zero, hundred) = (bytes.constant(0.0), bytes.constant(100.0));
    let range = bytes.call("ta.tr", &candle, &[]);
    let range = bytes.call("rma", &[range], &[length]);
    let percent = |bytes: &mut PlanBytes, part: Value, of: Value| {
        let share = bytes.call("div", &[part, of], &[]);
        bytes.call("mul", &[share, hundred], &[])
    };
    let [plus, minus] = ["plus_dm", "minus_dm"].map(|movement| {
        let movement = bytes.call(movement, &candle[..2], &[]);
        let average = bytes.call("rma", &[movement], &[length]);
        let side = percent(bytes, average, range);
        let moved = bytes.call("gt", &[range, zero], &[]);
        if held { bytes.call("valuewhen", &[moved, side], &[0.0]) } else { side }
    });
    let [sum, apart] = ["add", "sub"].map(|join| bytes.call(join, &[plus, minus], &[]));
    let apart = bytes.call("abs", &[apart], &[]);
    let index = percent(bytes, apart, sum);
    let none = bytes.call("eq", &[sum, zero], &[]);
    let index = bytes.call("choose", &[none, zero, index], &[]);
    [plus, minus, bytes.call("rma", &[index], &[9.0])]
}

#[test]
fn on_a_flat_series_nothing_is_lost_and_the_oscillators_of_pine_are_100() {
    for price in PRICES {
        let columns = Candles::flat(BARS, price).columns();
        for length in [1.0, 2.0, 14.0, 65.0] {
            let rsi = of_close(&columns, "ta.rsi", &[length]);
            assert_constant(&rsi, 100.0, &format!("ta.rsi({length}) of {price}"));
            let flow = series(&columns, |bytes| {
                let (close, volume) = (bytes.column(CLOSE), bytes.column(VOLUME));
                bytes.call("ta.mfi", &[close, volume], &[length])
            });
            // The first bar's money is on both sides while it is in the window.
            let first = length as usize - 1;
            assert_same_bits(&flow[first..first + 1], &[50.0], "ta.mfi with the first bar");
            assert_constant(&flow[first + 1..], 100.0, &format!("ta.mfi({length}) of {price}"));
        }
    }
}

#[test]
fn an_average_of_length_one_is_its_input() {
    let mut columns = Candles::spiked(BARS, 50, 1e12, 1).columns();
    columns[CLOSE as usize] = with_holes(&columns[CLOSE as usize], 0.05, 1);
    for name in ["sma", "ema", "rma", "wma", "sum", "highest", "lowest"] {
        assert_same_bits(&of_close(&columns, name, &[1.0]), &columns[CLOSE as usize], name);
    }
    // A product divided by one of its factors may differ in the last digit.
    let weighted = series(&columns, |bytes| {
        let (close, volume) = (bytes.column(CLOSE), bytes.column(VOLUME));
        bytes.call("vwma", &[close, volume], &[1.0])
    });
    assert_near(&weighted, &columns[CLOSE as usize], 0.0, 2.0 * f64::EPSILON, "vwma");
}

#[test]
fn a_window_of_length_one_does_not_deviate() {
    let columns = Candles::spiked(BARS, 50, 1e12, 1).columns();
    for (name, parameters) in [("stdev", &[1.0][..]), ("dev", &[1.0]), ("cci", &[1.0]), ("highestbars", &[1.0])] {
        assert_same_bits(&of_close(&columns, name, parameters), &[0.0; BARS], name);
    }
    for output in 0..3 {
        let band = series(&columns, |bytes| {
            let close = bytes.column(CLOSE);
            bytes.call("bbands", &[close], &[1.0, 2.0]).output(output)
        });
        assert_same_bits(&band, &columns[CLOSE as usize], "a band");
    }
}

/// Awkward prices: none of them, nor their sums, is a short binary number.
const PRICES: [f64; 5] = [0.1, 7.3, 1e-8 / 3.0, 1e8 / 3.0, 99_999.99];

/// All values from the first known one on are this one.
#[track_caller]
fn assert_constant(values: &[f64], wanted: f64, what: &str) {
    let known = values.iter().position(|value| !value.is_nan()).unwrap_or_else(|| panic!("{what} is never known"));
    assert_same_bits(&values[known..], &vec![wanted; values.len() - known], what);
}

#[test]
fn on_a_flat_series_every_function_has_its_exact_value() {
    for price in PRICES {
        let columns = Candles::flat(BARS, price).columns();
        for length in [1.0, 2.0, 3.0, 14.0, 63.0, 64.0, 65.0, 200.0] {
            let constant = |name: &str, wanted: f64| {
                let values = of_close(&columns, name, &[length]);
                assert_constant(&values, wanted, &format!("{name}({length}) of {price}"));
            };
            for average in ["sma", "ema", "rma", "wma", "highest", "lowest"] {
                constant(average, price);
            }
            for zero in ["stdev", "dev", "cci", "highestbars", "lowestbars", "mom", "roc", "rising", "falling"] {
                constant(zero, 0.0);
            }
            constant("rsi", 50.0);
        }
        for output in 0..3 {
            let macd = series(&columns, |bytes| {
                let close = bytes.column(CLOSE);
                bytes.call("macd", &[close], &[12.0, 26.0, 9.0]).output(output)
            });
            assert_constant(&macd, 0.0, &format!("macd of {price}"));
        }
    }
}

#[test]
fn flat_windows_behind_a_walk_do_not_deviate() {
    let mut close = Candles::walk(BARS, 3).close;
    let price = close[200];
    close[200..].fill(price);
    let columns = Candles::around(close, 3).columns();
    for name in ["stdev", "dev", "cci"] {
        assert_same_bits(&of_close(&columns, name, &[30.0])[229..], &vec![0.0; BARS - 229], name);
    }
    assert_same_bits(&of_close(&columns, "sma", &[30.0])[229..], &vec![price; BARS - 229], "sma");
}

#[test]
fn where_the_price_has_no_range_quotients_are_unknown() {
    let columns = Candles::flat(BARS, 7.3).columns();
    let quotients = [("stoch", [CLOSE, HIGH, LOW]), ("dmi", [HIGH, LOW, CLOSE])];
    for ((name, inputs), parameters) in quotients.into_iter().zip([&[14.0][..], &[14.0, 14.0]]) {
        let values = series(&columns, |bytes| {
            let inputs = inputs.map(|column| bytes.column(column));
            bytes.call(name, &inputs, parameters)
        });
        assert_same_bits(&values, &[f64::NAN; BARS], name);
    }
}

/// At the end of its range an oscillator is at the very end: `stoch(14) == 100` is how a new high is asked for.
#[test]
fn oscillators_stay_within_0_to_100_and_reach_both_ends_exactly() {
    for seed in 0..200 {
        let mut candles = Candles::walk(BARS, seed);
        let sizes: Vec<f64> = candles.close.iter().map(|close| close.fract() + 0.01).collect();
        // Runs of rising and of falling closes, on the high and on the low.
        for bar in 1..BARS {
            let step = if bar / 60 % 2 == 0 { sizes[bar] } else { -sizes[bar] };
            candles.close[bar] = (candles.close[bar - 1] + step).max(0.5 + sizes[bar]);
            candles.high[bar] = candles.close[bar].max(candles.close[bar - 1]);
            candles.low[bar] = candles.close[bar].min(candles.close[bar - 1]);
        }
        let columns = candles.columns();
        for (name, inputs) in [("rsi", vec![CLOSE]), ("stoch", vec![HIGH, LOW, CLOSE]), ("mfi", vec![CLOSE, VOLUME])] {
            let values = series(&columns, |bytes| {
                let inputs: Vec<Value> = inputs.iter().map(|&column| bytes.column(column)).collect();
                bytes.call(name, &inputs, &[5.0])
            });
            let outside: Vec<&f64> = values.iter().filter(|value| **value < 0.0 || **value > 100.0).collect();
            assert!(outside.is_empty(), "{name}: {outside:?}");
            let ends = [0.0, 100.0].map(|end| values.iter().filter(|&&value| value == end).count());
            assert!(name == "rsi" || ends[0] > 20 && ends[1] > 20, "{name} is {ends:?} times at its ends");
        }
    }
}

#[test]
fn dmi_stays_within_0_to_100() {
    for seed in 0..50 {
        let columns = Candles::walk(BARS, seed).columns();
        for output in 0..3 {
            for length in [1.0, 2.0, 14.0] {
                let values = series(&columns, |bytes| {
                    let candle = high_low_close(bytes);
                    bytes.call("dmi", &candle, &[length, 3.0]).output(output)
                });
                // `plus` and `minus` divide two averages, each with its own rounding.
                let top = 100.0 * (1.0 + 1e-13);
                assert!(values.iter().all(|&value| !(value < 0.0 || value > top)), "output {output} of dmi({length})");
            }
        }
    }
}

#[test]
fn a_function_takes_the_output_of_another_as_it_takes_a_column() {
    let columns = Candles::walk(BARS, 4).columns();
    let inner = of_close(&columns, "ema", &[5.0]);
    let nested = series(&columns, |bytes| {
        let close = bytes.column(CLOSE);
        let ema = bytes.call("ema", &[close], &[5.0]);
        bytes.call("wma", &[ema], &[9.0])
    });
    let column = series(&vec![inner], |bytes| {
        let column = bytes.column(0);
        bytes.call("wma", &[column], &[9.0])
    });
    assert_same_bits(&nested, &column, "wma(ema(close, 5), 9)");
}
