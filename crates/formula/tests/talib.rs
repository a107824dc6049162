//! Agreement with TA-Lib 0.8.3 (the crate `ta-lib`): 1e-12 of the value or, where values are differences, of the price
//! level; an index is measured against 100. Where conventions differ the test says how, and compares what must agree.

mod common;

use common::bytes::{PlanBytes, Value};
use common::candles::{Candles, PRICE};
use common::compare::assert_near;
use common::machine::reports;
use ta_lib::{Core, MAType, OutRange, RetCode};

/// Long enough for `adx(50, 50)` to forget its start.
const BARS: usize = 5_000;
const TOLERANCE: f64 = 1e-12;

struct Market {
    name: &'static str,
    candles: Candles,
    /// Of its prices.
    level: f64,
}

fn markets() -> Vec<Market> {
    let market = |name, candles, level| Market { name, candles, level };
    vec![
        market("walk", Candles::walk(BARS, 1), PRICE),
        // It ends sixteen times as high as it starts.
        market("trend", Candles::trend(BARS, 2), 16.0 * PRICE),
        market("resting", Candles::resting(BARS, 40, 3), PRICE),
        market("small quotes", Candles::walk(BARS, 4).priced(1e-8 / PRICE), 1e-8),
        market("large quotes", Candles::walk(BARS, 5).priced(1e8 / PRICE), 1e8),
        market("spiked", Candles::spiked(BARS, 150, 1_000.0, 6), PRICE),
    ]
}

/// What TA-Lib puts out, unknown before its first value.
fn talib(function: impl FnOnce(&Core, &mut [f64]) -> Result<OutRange, RetCode>) -> Vec<f64> {
    let mut out = vec![0.0; BARS];
    let range = function(&Core::new(), &mut out).expect("the parameters are in TA-Lib's range");
    [&vec![f64::NAN; range.beg_idx][..], &out[..range.count]].concat()
}

struct Ours {
    values: Vec<f64>,
    /// First bar on which the start weighs less than the tolerance.
    settled: usize,
}

fn ours(candles: &Candles, write: impl FnOnce(&mut PlanBytes, Prices) -> Value) -> Ours {
    let mut bytes = PlanBytes::default();
    let [high, low, close, volume, typical] = [1, 2, 3, 4, 5].map(|column| bytes.column(column));
    let value = write(&mut bytes, Prices { high, low, close, volume, typical });
    bytes.report(value);
    let plan = bytes.plan();
    let mut columns = candles.columns();
    columns.push(candles.typical());
    let reach = plan.graph.node(plan.reports[0]).reach();
    let fading = (reach.fading * -(TOLERANCE / 100.0).ln()).ceil() as usize;
    let settled = if reach.forever { 0 } else { reach.warmup.max(reach.lookback) + fading };
    Ours { values: reports(&plan, &columns).remove(0), settled }
}

struct Prices {
    high: Value,
    low: Value,
    close: Value,
    volume: Value,
    typical: Value,
}

/// A function of the close.
fn of_close(candles: &Candles, name: &str, parameters: &[f64]) -> Ours {
    ours(candles, |bytes, prices| bytes.call(name, &[prices.close], parameters))
}

/// A function of high, low and close.
fn of_range(candles: &Candles, name: &str, parameters: &[f64], output: usize) -> Ours {
    ours(candles, |bytes, x| bytes.call(name, &[x.high, x.low, x.close], parameters).output(output))
}

#[track_caller]
fn assert_agrees(ours: &[f64], theirs: &[f64], from: usize, scale: f64, market: &Market, what: &str) {
    assert!(from + 100 < BARS, "{what}: only {} bars to compare", BARS - from);
    assert_near(
        &ours[from..],
        &theirs[from..],
        scale,
        TOLERANCE,
        &format!("{what} on {} from bar {from}", market.name),
    );
}

const LENGTHS: [i32; 6] = [2, 3, 14, 20, 64, 200];

type OfOne = fn(&Core, usize, usize, &[f64], i32, &mut [f64]) -> Result<OutRange, RetCode>;

/// Same first bar, same values, of the close.
fn assert_same_function(name: &str, theirs: OfOne, lengths: &[i32], markets: &[Market]) {
    for market in markets {
        let close = &market.candles.close;
        for &length in lengths {
            let theirs = talib(|core, out| theirs(core, 0, BARS - 1, close, length, out));
            let ours = of_close(&market.candles, name, &[length as f64]).values;
            assert_agrees(&ours, &theirs, 0, market.level, market, &format!("{name}({length})"));
        }
    }
}

#[test]
fn sma_agrees() {
    assert_same_function("sma", Core::sma, &[1, 2, 3, 14, 20, 64, 200], &markets());
}

#[test]
fn sum_agrees() {
    assert_same_function("sum", Core::sum, &LENGTHS, &markets());
}

#[test]
fn wma_agrees() {
    assert_same_function("wma", Core::wma, &[1, 2, 3, 14, 20, 64, 200], &markets());
}

#[test]
fn ema_agrees_from_the_same_seed() {
    assert_same_function("ema", Core::ema, &[1, 2, 3, 14, 20, 64, 200], &markets());
}

#[test]
fn rma_agrees_from_the_same_seed() {
    assert_same_function("rma", Core::rma, &[1, 2, 3, 14, 20, 64, 200], &markets());
}

#[test]
fn dev_is_avgdev() {
    assert_same_function("dev", Core::avgdev, &LENGTHS, &markets());
}

#[test]
fn highest_and_lowest_are_max_and_min_to_the_bit() {
    for market in markets() {
        for (name, theirs) in [("highest", Core::max as OfOne), ("lowest", Core::min)] {
            for length in LENGTHS {
                let theirs = talib(|core, out| theirs(core, 0, BARS - 1, &market.candles.close, length, out));
                let ours = of_close(&market.candles, name, &[length as f64]).values;
                assert_near(&ours, &theirs, 0.0, 0.0, &format!("{name}({length}) on {}", market.name));
            }
        }
    }
}

/// TA-Lib gives the index of the bar; which of equal values it takes is not promised there, so no market with ties.
#[test]
fn highestbars_and_lowestbars_are_the_distances_to_maxindex_and_minindex() {
    type Index = fn(&Core, usize, usize, &[f64], i32, &mut [i32]) -> Result<OutRange, RetCode>;
    for market in markets().into_iter().filter(|market| market.name != "resting") {
        for (name, theirs) in [("highestbars", Core::maxindex as Index), ("lowestbars", Core::minindex)] {
            for length in LENGTHS {
                let mut index = vec![0; BARS];
                let range = theirs(&Core::new(), 0, BARS - 1, &market.candles.close, length, &mut index).unwrap();
                let since = (range.beg_idx..BARS).zip(&index).map(|(bar, &index)| bar as f64 - index as f64);
                let theirs: Vec<f64> = vec![f64::NAN; range.beg_idx].into_iter().chain(since).collect();
                let ours = of_close(&market.candles, name, &[length as f64]).values;
                assert_near(&ours, &theirs, 0.0, 0.0, &format!("{name}({length}) on {}", market.name));
            }
        }
    }
}

#[test]
fn stdev_agrees() {
    for market in markets() {
        for length in LENGTHS {
            let theirs = talib(|core, out| core.stddev(0, BARS - 1, &market.candles.close, length, 1.0, out));
            let ours = of_close(&market.candles, "stdev", &[length as f64]).values;
            assert_agrees(&ours, &theirs, 0, market.level, &market, &format!("stdev({length})"));
        }
    }
}

#[test]
fn bbands_agree() {
    for market in markets() {
        for (length, mult) in [(2, 1.0), (20, 2.0), (64, 2.5)] {
            let mut bands = [vec![0.0; BARS], vec![0.0; BARS], vec![0.0; BARS]];
            let [upper, middle, lower] = &mut bands;
            let close = &market.candles.close;
            let range = Core::new().bbands(0, BARS - 1, close, length, mult, mult, MAType::SMA, upper, middle, lower);
            let first = range.unwrap().beg_idx;
            for (output, band) in bands.iter().enumerate() {
                let theirs = [&vec![f64::NAN; first][..], &band[..BARS - first]].concat();
                let ours = ours(&market.candles, |bytes, prices| {
                    bytes.call("bbands", &[prices.close], &[length as f64, mult, 0.0]).output(output)
                });
                let what = format!("bbands({length}, {mult}) output {output}");
                assert_agrees(&ours.values, &theirs, 0, market.level, &market, &what);
            }
        }
    }
}

#[test]
fn mom_agrees() {
    assert_same_function("mom", Core::mom, &[1, 2, 10, 64, 200], &markets());
}

#[test]
fn roc_agrees() {
    for market in markets() {
        for length in [1, 2, 10, 64, 200] {
            let theirs = talib(|core, out| core.roc(0, BARS - 1, &market.candles.close, length, out));
            let ours = of_close(&market.candles, "roc", &[length as f64]).values;
            assert_agrees(&ours, &theirs, 0, 100.0, &market, &format!("roc({length})"));
        }
    }
}

#[test]
fn rsi_agrees_from_the_same_seed() {
    for market in markets() {
        for length in LENGTHS {
            let theirs = talib(|core, out| core.rsi(0, BARS - 1, &market.candles.close, length, out));
            let ours = of_close(&market.candles, "rsi", &[length as f64]).values;
            assert_agrees(&ours, &theirs, 0, 100.0, &market, &format!("rsi({length})"));
        }
    }
}

fn macd(market: &Market, lengths: [i32; 3]) -> [Vec<f64>; 3] {
    let mut out = [vec![0.0; BARS], vec![0.0; BARS], vec![0.0; BARS]];
    let [line, signal, histogram] = &mut out;
    let [fast, slow, smooth] = lengths;
    let close = &market.candles.close;
    let range = Core::new().macd(0, BARS - 1, close, fast, slow, smooth, line, signal, histogram).unwrap();
    out.map(|values| [&vec![f64::NAN; range.beg_idx][..], &values[..range.count]].concat())
}

/// TA-Lib starts the fast average at the slow one's start and puts nothing out before the signal; here each average
/// starts by itself. Both fade.
#[test]
fn macd_agrees_once_its_start_has_faded() {
    for market in markets() {
        for lengths in [[12, 26, 9], [5, 35, 5], [3, 10, 16]] {
            let theirs = macd(&market, lengths);
            for (output, theirs) in theirs.iter().enumerate() {
                let ours = ours(&market.candles, |bytes, prices| {
                    bytes.call("macd", &[prices.close], &lengths.map(f64::from)).output(output)
                });
                let what = format!("macd{lengths:?} output {output}");
                assert_agrees(&ours.values, theirs, ours.settled, market.level, &market, &what);
            }
        }
    }
}

#[test]
fn macd_line_is_the_difference_of_talibs_own_emas_on_every_bar() {
    for market in markets() {
        let ema = |length| talib(|core, out| core.ema(0, BARS - 1, &market.candles.close, length, out));
        let theirs: Vec<f64> = ema(12).iter().zip(ema(26)).map(|(fast, slow)| fast - slow).collect();
        let ours = of_close(&market.candles, "macd", &[12.0, 26.0, 9.0]).values;
        assert_agrees(&ours, &theirs, 0, market.level, &market, "macd line");
    }
}

/// Where the range is 0 TA-Lib says 0 and we say unknown; the markets always have a range.
#[test]
fn stoch_is_the_fast_k() {
    for market in markets() {
        let Candles { high, low, close, .. } = &market.candles;
        for length in [1, 2, 14, 64, 200] {
            let mut slow = vec![0.0; BARS];
            let theirs =
                talib(|core, out| core.stochf(0, BARS - 1, high, low, close, length, 1, MAType::SMA, out, &mut slow));
            let ours =
                ours(&market.candles, |bytes, x| bytes.call("stoch", &[x.high, x.low, x.close], &[length as f64]));
            assert_agrees(&ours.values, &theirs, 0, 100.0, &market, &format!("stoch({length})"));
        }
    }
}

/// TA-Lib rounds the mean as a price and divides by a deviation that may be much smaller: a unit in the last place of
/// the price is then this much of its index. Ours is held against exact arithmetic in exact.rs.
#[test]
fn cci_agrees_within_the_digits_of_the_mean_of_talib() {
    for market in markets() {
        let Candles { high, low, close, .. } = &market.candles;
        let typical = market.candles.typical();
        for length in LENGTHS {
            let theirs = talib(|core, out| core.cci(0, BARS - 1, high, low, close, length, out));
            let of_typical = |name: &str| {
                ours(&market.candles, |bytes, prices| bytes.call(name, &[prices.typical], &[length as f64])).values
            };
            let (ours, deviation) = (of_typical("cci"), of_typical("dev"));
            for bar in length as usize - 1..BARS {
                let price = typical[bar + 1 - length as usize..=bar].iter().fold(0.0, |most: f64, &x| most.max(x));
                let digit = 2.0 * f64::EPSILON * price / (0.015 * deviation[bar]);
                let apart = (ours[bar] - theirs[bar]).abs();
                let what = format!("cci({length}) on {}, bar {bar}", market.name);
                assert!(apart <= 100.0 * TOLERANCE + digit, "{what}: {} is not {}", ours[bar], theirs[bar]);
            }
        }
    }
}

/// TA-Lib has no range on the first bar; here it is high − low.
#[test]
fn true_range_agrees_after_the_first_bar() {
    for market in markets() {
        let Candles { high, low, close, .. } = &market.candles;
        let theirs = talib(|core, out| core.trange(0, BARS - 1, high, low, close, out));
        let ours = of_range(&market.candles, "tr", &[], 0).values;
        assert_agrees(&ours, &theirs, 1, market.level, &market, "tr");
    }
}

/// TA-Lib leaves the first bar's range out, so its average starts a bar later. That fades.
#[test]
fn atr_agrees_once_its_start_has_faded() {
    for market in markets() {
        let Candles { high, low, close, .. } = &market.candles;
        for length in [2, 3, 14, 64] {
            let theirs = talib(|core, out| core.atr(0, BARS - 1, high, low, close, length, out));
            let ours = of_range(&market.candles, "atr", &[length as f64], 0);
            assert_agrees(&ours.values, &theirs, ours.settled, market.level, &market, &format!("atr({length})"));
        }
    }
}

type OfRange = fn(&Core, usize, usize, &[f64], &[f64], &[f64], i32, &mut [f64]) -> Result<OutRange, RetCode>;

/// TA-Lib sums the first `length - 1` movements before it smooths; here every part is an `rma`. That fades.
#[test]
fn plus_minus_and_adx_agree_once_their_start_has_faded() {
    for market in markets() {
        let Candles { high, low, close, .. } = &market.candles;
        for length in [2, 3, 14, 50] {
            let functions = [("plus", Core::plus_di as OfRange), ("minus", Core::minus_di), ("adx", Core::adx)];
            for (output, (name, theirs)) in functions.into_iter().enumerate() {
                let theirs = talib(|core, out| theirs(core, 0, BARS - 1, high, low, close, length, out));
                let ours = of_range(&market.candles, "dmi", &[length as f64; 2], output);
                let what = format!("dmi({length}, {length}).{name}");
                assert_agrees(&ours.values, &theirs, ours.settled, 100.0, &market, &what);
            }
        }
    }
}

/// With a period of 1 TA-Lib does not smooth.
#[test]
fn movements_of_one_bar_agree() {
    type OfTwo = fn(&Core, usize, usize, &[f64], &[f64], i32, &mut [f64]) -> Result<OutRange, RetCode>;
    for market in markets() {
        let Candles { high, low, .. } = &market.candles;
        for (name, theirs) in [("plus_dm", Core::plus_dm as OfTwo), ("minus_dm", Core::minus_dm)] {
            let theirs = talib(|core, out| theirs(core, 0, BARS - 1, high, low, 1, out));
            let ours = ours(&market.candles, |bytes, prices| bytes.call(name, &[prices.high, prices.low], &[]));
            assert_agrees(&ours.values, &theirs, 0, market.level, &market, name);
        }
    }
}

/// TA-Lib starts with the first bar's volume, here with 0.
#[test]
fn obv_agrees_but_for_its_start() {
    for market in markets() {
        let Candles { close, volume, .. } = &market.candles;
        let theirs = talib(|core, out| core.obv(0, BARS - 1, close, volume, out));
        let theirs: Vec<f64> = theirs.iter().map(|total| total - volume[0]).collect();
        let ours = ours(&market.candles, |bytes, prices| bytes.call("obv", &[prices.close, prices.volume], &[]));
        assert_agrees(&ours.values, &theirs, 0, 0.0, &market, "obv");
    }
}

#[test]
fn mfi_agrees() {
    for market in markets() {
        let Candles { high, low, close, volume, .. } = &market.candles;
        for length in LENGTHS {
            let theirs = talib(|core, out| core.mfi(0, BARS - 1, high, low, close, volume, length, out));
            let ours = ours(&market.candles, |bytes, x| bytes.call("mfi", &[x.typical, x.volume], &[length as f64]));
            assert_agrees(&ours.values, &theirs, 0, 100.0, &market, &format!("mfi({length})"));
        }
    }
}

/// After spikes TA-Lib's sums have drifted, see below.
#[test]
fn vwma_agrees() {
    for market in markets().into_iter().filter(|market| market.name != "spiked") {
        let Candles { close, volume, .. } = &market.candles;
        for length in LENGTHS {
            let theirs = talib(|core, out| core.vwma(0, BARS - 1, close, volume, length, out));
            let ours = ours(&market.candles, |bytes, x| bytes.call("vwma", &[x.close, x.volume], &[length as f64]));
            assert_agrees(&ours.values, &theirs, 0, market.level, &market, &format!("vwma({length})"));
        }
    }
}

/// TA-Lib moves its sums by adding and subtracting, so what a spike rounds away never comes back. With spikes of 1e6
/// times the price its `sma(3)` is 2.8e-10 from the exact mean, `wma(3)` 5.5e-10, `vwma(3)` 3.4e-10, `mfi(3)` 2.0e-10;
/// ours, which subtracts nothing, stays within 2e-15. Only here 1e-9 is enough.
#[test]
fn after_huge_spikes_running_sums_of_talib_agree_to_nine_digits() {
    let candles = Candles::spiked(BARS, 150, 1e6, 6);
    let Candles { high, low, close, volume, .. } = &candles;
    for length in [3, 14, 64] {
        let p = [f64::from(length)];
        for (name, theirs) in [("sma", Core::sma as OfOne), ("sum", Core::sum), ("wma", Core::wma)] {
            let theirs = talib(|core, out| theirs(core, 0, BARS - 1, close, length, out));
            assert_near(&of_close(&candles, name, &p).values, &theirs, PRICE, 1e-9, &format!("{name}({length})"));
        }
        let theirs = talib(|core, out| core.vwma(0, BARS - 1, close, volume, length, out));
        let vwma = ours(&candles, |bytes, x| bytes.call("vwma", &[x.close, x.volume], &p));
        assert_near(&vwma.values, &theirs, PRICE, 1e-9, &format!("vwma({length})"));
        let theirs = talib(|core, out| core.mfi(0, BARS - 1, high, low, close, volume, length, out));
        let mfi = ours(&candles, |bytes, x| bytes.call("mfi", &[x.typical, x.volume], &p));
        assert_near(&mfi.values, &theirs, 100.0, 1e-9, &format!("mfi({length})"));
    }
}

/// TA-Lib computes its variance anew when it has shrunk a million-fold. Spikes of 300 times the price stay just above
/// that: `stdev(64)` is then 5.9e-12 of the price off, and is at 1e-9 only here.
#[test]
fn after_spikes_just_too_small_for_a_rebuild_stdev_of_talib_agrees_to_nine_digits() {
    let candles = Candles::spiked(BARS, 150, 300.0, 6);
    for length in [3, 14, 64] {
        let theirs = talib(|core, out| core.stddev(0, BARS - 1, &candles.close, length, 1.0, out));
        let ours = of_close(&candles, "stdev", &[f64::from(length)]).values;
        assert_near(&ours, &theirs, PRICE, 1e-9, &format!("stdev({length})"));
    }
}
