//! A program with its inputs and what it has put out so far, run in calls of any length.

use formula::plan::{COLUMNS, Plan};
use formula::program::{Build, ColumnSlot, Program, Scratch};
use formula::run::{Runner, Symbol};
use kernels::block::{BLOCK, Slot};
use kernels::lane::Lane;
use kernels::state::State;

use super::candles::Columns;

/// The reported series of one symbol.
pub type Reports = Vec<Vec<f64>>;

pub struct Machine<'a, L> {
    program: &'a Program<L>,
    pub state: State<L>,
    scratch: Scratch<L>,
    /// One per lane. The state knows which bar is the next.
    symbols: &'a [Columns],
    pub out: Vec<Reports>,
}

impl<'a, L: Build> Machine<'a, L> {
    pub fn new(program: &'a Program<L>, symbols: &'a [Columns]) -> Self {
        Self::going_on(program, program.start_at(0), symbols)
    }

    /// From a state on, with nothing put out yet.
    pub fn going_on(program: &'a Program<L>, state: State<L>, symbols: &'a [Columns]) -> Self {
        assert_eq!(symbols.len(), L::WIDTH);
        let out = vec![vec![Vec::new(); program.reports.len()]; L::WIDTH];
        Self { program, state, scratch: program.scratch(), symbols, out }
    }

    /// Everything put out in calls of these lengths.
    pub fn outputs(plan: &Plan, symbols: &[Columns], cuts: &[usize]) -> Vec<Reports> {
        let program = Program::<L>::new(plan);
        let mut machine = Machine::new(&program, symbols);
        machine.calls(cuts);
        machine.out
    }

    pub fn calls(&mut self, cuts: &[usize]) {
        for &bars in cuts {
            self.call(bars);
        }
    }

    /// The next `bars` bars in one call.
    pub fn call(&mut self, bars: usize) {
        let first = self.state.bar();
        for &ColumnSlot { column, slot } in &self.program.columns {
            let values = self.scratch.column_mut(slot);
            for bar in 0..bars {
                values[bar] = L::from_fn(|lane| self.symbols[lane][column][first + bar]);
            }
        }
        self.program.run(&mut self.state, &mut self.scratch, bars);
        for lane in 0..L::WIDTH {
            for (report, &slot) in self.program.reports.iter().enumerate() {
                let slot = &self.scratch.slots[slot];
                self.out[lane][report].extend((0..bars).map(|bar| value(slot, bar, lane)));
            }
        }
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
    Symbol { columns, open: &[], bars, first: 0, from: 0, to: bars }
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
