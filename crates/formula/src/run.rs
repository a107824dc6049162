//! Runs a program over symbols: eight side by side where there are eight, one alone otherwise.

use std::ops::Range;

use kernels::block::{BLOCK, Slot};
use kernels::lane::{Lane, WIDTH, Wide};

use crate::identity::Keys;
use crate::matches::{CANDLE_COLUMNS, Matches};
use crate::plan::{COLUMNS, Plan};
use crate::program::{ColumnSlot, Program, Scratch};

/// One symbol's candles, and the bars on which matches count. Bars are counted from the first one at hand.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    /// Columns of equal length; those the plan does not read may be empty.
    pub columns: [&'a [f64]; COLUMNS],
    pub bars: usize,
    /// Which bar of the symbol's history the first one at hand is.
    pub first: usize,
    /// First bar that counts, and the first that does not any more.
    pub from: usize,
    pub to: usize,
}

impl Symbol<'_> {
    /// The bars to be run, as numbers of the symbol's history: values on the bars that count then are what they are when
    /// all of the history is run.
    fn span(&self, lookback: Option<usize>) -> Range<usize> {
        let start = lookback.map_or(0, |lookback| self.from.saturating_sub(lookback));
        self.first + start..self.first + self.to.min(self.bars)
    }
}

/// Below this many symbols a group of eight costs more than one after the other (bench/notes/lanes.md).
const MIN_WIDE: usize = 3;

/// A plan ready to run, alone and side by side.
pub struct Runner {
    scalar: Program<f64>,
    wide: Program<Wide>,
    lookback: Option<usize>,
}

/// What a thread needs to run groups, one after another; made as far as it is used.
#[derive(Default)]
pub struct Thread {
    scalar: Option<Scratch<f64>>,
    wide: Option<Scratch<Wide>>,
}

/// Finds the matches of each symbol of a group.
pub type ScanGroup<'a> = dyn Fn(&mut Thread, &[usize]) -> Vec<Matches> + Sync + 'a;

impl Runner {
    pub fn new(plan: &Plan) -> Self {
        let keys = Keys::of(&plan.graph);
        let (scalar, wide) = (Program::with_keys(plan, &keys), Program::with_keys(plan, &keys));
        Self { scalar, wide, lookback: plan.lookback() }
    }

    /// How many kernels run: what is left once compositions are spelled out and equal nodes are one.
    pub fn kernels(&self) -> usize {
        self.scalar.kernels()
    }

    /// The matches of all symbols, in their order.
    pub fn scan(&self, symbols: &[Symbol<'_>]) -> Matches {
        let mut thread = Thread::default();
        self.scan_by(symbols, |groups, scan| groups.iter().map(|group| scan(&mut thread, group)).collect())
    }

    /// The same with the groups run by the caller, in any order and on any threads; a `Thread` is of this runner alone.
    pub fn scan_by(
        &self,
        symbols: &[Symbol<'_>],
        run: impl FnOnce(&[&[usize]], &ScanGroup) -> Vec<Vec<Matches>>,
    ) -> Matches {
        let spans: Vec<Range<usize>> = symbols.iter().map(|symbol| symbol.span(self.lookback)).collect();
        let order = order_of(&spans);
        let groups = groups_of(&order, &spans);
        let scanned = run(&groups, &|thread, group| self.scan_group(symbols, thread, group));

        let mut by_symbol: Vec<Option<&Matches>> = vec![None; symbols.len()];
        for (&at, matches) in groups.iter().copied().flatten().zip(scanned.iter().flatten()) {
            by_symbol[at] = Some(matches);
        }
        let mut all = Matches::default();
        for (at, matches) in by_symbol.iter().enumerate() {
            let matches = matches.expect("every symbol is in a group");
            all.append(at as u32, matches);
        }
        all
    }

    /// The matches of each symbol of one group.
    fn scan_group(&self, symbols: &[Symbol<'_>], thread: &mut Thread, group: &[usize]) -> Vec<Matches> {
        let lanes: Vec<Symbol> = group.iter().map(|&at| symbols[at]).collect();
        if lanes.len() < MIN_WIDE {
            let scratch = thread.scalar.get_or_insert_with(|| self.scalar.scratch());
            lanes.iter().flat_map(|symbol| scan_lanes(&self.scalar, scratch, &[*symbol], self.lookback)).collect()
        } else {
            let scratch = thread.wide.get_or_insert_with(|| self.wide.scratch());
            scan_lanes(&self.wide, scratch, &lanes, self.lookback)
        }
    }

    /// The reported values of one symbol over all its bars, one series after another; conditions are 1, 0 or unknown.
    pub fn series(&self, symbol: Symbol<'_>) -> Vec<f64> {
        let program = &self.scalar;
        let (mut state, mut scratch) = (program.start_at(symbol.first), program.scratch());
        let mut out = vec![f64::NAN; program.reports.len() * symbol.bars];
        for start in (0..symbol.bars).step_by(BLOCK) {
            let bars = BLOCK.min(symbol.bars - start);
            fill_columns(program, &mut scratch, &[symbol], symbol.first + start, bars);
            program.run(&mut state, &mut scratch, bars);
            for (report, &slot) in program.reports.iter().enumerate() {
                for bar in 0..bars {
                    out[report * symbol.bars + start + bar] = value_at(&scratch.slots[slot], bar, 0);
                }
            }
        }
        out
    }
}

/// Symbols that are run over about the same bars, one after another: side by side they waste no lanes.
fn order_of(spans: &[Range<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&at| (spans[at].start, spans[at].end));
    order
}

/// Cuts the order into groups of lanes. Who starts behind the end of a group's first symbol is in another group: lanes
/// go through the history in step, and would wait for each other.
fn groups_of<'a>(order: &'a [usize], spans: &[Range<usize>]) -> Vec<&'a [usize]> {
    let mut groups = Vec::new();
    let mut left = order;
    while let Some(&first) = left.first() {
        let near = left.iter().take(WIDTH).take_while(|&&at| at == first || spans[at].start < spans[first].end).count();
        let (group, rest) = left.split_at(near);
        groups.push(group);
        left = rest;
    }
    groups
}

fn value_at<L: Lane>(slot: &Slot<L>, bar: usize, lane: usize) -> f64 {
    match slot {
        Slot::Series(values) => values[bar].lane(lane),
        Slot::Mask(mask) => match (mask.yes[bar] >> lane & 1, mask.no[bar] >> lane & 1) {
            (1, _) => 1.0,
            (_, 1) => 0.0,
            _ => f64::NAN,
        },
    }
}

/// Puts the columns of `bars` bars from number `start` of the history into their slots. Before its first bar a symbol is
/// unknown; one that has ended repeats its last bar, and free lanes repeat the first symbol: nobody looks at what comes
/// out, and numbers are faster than holes.
fn fill_columns<L: Lane>(
    program: &Program<L>,
    scratch: &mut Scratch<L>,
    symbols: &[Symbol<'_>],
    start: usize,
    bars: usize,
) {
    let mut padding: [Vec<f64>; WIDTH] = Default::default();
    for &ColumnSlot { column, slot } in &program.columns {
        for (symbol, padding) in symbols.iter().zip(&mut padding) {
            let values = symbol.columns[column];
            if held(symbol, values, start, bars).is_none() {
                let missing = symbol.first.saturating_sub(start).min(bars);
                padding.clear();
                padding.resize(missing, f64::NAN);
                padding.extend(values.iter().skip(start.saturating_sub(symbol.first)).take(bars - missing));
                padding.resize(bars, values.last().copied().unwrap_or(f64::NAN));
            }
        }
        let runs: [&[f64]; WIDTH] = std::array::from_fn(|lane| {
            let lane = if lane < symbols.len() { lane } else { 0 };
            held(&symbols[lane], symbols[lane].columns[column], start, bars).unwrap_or(&padding[lane])
        });
        L::interleave(&runs[..L::WIDTH], &mut scratch.column_mut(slot)[..bars]);
    }
}

/// The values of these bars where the symbol has all of them.
fn held<'a>(symbol: &Symbol<'_>, values: &'a [f64], start: usize, bars: usize) -> Option<&'a [f64]> {
    let start = start.checked_sub(symbol.first)?;
    values.get(start..start + bars)
}

fn scan_lanes<L: Lane>(
    program: &Program<L>,
    scratch: &mut Scratch<L>,
    symbols: &[Symbol<'_>],
    lookback: Option<usize>,
) -> Vec<Matches> {
    let mut found: Vec<Matches> = symbols.iter().map(|_| Matches::default()).collect();
    let spans = symbols.iter().map(|symbol| symbol.span(lookback));
    let first = spans.clone().map(|span| span.start).min().unwrap_or(0);
    let end = spans.map(|span| span.end).max().unwrap_or(0);
    let mut state = program.start_at(first);
    for start in (first..end).step_by(BLOCK) {
        let bars = BLOCK.min(end - start);
        fill_columns(program, scratch, symbols, start, bars);
        program.run(&mut state, scratch, bars);
        gather(program, &scratch.slots, symbols, start, bars, &mut found);
    }
    found
}

/// Copies out the matches of a block while its values are at hand.
// Inlined into the loop over blocks it took 4 % longer where many bars match.
#[inline(never)]
fn gather<L: Lane>(
    program: &Program<L>,
    slots: &[Slot<L>],
    symbols: &[Symbol<'_>],
    start: usize,
    bars: usize,
    found: &mut [Matches],
) {
    let lanes = ((1u16 << symbols.len()) - 1) as u8;
    let hits: Vec<&[u8]> = program.signals.iter().map(|&slot| yes_plane(&slots[slot], bars)).collect();
    for eight in (0..bars).step_by(8) {
        let end = bars.min(eight + 8);
        // Most bars of most formulas have no match: eight are passed over at a time.
        if hits.iter().all(|hits| hits[eight..end].iter().fold(0, |any, byte| any | byte) & lanes == 0) {
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
                        let matches = &mut found[lane];
                        matches.bars.push(own as u32);
                        matches.signals.push(signal as u8);
                        matches.values.extend(program.reports.iter().map(|&r| value_at(&slots[r], bar, lane)));
                        for column in program.columns.iter().filter(|column| column.column < CANDLE_COLUMNS) {
                            matches.candle[column.column].push(value_at(&slots[column.slot], bar, lane));
                        }
                    }
                }
            }
        }
    }
}

fn yes_plane<L>(slot: &Slot<L>, bars: usize) -> &[u8] {
    match slot {
        Slot::Mask(mask) => &mask.yes[..bars],
        Slot::Series(_) => unreachable!("signals are conditions"),
    }
}
