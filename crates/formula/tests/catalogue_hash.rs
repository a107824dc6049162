//! Two builds have one hash where a plan of the one means the same in the other, and only there.

use formula::catalogue_hash::{CATALOGUE_HASH, hash_of};
use kernels::indicators::REGISTRY;
use kernels::indicators::bbands::BBANDS;
use kernels::indicators::ema::EMA;
use kernels::indicators::sma::SMA;
use kernels::indicators::vwma::VWMA;
use kernels::indicators::wma::WMA;
use kernels::spec::{Body, Group, Input, OutputSpec, Parameter, Row, Type};

/// `row` with changes.
macro_rules! like {
    ($row:ident $(, $field:ident: $value:expr)*) => {
        Row { $($field: const { $value },)* ..copy(&$row) }
    };
}

/// Rows are not `Clone`, because the catalogue has each once.
fn copy(row: &'static Row) -> Row {
    let body = match row.body {
        Body::Kernel { warmup, memory, scalar, wide } => Body::Kernel { warmup, memory, scalar, wide },
        Body::Compose(compose) => Body::Compose(compose),
    };
    Row { body, ..*row }
}

fn hash(rows: &[Row]) -> u64 {
    hash_of(&rows.iter().collect::<Vec<_>>())
}

#[test]
fn the_hash_of_this_build_is_that_of_its_registry() {
    assert_eq!(CATALOGUE_HASH, hash_of(REGISTRY));
}

#[test]
fn the_order_and_the_number_of_functions_count() {
    let both = hash(&[copy(&SMA), copy(&WMA)]);
    assert_eq!(both, hash_of(&[&SMA, &WMA]));
    for others in [&[&WMA, &SMA][..], &[&SMA], &[&SMA, &WMA, &EMA], &[]] {
        assert_ne!(hash_of(others), both);
    }
    let mut changed: Vec<&Row> = REGISTRY.to_vec();
    for at in 1..changed.len() {
        changed.swap(at - 1, at);
        assert_ne!(hash_of(&changed), CATALOGUE_HASH, "{} in the place of its neighbour", changed[at].name);
        changed.swap(at - 1, at);
    }
}

#[test]
fn everything_that_says_what_a_call_means_counts() {
    const fn length(name: &'static str, whole: bool, min: f64, max: f64, default: Option<f64>) -> Parameter {
        Parameter { name, whole, min, max, default, follows: None }
    }
    const fn source(name: &'static str, kind: Type, default: Option<&'static str>) -> Input {
        Input { name, kind, default, implied: false, series: true }
    }
    const UPPER: OutputSpec = OutputSpec { name: "upper", kind: Type::Number };
    let rows = [
        like!(SMA),
        like!(SMA, name: "smb"),
        like!(SMA, inputs: &[]),
        like!(SMA, inputs: &[source("src", Type::Number, None)]),
        like!(SMA, inputs: &[source("source", Type::Condition, None)]),
        like!(SMA, inputs: &[source("source", Type::Number, Some("open"))]),
        like!(SMA, inputs: &[source("source", Type::Number, Some(""))]),
        like!(SMA, inputs: &[Input { implied: true, ..source("source", Type::Number, None) }]),
        like!(SMA, inputs: &[Input { series: false, ..source("source", Type::Number, None) }]),
        like!(SMA, parameters: &[]),
        like!(SMA, parameters: &[length("bars", true, 1.0, 5000.0, None)]),
        like!(SMA, parameters: &[length("length", false, 1.0, 5000.0, None)]),
        like!(SMA, parameters: &[length("length", true, 2.0, 5000.0, None)]),
        like!(SMA, parameters: &[length("length", true, 1.0, 5001.0, None)]),
        like!(SMA, parameters: &[length("length", true, 1.0, 5000.0, Some(9.0))]),
        like!(SMA, parameters: &[length("length", true, 1.0, 5000.0, Some(10.0))]),
        like!(SMA, parameters: &[Parameter { follows: Some("k"), ..length("length", true, 1.0, 5000.0, None) }]),
        like!(SMA, outputs: &[UPPER]),
        like!(SMA, outputs: &[OutputSpec { kind: Type::Condition, ..UPPER }]),
        like!(SMA, outputs: &[UPPER, UPPER]),
    ];
    let hashes: Vec<u64> = rows.iter().map(|row| hash_of(&[row])).collect();
    for (at, hash) in hashes.iter().enumerate() {
        assert_eq!(hashes.iter().position(|other| other == hash), Some(at), "change {at} is not seen");
    }
}

#[test]
fn what_is_written_about_a_function_does_not_count() {
    let same = like!(BBANDS, summary: "Other words.", doc: "", example: "", group: Group::Trend, scale: None);
    assert_eq!(hash_of(&[&same, &VWMA]), hash_of(&[&BBANDS, &VWMA]));
}
