//! States as bytes and in lanes: what is refused, with which words, and how large they are.

mod common;

use common::bytes::PlanBytes;
use formula::plan::Plan;
use formula::program::{Build, Program};
use kernels::lane::{WIDTH, Wide};
use kernels::state::{BadState, State};

/// `every(sma(close, 20) < highest(close, 50), 10)`.
fn plan() -> Plan {
    let mut bytes = PlanBytes::default();
    let close = bytes.column(3);
    let average = bytes.call("sma", &[close], &[20.0]);
    let highest = bytes.call("highest", &[close], &[50.0]);
    let below = bytes.call("lt", &[average, highest], &[]);
    let always = bytes.call("every", &[below], &[10.0]);
    bytes.signal(always, 0);
    bytes.plan()
}

const HEADER: usize = 28;
/// Head, shift, and a part per bar and behind the last, each of one number.
const LANES: usize = (1 + 1 + 21) + (1 + 1 + 51);
/// The two flags of `highest`; of `every` the head and the parts, where true and where false.
const BITS: usize = 2 + 2 * (1 + 11);

fn changed(at: usize, value: u8) -> Vec<u8> {
    let mut bytes = Program::<f64>::new(&plan()).start_at(7).save();
    bytes[at] = value;
    bytes
}

#[track_caller]
fn assert_refused<L: Build>(bytes: &[u8], why: BadState, text: &str) {
    assert_eq!(why.to_string(), text);
    assert_eq!(Program::<L>::new(&plan()).load(bytes).err(), Some(why));
}

#[test]
fn a_state_has_a_number_per_symbol_for_each_lane_and_a_byte_for_eight_bits() {
    let program = Program::<f64>::new(&plan());
    assert_eq!(program.start_at(0).saved_size(), HEADER + 8 * LANES + BITS);
    assert_eq!(Program::<Wide>::new(&plan()).start_at(0).saved_size(), HEADER + 64 * LANES + BITS);
}

#[test]
fn a_state_keeps_its_bar_and_the_bits_of_unknown_numbers() {
    let mut state = State::<f64>::new(1, 1 << 31, (1, 0));
    state.add_lanes(1, f64::from_bits(0xfff8_0000_0000_1234));
    let mut loaded = State::<f64>::new(1, 0, (1, 0));
    loaded.add_lanes(1, 0.0);
    loaded.load(&state.save()).expect("it is of the same program");
    assert_eq!(loaded.bar(), 1 << 31);
    assert_eq!(loaded.laid().0[0].to_bits(), 0xfff8_0000_0000_1234);
    assert!(loaded == state);
}

#[test]
fn states_are_equal_only_to_the_last_bit() {
    let of = |program: u64, bar: usize, value: f64, bit: bool| {
        let mut state = State::<f64>::new(program, bar, (1, 1));
        state.add_lanes(1, value);
        state.add_bits(1, bit);
        state
    };
    assert!(of(1, 2, f64::NAN, true) == of(1, 2, f64::NAN, true));
    for other in
        [of(2, 2, f64::NAN, true), of(1, 3, f64::NAN, true), of(1, 2, -f64::NAN, true), of(1, 2, f64::NAN, false)]
    {
        assert!(of(1, 2, f64::NAN, true) != other);
    }
    assert!(of(1, 2, 0.0, true) != of(1, 2, -0.0, true));
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let text = "these bytes are not a saved state";
    assert_refused::<f64>(&[], BadState::NotAState, text);
    assert_refused::<f64>(&changed(0, 0), BadState::NotAState, text);
    assert_refused::<f64>(&changed(0, 0)[..HEADER - 1], BadState::NotAState, text);
}

#[test]
fn a_state_of_another_version_is_refused() {
    let text = "the state was saved in version 9, this build reads version 1: run the history again";
    assert_refused::<f64>(&changed(4, 9), BadState::Version { found: 9 }, text);
}

#[test]
fn a_state_of_another_formula_is_refused() {
    let bytes = changed(8, changed(0, 0)[8] ^ 1);
    assert_refused::<f64>(&bytes, BadState::OtherProgram, "the state is of another formula: run the history again");
}

#[test]
fn a_state_of_eight_symbols_is_refused_where_one_is_run() {
    let bytes = Program::<Wide>::new(&plan()).start_at(0).save();
    let text = "the state is of 8 symbols side by side, the program runs 1: take a lane out";
    assert_refused::<f64>(&bytes, BadState::Width { found: 8, wanted: 1 }, text);
}

#[test]
fn a_state_that_was_cut_off_is_refused_and_the_one_it_was_loaded_into_stays() {
    let bytes = Program::<f64>::new(&plan()).start_at(7).save();
    let wanted = bytes.len();
    let cut = BadState::Length { found: wanted - 1, wanted };
    let text =
        format!("the state has {} bytes, that of this formula has {wanted}: it was cut off or changed", wanted - 1);
    assert_refused::<f64>(&bytes[..wanted - 1], cut, &text);
    let mut state = Program::<f64>::new(&plan()).start_at(3);
    let before = state.clone();
    assert!(state.load(&bytes[..wanted - 1]).is_err());
    assert!(state == before);
}

#[test]
fn symbols_that_stand_at_different_bars_are_not_put_side_by_side() {
    let program = Program::<f64>::new(&plan());
    let (first, other) = (program.start_at(3), program.start_at(4));
    let refused = State::side_by_side(&[&first, &other]).err().expect("they stand apart");
    assert_eq!(refused, BadState::Apart { bars: [3, 4] });
    assert_eq!(refused.to_string(), "symbols side by side must stand at the same bar, not at 3 and 4");
}

#[test]
fn as_many_symbols_go_side_by_side_as_there_are_lanes() {
    let state = Program::<f64>::new(&plan()).start_at(0);
    for found in [0, WIDTH + 1] {
        let refused = State::side_by_side(&vec![&state; found]).err().expect("they do not fit");
        assert_eq!(refused, BadState::Symbols { found });
        assert_eq!(refused.to_string(), format!("{found} symbols do not fit side by side, 1 to 8 do"));
    }
    assert!(State::side_by_side(&[&state; WIDTH]).is_ok());
}

#[test]
fn symbols_of_two_programs_are_not_put_side_by_side() {
    let (first, other) = (State::<f64>::new(1, 0, (0, 0)), State::<f64>::new(2, 0, (0, 0)));
    assert_eq!(State::side_by_side(&[&first, &other]).err(), Some(BadState::OtherProgram));
}

#[test]
#[should_panic(expected = "the state is of another program")]
fn a_program_does_not_run_on_a_state_of_another() {
    let program = Program::<f64>::new(&plan());
    program.run(&mut State::new(program.identity() ^ 1, 0, (0, 0)), &mut program.scratch(), 1);
}

/// Constants are in the scratch.
#[test]
#[should_panic(expected = "the scratch is of another program")]
fn a_program_does_not_run_in_the_scratch_of_another() {
    let mut bytes = PlanBytes::default();
    let close = bytes.column(3);
    let one = bytes.constant(1.0);
    let above = bytes.call("gt", &[close, one], &[]);
    bytes.signal(above, 0);
    let (program, other) = (Program::<f64>::new(&plan()), Program::<f64>::new(&bytes.plan()));
    program.run(&mut program.start_at(0), &mut other.scratch(), 1);
}

/// Whatever numbers the plan gives them.
#[test]
fn a_program_is_told_from_others_by_the_names_of_its_columns() {
    let identity_of = |name: &str, before: &[&str]| {
        let mut bytes = PlanBytes::default();
        before.iter().for_each(|name| bytes.name(name.as_bytes()));
        let flow = bytes.named(name);
        let average = bytes.call("sma", &[flow], &[3.0]);
        bytes.report(average);
        Program::<f64>::new(&bytes.plan()).identity()
    };
    assert_eq!(identity_of("col.flow", &[]), identity_of("col.flow", &["col.other", "col.third"]));
    assert_ne!(identity_of("col.flow", &[]), identity_of("col.other", &[]));
}
