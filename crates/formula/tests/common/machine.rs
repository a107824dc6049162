//! A program with its inputs and what it has put out so far, run in calls of any length.

use formula::plan::{COLUMNS, Plan};
use formula::program::{Build, Program};
use formula::run::{Runner, Symbol};
use kernels::block::{BLOCK, Slot};
use kernels::lane::Lane;

use super::candles::Columns;

/// The reported series of one symbol.
pub type Reports = Vec<Vec<f64>>;

pub struct Machine<'a, L> {
    program: Program<L>,
    /// One per lane.
    symbols: &'a [Columns],
    bar: usize,
    pub out: Vec<Reports>,
}

impl<'a, L: Build> Machine<'a, L> {
    pub fn new(plan: &Plan, symbols: &'a [Columns]) -> Self {
        assert_eq!(symbols.len(), L::WIDTH);
        let out = vec![vec![Vec::new(); plan.reports.len()]; L::WIDTH];
        Self { program: Program::new(plan), symbols, bar: 0, out }
    }

    /// Everything put out in calls of these lengths.
    pub fn outputs(plan: &Plan, symbols: &'a [Columns], cuts: &[usize]) -> Vec<Reports> {
        let mut machine = Self::new(plan, symbols);
        for &bars in cuts {
            machine.call(bars);
        }
        machine.out
    }

    pub fn fork(&self) -> Self {
        Self { program: self.program.fork(), symbols: self.symbols, bar: self.bar, out: self.out.clone() }
    }

    /// Goes on with other candles.
    pub fn read(&mut self, symbols: &'a [Columns]) {
        self.symbols = symbols;
    }

    /// The next `bars` bars in one call.
    pub fn call(&mut self, bars: usize) {
        for at in 0..self.program.columns.len() {
            let (column, slot) = (self.program.columns[at].column, self.program.columns[at].slot);
            let values = self.program.column_mut(slot);
            for bar in 0..bars {
                values[bar] = L::from_fn(|lane| self.symbols[lane][column][self.bar + bar]);
            }
        }
        self.program.run(bars);
        for lane in 0..L::WIDTH {
            for (report, &slot) in self.program.reports.iter().enumerate() {
                let slot = &self.program.slots[slot];
                self.out[lane][report].extend((0..bars).map(|bar| value(slot, bar, lane)));
            }
        }
        self.bar += bars;
    }
}

/// A number; 1 or 0 for a condition.
fn value<L: Lane>(slot: &Slot<L>, bar: usize, lane: usize) -> f64 {
    match slot {
        Slot::Series(values) => values[bar].lane(lane),
        Slot::Mask(mask) => match (mask.yes[bar] >> lane & 1, mask.no[bar] >> lane & 1) {
            (1, 0) => 1.0,
            (0, 1) => 0.0,
            (0, 0) => f64::NAN,
            _ => panic!("a condition is true and false at once"),
        },
    }
}

/// Calls of one block each, the last one shorter.
pub fn whole_blocks(bars: usize) -> Vec<usize> {
    (0..bars).step_by(BLOCK).map(|start| BLOCK.min(bars - start)).collect()
}

pub fn symbol(columns: &Columns) -> Symbol<'_> {
    let bars = columns.iter().map(Vec::len).max().unwrap_or(0);
    let columns: [&[f64]; COLUMNS] = std::array::from_fn(|at| columns.get(at).map_or(&[][..], |values| values));
    Symbol { columns, bars, first: 0, from: 0, to: bars }
}

/// The reported series as production computes them.
pub fn reports(plan: &Plan, columns: &Columns) -> Reports {
    reports_from(plan, columns, 0)
}

/// The same where the columns begin with bar `first` of the history.
pub fn reports_from(plan: &Plan, columns: &Columns, first: usize) -> Reports {
    let bars = symbol(columns).bars;
    let all = Runner::new(plan).series(Symbol { first, ..symbol(columns) });
    if bars == 0 { vec![Vec::new(); plan.reports.len()] } else { all.chunks(bars).map(<[f64]>::to_vec).collect() }
}
