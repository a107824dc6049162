//! A plan made ready for one lane type, in three: the program, which never changes and is shared by all; the [`State`]
//! that one symbol or one group of eight carries from call to call; the [`Scratch`] of a thread, whose contents mean
//! nothing between calls.

use kernels::block::{Inputs, Kernel, Output, Slot};
use kernels::graph::{NodeId, Operation};
use kernels::indicators::operators::{AND, OR};
use kernels::lane::Lane;
use kernels::spec::{Body, Row, Type};
use kernels::state::{BadState, Own, State};

use crate::identity::Identity;
use crate::plan::Plan;

struct Step<L> {
    kernel: Box<dyn Kernel<L>>,
    inputs: Box<[usize]>,
    output: usize,
    /// Whether anyone reads where the output is known to be false.
    wants_no: bool,
    /// How many lanes and bits the kernel has laid down in a state, behind those of the kernels before it.
    laid: (usize, usize),
}

/// The kernel of a row for a lane type.
pub trait Build: Lane {
    fn build(row: &'static Row, parameters: &[f64]) -> Box<dyn Kernel<Self>>;
}

macro_rules! build {
    ($lane:ty, $maker:ident) => {
        impl Build for $lane {
            fn build(row: &'static Row, parameters: &[f64]) -> Box<dyn Kernel<Self>> {
                match row.body {
                    Body::Kernel { $maker, .. } => $maker(parameters),
                    Body::Compose(_) => unreachable!("the graph has spelled out {}", row.name),
                }
            }
        }
    };
}
build!(f64, scalar);
build!(kernels::lane::Wide, wide);

/// Per node whether its `no` plane is read. Signals read only `yes`, and so do `and` and `or` on their behalf.
fn wants_no(plan: &Plan) -> Vec<bool> {
    let mut wants = vec![false; plan.graph.len()];
    for &report in &plan.reports {
        wants[report as usize] = true;
    }
    let mut uses: Vec<(usize, &'static Row, Vec<NodeId>)> = Vec::new();
    plan.graph.for_each(|id, operation| {
        if let Operation::Call { row, inputs, .. } = operation {
            uses.push((id as usize, row, inputs.clone()));
        }
    });
    for (id, row, inputs) in uses.into_iter().rev() {
        let passes_on = [&AND, &OR].iter().any(|logic| std::ptr::eq(*logic, row));
        for input in inputs {
            wants[input as usize] |= !passes_on || wants[id];
        }
    }
    wants
}

/// The slot of a column.
pub struct ColumnSlot {
    pub column: usize,
    pub slot: usize,
}

/// Lanes and bits of a state.
fn room<L: Lane>(state: &State<L>) -> (usize, usize) {
    let (lanes, bits) = state.laid();
    (lanes.len(), bits.len())
}

/// What is in a slot.
enum Value {
    Constant(f64),
    Number,
    Condition,
}

pub struct Program<L> {
    identity: u64,
    steps: Vec<Step<L>>,
    slots: Vec<Value>,
    /// Lanes and bits of a state.
    room: (usize, usize),
    pub columns: Vec<ColumnSlot>,
    /// Slots of the plan's signals and reports.
    pub signals: Vec<usize>,
    pub reports: Vec<usize>,
}

/// The values of one block, all of them: a thread needs one for a program, however many symbols it runs.
pub struct Scratch<L> {
    pub slots: Vec<Slot<L>>,
    /// Room that one kernel after another uses.
    spare: Vec<L>,
    /// Whose constants are in the slots.
    program: u64,
}

impl<L: Build> Program<L> {
    pub fn new(plan: &Plan) -> Self {
        let needed = plan.needed();
        let wants_no = wants_no(plan);
        let mut slot_of = vec![usize::MAX; needed.len()];
        let mut program = Program {
            identity: 0,
            steps: Vec::new(),
            slots: Vec::new(),
            room: (0, 0),
            columns: Vec::new(),
            signals: Vec::new(),
            reports: Vec::new(),
        };
        let mut identity = Identity::new();
        let mut state = State::new(0, 0, (0, 0));
        plan.graph.for_each(|id, operation| {
            if !needed[id as usize] {
                return;
            }
            let slot = program.slots.len();
            slot_of[id as usize] = slot;
            match operation {
                Operation::Constant(value) => {
                    identity.constant(*value);
                    program.slots.push(Value::Constant(*value));
                }
                Operation::Column(column) => {
                    identity.column(*column);
                    program.slots.push(Value::Number);
                    program.columns.push(ColumnSlot { column: *column as usize, slot });
                }
                Operation::Call { row, inputs, parameters } => {
                    let inputs: Box<[usize]> = inputs.iter().map(|&input| slot_of[input as usize]).collect();
                    let wants_no = wants_no[id as usize];
                    identity.call(row.name, parameters, &inputs, wants_no);
                    let kernel = L::build(row, parameters);
                    let before = room(&state);
                    kernel.start(&mut state);
                    let after = room(&state);
                    program.slots.push(match row.outputs[0].kind {
                        Type::Number => Value::Number,
                        Type::Condition => Value::Condition,
                    });
                    program.steps.push(Step {
                        kernel,
                        inputs,
                        output: slot,
                        wants_no,
                        laid: (after.0 - before.0, after.1 - before.1),
                    });
                }
            }
        });
        program.identity = identity.finish();
        program.room = room(&state);
        program.signals = plan.signals.iter().map(|signal| slot_of[signal.node as usize]).collect();
        program.reports = plan.reports.iter().map(|&node| slot_of[node as usize]).collect();
        program
    }
}

impl<L: Lane> Program<L> {
    /// Stands for the kernels, their parameters and how they are wired. What is reported or a signal makes no
    /// difference, nor does the lane type.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// The state before the first call: the first bar will be number `bar` of the series, and nothing is known of those
    /// before it.
    pub fn start_at(&self, bar: usize) -> State<L> {
        let mut state = State::new(self.identity, bar, self.room);
        for step in &self.steps {
            step.kernel.start(&mut state);
        }
        assert_eq!(room(&state), self.room, "a kernel remembers as much wherever it starts");
        state
    }

    /// A state that [`State::save`] has made bytes of. Refuses one of another program, saying so.
    pub fn load(&self, bytes: &[u8]) -> Result<State<L>, BadState> {
        let mut state = self.start_at(0);
        state.load(bytes)?;
        Ok(state)
    }

    pub fn scratch(&self) -> Scratch<L> {
        let slot = |value: &Value| match value {
            Value::Constant(value) => Slot::filled(L::splat(*value)),
            Value::Number => Slot::filled(L::unknown()),
            Value::Condition => Slot::mask(),
        };
        Scratch { slots: self.slots.iter().map(slot).collect(), spare: Vec::new(), program: self.identity }
    }

    /// Runs every kernel over the next `bars` bars. State and scratch must be of this program.
    pub fn run(&self, state: &mut State<L>, scratch: &mut Scratch<L>, bars: usize) {
        assert_eq!(state.program(), self.identity, "the state is of another program");
        assert_eq!(scratch.program, self.identity, "the scratch is of another program");
        let bar = state.bar();
        let (mut lanes, mut bits) = state.laid_mut();
        for step in &self.steps {
            let (own_lanes, own_bits);
            (own_lanes, lanes) = lanes.split_at_mut(step.laid.0);
            (own_bits, bits) = bits.split_at_mut(step.laid.1);
            // The output leaves its place while the kernel reads the others.
            let mut output = std::mem::replace(&mut scratch.slots[step.output], Slot::Series(Box::new([])));
            step.kernel.run(
                &mut Own { bar, lanes: own_lanes, bits: own_bits, spare: &mut scratch.spare },
                &Inputs::new(&scratch.slots, &step.inputs, bars),
                &mut Output::new(&mut output, bars, step.wants_no),
            );
            scratch.slots[step.output] = output;
        }
        state.advance(bars);
    }
}

impl<L> Scratch<L> {
    /// The series slot of a column, to be filled before [`Program::run`].
    pub fn column_mut(&mut self, slot: usize) -> &mut [L] {
        match &mut self.slots[slot] {
            Slot::Series(values) => values,
            Slot::Mask(_) => unreachable!("columns are numbers"),
        }
    }
}
