//! The parts of Wilder's directional movement in one pass: for `adx`, 2.98 ns per bar and symbol in lanes and 6.79 alone.
//! As twenty kernels of one output each it was 6.60 and 28.13.

use crate::block::{Inputs, Kernel, Output};
use crate::indicators::volatility::true_range::HIGH_LOW_CLOSE;
use crate::kernel;
use crate::lane::Lane;
use crate::recursive::{Kept, Smooth};
use crate::spec::*;
use crate::state::{Own, State, exact};

pub(crate) static ROWS: &[&Row] = &[&DIRECTIONAL, &DIRECTIONAL_HELD];

/// How far the range moved beyond that of the bar before, upwards and downwards; only the larger of the two counts.
#[inline(always)]
pub(crate) fn movements<L: Lane>(up: L, down: L) -> [L; 2] {
    let zero = L::splat(0.0);
    let counted = |this: L, other: L| L::select(this.gt(other) & this.gt(zero), this, zero);
    [counted(up, down), counted(down, up)]
}

/// Where the range is 0 the parts of it are unknown, or `HELD`: what they were before.
#[derive(Clone, Copy)]
struct Directional<const HELD: bool>(Smooth);

impl<const HELD: bool> Directional<HELD> {
    fn new(p: &[f64]) -> Self {
        Self(Smooth::new(p[0], 1.0 / p[0]))
    }

    /// The true range of a candle and how far it moved up and down, with the candle before it.
    #[inline(always)]
    fn step<L: Lane>([high, low, close]: [L; 3], before: &mut [L; 3]) -> (L, [L; 2]) {
        let [high_before, low_before, close_before] = *before;
        *before = [high, low, close];
        (high.larger(close_before) - low.smaller(close_before), [high - high_before, low_before - low])
    }

    /// The movements in percent of the range, and how far they are apart in percent of their sum.
    #[inline(always)]
    fn parts<L: Lane>(range: L, movements: [L; 2], held: &mut [L; 2]) -> [L; 3] {
        let (zero, hundred) = (L::splat(0.0), L::splat(100.0));
        let mut sides = movements.map(|movement| (movement / range * hundred).finite());
        if HELD {
            let moved = range.gt(zero);
            *held = [L::select(moved, sides[0], held[0]), L::select(moved, sides[1], held[1])];
            sides = held.map(|side| L::select(range.known(), side, L::unknown()));
        }
        let [plus, minus] = sides;
        let sum = (plus + minus).finite();
        let index = ((plus - minus).abs() / sum * hundred).finite();
        [plus, minus, L::select(sum.eq(zero), zero, index)]
    }
}

impl<L: Lane, const HELD: bool> Kernel<L> for Directional<HELD> {
    fn start(&self, state: &mut State<L>) {
        // The candle before, and the parts that are held.
        state.add_lanes(3, L::unknown());
        state.add_lanes(2, L::unknown());
        for _ in 0..3 {
            self.0.start(state);
        }
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let (high, low, close) = (inputs.series(0), inputs.series(1), inputs.series(2));
        let bars = high.len();
        let (high, low, close) = (&high[..bars], &low[..bars], &close[..bars]);
        let mut places = output.each::<3>().map(|output| output.series());
        let mut put = |bar: usize, parts: [L; 3]| {
            for (place, part) in places.iter_mut().zip(parts) {
                place.put(bar, part);
            }
        };
        let Self(average) = *self;
        let (kept_before, rest) = own.lanes.split_at_mut(3);
        let (kept_held, averages) = rest.split_at_mut(2);
        let (kept_before, kept_held): (&mut [L; 3], &mut [L; 2]) = (exact(kept_before), exact(kept_held));
        let kept: &mut [Kept<L>; 3] = exact(averages.as_chunks_mut().0);
        // As in Smooth: known values are assumed, and run again with care when that was wrong.
        if let [Some(mut range), Some(mut up), Some(mut down)] = kept.map(|kept| average.seeded(kept)) {
            let (mut before, mut held) = (*kept_before, *kept_held);
            // Unknown from the first unknown movement on: comparing passes over them.
            let mut moved = L::splat(0.0);
            for bar in 0..bars {
                let (reach, [rise, fall]) = Self::step([high[bar], low[bar], close[bar]], &mut before);
                moved = moved + (rise + fall);
                let [rise, fall] = movements(rise, fall);
                range = average.step_known(range, reach);
                up = average.step_known(up, rise);
                down = average.step_known(down, fall);
                put(bar, Self::parts(range, [up, down], &mut held));
            }
            if [range, up, down, moved].iter().all(|value| value.all_known()) {
                (*kept_before, *kept_held) = (before, held);
                for ([.., kept], value) in kept.iter_mut().zip([range, up, down]) {
                    *kept = value;
                }
                return;
            }
        }
        let (mut before, mut held) = (*kept_before, *kept_held);
        let [mut range, mut up, mut down] = kept.map(|kept| average.resume(kept));
        for bar in 0..bars {
            let (reach, [rise, fall]) = Self::step([high[bar], low[bar], close[bar]], &mut before);
            // Comparing passes over an unknown high or low.
            let no_hole = high[bar].eq(high[bar]) & low[bar].eq(low[bar]);
            let reach = L::select(no_hole, reach, L::unknown()).finite();
            let known = (rise + fall).known();
            let [rise, fall] = movements(rise, fall).map(|movement| L::select(known, movement, L::unknown()));
            let reach = average.step(&mut range, reach);
            let movements = [average.step(&mut up, rise), average.step(&mut down, fall)];
            put(bar, Self::parts(reach, movements, &mut held));
        }
        (*kept_before, *kept_held) = (before, held);
        *kept = [range.keep(), up.keep(), down.keep()];
    }
}

const OUTPUTS: &[OutputSpec] = &[OutputSpec::line("plus"), OutputSpec::line("minus"), OutputSpec::line("index")];

pub(crate) static DIRECTIONAL: Row = Row {
    name: "directional",
    group: Group::Operator,
    summary: "`plus` and `minus` of `dmi`, and its `index`: how far the two are apart in percent of their sum.",
    inputs: HIGH_LOW_CLOSE,
    parameters: LENGTH,
    outputs: OUTPUTS,
    body: kernel!(
        Directional::<false>::new,
        warmup = |p| bars(p[0]),
        memory = |p| Memory::FadingOver { bars: 1, weight: 1.0 - 1.0 / p[0] }
    ),
    scale: Some(0),
    ..Row::BASE
};

pub(crate) static DIRECTIONAL_HELD: Row = Row {
    name: "directional_held",
    group: Group::Operator,
    summary: "`plus` and `minus` of `ta.dmi`, and the `index` of these.",
    inputs: HIGH_LOW_CLOSE,
    parameters: LENGTH,
    outputs: OUTPUTS,
    body: kernel!(Directional::<true>::new, warmup = |p| bars(p[0]), memory = |_| Memory::Forever),
    scale: Some(0),
    ..Row::BASE
};
