//! A kernel with several outputs, numbers and conditions: what is read of it changes nothing of what is read.

mod common;

use common::candles::{Candles, Columns, cuts, with_holes};
use common::compare::assert_same_bits;
use common::machine::{Machine, Reports, reports};
use formula::plan::{Plan, Signal};
use formula::program::{Build, Program};
use kernels::block::{Inputs, Kernel, Output, Slot};
use kernels::graph::{Graph, ValueId};
use kernels::indicators::find;
use kernels::kernel;
use kernels::lane::{Lane, WIDTH, Wide};
use kernels::spec::{Group, Input, Memory, OutputSpec, Row, Type};
use kernels::state::{Own, State, exact};

/// How far a series has moved since the bar before, whether it rose, the larger of the two values, and whether it fell.
struct Step;

impl<L: Lane> Kernel<L> for Step {
    fn start(&self, state: &mut State<L>) {
        state.add_lanes(1, L::unknown());
    }
    fn run(&self, own: &mut Own<'_, L>, inputs: &Inputs<'_, L>, output: &mut Output<'_, L>) {
        let [size, rose, top, fell] = output.each();
        let (mut size, (mut rose, mut rose_not)) = (size.series(), rose.mask());
        let (mut top, (mut fell, mut fell_not)) = (top.series(), fell.mask());
        let [mut before] = *exact(own.lanes);
        for (bar, &x) in inputs.series(0).iter().enumerate() {
            size.put(bar, x - before);
            rose.put(bar, L::bits(x.gt(before)));
            rose_not.put(bar, L::bits(x.le(before)));
            top.put(bar, L::select((x - before).known(), x.larger(before), L::unknown()));
            fell.put(bar, L::bits(x.lt(before)));
            fell_not.put(bar, L::bits(x.ge(before)));
            before = x;
        }
        *exact(own.lanes) = [before];
    }
}

static STEP: Row = Row {
    name: "step",
    group: Group::Trend,
    summary: "One step of a series.",
    inputs: &[Input::series("source")],
    outputs: &[
        OutputSpec::line("size"),
        OutputSpec::condition("rose"),
        OutputSpec::level("top"),
        OutputSpec::condition("fell"),
    ],
    body: kernel!(|_| Step, warmup = |_| 1, memory = |_| Memory::Bars(1)),
    ..Row::BASE
};
const OUTPUTS: usize = 4;
const BARS: usize = 300;

fn spelled_out(values: &[f64]) -> Reports {
    let step = |of: fn(f64, f64) -> f64| {
        let before = [f64::NAN].into_iter().chain(values.iter().copied());
        let known = |(&x, before): (&f64, f64)| if (x - before).is_nan() { f64::NAN } else { of(x, before) };
        values.iter().zip(before).map(known).collect()
    };
    vec![
        step(|x, before| x - before),
        step(|x, before| (x > before) as u8 as f64),
        step(f64::max),
        step(|x, before| (x < before) as u8 as f64),
    ]
}

/// A plan of the graph that is written here, on the first column.
fn plan(write: impl FnOnce(&Graph, &[ValueId; OUTPUTS]) -> (Vec<ValueId>, Vec<ValueId>)) -> Plan {
    let graph = Graph::new();
    let source = graph.column(0);
    let outputs: Vec<ValueId> = STEP.all_of(&[source], &[]).iter().map(|output| output.id).collect();
    let outputs: [ValueId; OUTPUTS] = outputs.try_into().expect("the row has four");
    let (signals, reports) = write(&graph, &outputs);
    let signals = signals.into_iter().map(|value| Signal { value, code: 0 }).collect();
    Plan { graph, signals, reports, outputs: Vec::new(), open_columns: Vec::new() }
}

fn reporting(wanted: &[usize]) -> Plan {
    plan(|_, outputs| (Vec::new(), wanted.iter().map(|&output| outputs[output]).collect()))
}

/// Every choice of outputs but none.
fn choices() -> impl Iterator<Item = Vec<usize>> {
    (1..1 << OUTPUTS).map(|bits| (0..OUTPUTS).filter(|output| bits >> output & 1 == 1).collect())
}

/// With holes and with equal neighbours.
fn symbols() -> Vec<Columns> {
    (0..WIDTH as u64).map(|seed| vec![with_holes(&Candles::rounded(BARS, seed).close, 0.05, seed)]).collect()
}

#[test]
fn every_output_is_what_it_is_alone_whichever_others_are_read() {
    let symbols = symbols();
    for wanted in choices() {
        let plan = reporting(&wanted);
        let wide = Machine::<Wide>::outputs(&plan, &symbols, &cuts(BARS, 1));
        for (lane, columns) in symbols.iter().enumerate() {
            let expected = spelled_out(&columns[0]);
            for (how, got) in [("alone", &reports(&plan, columns)), ("in a lane", &wide[lane])] {
                for (got, &output) in got.iter().zip(&wanted) {
                    assert_same_bits(
                        got,
                        &expected[output],
                        &format!("{} of {wanted:?} {how}", STEP.outputs[output].name),
                    );
                }
            }
        }
    }
}

/// Where a condition is true, when nobody asks where it is false.
#[test]
fn a_condition_among_the_outputs_fires_as_a_signal() {
    let symbols = symbols();
    for output in [1, 3] {
        let plan = plan(|_, outputs| (vec![outputs[output]], Vec::new()));
        let program = Program::<f64>::new(&plan);
        let (mut state, mut scratch) = (program.start_at(0), program.scratch());
        let values = &symbols[0][0][..50];
        scratch.column_mut(program.columns[0].slot)[..50].copy_from_slice(values);
        program.run(&mut state, &mut scratch, 50);
        let Slot::Mask(mask) = &scratch.slots[program.signals[0]] else { panic!("it is a condition") };
        let expected: Vec<u8> = spelled_out(values)[output].iter().map(|&value| (value == 1.0) as u8).collect();
        assert_eq!(mask.yes[..50], expected, "output {output}");
        assert_eq!(mask.no[..50], [0; 50], "where it is false nobody asks");
    }
}

#[test]
fn the_state_is_the_same_whichever_outputs_are_read() {
    let symbols = symbols();
    let left = |wanted: &[usize]| {
        let plan = reporting(wanted);
        let program = Program::<Wide>::new(&plan);
        let mut machine = Machine::new(&program, &symbols);
        machine.calls(&[64, 3, 50]);
        let laid = machine.state.laid();
        let lanes: Vec<u64> =
            laid.0.iter().flat_map(|value| (0..WIDTH).map(|lane| value.lane(lane).to_bits())).collect();
        (lanes, laid.1.to_vec())
    };
    let all = left(&[0, 1, 2, 3]);
    for wanted in choices() {
        assert_eq!(left(&wanted), all, "{wanted:?}");
    }
}

#[test]
fn an_output_that_nobody_reads_has_no_room() {
    fn rooms<L: Build>(plan: &Plan) -> usize {
        let room = |slot: &Slot<L>| match slot {
            Slot::Series(values) => values.len() * size_of::<L>(),
            Slot::Mask(mask) => mask.yes.len() + mask.no.len(),
        };
        Program::<L>::new(plan).scratch().slots.iter().map(room).sum()
    }
    let of = |wanted: &[usize]| (rooms::<f64>(&reporting(wanted)), rooms::<Wide>(&reporting(wanted)));
    // The column and a number of 64 bars, or two planes.
    assert_eq!(of(&[0]), (2 * 64 * 8, 2 * 64 * 64));
    assert_eq!(of(&[1]), (64 * 8 + 2 * 64, 64 * 64 + 2 * 64));
    assert_eq!(of(&[0, 1, 2, 3]), (3 * 64 * 8 + 4 * 64, 3 * 64 * 64 + 4 * 64));
}

/// The difference of two outputs, and that of the same two the other way round.
#[test]
fn programs_that_read_other_outputs_are_other_programs() {
    let difference = |a: usize, b: usize| {
        let sub = find("sub").expect("it is a function").1;
        plan(|graph, outputs| {
            let inputs = [a, b].map(|output| graph.value(outputs[output]));
            (Vec::new(), vec![sub.of(&inputs, &[]).id])
        })
    };
    let identity = |plan: &Plan| Program::<f64>::new(plan).identity();
    assert_ne!(identity(&difference(0, 2)), identity(&difference(2, 0)));
    assert_ne!(identity(&difference(0, 2)), identity(&difference(0, 0)));
    assert_eq!(identity(&difference(0, 2)), identity(&difference(0, 2)));
    let firing = |output: usize| identity(&plan(|_, outputs| (vec![outputs[output]], Vec::new())));
    assert_ne!(firing(1), identity(&reporting(&[1])), "what is known to be false is read of one of them");
}

#[test]
fn a_call_written_twice_is_one_node_with_all_its_outputs() {
    let graph = Graph::new();
    let ids = || STEP.all_of(&[graph.column(0)], &[]).iter().map(|output| output.id).collect::<Vec<_>>();
    let (once, again) = (ids(), ids());
    assert_eq!(once, again);
    assert_eq!((graph.len(), graph.values()), (2, 1 + OUTPUTS));
    let kinds: Vec<Type> = once.iter().map(|&id| graph.kind(id)).collect();
    assert_eq!(kinds, [Type::Number, Type::Condition, Type::Number, Type::Condition]);
}
