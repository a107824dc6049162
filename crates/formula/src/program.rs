//! A plan made ready for one lane type: kernels in order, and the slots they read and write.

use kernels::block::{Inputs, Kernel, Output, Slot};
use kernels::graph::{NodeId, Operation};
use kernels::indicators::operators::{AND, OR};
use kernels::lane::Lane;
use kernels::spec::{Body, Row, Type};

use crate::plan::Plan;

struct Step<L> {
    kernel: Box<dyn Kernel<L>>,
    inputs: Vec<usize>,
    output: usize,
    /// Whether anyone reads where the output is known to be false.
    wants_no: bool,
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

pub struct Program<L> {
    steps: Vec<Step<L>>,
    pub slots: Vec<Slot<L>>,
    pub columns: Vec<ColumnSlot>,
    /// Slots of the plan's signals and reports.
    pub signals: Vec<usize>,
    pub reports: Vec<usize>,
}

impl<L: Build> Program<L> {
    pub fn new(plan: &Plan) -> Self {
        let needed = plan.needed();
        let wants_no = wants_no(plan);
        let mut slot_of = vec![usize::MAX; needed.len()];
        let mut program = Program {
            steps: Vec::new(),
            slots: Vec::new(),
            columns: Vec::new(),
            signals: Vec::new(),
            reports: Vec::new(),
        };
        plan.graph.for_each(|id, operation| {
            if !needed[id as usize] {
                return;
            }
            let slot = program.slots.len();
            slot_of[id as usize] = slot;
            let mut series = Slot::series();
            match operation {
                Operation::Constant(value) => {
                    if let Slot::Series(values) = &mut series {
                        values.fill(L::splat(*value));
                    }
                }
                Operation::Column(column) => program.columns.push(ColumnSlot { column: *column as usize, slot }),
                Operation::Call { row, inputs, parameters } => {
                    program.steps.push(Step {
                        kernel: L::build(row, parameters),
                        inputs: inputs.iter().map(|&input| slot_of[input as usize]).collect(),
                        output: slot,
                        wants_no: wants_no[id as usize],
                    });
                    if row.outputs[0].kind == Type::Condition {
                        series = Slot::mask();
                    }
                }
            }
            program.slots.push(series);
        });
        program.signals = plan.signals.iter().map(|signal| slot_of[signal.node as usize]).collect();
        program.reports = plan.reports.iter().map(|&node| slot_of[node as usize]).collect();
        program
    }
}

impl<L: Lane> Program<L> {
    /// A new program whose first bar will be number `bar` of the series; see [`Kernel::start_at`].
    pub fn start_at(&self, bar: usize) -> Self {
        let mut program = self.fork();
        for step in &mut program.steps {
            step.kernel.start_at(bar);
        }
        program
    }

    /// The same program with a copy of the state it has now: new when it has not run yet.
    pub fn fork(&self) -> Self {
        Program {
            steps: self
                .steps
                .iter()
                .map(|step| Step {
                    kernel: step.kernel.fork(),
                    inputs: step.inputs.clone(),
                    output: step.output,
                    wants_no: step.wants_no,
                })
                .collect(),
            slots: self.slots.clone(),
            columns: self.columns.iter().map(|c| ColumnSlot { column: c.column, slot: c.slot }).collect(),
            signals: self.signals.clone(),
            reports: self.reports.clone(),
        }
    }

    /// The series slot of a column, to be filled before [`run`](Self::run).
    pub fn column_mut(&mut self, slot: usize) -> &mut [L] {
        match &mut self.slots[slot] {
            Slot::Series(values) => values,
            Slot::Mask(_) => unreachable!("columns are numbers"),
        }
    }

    /// Runs every kernel over the next `bars` bars.
    pub fn run(&mut self, bars: usize) {
        for step in &mut self.steps {
            // The output leaves its place while the kernel reads the others.
            let mut output = std::mem::replace(&mut self.slots[step.output], Slot::Series(Box::new([])));
            step.kernel
                .run(&Inputs::new(&self.slots, &step.inputs, bars), &mut Output::new(&mut output, bars, step.wants_no));
            self.slots[step.output] = output;
        }
    }
}
