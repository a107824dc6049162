//! Runs a program over symbols: eight side by side where there are eight, one alone otherwise.

use std::ops::Range;

use kernels::block::BLOCK;
use kernels::lane::{Lane, WIDTH, Wide};

use crate::identity::Keys;
use crate::matches::Matches;
use crate::plan::{COLUMNS, Plan};
use crate::program::{ColumnSlot, Program, Scratch};
use crate::sink::{Block, Series, Sink};

/// One symbol's candles, and the bars on which matches count. Bars are counted from the first one at hand.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    /// Columns of equal length; those the plan does not read may be empty.
    pub columns: [&'a [f64]; COLUMNS],
    /// The columns that the plan names, in its order.
    pub open: &'a [&'a [f64]],
    pub bars: usize,
    /// Which bar of the symbol's history the first one at hand is.
    pub first: usize,
    /// First bar that counts, and the first that does not any more.
    pub from: usize,
    pub to: usize,
}

impl<'a> Symbol<'a> {
    /// A column by its number in the plan; empty where the symbol does not have it.
    fn column(&self, column: usize) -> &'a [f64] {
        let open = || self.open.get(column - COLUMNS).copied().unwrap_or_default();
        self.columns.get(column).copied().unwrap_or_else(open)
    }

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
        let keys = Keys::of(&plan.graph, &plan.open_columns);
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
        let mut series = Series::new(program.reports.len(), symbol);
        run_blocks(program, &mut program.scratch(), &[symbol], symbol.first..symbol.first + symbol.bars, &mut series);
        series.values
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

/// A column that a program reads, of symbols side by side, and the slot it is put into.
struct ColumnRun<'a> {
    slot: usize,
    values: [&'a [f64]; WIDTH],
}

fn column_runs<'a, L>(program: &Program<L>, symbols: &[Symbol<'a>]) -> Vec<ColumnRun<'a>> {
    let run = |&ColumnSlot { column, slot }: &ColumnSlot| {
        let values = std::array::from_fn(|lane| symbols.get(lane).map_or(&[][..], |symbol| symbol.column(column)));
        ColumnRun { slot, values }
    };
    program.columns.iter().map(run).collect()
}

/// Puts the columns of `bars` bars from number `start` of the history into their slots. Before its first bar a symbol is
/// unknown; one that has ended repeats its last bar, and free lanes repeat the first symbol: nobody looks at what comes
/// out, and numbers are faster than holes.
fn fill_columns<L: Lane>(
    columns: &[ColumnRun<'_>],
    scratch: &mut Scratch<L>,
    symbols: &[Symbol<'_>],
    start: usize,
    bars: usize,
) {
    let mut padding: [Vec<f64>; WIDTH] = Default::default();
    for ColumnRun { slot, values } in columns {
        for ((symbol, values), padding) in symbols.iter().zip(values).zip(&mut padding) {
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
            held(&symbols[lane], values[lane], start, bars).unwrap_or(&padding[lane])
        });
        L::interleave(&runs[..L::WIDTH], &mut scratch.column_mut(*slot)[..bars]);
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
    run_blocks(program, scratch, symbols, first..end, &mut found[..]);
    found
}

/// Runs symbols side by side over these bars of their histories, and hands block after block to a sink.
fn run_blocks<L: Lane, S: Sink + ?Sized>(
    program: &Program<L>,
    scratch: &mut Scratch<L>,
    symbols: &[Symbol<'_>],
    span: Range<usize>,
    sink: &mut S,
) {
    let mut state = program.start_at(span.start);
    let columns = column_runs(program, symbols);
    for start in span.clone().step_by(BLOCK) {
        let bars = BLOCK.min(span.end - start);
        fill_columns(&columns, scratch, symbols, start, bars);
        program.run(&mut state, scratch, bars);
        sink.take(&Block { program, slots: &scratch.slots, symbols, start, bars });
    }
}
