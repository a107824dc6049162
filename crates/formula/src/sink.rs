//! What becomes of the values of a program, block by block, while they are at hand.

use kernels::block::Slot;
use kernels::lane::Lane;

use crate::matches::{CANDLE_COLUMNS, Matches};
use crate::program::Program;
use crate::run::Symbol;

/// The values of one block of symbols side by side.
pub struct Block<'a, L> {
    pub program: &'a Program<L>,
    pub slots: &'a [Slot<L>],
    /// One per lane.
    pub symbols: &'a [Symbol<'a>],
    /// Which bar of the histories the first one is.
    pub start: usize,
    pub bars: usize,
}

impl<L: Lane> Block<'_, L> {
    /// A number, or 1, 0 or unknown for a condition.
    fn value(&self, slot: usize, bar: usize, lane: usize) -> f64 {
        match &self.slots[slot] {
            Slot::Series(values) => values[bar].lane(lane),
            Slot::Mask(mask) => match (mask.yes[bar] >> lane & 1, mask.no[bar] >> lane & 1) {
                (1, _) => 1.0,
                (_, 1) => 0.0,
                _ => f64::NAN,
            },
        }
    }

    /// Where a signal is true: a byte per bar, a bit per symbol.
    fn yes(&self, slot: usize) -> &[u8] {
        match &self.slots[slot] {
            Slot::Mask(mask) => &mask.yes[..self.bars],
            Slot::Series(_) => unreachable!("signals are conditions"),
        }
    }
}

/// Takes blocks, in the order of time.
pub trait Sink {
    fn take<L: Lane>(&mut self, block: &Block<'_, L>);
}

/// The bars on which signals are true, of each symbol of a group.
impl Sink for [Matches] {
    // Inlined into the loop over blocks it took 4 % longer where many bars match.
    #[inline(never)]
    fn take<L: Lane>(&mut self, block: &Block<'_, L>) {
        let &Block { program, symbols, start, bars, .. } = block;
        let lanes = ((1u16 << symbols.len()) - 1) as u8;
        let none = |hits: &[u8]| hits.iter().fold(0, |any, byte| any | byte) & lanes == 0;
        // Most blocks of most formulas have no match, and of the others most bars: eight are passed over at a time.
        if program.signals.iter().all(|&slot| none(block.yes(slot))) {
            return;
        }
        let hits: Vec<&[u8]> = program.signals.iter().map(|&slot| block.yes(slot)).collect();
        for eight in (0..bars).step_by(8) {
            let end = bars.min(eight + 8);
            if hits.iter().all(|hits| none(&hits[eight..end])) {
                continue;
            }
            for bar in eight..end {
                for (signal, hits) in hits.iter().enumerate() {
                    let mut hits = hits[bar] & lanes;
                    while hits != 0 {
                        let lane = hits.trailing_zeros() as usize;
                        hits &= hits - 1;
                        let symbol = &symbols[lane];
                        let own = (start + bar).wrapping_sub(symbol.first);
                        if (symbol.from..symbol.to.min(symbol.bars)).contains(&own) {
                            let matches = &mut self[lane];
                            matches.bars.push(own as u32);
                            matches.signals.push(signal as u8);
                            matches.values.extend(program.reports.iter().map(|&slot| block.value(slot, bar, lane)));
                            for column in program.columns.iter().filter(|column| column.column < CANDLE_COLUMNS) {
                                matches.candle[column.column].push(block.value(column.slot, bar, lane));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The reported values of one symbol on all its bars.
pub struct Series {
    /// One series after another.
    pub values: Vec<f64>,
    bars: usize,
    first: usize,
}

impl Series {
    pub fn new(reports: usize, Symbol { bars, first, .. }: Symbol<'_>) -> Self {
        Self { values: vec![f64::NAN; reports * bars], bars, first }
    }
}

impl Sink for Series {
    fn take<L: Lane>(&mut self, block: &Block<'_, L>) {
        for (report, &slot) in block.program.reports.iter().enumerate() {
            let at = report * self.bars + block.start - self.first;
            for (bar, value) in self.values[at..at + block.bars].iter_mut().enumerate() {
                *value = block.value(slot, bar, 0);
            }
        }
    }
}
