//! Candles in the shapes that matter: a walk, a trend, flat pieces, spikes, holes, small and large quotes.

use super::random::Random;
use super::series::Series;

/// One vector per column, all of one length.
pub type Columns = Vec<Series>;

#[derive(Clone)]
pub struct Candles {
    pub open: Vec<f64>,
    pub high: Vec<f64>,
    pub low: Vec<f64>,
    pub close: Vec<f64>,
    pub volume: Vec<f64>,
}

/// Prices stay near this one, small enough for a price to the power of a price to be a number.
pub const PRICE: f64 = 30.0;

impl Candles {
    /// Candles around given closes: every open is near the close before, every range is wider than the body.
    pub fn around(close: Vec<f64>, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5eed);
        let mut candles = Candles { open: Vec::new(), high: Vec::new(), low: Vec::new(), close, volume: Vec::new() };
        for bar in 0..candles.close.len() {
            let close = candles.close[bar];
            let open = candles.close[bar.saturating_sub(1)] * (1.0 + 0.004 * random.swing());
            candles.high.push(open.max(close) * (1.0 + 0.01 * random.unit()));
            candles.low.push(open.min(close) * (1.0 - 0.01 * random.unit()));
            candles.open.push(open);
            candles.volume.push((1_000.0 + 9_000.0 * random.unit()).floor());
        }
        candles
    }

    /// A random walk that is drawn back to its start.
    pub fn walk(bars: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut price = PRICE;
        let close = (0..bars).map(|_| {
            price *= 1.0 + 0.02 * random.swing() + 0.01 * (PRICE - price) / PRICE;
            price
        });
        Self::around(close.collect(), seed)
    }
    pub fn trend(bars: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let close = (0..bars).map(|bar| PRICE * (1.0 + 0.003 * bar as f64 + 0.01 * random.swing()));
        Self::around(close.collect(), seed)
    }
    /// A walk whose closes stand still for `still` bars out of every `2·still`.
    pub fn resting(bars: usize, still: usize, seed: u64) -> Self {
        let mut walk = Self::walk(bars, seed).close;
        for bar in 1..bars {
            if bar / still % 2 == 1 {
                walk[bar] = walk[bar - 1];
            }
        }
        Self::around(walk, seed)
    }
    /// A walk in steps of a half, so that many prices are equal.
    pub fn rounded(bars: usize, seed: u64) -> Self {
        let mut candles = Self::walk(bars, seed);
        for prices in [&mut candles.open, &mut candles.high, &mut candles.low, &mut candles.close] {
            prices.iter_mut().for_each(|price| *price = (*price * 2.0).round() / 2.0);
        }
        candles
    }
    /// A walk in which every `every`-th close is `size` times as large.
    pub fn spiked(bars: usize, every: usize, size: f64, seed: u64) -> Self {
        let mut walk = Self::walk(bars, seed).close;
        for bar in (every / 2..bars).step_by(every) {
            walk[bar] *= size;
        }
        Self::around(walk, seed)
    }
    /// One price on every bar.
    pub fn flat(bars: usize, price: f64) -> Self {
        let prices = vec![price; bars];
        let volume = vec![1_000.0; bars];
        Candles { open: prices.clone(), high: prices.clone(), low: prices.clone(), close: prices, volume }
    }
    /// The same candles in another currency.
    pub fn priced(mut self, factor: f64) -> Self {
        for prices in [&mut self.open, &mut self.high, &mut self.low, &mut self.close] {
            prices.iter_mut().for_each(|price| *price *= factor);
        }
        self
    }

    pub fn bars(&self) -> usize {
        self.close.len()
    }
    pub fn typical(&self) -> Vec<f64> {
        (0..self.bars()).map(|bar| (self.high[bar] + self.low[bar] + self.close[bar]) / 3.0).collect()
    }
    /// Milliseconds an hour and some minutes apart, over weekends and leap days.
    pub fn times(&self) -> Vec<f64> {
        (0..self.bars()).map(|bar| 1_709_000_000_000.0 + bar as f64 * 4_980_000.0).collect()
    }
    /// In the order of a plan's column numbers.
    pub fn columns(&self) -> Columns {
        [&self.open, &self.high, &self.low, &self.close, &self.volume].map(Clone::clone).into()
    }
}

/// The values with some of them unknown.
pub fn with_holes(values: &[f64], share: f64, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    values.iter().map(|&value| if random.chance(share) { f64::NAN } else { value }).collect()
}

/// Cuts that many bars into calls of one block at most.
pub fn cuts(bars: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut cuts = Vec::new();
    let mut left = bars;
    while left > 0 {
        let longest = [1, 2, 7, crate::block::BLOCK][random.below(4)];
        let call = (1 + random.below(longest)).min(left);
        cuts.push(call);
        left -= call;
    }
    cuts
}
