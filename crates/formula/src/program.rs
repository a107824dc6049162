//! A plan made ready for one lane type, in three: the program, which never changes and is shared by all; the [`State`]
//! that one symbol or one group of eight carries from call to call; the [`Scratch`] of a thread, whose contents mean
//! nothing between calls.

use kernels::block::{Inputs, Kernel, Output, Slot};
use kernels::graph::{Operation, ValueId};
use kernels::lane::Lane;
use kernels::spec::{Body, Row, Type};
use kernels::state::{BadState, Own, State};

use crate::identity::{Identity, Keys};
use crate::plan::{Plan, Reading};

struct Step<L> {
    kernel: Box<dyn Kernel<L>>,
    inputs: Box<[usize]>,
    /// The slot of its first output; those of the others are behind it, and those of its inputs before.
    output: usize,
    /// Per output whether anyone reads where it is known to be false.
    wants_no: Box<[bool]>,
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

/// The slot of a column, by the column's number in the plan.
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
enum Content {
    Constant(f64),
    Value(Type),
    /// An output of a kernel that is run for its others.
    Nothing(Type),
}

pub struct Program<L> {
    identity: u64,
    steps: Vec<Step<L>>,
    slots: Vec<Content>,
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
        Self::with_keys(plan, &Keys::of(&plan.graph, &plan.open_columns))
    }

    /// With the keys of the plan's graph.
    pub fn with_keys(plan: &Plan, keys: &Keys) -> Self {
        let readings = plan.readings();
        let mut slot_of = vec![usize::MAX; readings.len()];
        let mut program = Program {
            identity: 0,
            steps: Vec::new(),
            slots: Vec::new(),
            room: (0, 0),
            columns: Vec::new(),
            signals: Vec::new(),
            reports: Vec::new(),
        };
        let mut identity = Identity::default();
        let mut state = State::new(0, 0, (0, 0));
        plan.graph.for_each(|node, operation| {
            let places = plan.graph.places(node);
            let readings = &readings[places.clone()];
            if readings.iter().all(|&reading| reading == Reading::Nothing) {
                return;
            }
            let slot = program.slots.len();
            for (output, place) in places.enumerate() {
                slot_of[place] = slot + output;
            }
            identity.node(keys.value(ValueId { node, output: 0 }), readings);
            match operation {
                Operation::Constant(value) => program.slots.push(Content::Constant(*value)),
                Operation::Column(column) => {
                    program.slots.push(Content::Value(Type::Number));
                    program.columns.push(ColumnSlot { column: *column as usize, slot });
                }
                Operation::Call { row, inputs, parameters } => {
                    let inputs: Box<[usize]> = inputs.iter().map(|&input| slot_of[plan.graph.place(input)]).collect();
                    let wants_no: Box<[bool]> = readings.iter().map(|&reading| reading == Reading::All).collect();
                    let kernel = L::build(row, parameters);
                    let before = room(&state);
                    kernel.start(&mut state);
                    let after = room(&state);
                    program.slots.extend(row.outputs.iter().zip(readings).map(|(spec, reading)| match reading {
                        Reading::Nothing => Content::Nothing(spec.kind),
                        Reading::Yes | Reading::All => Content::Value(spec.kind),
                    }));
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
        let slot_of = |value: ValueId| slot_of[plan.graph.place(value)];
        program.signals = plan.signals.iter().map(|signal| slot_of(signal.value)).collect();
        program.reports = plan.reports.iter().map(|&report| slot_of(report)).collect();
        program
    }
}

impl<L: Lane> Program<L> {
    /// Stands for the kernels, their parameters, how they are wired and what is read of their outputs. Which of these
    /// is reported or a signal makes no difference, nor does the lane type.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    pub fn kernels(&self) -> usize {
        self.steps.len()
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
        let slot = |content: &Content| match content {
            Content::Constant(value) => Slot::filled(L::splat(*value)),
            Content::Value(Type::Number) => Slot::filled(L::unknown()),
            Content::Value(Type::Condition) => Slot::mask(),
            Content::Nothing(kind) => Slot::none(*kind),
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
            let (before, outputs) = scratch.slots.split_at_mut(step.output);
            step.kernel.run(
                &mut Own { bar, lanes: own_lanes, bits: own_bits, spare: &mut scratch.spare },
                &Inputs::new(before, &step.inputs, bars),
                &mut Output::new(&mut outputs[..step.wants_no.len()], bars, &step.wants_no),
            );
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
