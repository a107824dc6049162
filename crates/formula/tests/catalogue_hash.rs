//! Two builds have one hash where a plan of the one means the same in the other, and only there.

use formula::catalogue_hash::{CATALOGUE_HASH, hash_of};
use kernels::indicators::{REGISTRY, find};
use kernels::spec::{Body, Group, Input, LEVEL, OutputSpec, Pane, Parameter, Row, Type};

/// `row` with changes.
macro_rules! like {
    ($row:expr $(, $field:ident: $value:expr)*) => {
        Row { $($field: const { $value },)* ..copy($row) }
    };
}

fn named(name: &str) -> &'static Row {
    find(name).expect("it is in the catalogue").1
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
    let [sma, wma, ema] = ["sma", "wma", "ema"].map(named);
    let both = hash(&[copy(sma), copy(wma)]);
    assert_eq!(both, hash_of(&[sma, wma]));
    for others in [&[wma, sma][..], &[sma], &[sma, wma, ema], &[]] {
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
        Parameter { name, whole, min, max, default, follows: None, sweep: &[], names: &[] }
    }
    const fn source(name: &'static str, kind: Type, default: Option<&'static str>) -> Input {
        Input { name, kind, default, implied: false, series: true }
    }
    const UPPER: OutputSpec = OutputSpec::line("upper");
    let sma = named("sma");
    let rows = [
        like!(sma),
        like!(sma, name: "smb"),
        like!(sma, inputs: &[]),
        like!(sma, inputs: &[source("src", Type::Number, None)]),
        like!(sma, inputs: &[source("source", Type::Condition, None)]),
        like!(sma, inputs: &[source("source", Type::Number, Some("open"))]),
        like!(sma, inputs: &[source("source", Type::Number, Some(""))]),
        like!(sma, inputs: &[Input { implied: true, ..source("source", Type::Number, None) }]),
        like!(sma, inputs: &[Input { series: false, ..source("source", Type::Number, None) }]),
        like!(sma, parameters: &[]),
        like!(sma, parameters: &[length("bars", true, 1.0, 5000.0, None)]),
        like!(sma, parameters: &[length("length", false, 1.0, 5000.0, None)]),
        like!(sma, parameters: &[length("length", true, 2.0, 5000.0, None)]),
        like!(sma, parameters: &[length("length", true, 1.0, 5001.0, None)]),
        like!(sma, parameters: &[length("length", true, 1.0, 5000.0, Some(9.0))]),
        like!(sma, parameters: &[length("length", true, 1.0, 5000.0, Some(10.0))]),
        like!(sma, parameters: &[Parameter { follows: Some("k"), ..length("length", true, 1.0, 5000.0, None) }]),
        like!(sma, parameters: &[Parameter { names: &["a", "b"], ..length("length", true, 1.0, 5000.0, None) }]),
        like!(sma, parameters: &[Parameter { names: &["b", "a"], ..length("length", true, 1.0, 5000.0, None) }]),
        like!(sma, outputs: &[UPPER]),
        like!(sma, outputs: &[OutputSpec { kind: Type::Condition, ..UPPER }]),
        like!(sma, outputs: &[UPPER, UPPER]),
    ];
    let hashes: Vec<u64> = rows.iter().map(|row| hash_of(&[row])).collect();
    for (at, hash) in hashes.iter().enumerate() {
        assert_eq!(hashes.iter().position(|other| other == hash), Some(at), "change {at} is not seen");
    }
}

#[test]
fn what_is_written_about_a_function_does_not_count() {
    let (bbands, vwma) = (named("bbands"), named("vwma"));
    let same = like!(
        vwma, summary: "Other words.", doc: "Others.", aliases: &["ta.other()"], source: "A book", outputs: LEVEL, pane: Pane::Own, example: "",
        group: Group::Trend, scale: None
    );
    assert_eq!(hash_of(&[bbands, &same]), hash_of(&[bbands, vwma]));
}
